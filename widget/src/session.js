import { HttpError, request } from './http.js';
import { exclusively, load, save } from './store.js';

/** The buyer's right to a conversation: fetched when needed, renewed before it ends, shared by all tabs. */
export class Session {
  #conversation;

  /**
   * @param {{server: string, scope: string, identity?: string, locale: string, onChange: () => void}} options
   *   onChange is called when another conversation takes the place of the one before
   */
  constructor({ server, scope, identity, locale, onChange }) {
    // Pages write all sorts of things into lang; the server refuses what is no plain language tag.
    const [tag] = /^[a-z]{2,3}(?![a-z0-9])([-_][a-z0-9]{2,8}(?![a-z0-9])){0,3}/i.exec(locale) || [];
    Object.assign(this, { server, identity, locale: tag, onChange, key: `${scope}:session` });
  }

  /** Whether this browser has talked before. */
  get known() { return Boolean(load(this.key)); }

  /** @returns {Promise<string>} a token that should be good */
  async token() {
    const held = load(this.key);
    if (!held) return this.renew();
    this.#adopt(held);
    if (!held.renewAt || Date.now() < held.renewAt) return held.token;
    // Not yet over: when the renewal fails for want of a connection, the old token still serves.
    return this.renew(held.token).catch(() => held.token);
  }

  /**
   * Replaces a token that ran out or was refused, once for all tabs.
   * @param {string} [old]
   */
  renew(old) {
    return exclusively(this.key, async () => {
      const held = load(this.key);
      if (held && held.token !== old) {
        this.#adopt(held);
        return held.token;
      }
      const made = await this.#create(old);
      // Reckoned from this computer's clock; when that is far off, the server's 401 tells.
      const life = Date.parse(made.expires_at) - Date.now();
      const next = { token: made.token, conversation: made.conversation, renewAt: life > 0 ? Date.now() + life * 0.9 : 0 };
      save(this.key, next);
      this.#adopt(next);
      return next.token;
    });
  }

  /**
   * Makes a request with the token, and once more with a new one if it is refused.
   * @param {string} path
   * @param {object} [options] as for request()
   */
  async fetch(path, options) {
    const token = await this.token();
    try {
      return await request(this.server + path, { ...options, token });
    } catch (error) {
      if (error.status !== 401) throw error;
      return request(this.server + path, { ...options, token: await this.renew(token) });
    }
  }

  async #create(old) {
    // A stale token or identity must not lock the buyer out: what is refused is left away, the identity first,
    // because without the token the conversation would be lost.
    const { identity } = this;
    const attempts = [];
    for (const token of old ? [old, undefined] : [undefined]) {
      for (const proof of identity ? [identity, undefined] : [undefined]) attempts.push([token, proof]);
    }
    for (const [token, proof] of attempts) {
      try {
        return await request(`${this.server}/v1/sessions`, { method: 'POST', token, json: { identity: proof, locale: this.locale } });
      } catch (error) {
        const refused = error.status >= 400 && error.status < 500 && error.status !== 429;
        if (!refused || (!token && !proof)) throw error;
      }
    }
    throw new HttpError(401, '');
  }

  #adopt({ conversation }) {
    const before = this.#conversation;
    this.#conversation = conversation;
    if (before && before !== conversation) this.onChange();
  }
}
