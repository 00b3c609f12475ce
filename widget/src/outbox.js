import { Backoff } from './http.js';
import { exclusively, load, save, uuid } from './store.js';

/**
 * Messages on their way. Kept through reloads, sent one after another, by one tab at a time.
 * An item is what POST /v1/messages takes, with `files` (what the uploads are) and `error` for showing it.
 */
export class Outbox {
  #backoff = new Backoff();
  #busy = false;
  #stopped = false;

  /**
   * @param {import('./session.js').Session} session
   * @param {string} scope
   * @param {{changed: (item: object, state: string, seq?: number) => void, slowed: (seconds: number) => void}} hooks
   */
  constructor(session, scope, hooks) {
    Object.assign(this, { session, hooks, key: `${scope}:outbox` });
    window.addEventListener('online', this.nudge);
  }

  /** @returns {object[]} what is not delivered yet, oldest first */
  get items() { return load(this.key) || []; }

  /**
   * @param {{text?: string, quick_reply?: string, files?: object[]}} message
   */
  add(message) {
    const item = { id: uuid(), created_at: new Date().toISOString(), ...message };
    this.#write([...this.items, item]);
    this.hooks.changed(item, 'sending');
    this.nudge();
    this.flush();
  }

  /** @param {string} id what the server has, or what the buyer gives up */
  remove(id) {
    const left = this.items.filter((item) => item.id !== id);
    if (left.length !== this.items.length) this.#write(left);
  }

  stop() {
    this.#stopped = true;
    window.removeEventListener('online', this.nudge);
    this.nudge();
  }

  nudge = () => this.#backoff.wake();

  /** Sends what waits, in order. */
  async flush() {
    if (this.#busy || !this.#next()) return;
    this.#busy = true;
    try {
      await exclusively(this.key, async () => {
        for (let item = this.#next(); item && !this.#stopped; item = this.#next()) await this.#deliver(item);
      });
    } finally {
      this.#busy = false;
    }
    // Something may have been added between the last look and the end of the lock.
    if (!this.#stopped) this.flush();
  }

  /** A message the server refused must not hold up those after it. */
  #next() { return this.items.find((item) => !item.error); }

  async #deliver({ id, text, quick_reply, files }) {
    try {
      const json = { id, text, quick_reply, uploads: files?.map((file) => file.upload) };
      const { seq } = await this.session.fetch('/v1/messages', { method: 'POST', json });
      this.#backoff.reset();
      this.hooks.slowed(0);
      this.remove(id);
      this.hooks.changed({ id }, 'sent', seq);
    } catch (error) {
      if (error.status === 429) {
        const seconds = error.retryAfter || 5;
        this.hooks.slowed(seconds);
        await this.#backoff.wait(seconds * 1000);
      } else if (error.passing || error.status === 401 || error.status === undefined) {
        await this.#backoff.wait();
      } else {
        const items = this.items.map((item) => (item.id === id ? { ...item, error: error.message || true } : item));
        this.#write(items);
        this.hooks.changed({ id, error: error.message }, 'failed');
      }
    }
  }

  #write(items) { save(this.key, items.length ? items : undefined); }
}
