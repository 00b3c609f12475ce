import { bubbleOf, mark, timeNode } from './bubble.js';
import { h, icon } from './dom.js';
import { dayOf, t } from './strings.js';

const NEAR_END = 60;
const TYPING_LASTS = 30000;

/** The log of the conversation. It only ever appends, however long it grows. */
export class Transcript {
  #byId = new Map();
  #atEnd = true;
  #top = 0;
  #typingTimer;

  /**
   * @param {object} context what bubbles need: server, files; and
   *   reply(choice), retry(item), discard(item), say(text): a quick reply tapped, a failed message again or not, speak to screen readers
   */
  constructor(context) {
    this.context = context;
    this.rows = h('div', { class: 'rows' });
    this.dots = h('div', { class: 'row bot typing', hidden: true, 'aria-hidden': 'true' },
      h('div', { class: 'bubble' }, h('i'), h('i'), h('i')));
    this.replies = h('div', { class: 'replies' });
    // Silent by itself: what is new is said by the live region, what is old is not said at all.
    this.log = h('div', { class: 'log', role: 'log', 'aria-live': 'off', tabindex: '0', tlabel: 'messages', onscroll: () => this.#scrolled() },
      this.rows, this.dots, this.replies);
    this.pill = h('button', { type: 'button', class: 'pill', hidden: true, onclick: () => this.toEnd(true) },
      h('span', { t: 'latest' }), icon('down'));
    new ResizeObserver(() => this.#follow()).observe(this.log);
    this.reset();
  }

  /** Empties the log, but for the greeting. */
  reset() {
    this.#byId.clear();
    this.rows.replaceChildren();
    this.replies.replaceChildren();
    const hello = bubbleOf({ seq: -1, author: 'bot', text: this.context.greeting || t('hello') }, this.context);
    // It follows the language, unless the shop wrote it.
    if (!this.context.greeting) hello.querySelector('p').dataset.t = 'hello';
    hello.querySelector('time').remove();
    this.rows.append(hello);
  }

  /**
   * A message of the server: new, or one of the buyer's own coming back.
   * @param {object} message
   * @param {boolean} fresh whether it arrived just now, as against being history
   */
  add(message, fresh) {
    const own = message.author === 'buyer';
    let row = message.id && this.#byId.get(message.id);
    if (row) {
      row.seq = message.seq;
    } else {
      row = bubbleOf(message, this.context);
      if (message.id) this.#byId.set(message.id, row);
    }
    if (own) mark(row, 'sent');
    else this.typing(false);
    this.#place(row);
    this.#offer(message);
    if (fresh && !own) {
      const who = message.author === 'system' ? '' : `${message.name || t(message.author)}: `;
      const titles = (message.cards || []).map((card) => card.title || `${t('order')} ${card.number}`);
      this.context.say([who + (message.text || ''), ...titles].join('. '));
      if (!this.#atEnd) this.pill.hidden = false;
    }
    this.#follow();
  }

  /**
   * A message of the buyer's on its way.
   * @param {object} item of the outbox
   * @param {'sending'|'sent'|'failed'} state
   * @param {number} [seq] once it is sent
   */
  pending(item, state, seq) {
    let row = this.#byId.get(item.id);
    if (!row) {
      if (state === 'sent') return;
      row = bubbleOf({ ...item, author: 'buyer', uploads: item.files }, this.context);
      this.#byId.set(item.id, row);
      row.item = item;
      this.#place(row);
      this.replies.replaceChildren();
      this.#atEnd = true;
    }
    if (row.state === 'sent') return;
    if (seq) { row.seq = seq; this.#place(row); }
    mark(row, state, state !== 'failed' ? {} : {
      why: item.error,
      retry: () => this.#giveUp(row, this.context.retry),
      remove: () => this.#giveUp(row, this.context.discard),
    });
    this.#follow();
  }

  /** @param {boolean} yes whether the other side is writing */
  typing(yes) {
    clearTimeout(this.#typingTimer);
    if (yes) this.#typingTimer = setTimeout(() => this.typing(false), TYPING_LASTS);
    // Said once, not at every sign of life.
    if (yes && this.dots.hidden) this.context.say(t('typing', { name: t('bot') }));
    this.dots.hidden = !yes;
    this.#follow();
  }

  /** @param {boolean} [smooth] */
  toEnd(smooth) {
    this.#atEnd = true;
    this.pill.hidden = true;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: smooth ? 'smooth' : 'instant' });
  }

  /** Times and days in the language of now. */
  relabel() {
    for (const node of this.rows.querySelectorAll('time')) node.textContent = node.say(new Date(node.dateTime));
  }

  /** A failed bubble goes; what becomes of its message is told to `then`. */
  #giveUp(row, then) {
    row.remove();
    this.#byId.delete(row.item.id);
    then(row.item);
  }

  /** Puts a row where its number says, which is nearly always the end; what is on its way stays last. */
  #place(row) {
    let before = this.rows.lastElementChild;
    while (before && (before === row || before.seq > row.seq)) before = before.previousElementSibling;
    if (row.parentNode && row.previousElementSibling === before) return;
    if (before.day !== row.day && row.at) {
      const day = h('div', { class: 'day' }, timeNode(row.at, dayOf));
      Object.assign(day, { seq: row.seq, day: row.day });
      before.after(day);
      before = day;
    }
    row.classList.toggle('more', before.speaker === row.speaker);
    before.after(row);
  }

  /** Quick replies belong to the newest message only. */
  #offer({ quick_replies: choices = [], author }) {
    this.replies.replaceChildren(...(author === 'buyer' ? [] : choices).map((choice) => h('button', {
      type: 'button', dir: 'auto', text: choice.title, onclick: () => this.context.reply(choice),
    })));
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    // Only a move upwards leaves the end: content growing below moves nothing.
    if (scrollHeight - scrollTop - clientHeight < NEAR_END) this.#atEnd = true;
    else if (scrollTop < this.#top) this.#atEnd = false;
    this.#top = scrollTop;
    if (this.#atEnd) this.pill.hidden = true;
  }

  /** Keeps the end in view, once per frame, unless the buyer scrolled up. */
  #follow() {
    if (!this.#atEnd || this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.#atEnd) this.toEnd();
    });
  }
}
