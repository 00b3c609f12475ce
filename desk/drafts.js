/** Unsent words, by conversation and kind; kept in this tab through reloads. */

const KEY = 'liaison.desk.drafts';
let drafts = {};
try {
  drafts = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
} catch {
  drafts = {};
}

/** Returns what was being written. */
export const draftOf = (conversation, mode) => drafts[`${conversation} ${mode}`] ?? '';

/** Keeps what is being written. */
export function keepDraft(conversation, mode, text) {
  if (!conversation) return;
  if (text) drafts[`${conversation} ${mode}`] = text;
  else delete drafts[`${conversation} ${mode}`];
  try {
    sessionStorage.setItem(KEY, JSON.stringify(drafts));
  } catch { /* then it lasts as long as the page */ }
}
