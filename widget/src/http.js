/** A refusal of the server, or (status 0) no answer at all. */
export class HttpError extends Error {
  constructor(status, message, retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later without a change. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 425 || this.status >= 500;
  }
}

/**
 * Builds the error of an answer whose body may be the server's JSON, a proxy's HTML or nothing.
 * @param {number} status
 * @param {string} body
 * @param {?string} retryAfter header, in seconds
 */
export function refusal(status, body, retryAfter) {
  let message = '';
  try { message = JSON.parse(body).error.message; } catch { /* not ours */ }
  return new HttpError(status, message, Number(retryAfter) || 0);
}

/**
 * A request with a time limit.
 * @param {string} url
 * @param {{method?: string, token?: string, json?: object, timeout?: number, signal?: AbortSignal}} [options]
 * @returns {Promise<object|Blob>} the JSON or the bytes; rejects with HttpError on every failure
 */
export async function request(url, { method = 'GET', token, json, timeout = 20000, signal } = {}) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeout);
  signal?.addEventListener('abort', () => limit.abort());
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (json) headers['Content-Type'] = 'application/json';
  try {
    const answer = await fetch(url, {
      method, headers, body: json && JSON.stringify(json), signal: limit.signal, credentials: 'omit', cache: 'no-store',
    });
    if (!answer.ok) throw refusal(answer.status, await answer.text(), answer.headers.get('Retry-After'));
    // The body is read under the same time limit.
    return answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : await answer.blob();
  } catch (error) {
    throw error instanceof HttpError ? error : new HttpError(0, '');
  } finally {
    clearTimeout(timer);
  }
}

/** Growing waits with jitter, which good news can cut short. */
export class Backoff {
  #tries = 0;
  #wake = () => {};

  reset() { this.#tries = 0; }

  /** Ends a wait under way. */
  wake() { this.#wake(); }

  /** @param {number} [ms] a fixed wait instead of the growing one */
  wait(ms = Math.min(30000, 1000 * 2 ** this.#tries++) * (0.5 + Math.random() / 2)) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
