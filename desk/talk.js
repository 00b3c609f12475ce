/** The open conversation: fetched whole when it is opened or its owner changes, by new messages otherwise. */

import { api } from './api.js';
import { viewing } from './live.js';
import { emit, on, state } from './state.js';

const TYPING_MS = 6000;
let round = 0;
let busy = false;
let wanted = '';
let typingTimer = 0;

/** Starts listening for changes of the open conversation. */
export function watchTalk() {
  on('live:conversation', (frame) => {
    if (frame.conversation !== state.selected) return;
    if (frame.what === 'typing') buyerTypes(frame.typing !== false);
    else refreshTalk(frame.what === 'messages' ? 'messages' : 'all');
  });
  on('refetch', () => state.selected && refreshTalk('all'));
}

/** Opens `conversation`; null leaves the desk without one. */
export async function openTalk(conversation) {
  if (conversation === state.selected && state.talk) return;
  state.selected = conversation;
  state.talk = null;
  state.talkFault = '';
  buyerTypes(false);
  viewing(conversation);
  emit('selected');
  emit('talk');
  if (conversation) await refreshTalk('all');
}

/** Fetches the open conversation; `what` is 'messages' when only those changed. Calls while one runs are one. */
export async function refreshTalk(what = 'all') {
  if (busy === state.selected) {
    wanted = wanted === 'all' ? 'all' : what;
    return;
  }
  const conversation = state.selected;
  const mine = (round += 1);
  busy = conversation;
  try {
    const talk = await fetched(conversation, what);
    if (mine === round && conversation === state.selected) {
      state.talk = talk;
      state.talkFault = '';
      markRead(conversation);
    }
  } catch (err) {
    if (mine === round && !state.talk) state.talkFault = err.code || 'failed';
  }
  if (mine !== round) return;
  busy = false;
  emit('talk');
  if (wanted) {
    const next = wanted;
    wanted = '';
    refreshTalk(next);
  }
}

async function fetched(conversation, what) {
  const known = state.talk;
  const last = known?.messages.at(-1)?.seq ?? 0;
  if (what === 'messages' && known) {
    const { messages } = await api.messages(conversation, last);
    // Without new messages the frame was about old ones: delivered, read.
    if (messages.length && messages[0].seq === last + 1) {
      if (messages.some((message) => message.author === 'buyer')) buyerTypes(false);
      const needsOwner = messages.some((message) => message.author !== 'buyer');
      if (!needsOwner) return { ...known, messages: known.messages.concat(messages) };
    }
  }
  return api.conversation(conversation);
}

/** What is on screen is read; the next list will say so too. */
function markRead(conversation) {
  const row = state.cases.find((one) => one.conversation === conversation);
  if (!row?.unread) return;
  row.unread = 0;
  emit('cases');
}

function buyerTypes(types) {
  clearTimeout(typingTimer);
  if (types) typingTimer = setTimeout(() => buyerTypes(false), TYPING_MS);
  if (state.buyerTypes === types) return;
  state.buyerTypes = types;
  emit('typing');
}
