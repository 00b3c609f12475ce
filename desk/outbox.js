/**
 * Replies on their way. Each has an id of its own, so that sending it again is harmless: kept through reloads, sent
 * one after another, repeated while the connection or the server is away.
 */

import { api } from './api.js';
import { agentName, emit, isOthers, on, state } from './state.js';
import { t } from './strings.js';
import { refreshTalk } from './talk.js';

const SLOWEST_MS = 15000;
let entries = [];
const running = new Set();
const wake = new Set();

const key = () => `liaison.desk.outbox.${state.me.name}`;

/** Takes up what an earlier page left unsent. */
export function startOutbox() {
  try {
    entries = JSON.parse(localStorage.getItem(key())) ?? [];
  } catch {
    entries = [];
  }
  for (const conversation of new Set(entries.map((entry) => entry.conversation))) flush(conversation);
  on('link', (isUp) => isUp && [...wake].forEach((go) => go()));
  on('talk', settle);
}

/** Returns what is on its way in `conversation`. */
export const pending = (conversation) => entries.filter((entry) => entry.conversation === conversation);

/** Sends a reply; it is shown at once. */
export function sendReply(conversation, text, uploads, version) {
  entries.push({ id: crypto.randomUUID(), conversation, text, uploads, version, at: new Date().toISOString(), state: 'sending' });
  changed();
  flush(conversation);
}

/** Sends a refused reply once more, under its old id. */
export function sendAgain(id) {
  const entry = entries.find((one) => one.id === id);
  if (!entry) return;
  Object.assign(entry, { state: 'sending', fault: '' });
  changed();
  flush(entry.conversation);
}

/** Forgets a reply and returns it. */
export function withdraw(id) {
  const entry = entries.find((one) => one.id === id);
  entries = entries.filter((one) => one.id !== id);
  changed();
  return entry;
}

function changed() {
  try {
    localStorage.setItem(key(), JSON.stringify(entries));
  } catch { /* then they live as long as the page */ }
  emit('outbox');
}

/** What the server shows as a message is no longer on its way. */
function settle() {
  const { talk } = state;
  if (!talk) return;
  const arrived = new Set(talk.messages.map((message) => message.id));
  const before = entries.length;
  entries = entries.filter((entry) => !(entry.conversation === talk.conversation && arrived.has(entry.id)));
  if (entries.length !== before) changed();
}

async function flush(conversation) {
  if (running.has(conversation)) return;
  running.add(conversation);
  let tries = 0;
  for (let entry; (entry = entries.find((one) => one.conversation === conversation && ['sending', 'retrying'].includes(one.state))); ) {
    try {
      await post(entry);
      tries = 0;
    } catch (err) {
      if (!err.passing && err.status !== 401) {
        Object.assign(entry, { state: 'failed', fault: faultOf(err) });
        tries = 0;
      } else {
        entry.state = 'retrying';
        tries += 1;
      }
      changed();
      if (tries) await pause(err.retryAfter ? err.retryAfter * 1000 : Math.min(SLOWEST_MS, 700 * 2 ** Math.min(tries, 5)));
      else refreshTalk('all');
    }
  }
  running.delete(conversation);
}

async function post(entry, isSecond = false) {
  const isOpen = state.talk?.conversation === entry.conversation;
  const version = isOpen ? state.talk.version : entry.version;
  try {
    await api.reply(entry.conversation, { id: entry.id, text: entry.text, version, ...(entry.uploads.length && { uploads: entry.uploads.map((file) => file.upload) }) });
    entry.state = 'sent';
    changed();
    if (isOpen) await refreshTalk('all');
    settle();
    // Nobody looks at it any more, so nothing will settle it.
    if (state.selected !== entry.conversation) withdraw(entry.id);
  } catch (err) {
    const isStale = err.status === 409 && !['taken', 'closed'].includes(err.code);
    if (!isStale || isSecond || !isOpen) throw err;
    state.talk = await api.conversation(entry.conversation);
    emit('talk');
    if (isOthers()) throw err;
    await post(entry, true);
  }
}

function faultOf(err) {
  if (err.status === 409 && err.code === 'closed') return t('fault.closed');
  if (err.status === 409) return t('fault.locked', { name: agentName(err.by) || t('fault.someone') });
  if (err.status === 403) return t('fault.not_allowed');
  return t('fault.refused', { message: err.message });
}

/** Waits, but not longer than until the connection is back. */
function pause(milliseconds) {
  return new Promise((done) => {
    const go = () => (clearTimeout(timer), wake.delete(go), done());
    const timer = setTimeout(go, milliseconds);
    wake.add(go);
  });
}
