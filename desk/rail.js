/** The narrow bar of queues at the edge (at the foot on phones), with what waits in each. */

import { accountButton } from './account.js';
import { QUEUES } from './assigning.js';
import { filterBy } from './cases.js';
import { el, fill, hidden } from './dom.js';
import { icon } from './icons.js';
import { showKeys } from './keysheet.js';
import { leads, on, state } from './state.js';
import { named, t } from './strings.js';

/** The views that keys 1 to 6 choose. */
export const VIEWS = ['mine', 'all', ...QUEUES];

/** Returns the name of the view that is shown. */
export const viewOf = () => (state.filter.mine ? 'mine' : state.filter.queue || 'all');

/** Shows the queue, all cases or the agent's own. */
export function showView(view) {
  if (document.body.dataset.view !== 'list') location.hash = '#/';
  return filterBy({ mine: view === 'mine', queue: QUEUES.includes(view) ? view : '' });
}

/** Returns the bar. */
export function rail() {
  const items = el('div', { class: 'rail-items' });
  const foot = el('div', { class: 'rail-foot' });
  const node = el('nav', { class: 'rail', 'aria-label': t('rail') },
    el('a', { class: 'mark', href: '#/', 'aria-label': t('brand') }, el('img', { src: '/desk/static/icon.svg', alt: '', width: '32', height: '32' })), items, foot);
  const buttons = new Map(VIEWS.map((view) => [view, el('button', { type: 'button', class: 'rail-item', on: { click: () => showView(view) } })]));
  items.append(...buttons.values());
  fill(foot,
    leads() && el('a', { class: 'rail-item', href: '#/report', data: { report: '' } }, icon('report', 20), el('span', { class: 'rail-name' }, t('rail.report'))),
    el('button', { type: 'button', class: 'rail-item rail-help', on: { click: () => showKeys() } }, icon('help', 20), el('span', { class: 'rail-name' }, t('rail.help'))),
    accountButton());
  const show = () => {
    const isReport = document.body.dataset.view === 'report';
    for (const [view, button] of buttons) {
      const count = state.counts[view] ?? (view === 'all' ? total() : null);
      const name = view === 'mine' ? t('rail.mine') : view === 'all' ? t('rail.all') : named('queue', view);
      const isOn = !isReport && viewOf() === view;
      button.setAttribute('aria-pressed', String(isOn));
      fill(button, icon(view, 20), el('span', { class: 'rail-name' }, name),
        count && count.waiting > 0 && el('span', { class: 'rail-count', 'aria-hidden': 'true' }, count.waiting > 99 ? '99+' : String(count.waiting)),
        count && hidden(` ${t('queue.label', { name: '', ...count })}`));
    }
    const report = foot.querySelector('[data-report]');
    if (report) report.toggleAttribute('aria-current', isReport);
    if (report && isReport) report.setAttribute('aria-current', 'page');
  };
  on('cases filter view', show);
  show();
  return node;
}

function total() {
  const sums = { waiting: 0, human: 0 };
  for (const count of Object.values(state.counts)) {
    sums.waiting += count.waiting ?? 0;
    sums.human += count.human ?? 0;
  }
  return sums;
}
