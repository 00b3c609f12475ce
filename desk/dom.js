/** Building elements. Texts go in as text nodes only; nothing is ever parsed as HTML. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Returns a new element. `attributes`: `class`, `on` ({event: handler}), `data` (dataset), `style` (custom
 * properties, set one by one so that a strict policy holds), properties such as `value` and `disabled`, and plain
 * attributes. False, null and undefined leave an attribute out. Children may be nodes, texts or lists; null is skipped.
 */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === 'class') node.className = value;
    else if (key === 'on') for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (key === 'data') Object.assign(node.dataset, value);
    else if (key === 'style') for (const [name_, text] of Object.entries(value)) node.style.setProperty(name_, text);
    else if (key in node && typeof value !== 'string') node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  return put(node, ...children);
}

/** Appends children to `node` and returns it. */
export function put(node, ...children) {
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

/** Replaces all children of `node`. */
export function fill(node, ...children) {
  node.replaceChildren();
  return put(node, ...children);
}

/** Returns an SVG element with plain attributes. */
export function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** Returns a button with an optional icon, a text and the key that does the same. */
export function button(text, { icon = null, key = '', kind = '', run, label = '', ...more } = {}) {
  return el(
    'button',
    { type: 'button', class: `button ${kind}`, 'aria-label': label || null, title: label || null, on: { click: run }, ...more },
    icon,
    text && el('span', { class: 'button-text' }, text),
    key && el('kbd', { 'aria-hidden': 'true' }, key),
  );
}

/** Returns text that only screen readers get. */
export const hidden = (text) => el('span', { class: 'sr' }, text);

/**
 * Makes the children of `parent` the rows for `items`, reusing nodes by key so that focus and scroll stay.
 * `make(item)` builds a node; `update(node, item)` refreshes one.
 */
export function keyed(parent, items, keyOf, make, update) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let node = before.get(key);
    before.delete(key);
    if (!node) {
      node = make(item);
      node.dataset.key = key;
    }
    update(node, item);
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
  for (const node of before.values()) node.remove();
}
