import { h, icon } from './dom.js';
import { ACCEPT } from './files.js';
import { t } from './strings.js';

const LONGEST = 4000;
const TELL_FROM = 3600;
const TYPING_EVERY = 3000;

/** Where the buyer writes. */
export class Composer {
  #told = 0;

  /**
   * @param {import('./tray.js').Tray} tray
   * @param {{send: (message: object) => void, typing: () => void}} hooks
   */
  constructor(tray, hooks) {
    Object.assign(this, { tray, hooks });
    this.input = h('textarea', {
      rows: 1, maxlength: LONGEST, thint: 'hint', tlabel: 'hint', enterkeyhint: 'send',
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#files(event, event.clipboardData),
    });
    this.picker = h('input', {
      type: 'file', multiple: true, accept: ACCEPT, hidden: true,
      // Emptied, so that choosing the same file again is a change again.
      onchange: () => { tray.add(this.picker.files); this.picker.value = ''; this.focus(); },
    });
    this.counter = h('div', { class: 'counter', hidden: true });
    this.button = h('button', { class: 'send', tlabel: 'send', disabled: true }, icon('send'));
    this.node = h('form', { class: 'composer', onsubmit: (event) => { event.preventDefault(); this.#send(); } },
      tray.node, this.counter,
      h('div', { class: 'field' },
        h('button', { type: 'button', class: 'attach', tlabel: 'attach', onclick: () => this.picker.click() }, icon('clip')),
        this.picker, this.input, this.button));
  }

  focus() { this.input.focus({ preventScroll: true }); }

  /** @param {string} text put there for the buyer to send */
  prefill(text) {
    this.input.value = text;
    this.#changed();
  }

  /** Lets files be dropped anywhere on a node. */
  acceptDrops(node) {
    const carries = (event) => event.dataTransfer?.types.includes('Files');
    let depth = 0;
    const over = (change) => {
      depth = change ? depth + change : 0;
      node.classList.toggle('drop', depth > 0);
    };
    node.addEventListener('dragenter', (event) => carries(event) && over(1));
    node.addEventListener('dragleave', (event) => carries(event) && over(-1));
    node.addEventListener('dragover', (event) => carries(event) && event.preventDefault());
    node.addEventListener('drop', (event) => { over(0); this.#files(event, event.dataTransfer); });
  }

  /** Looks again whether there is something to send. */
  refresh() {
    this.button.disabled = this.tray.busy || (this.tray.empty && !this.input.value.trim());
  }

  #files(event, data) {
    if (!data?.files.length) return;
    event.preventDefault();
    this.tray.add(data.files);
    this.focus();
  }

  #key(event) {
    // The Enter that ends a Chinese or Japanese composition is not a send (keyCode 229: Safari's late one).
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    // On a touch keyboard there is no Shift+Enter: Enter is the new line there, and the button sends.
    if (matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    this.refresh();
    if (this.button.disabled) return;
    const text = this.input.value.trim();
    const files = this.tray.take();
    this.prefill('');
    this.hooks.send({ text: text || undefined, files: files.length ? files : undefined });
    this.focus();
  }

  #changed() {
    const { input } = this;
    input.style.height = 'auto';
    // The style sheet sets the greatest height.
    input.style.height = `${input.scrollHeight}px`;
    const { length } = input.value;
    // Empty it keeps the interface's direction, because the placeholder is the interface's.
    input.dir = length ? 'auto' : '';
    this.counter.hidden = length < TELL_FROM;
    this.counter.textContent = t('left', { n: LONGEST - length });
    this.refresh();
    if (length && Date.now() - this.#told > TYPING_EVERY) {
      this.#told = Date.now();
      this.hooks.typing();
    }
  }
}
