import { h, icon } from './dom.js';
import { dayOf, t } from './strings.js';

/** Only web addresses: a javascript: link in a message would run in the shop's page. */
function webAddress(text, base) {
  try {
    const url = new URL(text, base);
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const link = (href, ...inside) => h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...inside);

/**
 * Text as nodes, with web addresses as links. Nothing else in it is interpreted.
 * @param {string} text
 * @returns {(Node|string)[]}
 */
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(/https?:\/\/[^\s<>"'“”«»。，、！？；：（）【】《》]+/gi)) {
    // The full stop after an address belongs to the sentence; so does a bracket that was opened before it.
    let address = found.replace(/[.,:;!?…]+$/, '');
    if (address.endsWith(')') && !address.includes('(')) address = address.slice(0, -1);
    const href = webAddress(address);
    if (!href) continue;
    nodes.push(text.slice(from, index), link(href, address));
    from = index + address.length;
  }
  return [...nodes, text.slice(from)];
}

function product({ title, image, price, url, note }, server) {
  const face = h('span', { class: 'face' }, icon('box'));
  const source = image && webAddress(image, server);
  if (source) face.append(h('img', { src: source, alt: '', loading: 'lazy', onerror: (event) => event.target.remove() }));
  const href = url && webAddress(url, server);
  return h('article', { class: 'card product' }, face, h('div', { dir: 'auto' },
    h('h3', {}, href ? link(href, title) : title),
    price && h('p', { class: 'price' }, h('bdi', { text: price })),
    note && h('p', { class: 'note', text: note })));
}

function copyButton(text) {
  const button = h('button', {
    type: 'button', class: 'mini', tlabel: 'copy',
    onclick: async () => {
      try { await navigator.clipboard.writeText(text); } catch { return; }
      button.replaceChildren(icon('check'), h('span', { class: 'sr', role: 'status', text: t('copied') }));
      setTimeout(() => button.replaceChildren(icon('copy')), 2000);
    },
  }, icon('copy'));
  return button;
}

/** A day without an hour is a day everywhere: read as local noon, it never slips to the day before. */
function when(text) {
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T12:00` : text);
  return Number.isNaN(date.getTime()) ? text : dayOf(date);
}

function order(card) {
  const steps = card.steps || [];
  const at = steps.map((step) => step.done).lastIndexOf(true);
  return h('article', { class: 'card order' },
    h('header', {},
      h('div', {}, h('small', { t: 'order' }), h('h3', {}, h('bdi', { text: card.number }))),
      h('span', { class: 'badge-state', 'data-state': card.state, dir: 'auto', text: card.state_text || card.state })),
    steps.length && h('ol', { class: 'steps' }, ...steps.map((step, i) => h('li', {
      class: step.done ? 'done' : '', 'aria-current': i === at && 'step',
    }, h('span', { dir: 'auto', text: step.title }), step.date && h('small', { text: when(step.date) }),
    step.done && h('span', { class: 'sr', t: 'done' })))),
    card.tracking_number && h('div', { class: 'fact' },
      h('div', {}, h('small', {}, h('span', { t: 'tracking' }), card.carrier && ` · ${card.carrier}`),
        h('bdi', { class: 'code', text: card.tracking_number })),
      copyButton(card.tracking_number)),
    card.total && h('div', { class: 'fact' }, h('span', { t: 'total' }), h('bdi', { class: 'price', text: card.total })));
}

const KINDS = { product, order };

/**
 * @param {object} card of a kind this version may or may not know
 * @param {string} server origin, for relative addresses
 * @returns {HTMLElement|undefined}
 */
export function cardOf(card, server) {
  return Object.hasOwn(KINDS, card.kind) ? KINDS[card.kind](card, server) : undefined;
}
