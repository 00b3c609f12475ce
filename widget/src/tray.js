import { h, icon } from './dom.js';
import { isImage, objection, sizeOf } from './files.js';
import { t } from './strings.js';

const MOST = 4;

/** The files chosen but not yet sent, as chips above the composer. */
export class Tray {
  #chips = new Set();

  /**
   * @param {import('./files.js').Files} files
   * @param {() => void} changed
   * @param {(text: string) => void} complain
   */
  constructor(files, changed, complain) {
    Object.assign(this, { files, changed, complain });
    this.node = h('div', { class: 'tray', role: 'list' });
  }

  /** Whether nothing is here that could be sent. */
  get empty() { return !this.#ready().length; }

  /** Whether a file is on its way up. */
  get busy() { return [...this.#chips].some((chip) => !chip.done && !chip.failed); }

  /** @param {Iterable<File>} list */
  add(list) {
    for (const file of list) {
      const trouble = objection(file) || (this.#chips.size >= MOST && 'tooMany');
      if (trouble) this.complain(`${file.name}: ${t(trouble)}`);
      else this.#start(file);
    }
  }

  /** @returns {object[]} the uploads to send; they leave the tray */
  take() {
    const ready = this.#ready();
    for (const chip of ready) this.#drop(chip);
    return ready.map((chip) => chip.done);
  }

  #ready() { return [...this.#chips].filter((chip) => chip.done); }

  #start(file) {
    const bar = h('progress', { max: 1, value: 0, 'aria-label': file.name });
    const state = h('small', { text: sizeOf(file.size) });
    const chip = { stop: new AbortController() };
    const face = h('span', { class: 'face' }, icon('file'));
    if (isImage(file)) {
      chip.url = URL.createObjectURL(file);
      // A picture this browser cannot draw (HEIC) keeps the paper sign.
      face.append(h('img', { src: chip.url, alt: '', onerror: (event) => event.target.remove() }));
    }
    chip.node = h('div', { class: 'chip', role: 'listitem' }, face,
      h('span', { class: 'chip-text' }, h('bdi', { text: file.name }), state, bar),
      h('button', { type: 'button', class: 'mini again', tlabel: 'retry', onclick: () => send() }, icon('retry')),
      h('button', { type: 'button', class: 'mini', tlabel: 'remove', onclick: () => this.#drop(chip) }, icon('close')));
    this.#chips.add(chip);
    this.node.append(chip.node);

    const send = async () => {
      chip.failed = false;
      chip.node.classList.remove('bad');
      state.textContent = sizeOf(file.size);
      this.changed();
      try {
        chip.done = await this.files.upload(file, (share) => { bar.value = share; }, chip.stop.signal);
        chip.node.classList.add('done');
      } catch (error) {
        chip.failed = true;
        chip.node.classList.add('bad');
        state.textContent = error.message || t('lost');
      }
      this.changed();
    };
    send();
  }

  #drop(chip) {
    chip.stop.abort();
    this.#chips.delete(chip);
    chip.node.remove();
    if (chip.url) URL.revokeObjectURL(chip.url);
    this.changed();
  }
}
