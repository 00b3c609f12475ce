import { t } from './strings.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Creates an element. Listeners are given as `onclick`, text as `text`, and translated text as
 * `t` (content), `tlabel` (aria-label and tooltip) or `thint` (placeholder), which name a string.
 * @param {string} tag
 * @param {Object<string, *>} [props] null and false are left out
 * @param {...(Node|string|null|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value == null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (name === 'text') node.textContent = value;
    else if (name === 't' || name === 'tlabel' || name === 'thint') translate(node, name, value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

/**
 * Binds a string to a node so that it follows the language.
 * @param {HTMLElement} node
 * @param {'t'|'tlabel'|'thint'} kind
 * @param {string} key
 */
export function translate(node, kind, key) {
  node.dataset[kind] = key;
  if (kind === 't') node.textContent = t(key);
  else if (kind === 'thint') node.placeholder = t(key);
  else {
    node.setAttribute('aria-label', t(key));
    if (node.localName === 'button') node.title = t(key);
  }
}

/**
 * Says every bound string below a node again, in the language of now.
 * @param {ParentNode} root
 */
export function retranslate(root) {
  for (const kind of ['t', 'tlabel', 'thint']) {
    for (const node of root.querySelectorAll(`[data-${kind}]`)) translate(node, kind, node.dataset[kind]);
  }
}

const ICONS = {
  chat: 'M12 3.5c5 0 9 3.4 9 7.8s-4 7.8-9 7.8c-1 0-2-.1-2.9-.4L4.5 20.5l1-3.7C3.9 15.4 3 13.4 3 11.3 3 6.9 7 3.5 12 3.5ZM8.3 11.4h.01M12 11.4h.01M15.7 11.4h.01',
  down: 'm6 9.5 6 6 6-6',
  close: 'm6 6 12 12M18 6 6 18',
  send: 'M12 19V5M5.5 11.5 12 5l6.5 6.5',
  clip: 'm20 11.5-8.2 8.2a5.2 5.2 0 0 1-7.4-7.4l8.5-8.5a3.5 3.5 0 0 1 5 5l-8.5 8.5a1.7 1.7 0 0 1-2.5-2.5l7.7-7.7',
  sound: 'M18 9a6 6 0 0 0-12 0c0 6.5-2.5 8-2.5 8h17S18 15.5 18 9ZM10.2 20.5a2 2 0 0 0 3.6 0',
  mute: 'M8 4.5A6 6 0 0 1 18 9c0 2.3.3 4 .8 5.3M17 17H3.5S6 15.5 6 9c0-.6.1-1.2.3-1.8M10.2 20.5a2 2 0 0 0 3.6 0M3 3l18 18',
  bot: 'M7 8.5h10a3 3 0 0 1 3 3v4.5a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3v-4.5a3 3 0 0 1 3-3ZM12 8.5V5M12 4.5h.01M9 13v1.5M15 13v1.5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  clock: 'M12 7.5V12l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  alert: 'M12 8v5M12 16.3h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  file: 'M14 3H7.5A1.5 1.5 0 0 0 6 4.5v15A1.5 1.5 0 0 0 7.5 21h9a1.5 1.5 0 0 0 1.5-1.5V7l-4-4ZM14 3v4h4M9.5 12.5h5M9.5 16h5',
  box: 'm12 3 8 4.3v9.4L12 21l-8-4.3V7.3L12 3ZM4 7.3l8 4.4 8-4.4M12 11.7V21',
  copy: 'M10 8.5h8a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 8.5 18v-8A1.5 1.5 0 0 1 10 8.5ZM15.5 8.5V6A1.5 1.5 0 0 0 14 4.5H6A1.5 1.5 0 0 0 4.5 6v8A1.5 1.5 0 0 0 6 15.5h2.5',
  retry: 'M19.5 5v5h-5M4.5 19v-5h5M5.6 9a7 7 0 0 1 12.2-2.3l1.7 1.8M18.4 15a7 7 0 0 1-12.2 2.3l-1.7-1.8',
};

/**
 * A line icon in the colour of the text around it; decoration only, hidden from screen readers.
 * @param {keyof typeof ICONS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon icon-${name}`);
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
