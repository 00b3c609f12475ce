/** The English strings: built in, so that the chat speaks even when no other file can be had. */
const ENGLISH = {
  title: 'Chat with us',
  subtitle: 'We answer in your language',
  hello: 'Hello! How can we help?',
  open: 'Open chat',
  close: 'Close chat',
  unread: 'New messages: {n}',
  dismiss: 'Dismiss',
  sound: 'Sound for new messages',
  messages: 'Messages',
  bot: 'Assistant',
  human: 'Team',
  you: 'You',
  hint: 'Write a message…',
  send: 'Send',
  attach: 'Add a photo or PDF',
  remove: 'Remove',
  retry: 'Try again',
  sending: 'Sending',
  sent: 'Sent',
  failed: 'Not sent.',
  typing: '{name} is typing',
  offline: 'Waiting for connection. Your messages are kept.',
  slow: 'That was quick! Sending continues in {n} s.',
  waiting: 'A colleague is coming…',
  person: 'You are talking to a person',
  closed: 'This conversation is closed. Write to begin again.',
  latest: 'New messages',
  left: 'Characters left: {n}',
  tooBig: 'Larger than 10 MB',
  badType: 'Only photos and PDF files',
  tooMany: 'At most 4 files at a time',
  lost: 'Upload failed',
  drop: 'Drop photos or PDF files here',
  photo: 'Photo',
  order: 'Order',
  total: 'Total',
  tracking: 'Tracking number',
  copy: 'Copy',
  copied: 'Copied',
  done: 'done',
};

const LANGUAGES = ['en', 'zh', 'es', 'pt', 'ru', 'de', 'fr', 'ar'];

let strings = ENGLISH;

let home = location.href;

/** Say where the widget came from: its texts lie beside it. */
export function stringsFrom(url) { home = url; }

/** The language the interface speaks now. */
export let language = 'en';

/**
 * @param {string} key
 * @param {Object<string, string|number>} [values] for the {places} in the string
 */
export function t(key, values) {
  const text = strings[key] ?? ENGLISH[key];
  return values ? text.replace(/\{(\w+)\}/g, (_, name) => values[name]) : text;
}

/**
 * @param {string} [tag] a language tag such as es-MX
 * @returns {string|undefined} the language of ours that serves it
 */
export function ours(tag = '') {
  const code = tag.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((known) => known === code);
}

/**
 * Speaks another language from now on; English where its strings cannot be had.
 * @param {string} code one of LANGUAGES
 */
export async function speak(code) {
  if (code === language) return;
  let next = ENGLISH;
  if (code !== 'en') {
    const answer = await fetch(new URL(`widget/strings/${code}.json`, home), { credentials: 'omit' });
    if (!answer.ok) return;
    next = await answer.json();
  }
  strings = next;
  language = code;
}

const formats = new Map();

/** Formatters are dear to make, so each is made once. Digits stay Latin, as in the prices the shop writes. */
function format(Kind, options) {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Kind(`${language}-u-nu-latn`, options));
  return formats.get(key);
}

/** @param {Date} date */
export const timeOf = (date) => format(Intl.DateTimeFormat, { hour: '2-digit', minute: '2-digit' }).format(date);

/** @param {Date} date @returns {string} today, yesterday, or the day by name */
export function dayOf(date) {
  const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 864e5);
  if (days > -2 && days < 1) return format(Intl.RelativeTimeFormat, { numeric: 'auto' }).format(days, 'day');
  return format(Intl.DateTimeFormat, { weekday: 'short', day: 'numeric', month: 'long' }).format(date);
}
