import { paint } from './colour.js';
import { Composer } from './composer.js';
import { retranslate, translate } from './dom.js';
import { Files } from './files.js';
import { PHONE, blip, followKeyboard, frameOf, keepTabInside } from './frame.js';
import { load, openFlag, save } from './store.js';
import { ours, speak, language, t } from './strings.js';
import { STYLES } from './styles.js';
import { STYLES_TALK } from './styles_talk.js';
import { Talk } from './talk.js';
import { Transcript } from './transcript.js';
import { Tray } from './tray.js';
import { Voice } from './voice.js';

const SHEETS = [STYLES, STYLES_TALK].map((css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
});

/**
 * <liaison-chat>: the chat as an element. Attributes: server, locale, identity, color, position, greeting, title,
 * sound, open, theme. Events: liaison:open, liaison:close, liaison:message (detail.author).
 */
class LiaisonChat extends HTMLElement {
  static observedAttributes = ['server', 'locale', 'identity', 'color', 'position', 'greeting', 'title', 'theme'];

  #ends = [];
  constructor() {
    super();
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = SHEETS;
  }

  connectedCallback() { this.#build(); }
  disconnectedCallback() { this.#tearDown(); }

  attributeChangedCallback(name, before, after) {
    // Frameworks set several attributes in a row: one new build for all of them.
    if (!this.talk || before === after || this.rebuilding) return;
    this.rebuilding = true;
    queueMicrotask(() => {
      this.rebuilding = false;
      if (!this.talk) return;
      this.#tearDown();
      this.#build();
    });
  }

  /** Opens the chat and puts the cursor into it. */
  open() { this.#show(true, true); }
  /** Closes the chat. */
  close() { this.#show(false, true); }

  /** @param {string} text sent as the buyer's message */
  send(text) {
    if (String(text).trim()) this.talk.send({ text: String(text).trim() });
  }

  get isOpen() { return this.nodes.root.classList.contains('open'); }

  #build() {
    const server = new URL(this.getAttribute('server') || location.origin).origin;
    const locale = this.getAttribute('locale') || document.documentElement.lang || navigator.language;
    const greeting = this.getAttribute('greeting') || '';
    const title = this.getAttribute('title') || '';
    this.keys = { sound: `liaison:${server}:sound`, teaser: `liaison:${server}:teaser` };

    const voice = this.voice = new Voice();
    this.talk = new Talk({ server, identity: this.getAttribute('identity') || undefined, locale }, {
      message: (message, fresh) => this.#message(message, fresh),
      pending: (...args) => this.transcript.pending(...args),
      typing: (yes) => this.transcript.typing(yes),
      reset: () => this.transcript.reset(),
      owner: (name) => voice.owner(name),
      language: (code) => this.#speak(ours(code)),
      online: (yes) => voice.online(yes),
      slowed: (seconds) => voice.slowed(seconds),
      unread: (count) => this.#unread(count),
      loaded: () => this.transcript.toEnd(),
    });
    const files = new Files(this.talk.session);
    this.transcript = new Transcript({
      server, files, greeting,
      reply: ({ id, title: text }) => { this.talk.send({ quick_reply: id, text }); this.composer.focus(); },
      retry: (item) => { this.talk.retry(item); this.composer.focus(); },
      discard: (item) => { this.talk.outbox.remove(item.id); this.composer.focus(); },
      say: (text) => { if (this.isOpen) voice.say(text); },
    });
    const tray = new Tray(files, () => this.composer.refresh(), (text) => voice.complain(text));
    this.composer = new Composer(tray, {
      send: (message) => this.talk.send(message),
      typing: () => this.talk.stream.typing(),
    });
    this.nodes = frameOf({
      title, greeting,
      parts: [voice.strip, this.transcript.log, this.transcript.pill, voice.notice, this.composer.node],
      on: {
        toggle: () => this.#show(!this.isOpen, true),
        close: () => this.close(),
        teaser: () => this.open(),
        dismiss: () => this.#dismissTeaser(),
        sound: () => this.#setSound(!this.sound, true),
      },
    });
    this.composer.acceptDrops(this.nodes.panel);

    const { root, panel } = this.nodes;
    root.dataset.theme = this.getAttribute('theme') || 'auto';
    // The inline end of the page, not of the chat: the launcher must not jump when the language changes.
    const rtl = getComputedStyle(document.documentElement).direction === 'rtl';
    const side = this.getAttribute('position');
    root.dataset.side = side === 'left' || side === 'right' ? side : rtl ? 'left' : 'right';
    paint(this, this.getAttribute('color'));
    root.append(voice.live);
    this.shadowRoot.append(root);
    this.#label();

    this.#listen(document, 'click', this.#pageClick);
    this.#listen(document, 'visibilitychange', () => this.#read());
    this.#listen(panel, 'keydown', (event) => {
      if (event.key === 'Escape' && !event.isComposing) this.close();
      else keepTabInside(event, panel);
    });
    this.#ends.push(followKeyboard(root), () => files.release());

    this.#setSound(load(this.keys.sound) ?? this.getAttribute('sound') === 'on');
    this.#speak(ours(locale));
    this.talk.resume();
    // Going from page to page in the shop does not close the chat; on a phone it would hide the new page.
    const stays = openFlag() && !matchMedia(PHONE).matches;
    if (this.hasAttribute('open') || stays) this.#show(true, false);
    else if (greeting && !this.talk.session.known && !load(this.keys.teaser)) this.#tease();
  }

  #tearDown() {
    this.talk?.stop();
    this.talk = undefined;
    for (const end of this.#ends.splice(0)) end();
    this.nodes?.root.remove();
  }

  #listen(target, type, listener) {
    target.addEventListener(type, listener);
    this.#ends.push(() => target.removeEventListener(type, listener));
  }

  #show(yes, byBuyer) {
    if (yes !== this.isOpen) {
      const { root, launcher, teaser, panel } = this.nodes;
      root.classList.toggle('open', yes);
      panel.setAttribute('aria-modal', String(yes && matchMedia(PHONE).matches));
      launcher.setAttribute('aria-expanded', String(yes));
      if (yes) {
        teaser.hidden = true;
        this.talk.start();
        this.transcript.toEnd();
      }
      openFlag(yes);
      this.#read();
      this.#labelLauncher();
      this.#emit(yes ? 'open' : 'close');
    }
    if (!byBuyer) return;
    if (!yes) this.nodes.launcher.focus();
    // A touch keyboard jumping up would hide what there is to read.
    else if (matchMedia('(pointer: coarse)').matches) this.nodes.panel.focus();
    else this.composer.focus();
  }

  #message(message, fresh) {
    this.transcript.add(message, fresh);
    if (!fresh) return;
    if (message.author !== 'buyer' && this.sound) blip();
    this.#read();
    this.#emit('message', { author: message.author });
  }

  #read() { if (this.isOpen && !document.hidden) this.talk.markRead(); }

  #unread(count) {
    if (count && this.isOpen && !document.hidden) { this.talk.markRead(); return; }
    this.unread = count;
    const { badge } = this.nodes;
    badge.hidden = !count;
    badge.textContent = count > 9 ? '9+' : String(count);
    this.#labelLauncher();
    if (count && !this.isOpen) this.voice.say(t('unread', { n: count }));
  }

  async #speak(code = 'en') {
    this.wanted = code;
    try { await speak(code); } catch { /* no connection: the language of before stays */ }
    // A later wish may have overtaken this one.
    if (this.wanted === code && this.talk) this.#label();
  }

  /** Everything that is said in the language of now. */
  #label() {
    const { root } = this.nodes;
    root.lang = language;
    root.dir = language === 'ar' ? 'rtl' : 'ltr';
    retranslate(root);
    this.#labelLauncher();
    this.transcript.relabel();
    this.voice.refresh();
  }

  #labelLauncher() {
    const { launcher } = this.nodes;
    translate(launcher, 'tlabel', this.isOpen ? 'close' : 'open');
    if (this.unread) launcher.setAttribute('aria-label', `${t('open')}. ${t('unread', { n: this.unread })}`);
  }

  #setSound(on, byBuyer) {
    this.sound = on;
    this.nodes.sound.setAttribute('aria-pressed', String(on));
    if (!byBuyer) return;
    save(this.keys.sound, on);
    if (on) blip();
  }

  #tease() {
    const timer = setTimeout(() => { this.nodes.teaser.hidden = this.isOpen; }, 1500);
    this.#ends.push(() => clearTimeout(timer));
  }

  #dismissTeaser() {
    this.nodes.teaser.hidden = true;
    save(this.keys.teaser, true);
    this.nodes.launcher.focus();
  }

  /** The shop's own buttons and links: data-liaison-open, and data-liaison-ask="a question". */
  #pageClick = (event) => {
    const link = event.target.closest?.('[data-liaison-open], [data-liaison-ask]');
    if (!link) return;
    event.preventDefault();
    this.open();
    const ask = link.dataset.liaisonAsk;
    if (!ask) return;
    this.composer.prefill(ask);
    this.composer.focus();
  };

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`liaison:${name}`, { detail, bubbles: true, composed: true }));
  }
}

/** Make the element known; a second script on the page changes nothing. */
export function define() {
  if (!customElements.get('liaison-chat')) customElements.define('liaison-chat', LiaisonChat);
}
