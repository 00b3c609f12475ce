/** Modal windows: the browser's own dialog keeps the focus inside and gives it back. */

import { button, el } from './dom.js';
import { icon } from './icons.js';
import { t } from './strings.js';

let count = 0;

/**
 * Shows a window and returns {node, close}. `body` are its children; `submit` is called for the main button or
 * Enter, and the window stays when it returns false.
 */
export function dialog({ title, body, action = '', kind = 'primary', submit = null, wide = false }) {
  const before = document.activeElement;
  const label = `dialog-${(count += 1)}`;
  const form = el('form', { method: 'dialog', class: 'dialog-form' },
    el('header', { class: 'dialog-head' }, el('h2', { id: label }, title),
      button('', { icon: icon('cross'), kind: 'icon-only', label: t('dialog.close'), run: () => close() })),
    el('div', { class: 'dialog-body' }, body),
    action && el('footer', { class: 'dialog-foot' }, button(t('do.cancel'), { run: () => close() }), el('button', { type: 'submit', class: `button ${kind}` }, action)));
  const node = el('dialog', { class: wide ? 'dialog wide' : 'dialog', 'aria-labelledby': label }, form);
  function close() {
    node.close();
  }
  node.addEventListener('close', () => {
    node.remove();
    if (before?.isConnected) before.focus();
  });
  node.addEventListener('pointerdown', (event) => event.target === node && close());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!submit || (await submit()) !== false) close();
  });
  document.body.append(node);
  node.showModal();
  return { node, close };
}

/** Returns whether a window is open. */
export const isDialogOpen = () => Boolean(document.querySelector('dialog[open]'));
