import { cardOf, linked } from './cards.js';
import { h, icon } from './dom.js';
import { isImage, sizeOf } from './files.js';
import { t, timeOf } from './strings.js';

/**
 * @param {string} iso
 * @param {(date: Date) => string} say how it is written
 */
export function timeNode(iso, say = timeOf) {
  const date = new Date(iso || Date.now());
  const node = h('time', { datetime: date.toISOString(), text: say(date) });
  node.say = say;
  return node;
}

/** The little picture of who speaks: a robot, or the person's initial. */
function avatar(author, name) {
  if (author === 'bot') return h('span', { class: 'avatar' }, icon('bot'));
  const initial = name && [...name.trim()][0]?.toUpperCase();
  return h('span', { class: 'avatar human', 'aria-hidden': 'true' }, initial || icon('person'));
}

/** Pictures are fetched when they come near the view, with the buyer's token, and shown from a blob. */
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    target.comesNear();
  }
}, { rootMargin: '300px' });

function attachment(file, files) {
  const name = file.name || (isImage(file) ? t('photo') : 'PDF');
  const paper = () => h('button', {
    type: 'button', class: 'paper',
    onclick: async () => {
      try {
        h('a', { href: await files.url(file.upload), download: file.name || file.upload }).click();
      } catch { /* no connection: the button stays */ }
    },
  }, h('span', { class: 'face' }, icon('file')), h('span', { class: 'chip-text' }, h('bdi', { text: name }), h('small', { text: sizeOf(file.size) })));
  if (!isImage(file)) return paper();

  const image = h('img', { alt: name });
  const anchor = h('a', { class: 'photo', target: '_blank', rel: 'noopener' }, image);
  image.onerror = () => anchor.replaceWith(paper());
  anchor.comesNear = async () => {
    try {
      anchor.href = image.src = await files.url(file.upload);
    } catch { anchor.replaceWith(paper()); }
  };
  near.observe(anchor);
  return anchor;
}

/**
 * Draws one message.
 * @param {object} message as the server sends it
 * @param {{server: string, files: import('./files.js').Files}} context
 * @returns {HTMLElement} with `seq` and `speaker`, by which the transcript orders and groups
 */
export function bubbleOf(message, { server, files }) {
  const { author, name, text, cards = [], uploads = [], created_at: at } = message;
  const row = h('div', { class: `row ${author}` });
  if (author === 'system') {
    row.append(h('p', { dir: 'auto' }, ...linked(text || '')));
  } else {
    row.append(author === 'buyer'
      ? h('span', { class: 'sr', t: 'you' })
      : h('div', { class: 'who' }, avatar(author, name), h('b', name ? { text: name, dir: 'auto' } : { t: author }), timeNode(at)));
    if (uploads.length) row.append(h('div', { class: 'files' }, ...uploads.map((file) => attachment(file, files))));
    // The direction is the paragraph's, not the bubble's: its corners point to the speaker in any script.
    if (text) row.append(h('div', { class: 'bubble' }, h('p', { dir: 'auto' }, ...linked(text))));
    row.append(...cards.map((card) => cardOf(card, server)).filter(Boolean));
  }
  row.seq = message.seq ?? Infinity;
  row.speaker = author + (name || '');
  row.day = new Date(at || Date.now()).toDateString();
  row.at = at;
  return row;
}

const MARKS = { sending: 'clock', sent: 'check', failed: 'alert' };

/**
 * Says under a buyer's bubble how far it has come.
 * @param {HTMLElement} row
 * @param {'sending'|'sent'|'failed'} state
 * @param {{why?: string, retry?: () => void, remove?: () => void}} [failure]
 */
export function mark(row, state, { why, retry, remove } = {}) {
  if (row.state === state) return;
  row.state = state;
  row.classList.toggle('sent', state === 'sent');
  row.querySelector('.meta')?.remove();
  row.append(h('div', { class: `meta ${state}` },
    state !== 'failed' && timeNode(row.at), icon(MARKS[state]),
    h('span', { class: state === 'failed' ? '' : 'sr', t: state }),
    typeof why === 'string' && h('span', { text: why, dir: 'auto' }),
    retry && h('button', { type: 'button', class: 'link', t: 'retry', onclick: retry }),
    remove && h('button', { type: 'button', class: 'link', t: 'remove', onclick: remove })));
}
