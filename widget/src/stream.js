import { Backoff, HttpError } from './http.js';

const REFUSED = 4401;
const STEADY = 5000;
const SOCKET_REST = 60000;

/** Brings what happens in the conversation: by WebSocket, or by long polling where sockets do not get through. */
export class Stream {
  #backoff = new Backoff();
  #missed = 0;
  #pollUntil = 0;
  #socket;
  #poll;
  #running = false;

  /**
   * @param {import('./session.js').Session} session
   * @param {{after: () => number, batch: (body: object) => void, frame: (frame: object) => void,
   *   online: (yes: boolean) => void}} hooks after() is the last seq held without a gap
   */
  constructor(session, hooks) {
    Object.assign(this, { session, hooks });
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    window.addEventListener('online', this.nudge);
    window.addEventListener('offline', this.restart);
    document.addEventListener('visibilitychange', this.#seen);
    this.#run();
  }

  stop() {
    this.#running = false;
    window.removeEventListener('online', this.nudge);
    window.removeEventListener('offline', this.restart);
    document.removeEventListener('visibilitychange', this.#seen);
    this.restart();
  }

  /** Tries at once instead of after the wait under way. */
  nudge = () => this.#backoff.wake();

  /** Drops the connection of now; a new one is made at once. */
  restart = () => {
    this.#socket?.close();
    this.#poll?.abort();
    this.#backoff.wake();
  };

  /** Tells the other side that the buyer is writing. */
  typing() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('{"typing":true}');
  }

  /**
   * Fetches all that is newer than what is held. Pages of a long history follow each other.
   * @param {number} [wait] seconds the server may hold its answer
   */
  async catchUp(wait = 0) {
    this.#poll = new AbortController();
    let body;
    let from;
    do {
      from = this.hooks.after();
      body = await this.session.fetch(`/v1/messages?after=${from}&wait=${wait}`, {
        timeout: (wait + 15) * 1000, signal: this.#poll.signal,
      });
      if (!this.#running) return;
      this.hooks.batch(body);
    } while (!wait && body.messages.length >= 50 && this.hooks.after() > from);
    this.hooks.online(true);
  }

  async #run() {
    while (this.#running) {
      try {
        await this.catchUp();
        if (Date.now() < this.#pollUntil) {
          this.#backoff.reset();
          while (this.#running && Date.now() < this.#pollUntil) await this.catchUp(25);
          continue;
        }
        const since = Date.now();
        const token = await this.session.token();
        const code = this.#running && await this.#listen(token);
        if (!this.#running) return;
        if (code === REFUSED) await this.session.renew(token);
        if (Date.now() - since > STEADY) this.#backoff.reset();
        if (this.#missed >= 2) {
          this.#missed = 0;
          this.#pollUntil = Date.now() + SOCKET_REST;
          continue;
        }
        await this.#backoff.wait();
      } catch (error) {
        if (!(error instanceof HttpError)) console.error(error);
        if (!this.#running) return;
        this.hooks.online(false);
        await this.#backoff.wait(error.retryAfter ? error.retryAfter * 1000 : undefined);
      }
    }
  }

  /** @returns {Promise<number>} the close code, once the socket has ended */
  #listen(token) {
    return new Promise((resolve) => {
      this.#missed += 1;
      let socket;
      try {
        socket = this.#socket = new WebSocket(`${this.session.server.replace(/^http/, 'ws')}/v1/ws`);
      } catch { // forbidden by the page's policy
        resolve(0);
        return;
      }
      const limit = setTimeout(() => socket.close(), 10000);
      socket.onopen = () => {
        clearTimeout(limit);
        this.#missed = 0;
        socket.send(JSON.stringify({ token, after: this.hooks.after() }));
      };
      socket.onmessage = ({ data }) => this.hooks.frame(JSON.parse(data));
      socket.onclose = ({ code }) => { clearTimeout(limit); resolve(code); };
    });
  }

  /** A computer that slept may hold a dead socket: what a look finds that the socket did not bring proves it. */
  #seen = async () => {
    if (document.hidden) return;
    this.nudge();
    const before = this.hooks.after();
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    try {
      await this.catchUp();
      if (this.hooks.after() > before) this.restart();
    } catch { this.restart(); }
  };
}
