/** The lead's page: how fast people were served, what they came for, who carries how much. */

import { api, csvAddress } from './api.js';
import { initials } from './account.js';
import { bar, countTable } from './bars.js';
import { button, el, fill } from './dom.js';
import { icon } from './icons.js';
import { on } from './state.js';
import { named, number, span, t } from './strings.js';

const DAY_MS = 86400000;
const PERIODS = [['report.today', 0], ['report.week', 6], ['report.month', 29]];
const REFRESH_MS = 20000;
/** Returns the local day of a time as an input writes it. */
const day = (time) => new Date(time - new Date(time).getTimezoneOffset() * 60000).toISOString().slice(0, 10);

/** Returns the page; it fetches when it is shown and keeps itself fresh. */
export function reportPage() {
  const body = el('div', { class: 'report-body', tabindex: '0' });
  const from = el('input', { type: 'date', class: 'field', value: day(Date.now() - 6 * DAY_MS), on: { change: () => load() } });
  const to = el('input', { type: 'date', class: 'field', value: day(Date.now()), on: { change: () => load() } });
  const csv = el('a', { class: 'button', download: '' }, icon('down', 16), t('report.csv'));
  const periods = el('div', { class: 'segment-row', role: 'group', 'aria-label': t('report.period') }, PERIODS.map(([key, days]) => button(t(key), { kind: 'small', data: { days }, run: () => {
    from.value = day(Date.now() - days * DAY_MS);
    to.value = day(Date.now());
    load();
  } })));
  const node = el('section', { class: 'report', 'aria-labelledby': 'report-title', hidden: true },
    el('header', { class: 'report-head' }, el('a', { class: 'button icon-only', href: '#/', 'aria-label': t('rail.back') }, icon('back')), el('h1', { id: 'report-title' }, t('report.title')),
      periods, el('label', { class: 'inline' }, t('report.from'), from), el('label', { class: 'inline' }, t('report.to'), to), el('span', { class: 'space' }), csv), body);
  let shownAt = 0;

  async function load() {
    const [start, end] = [from.value, to.value];
    csv.href = csvAddress(start, end);
    for (const one of periods.children) one.setAttribute('aria-pressed', String(end === day(Date.now()) && start === day(Date.now() - Number(one.dataset.days) * DAY_MS)));
    shownAt = Date.now();
    try {
      fill(body, page(await api.report(start, end)));
    } catch {
      if (!body.firstChild) fill(body, el('div', { class: 'list-note' }, icon('warn', 22), el('p', {}, t('report.failed')), button(t('list.retry'), { run: load })));
    }
  }
  on('view', (view) => {
    node.hidden = view !== 'report';
    if (view === 'report') load();
  });
  on('live:cases', () => !node.hidden && Date.now() - shownAt > REFRESH_MS && load());
  return node;
}

function page(report) {
  const first = report.first_response ?? {};
  const csat = report.csat ?? {};
  return [
    el('div', { class: 'tiles' },
      tile(t('report.first'), first.count ? span(first.median_s) : '–', t('report.first_hint')),
      share(t('report.in1'), first.within_1_min, first.asked),
      share(t('report.in3'), first.within_3_min, first.asked),
      tile(t('report.csat'), csat.count ? number(csat.average, 2) : '–', csat.count ? t('report.csat_hint', { count: number(csat.count) }) : t('report.no_csat'), csat.count ? csat.average / 5 : null)),
    el('div', { class: 'panels' },
      el('div', { class: 'panel-column' },
        countTable(t('report.by_state'), rows(report.cases_by_state, 'state')),
        countTable(t('report.by_queue'), rows(report.by_queue, 'queue'))),
      countTable(t('report.by_reason'), rows(report.by_reason, 'reason', (code) => (code.startsWith('risk_') ? 'risk' : '')))),
    agents(report.agents ?? []),
  ];
}

const percent = (part) => (part === null || part === undefined ? '–' : `${Math.round(part * 100)} %`);
const rows = (counts, group, kind = (code) => code) => Object.entries(counts ?? {}).map(([code, count]) => [named(group, code), Number(count) || 0, kind(code)]);

function tile(title, figure, hint, part = null) {
  return el('section', { class: 'tile' }, el('h2', {}, title), el('p', { class: 'tile-figure' }, figure), part !== null && bar(part), el('p', { class: 'tile-hint' }, hint));
}

/** `part` is of all that asked for a person, 0 … 1; null when nobody did. */
function share(title, part, asked) {
  return tile(title, asked ? percent(part) : '–', t('report.of', { count: number(asked ?? 0) }), part ?? 0);
}

function agents(list) {
  return el('section', { class: 'panel' }, el('table', { class: 'agents' }, el('caption', {}, t('report.agents')),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('report.agent')), el('th', { scope: 'col' }, t('report.load')), el('th', { scope: 'col' }, t('report.answered')), el('th', { scope: 'col' }, t('report.first_short')), el('th', { scope: 'col' }, t('report.in1_short')), el('th', { scope: 'col' }, t('report.csat')))),
    el('tbody', {}, list.map((agent) => {
      const part = agent.load / Math.max(1, agent.capacity);
      return el('tr', {},
        el('th', { scope: 'row' }, el('span', { class: 'agent-cell' }, el('span', { class: 'avatar small', 'aria-hidden': 'true' }, initials(agent.display_name)), el('span', {}, agent.display_name,
          el('small', {}, el('span', { class: `dot ${agent.presence}` }), named('presence', agent.presence))))),
        el('td', { class: 'load-cell' }, el('span', { class: 'figure' }, `${number(agent.load)} / ${number(agent.capacity)}`), bar(part, part >= 1 ? 'full' : '')),
        el('td', { class: 'figure' }, number(agent.answered ?? 0)), el('td', { class: 'figure' }, span(agent.first_response?.median_s)), el('td', { class: 'figure' }, percent(agent.first_response?.within_1_min)),
        el('td', { class: 'figure' }, agent.csat?.count ? number(agent.csat.average, 1) : '–'));
    }))), !list.length && el('p', { class: 'quiet' }, t('report.none')));
}
