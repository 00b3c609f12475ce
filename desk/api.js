/** The desk's HTTP interface: cookies say who, a header proves that this page asks. */

const BASE = '/desk/api';
let csrf = '';
let refreshCsrf = null;
/** Milliseconds the server's clock is ahead of this computer's. */
export let clockAhead = 0;

/** An answer that was not 2xx, or none at all (`status` 0). */
export class Refusal extends Error {
  constructor(status, error = {}, retryAfter = null) {
    super(error.message || `status ${status}`);
    Object.assign(this, { status, code: error.code || '', field: error.field, by: error.by, retryAfter });
  }

  /** True when asking again later may help. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Sets the token sent with everything that changes something; `refresh` fetches a new one when it was refused. */
export function setCsrf(token, refresh) {
  csrf = token;
  refreshCsrf = refresh;
}

/**
 * Asks the server and returns the decoded answer (null for an empty one).
 * Raises Refusal. A lost session leads to the login page.
 */
export async function ask(method, path, body, { again = true, signal } = {}) {
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(BASE + path, {
      method, headers, signal, credentials: 'same-origin', cache: 'no-store',
      body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
    });
  } catch (err) {
    if (err.name === 'AbortError') throw err;
    throw new Refusal(0, { code: 'offline' });
  }
  const date = Date.parse(answer.headers.get('Date') || '');
  if (date) clockAhead = date - Date.now();
  const content = await answer.text().catch(() => '');
  let decoded = null;
  try {
    decoded = content ? JSON.parse(content) : null;
  } catch { /* an intermediary's page; the status says enough */ }
  if (answer.ok) return decoded;
  if (answer.status === 401 && path !== '/login' && !path.startsWith('/me/')) signIn();
  const refusal = new Refusal(answer.status, { by: decoded?.by, ...(decoded?.error ?? decoded) }, Number(answer.headers.get('Retry-After')) || null);
  if (answer.status === 403 && refusal.code.includes('csrf') && again && refreshCsrf) {
    await refreshCsrf();
    return ask(method, path, body, { again: false, signal });
  }
  throw refusal;
}

/** Leaves for the login page; the same view is opened afterwards. */
export function signIn() {
  try {
    sessionStorage.setItem('liaison.desk.next', location.hash);
  } catch { /* then it starts at the list */ }
  location.assign('/desk/login');
}

const id = encodeURIComponent;
const about = (conversation, what = '') => `/conversations/${id(conversation)}${what}`;
const query = (values) => {
  const used = Object.entries(values).filter(([, value]) => value !== '' && value !== null && value !== undefined && value !== false);
  return used.length ? `?${new URLSearchParams(used.map(([key, value]) => [key, value === true ? '1' : String(value)]))}` : '';
};

/** One function for each thing the desk can ask; see `bot/gateway/desk_*.py` for shapes. */
export const api = {
  login: (name, password) => ask('POST', '/login', { name, password }),
  logout: () => ask('POST', '/logout', {}),
  me: () => ask('GET', '/me'),
  change: (values) => ask('PATCH', '/me', values),
  cases: (filter, options) => ask('GET', `/cases${query(filter)}`, undefined, options),
  conversation: (c) => ask('GET', about(c)),
  messages: (c, after) => ask('GET', about(c, `/messages?after=${after}`)),
  take: (c, version) => ask('POST', about(c, '/take'), { version }),
  reply: (c, message) => ask('POST', about(c, '/reply'), message),
  typing: (c, typing) => ask('POST', about(c, '/typing'), { typing }),
  note: (c, text) => ask('POST', about(c, '/note'), { text }),
  assign: (c, to, version) => ask('POST', about(c, '/assign'), { ...to, version }),
  tags: (c, tags) => ask('POST', about(c, '/tags'), { tags }),
  close: (c, reason, version) => ask('POST', about(c, '/close'), { reason, version }),
  giveBack: (c, version) => ask('POST', about(c, '/return'), { version }),
  suggestion: (c) => ask('GET', about(c, '/suggestion')),
  canned: (c, language) => ask('GET', `/canned${query({ language, conversation: c })}`),
  agents: () => ask('GET', '/agents'),
  report: (from, to) => ask('GET', `/report${query({ from, to })}`),
  upload: (c, file) => {
    const form = new FormData();
    form.append('file', file, file.name);
    return ask('POST', `/uploads${query({ conversation: c })}`, form);
  },
};
/** Returns the address of a file of a conversation. */
export const uploadAddress = (c, upload) => BASE + about(c, `/uploads/${id(upload)}`);
/** Returns the address of the report as CSV. */
export const csvAddress = (from, to) => `${BASE}/report.csv${query({ from, to })}`;
