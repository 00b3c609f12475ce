/** Small bars in SVG: the figure stands beside them in the table, so they are decoration. */

import { el, svg } from './dom.js';
import { number, t } from './strings.js';

const WIDE = 100;
const HIGH = 8;

/** Returns a bar that is `part` (0 … 1) full. */
export function bar(part, kind = '') {
  const width = Math.max(part > 0 ? 1 : 0, Math.min(1, part) * WIDE);
  return svg('svg', { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: 'none', class: `bar ${kind}`, 'aria-hidden': 'true' },
    svg('rect', { width: WIDE, height: HIGH, class: 'bar-ground' }), svg('rect', { width, height: HIGH, class: 'bar-fill' }));
}

/** Returns a table of counts with bars, the greatest first. `rows` are [title, count, kind?]. */
export function countTable(caption, rows) {
  const sorted = [...rows].sort((a, b) => b[1] - a[1]);
  const highest = Math.max(1, ...sorted.map(([, count]) => count));
  const sum = sorted.reduce((total, [, count]) => total + count, 0);
  return el('section', { class: 'panel' }, el('table', {}, el('caption', {}, caption),
    el('thead', { class: 'sr' }, el('tr', {}, el('th', { scope: 'col' }, t('report.what')), el('td'), el('th', { scope: 'col' }, t('report.count')), el('th', { scope: 'col' }, t('report.share')))),
    el('tbody', {}, sorted.map(([title, count, kind]) => el('tr', {}, el('th', { scope: 'row' }, title), el('td', { class: 'bar-cell' }, bar(count / highest, kind)),
      el('td', { class: 'figure' }, number(count)), el('td', { class: 'figure quiet' }, `${sum ? Math.round((100 * count) / sum) : 0} %`))))),
  !sorted.length && el('p', { class: 'quiet' }, t('report.none')));
}
