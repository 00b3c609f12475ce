/** The messages and private notes of the open conversation, in the order of time. */

import { el, fill, hidden, keyed } from './dom.js';
import { fileView } from './files.js';
import { icon } from './icons.js';
import { marked } from './marks.js';
import { cardView } from './order.js';
import { pending, sendAgain, withdraw } from './outbox.js';
import { agentName, emit, on, state } from './state.js';
import { dayOf, momentOf, t, timeOf } from './strings.js';

const FOLLOWS_MS = 180000;
const NEAR_PX = 90;
const MARKS = { sending: 'clock', retrying: 'clock', queued: 'clock', sent: 'check', delivered: 'checks', read: 'checks', failed: 'warn' };

/** Returns the scrolling log with its "new messages" button and the buyer's typing. */
export function transcript() {
  const log = el('div', { class: 'log', role: 'log', 'aria-label': t('talk.log'), 'aria-live': 'off' });
  const typing = el('p', { class: 'typing', hidden: true }, el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), t('talk.typing'));
  const scroll = el('div', { class: 'log-scroll', tabindex: '0', 'aria-label': t('talk.log'), role: 'region' }, log, typing);
  const pill = el('button', { type: 'button', class: 'new-pill', hidden: true, on: { click: () => toEnd() } }, icon('down', 15), t('talk.new'));
  const node = el('div', { class: 'log-box' }, scroll, pill);
  let shown = null;
  const isNear = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX;
  const toEnd = () => {
    scroll.scrollTop = scroll.scrollHeight;
    pill.hidden = true;
  };
  const show = () => {
    const { talk } = state;
    if (!talk) {
      if (shown !== state.selected) fill(log);
      shown = null;
      return;
    }
    const isNew = shown !== talk.conversation;
    const stays = !isNew && !isNear();
    const count = log.children.length;
    if (isNew) {
      fill(log);
      log.setAttribute('aria-live', 'off');
      setTimeout(() => log.setAttribute('aria-live', 'polite'), 600);
    }
    shown = talk.conversation;
    keyed(log, entriesOf(talk), (entry) => entry.key, () => el('div'), update);
    if (!stays) toEnd();
    else if (log.children.length > count) pill.hidden = false;
  };
  on('talk outbox', show);
  on('typing', () => {
    const stays = !isNear();
    typing.hidden = !state.buyerTypes;
    if (!stays) toEnd();
  });
  scroll.addEventListener('scroll', () => isNear() && (pill.hidden = true), { passive: true });
  scroll.addEventListener('load', () => !scroll.matches(':hover') && pill.hidden && isNear() && toEnd(), { capture: true });
  new ResizeObserver(() => pill.hidden && toEnd()).observe(scroll);
  return node;
}

/** Returns what the log shows: messages, notes, what is on its way, and days between them. */
function entriesOf(talk) {
  const messages = talk.messages.map((message) => ({ key: `m${message.seq}`, kind: message.author, at: message.created_at, message }));
  const notes = (talk.notes || []).map((note, index) => ({ key: `n${note.id ?? index}`, kind: 'note', at: note.at, note }));
  const all = messages;
  for (const note of notes) {
    let at = all.length;
    while (at > 0 && Date.parse(all[at - 1].at) > Date.parse(note.at)) at -= 1;
    all.splice(at, 0, note);
  }
  const arrived = new Set(talk.messages.map((message) => message.id));
  for (const entry of pending(talk.conversation)) {
    if (arrived.has(entry.id)) continue;
    all.push({ key: `p${entry.id}`, kind: 'human', at: entry.at, pending: entry, message: { author: 'human', agent: state.me.name, name: state.me.display_name, text: entry.text, uploads: entry.uploads, created_at: entry.at, delivery: entry.state } });
  }
  let before = null;
  return all.flatMap((entry) => {
    const isDay = !before || new Date(before.at).toDateString() !== new Date(entry.at).toDateString();
    entry.follows = !isDay && before.kind === entry.kind && entry.kind !== 'system' && entry.kind !== 'note'
      && before.message?.name === entry.message?.name && Date.parse(entry.at) - Date.parse(before.at) < FOLLOWS_MS;
    before = entry;
    return isDay ? [{ key: `d${new Date(entry.at).toDateString()}`, kind: 'day', at: entry.at }, entry] : [entry];
  });
}

function update(node, entry) {
  const said = JSON.stringify([entry, entry.kind === 'note' && agentName(entry.note.author)]);
  if (node.said === said) return;
  node.said = said;
  node.className = `entry ${entry.kind}${entry.follows ? ' follows' : ''}`;
  if (entry.kind === 'day') fill(node, el('span', {}, dayOf(entry.at)));
  else if (entry.kind === 'note') fill(node, noteView(entry.note));
  else if (entry.kind === 'system') fill(node, el('p', {}, el('span', { dir: 'auto' }, entry.message.text), ' ', el('time', { datetime: entry.at }, timeOf(entry.at))));
  else fill(node, messageView(entry));
}

function noteView(note) {
  return el('div', { class: 'note-paper' },
    el('p', { class: 'entry-head' }, icon('lock', 14), el('strong', {}, t('compose.note_label')), el('span', {}, agentName(note.author)), el('time', { datetime: note.at, title: momentOf(note.at) }, timeOf(note.at))),
    el('p', { class: 'entry-text', dir: 'auto' }, marked(note.text)));
}

function messageView({ kind, message, pending: waiting, follows }) {
  const isMe = kind === 'human' && message.agent === state.me.name;
  const name = kind === 'buyer' ? state.talk.buyer?.name || t('author.buyer') : kind === 'bot' ? t('author.bot') : isMe ? t('author.you') : message.name || t('author.human');
  const head = el('p', { class: follows ? 'entry-head sr' : 'entry-head' },
    kind !== 'buyer' && icon(kind === 'bot' ? 'bot' : 'mine', 14), el('strong', {}, name), kind === 'human' && !isMe && el('span', {}, t('author.human')));
  return [head, el('div', { class: 'bubble' },
    message.text && el('p', { class: 'entry-text', dir: 'auto' }, marked(message.text, message.findings)),
    (message.cards || []).map(cardView),
    message.uploads?.length > 0 && el('div', { class: 'files' }, message.uploads.map((file) => fileView(state.talk.conversation, file)))),
  message.quick_replies?.length > 0 && el('p', { class: 'quick', 'aria-label': t('talk.choices') }, hidden(`${t('talk.choices')}: `), message.quick_replies.map((one) => el('span', { dir: 'auto' }, one.title))),
  el('p', { class: 'entry-foot' }, el('time', { datetime: message.created_at, title: momentOf(message.created_at) }, timeOf(message.created_at)), message.delivery && deliveryView(message.delivery)),
  waiting?.state === 'failed' && faultView(waiting)];
}

function deliveryView(delivery) {
  const code = typeof delivery === 'string' ? delivery : delivery.state ?? delivery.status;
  return el('span', { class: `delivery ${code}` }, MARKS[code] && icon(MARKS[code], 14), t(`delivery.${code}`));
}

function faultView(entry) {
  const edit = () => emit('restore', withdraw(entry.id));
  return el('div', { class: 'send-fault', role: 'alert' }, icon('warn', 16), el('span', {}, entry.fault),
    el('span', { class: 'send-fault-do' }, [['send.again', () => sendAgain(entry.id)], ['send.edit', edit], ['send.drop', () => withdraw(entry.id)]].map(([key, run]) =>
      el('button', { type: 'button', class: 'link', on: { click: run } }, t(key)))));
}
