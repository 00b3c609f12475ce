/** Short messages at the foot of the desk, also for screen readers. */

import { el } from './dom.js';
import { icon } from './icons.js';
import { agentName } from './state.js';
import { t } from './strings.js';

const CALM_MS = 3200;
const FAULT_MS = 8000;
let region = null;

/** Builds the region; it must be there before the first message is said. */
export function toasts() {
  region = el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
  return region;
}

/** Says `text`; `kind` is calm, fault or alert. `run` makes it a button. */
export function toast(text, { kind = 'calm', run = null } = {}) {
  const inside = [icon(kind === 'calm' ? 'check' : 'warn'), el('span', {}, text)];
  const node = el('div', { class: `toast ${kind}` }, run ? el('button', { type: 'button', on: { click: () => (node.remove(), run()) } }, inside) : inside,
    el('button', { type: 'button', class: 'toast-close', 'aria-label': t('dialog.close'), on: { click: () => node.remove() } }, icon('cross', 14)));
  region.append(node);
  while (region.children.length > 3) region.firstElementChild.remove();
  setTimeout(() => node.remove(), kind === 'calm' ? CALM_MS : FAULT_MS);
}

/** Returns what to tell the agent about a Refusal. */
export function faultText(err) {
  if (err.status === 0) return t('fault.offline');
  if (err.status === 429 || err.status >= 500) return t('fault.busy');
  if (err.status === 403) return t('fault.not_allowed');
  if (err.status === 413) return t('fault.too_large');
  if (err.status === 415) return t('fault.type');
  if (err.status === 409 && err.code === 'taken') return t('fault.taken', { name: agentName(err.by) || t('fault.someone') });
  if (err.code === 'wrong_password') return t('fault.wrong_password');
  if (err.field?.startsWith('password')) return t('fault.short_password');
  if (err.status === 409) return t('fault.changed');
  return t('fault.refused', { message: err.message });
}
