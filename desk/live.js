/** The socket that says what changed. It carries no contents: whoever hears of a change fetches it. */

import { emit } from './state.js';

const SLOWEST_MS = 15000;
const POLL_MS = 8000;
const SILENT_MS = 1500;
let socket = null;
let tries = 0;
let csrfNow = () => '';
let timer = 0;
let silence = 0;
let poll = 0;
let viewed = null;

/** Opens the socket and keeps it open; `csrf()` gives the token of now. */
export function live(csrf) {
  csrfNow = csrf;
  connect();
  addEventListener('online', soon);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && soon());
}

/** Tells colleagues which conversation is on screen, null for none. */
export function viewing(conversation) {
  viewed = conversation;
  send({ viewing: conversation });
}

/** Tells colleagues and the buyer that an answer is being written. */
export const typing = (conversation, isTyping) => send({ typing: isTyping, conversation });

function send(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function connect() {
  clearTimeout(timer);
  const mine = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/desk/api/ws`);
  socket = mine;
  mine.onopen = () => {
    mine.send(JSON.stringify({ csrf: csrfNow() }));
    if (viewed) send({ viewing: viewed });
    setTimeout(() => mine.readyState === WebSocket.OPEN && settled(), 150);
  };
  mine.onmessage = (event) => {
    let frame;
    try {
      frame = JSON.parse(event.data);
    } catch {
      return;
    }
    emit(`live:${frame.kind}`, frame);
  };
  mine.onclose = () => mine === socket && lost();
}

/** Only a socket that stays is a connection: a refused token closes it at once. */
function settled() {
  clearTimeout(silence);
  silence = 0;
  clearInterval(poll);
  poll = 0;
  tries = 0;
  emit('link', true);
  emit('refetch');
}

function lost() {
  tries += 1;
  silence ||= setTimeout(() => emit('link', false), SILENT_MS);
  poll ||= setInterval(() => emit('refetch'), POLL_MS);
  if (tries > 1) emit('renew');
  const wait = Math.min(SLOWEST_MS, 400 * 2 ** Math.min(tries, 6)) * (0.7 + Math.random() * 0.6);
  timer = setTimeout(connect, wait);
}

function soon() {
  if (socket && socket.readyState > WebSocket.OPEN) connect();
}
