import { Outbox } from './outbox.js';
import { Session } from './session.js';
import { load, save, scopeOf } from './store.js';
import { Stream } from './stream.js';

/** One buyer's conversation: what was said, what is on its way, what is unread. Knows nothing of the screen. */
export class Talk {
  #last = 0;
  #loaded = false;
  #filling = false;
  #unread = [];

  /**
   * @param {{server: string, identity?: string, locale: string}} options
   * @param {Object<string, Function>} view message(message, fresh), pending(item, state, seq), reset(), owner(name),
   *   language(code), typing(yes), online(yes), slowed(seconds), unread(count), loaded()
   */
  constructor({ server, identity, locale }, view) {
    const scope = scopeOf(server, identity);
    this.view = view;
    this.readKey = `${scope}:read`;
    this.session = new Session({ server, scope, identity, locale, onChange: () => this.#restart() });
    this.outbox = new Outbox(this.session, scope, {
      changed: (item, state, seq) => this.#changed(item, state, seq),
      slowed: view.slowed,
    });
    this.stream = new Stream(this.session, {
      after: () => this.#last,
      batch: (body) => this.#batch(body),
      frame: (frame) => this.#frame(frame),
      online: (yes) => { view.online(yes); if (yes) this.outbox.nudge(); },
    });
    window.addEventListener('storage', this.#otherTab);
  }

  /** Goes on with a conversation this browser knows; a visitor who never wrote costs the server nothing. */
  resume() {
    for (const item of this.outbox.items) this.view.pending(item, item.error ? 'failed' : 'sending');
    if (this.session.known || this.outbox.items.length) this.start();
    else this.view.loaded();
  }

  /** Connects, making a conversation if there is none. */
  start() {
    this.stream.start();
    this.outbox.flush();
  }

  stop() {
    this.stream.stop();
    this.outbox.stop();
    window.removeEventListener('storage', this.#otherTab);
  }

  /** @param {{text?: string, quick_reply?: string, files?: object[]}} message */
  send(message) {
    this.outbox.add(message);
    this.start();
  }

  /** @param {object} item a failed message, sent anew: the server never took it, so it gets a new id */
  retry({ id, text, quick_reply, files }) {
    // Another tab may have done so already.
    if (!this.outbox.items.some((item) => item.id === id)) return;
    this.outbox.remove(id);
    this.send({ text, quick_reply, files });
  }

  /** All that is here was seen. */
  markRead() {
    if (!(load(this.readKey) >= this.#last)) save(this.readKey, this.#last);
    this.#countUnread();
  }

  #changed(item, state, seq) {
    this.view.pending(item, state, seq);
    // The stream brings the message back soon; when it does not, it is dead without knowing.
    if (seq > this.#last) setTimeout(() => { if (seq > this.#last) this.stream.restart(); }, 8000);
  }

  #batch({ messages, owner, language }) {
    const fresh = this.#loaded;
    for (const message of messages) this.#take(message, fresh);
    this.#state({ owner, language });
    if (!fresh) {
      this.#loaded = true;
      // The first visit with this browser: an old history is not news.
      if (load(this.readKey) === undefined) save(this.readKey, this.#last);
      this.view.loaded();
    }
    this.#countUnread();
  }

  #frame(frame) {
    if (typeof frame.typing === 'boolean') this.view.typing(frame.typing);
    if (frame.seq > this.#last + 1) this.#fill();
    else if (frame.seq) { this.#take(frame, true); this.#countUnread(); }
    else this.#state(frame);
  }

  /** Something was left out between: fetched in order, once at a time. */
  async #fill() {
    if (this.#filling) return;
    this.#filling = true;
    try { await this.stream.catchUp(); } catch { this.stream.restart(); }
    this.#filling = false;
  }

  #take(message, fresh) {
    if (message.seq <= this.#last) return;
    this.#last = message.seq;
    if (message.id) this.outbox.remove(message.id);
    if (message.author !== 'buyer') this.#unread.push(message.seq);
    this.view.message(message, fresh);
  }

  #state({ owner, language }) {
    if (owner) this.view.owner(owner);
    // Before anything was said the server can only guess; the page knows better.
    if (language && this.#last) this.view.language(language);
  }

  #countUnread() {
    const read = load(this.readKey) || 0;
    this.#unread = this.#unread.filter((seq) => seq > read);
    this.view.unread(this.#unread.length);
  }

  #otherTab = ({ key }) => {
    if (key === this.readKey) this.#countUnread();
    if (key === this.outbox.key) {
      for (const item of this.outbox.items) this.view.pending(item, item.error ? 'failed' : 'sending');
      this.outbox.flush();
    }
    if (key === this.session.key && this.session.known) this.stream.start();
  };

  /** Another conversation took the place of this one: the old one's messages and numbers mean nothing now. */
  #restart() {
    this.#last = 0;
    this.#loaded = false;
    this.#unread = [];
    save(this.readKey, undefined);
    this.view.reset();
    for (const item of this.outbox.items) this.view.pending(item, item.error ? 'failed' : 'sending');
    this.stream.restart();
  }
}
