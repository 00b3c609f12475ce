import { h, icon } from './dom.js';

/** Width up to which the panel takes the whole screen. The styles say the same. */
export const PHONE = '(max-width: 480px)';

/**
 * Builds what stands around the talk: launcher, teaser, panel and header.
 * @param {{title?: string, greeting?: string, parts: Node[], on: Object<string, Function>}} options
 *   parts go into the panel below the header; on: toggle, close, sound, teaser, dismiss
 * @returns {Object<string, HTMLElement>}
 */
export function frameOf({ title, greeting, parts, on }) {
  const nodes = {};
  nodes.sound = h('button', { type: 'button', tlabel: 'sound', onclick: on.sound }, icon('mute'), icon('sound'));
  nodes.panel = h('section', { class: 'panel', id: 'panel', role: 'dialog', tabindex: '-1' },
    h('header', { class: 'head' },
      h('span', { class: 'mark' }, icon('chat')),
      h('div', {}, h('h2', title ? { text: title, dir: 'auto' } : { t: 'title' }), h('p', { t: 'subtitle' })),
      nodes.sound,
      h('button', { type: 'button', tlabel: 'close', onclick: on.close }, icon('close'))),
    ...parts,
    h('div', { class: 'dropzone', 'aria-hidden': 'true' }, icon('clip'), h('span', { t: 'drop' })));
  if (title) nodes.panel.setAttribute('aria-label', title);
  else nodes.panel.dataset.tlabel = 'title';

  nodes.badge = h('span', { class: 'count', hidden: true, 'aria-hidden': 'true' });
  nodes.launcher = h('button', {
    type: 'button', class: 'launcher', 'aria-expanded': 'false', 'aria-controls': 'panel', tlabel: 'open', onclick: on.toggle,
  }, icon('chat'), icon('down'), nodes.badge);
  nodes.teaser = h('div', { class: 'teaser', hidden: true },
    h('button', { type: 'button', class: 'teaser-text', dir: 'auto', text: greeting, onclick: on.teaser }),
    h('button', { type: 'button', class: 'mini', tlabel: 'dismiss', onclick: on.dismiss }, icon('close')));
  // The empty title keeps the element's own from showing as a tooltip all over the chat.
  nodes.root = h('div', { class: 'root', title: '' }, nodes.panel, nodes.teaser, nodes.launcher);
  return nodes;
}

/**
 * Keeps the full-screen panel above the keyboard of a phone, which covers the page without resizing it.
 * @param {HTMLElement} root
 * @returns {() => void} ends it
 */
export function followKeyboard(root) {
  const view = window.visualViewport;
  if (!view) return () => {};
  const fit = () => {
    // While the buyer zooms into the page the panel stays as it is.
    if (view.scale > 1.01) return;
    root.style.setProperty('--view-height', `${view.height}px`);
    root.style.setProperty('--view-top', `${view.offsetTop}px`);
  };
  view.addEventListener('resize', fit);
  view.addEventListener('scroll', fit);
  fit();
  return () => {
    view.removeEventListener('resize', fit);
    view.removeEventListener('scroll', fit);
  };
}

/**
 * On a phone the panel hides the page, so Tab must not wander behind it.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} panel
 */
export function keepTabInside(event, panel) {
  if (event.key !== 'Tab' || !matchMedia(PHONE).matches) return;
  const stops = [...panel.querySelectorAll('button:enabled, a[href], textarea, [tabindex="0"]')].filter((node) => node.getClientRects().length);
  const active = panel.getRootNode().activeElement;
  const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (active !== edge && !(event.shiftKey && active === panel)) return;
  event.preventDefault();
  other.focus();
}

let audio;

/** Two soft notes. Browsers allow them only after the visitor touched the page; before that it stays silent. */
export function blip() {
  try {
    audio ??= new AudioContext();
    audio.resume();
    [660, 880].forEach((pitch, i) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const at = audio.currentTime + i * 0.09;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.08, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.25);
    });
  } catch { /* no sound here */ }
}
