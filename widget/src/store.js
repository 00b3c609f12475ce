/* What the browser remembers. Private windows may refuse localStorage; then memory serves until the page goes. */
const memory = new Map();

/**
 * @param {string} key
 * @returns {*} the value stored, or undefined
 */
export function load(key) {
  try {
    const text = localStorage.getItem(key);
    if (text !== null) return JSON.parse(text);
  } catch { /* refused or damaged: memory decides */ }
  return memory.get(key);
}

/**
 * @param {string} key
 * @param {*} value undefined removes the key
 */
export function save(key, value) {
  memory.set(key, value);
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    memory.delete(key);
  } catch {
    // A full store may still hold an older value, which would win over memory.
    try { localStorage.removeItem(key); } catch { /* refused altogether */ }
  }
}

/**
 * The prefix of all keys of one buyer on one server, so that two buyers on a computer never share.
 * @param {string} server origin
 * @param {string} [identity] signed token of the shop; read, not checked: that is the server's part
 */
export function scopeOf(server, identity) {
  if (!identity) return `liaison:${server}:guest`;
  let subject = identity;
  try {
    const payload = identity.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    subject = JSON.parse(atob(payload)).sub ?? identity;
  } catch { /* not a readable token: the whole of it stands for the buyer */ }
  return `liaison:${server}:${digest(String(subject))}`;
}

/** 53-bit hash (cyrb53): short, synchronous, and there on plain http where crypto.subtle is not. */
function digest(text) {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (const char of text) {
    const code = char.codePointAt(0);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

/**
 * Runs work in one tab at a time, where the browser has locks (elsewhere the server's idempotency serves).
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function exclusively(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

/** @returns {string} a random UUID, also on plain http where crypto.randomUUID is missing */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * Whether the chat is open on this visit, from page to page.
 * @param {boolean} [value] remembered, if given
 * @returns {boolean}
 */
export function openFlag(value) {
  try {
    if (value === undefined) return sessionStorage.getItem('liaison:open') === 'true';
    sessionStorage.setItem('liaison:open', value);
  } catch { /* refused: every page begins closed */ }
  return Boolean(value);
}
