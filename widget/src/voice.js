import { h } from './dom.js';
import { t } from './strings.js';

const OWNERS = { waiting: 'waiting', human: 'person', closed: 'closed' };

/** The lines in which the chat itself speaks: whose turn it is, what is held up, and what only screen readers hear. */
export class Voice {
  #owner = '';
  #offline = false;
  #slowUntil = 0;
  #timer;

  constructor() {
    this.strip = h('div', { class: 'strip', role: 'status', hidden: true });
    this.notice = h('div', { class: 'notice', role: 'status' });
    this.live = h('div', { class: 'sr', 'aria-live': 'polite' });
  }

  /** @param {string} name bot, waiting, human or closed */
  owner(name) {
    this.#owner = name;
    this.refresh();
  }

  /** @param {boolean} yes */
  online(yes) {
    if (this.#offline === !yes) return;
    this.#offline = !yes;
    this.refresh();
  }

  /** @param {number} seconds until sending goes on; 0 when it does */
  slowed(seconds) {
    if (!seconds && !this.#slowUntil) return;
    this.#slowUntil = Date.now() + seconds * 1000;
    this.refresh();
  }

  /** @param {string} text what was wrong with something the buyer did; shown for a while */
  complain(text) {
    clearTimeout(this.#timer);
    this.notice.classList.add('bad');
    this.notice.textContent = text;
    this.#timer = setTimeout(() => this.refresh(), 6000);
  }

  /** @param {string} text for screen readers */
  say(text) {
    const line = h('p', { text });
    this.live.append(line);
    // Read once; left there, it would be met again by whoever browses the page.
    setTimeout(() => line.remove(), 5000);
  }

  /** Says all of it as it is now, in the language of now. */
  refresh() {
    clearTimeout(this.#timer);
    const key = OWNERS[this.#owner];
    const line = key ? t(key) : '';
    this.strip.hidden = !key;
    this.strip.dataset.owner = this.#owner;
    if (this.strip.textContent !== line) this.strip.textContent = line;

    const seconds = Math.ceil((this.#slowUntil - Date.now()) / 1000);
    if (seconds > 0) this.#timer = setTimeout(() => this.refresh(), 1000);
    else this.#slowUntil = 0;
    this.notice.classList.remove('bad');
    this.notice.textContent = this.#slowUntil ? t('slow', { n: seconds }) : this.#offline ? t('offline') : '';
  }
}
