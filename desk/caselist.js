/** The live list: critical cases on top, a clock on everybody who waits. */

import { initials } from './account.js';
import { filterBy, refreshCases, showMore, waitOf } from './cases.js';
import { button, el, fill, hidden, keyed } from './dom.js';
import { icon } from './icons.js';
import { viewOf } from './rail.js';
import { agentName, on, state } from './state.js';
import { clock, countryName, languageName, named, shortMoment, t } from './strings.js';

const STATES = [['', 'list.any'], ['waiting', 'list.waiting'], ['human', 'list.human']];
const SEARCH_MS = 250;

/** Returns the pane. */
export function caseList() {
  let timer = 0;
  const heading = el('h1', { class: 'list-title' });
  const count = el('span', { class: 'list-count' });
  const input = el('input', {
    type: 'search', id: 'search', class: 'field search', value: state.filter.search, placeholder: t('list.search'), 'aria-label': t('list.search'), autocomplete: 'off',
    on: { input: () => {
      clearTimeout(timer);
      timer = setTimeout(() => filterBy({ search: input.value.trim() }), SEARCH_MS);
    } },
  });
  const states = el('div', { class: 'segment-row', role: 'radiogroup', 'aria-label': t('list.state') },
    STATES.map(([value, key]) => el('label', { class: 'segment' },
      el('input', { type: 'radio', name: 'state', value, checked: state.filter.state === value, on: { change: () => filterBy({ state: value }) } }), el('span', {}, t(key)))));
  const rows = el('ul', { class: 'rows' });
  const note = el('div', { class: 'list-note' });
  const more = button(t('list.more'), { kind: 'more', run: () => showMore() });
  const scroll = el('div', { class: 'rows-scroll' }, rows, note, more);
  const node = el('section', { class: 'list', 'aria-label': t('list') },
    el('header', { class: 'list-head' }, el('div', { class: 'list-line' }, heading, count),
      el('div', { class: 'search-box' }, icon('search', 16), input, el('kbd', { 'aria-hidden': 'true' }, '/')), states), scroll);

  const show = () => {
    const view = viewOf();
    heading.textContent = view === 'mine' ? t('rail.mine') : view === 'all' ? t('rail.all') : named('queue', view);
    count.textContent = t('list.shown', { count: state.more ? `${state.cases.length}+` : state.cases.length });
    keyed(rows, state.cases, (row) => row.conversation, makeRow, updateRow);
    more.hidden = !state.more;
    note.hidden = state.cases.length > 0 && !state.listFault;
    if (!note.hidden) fill(note, state.listFault ? faultNote() : emptyNote());
    for (const input of states.querySelectorAll('input')) input.checked = input.value === state.filter.state;
    if (document.activeElement !== input) input.value = state.filter.search;
    tick();
  };
  const tick = () => {
    const now = performance.now();
    const byKey = new Map(state.cases.map((row) => [row.conversation, row]));
    for (const node of rows.children) showWait(node, byKey.get(node.dataset.key), now);
  };
  on('cases', show);
  on('filter', () => {
    scroll.scrollTop = 0;
    show();
  });
  on('selected', () => {
    for (const node of rows.children) markSelected(node);
    rows.querySelector('[aria-current=true]')?.scrollIntoView({ block: 'nearest' });
  });
  on('agents', show);
  on('tick', tick);
  show();
  return node;
}

function faultNote() {
  return [icon('warn', 22), el('p', {}, t('list.failed')), button(t('list.retry'), { run: () => refreshCases() })];
}

function emptyNote() {
  const { search } = state.filter;
  return [icon(search ? 'search' : 'check', 22), el('p', {}, search ? t('list.none_found', { search }) : t('list.empty')), !search && el('small', {}, t('list.empty_hint'))];
}

function makeRow(row) {
  const link = el('a', { class: 'row', href: `#/c/${encodeURIComponent(row.conversation)}` });
  return el('li', {}, link);
}

function updateRow(node, row) {
  const link = node.firstElementChild;
  const said = JSON.stringify([{ ...row, began: row.began !== null, waiting_seconds: 0 }, state.agents.length]);
  markSelected(node);
  if (node.said === said) return;
  node.said = said;
  const name = row.buyer_name || t('side.anonymous');
  link.dataset.priority = row.priority;
  const unread = Number(row.unread) || 0;
  link.classList.toggle('unread', unread > 0);
  fill(link,
    el('span', { class: `avatar ${row.channel}`, 'aria-hidden': 'true' }, initials(name), el('span', { class: 'channel-mark' }, icon(row.channel === 'whatsapp' ? 'whatsapp' : 'web', 12))),
    el('span', { class: 'row-main' },
      el('span', { class: 'row-line' },
        el('span', { class: 'row-name', dir: 'auto' }, name),
        row.priority === 'critical' && el('span', { class: 'pill critical' }, t('priority.critical')),
        el('span', { class: 'row-when' }, row.began !== null ? el('span', { class: 'wait' }) : row.last_at ? shortMoment(row.last_at) : '')),
      el('span', { class: 'row-line' }, el('span', { class: 'row-text', dir: 'auto' }, row.last_text || row.summary),
        unread > 0 && el('span', { class: 'badge', 'aria-hidden': 'true' }, String(unread)), unread > 0 && hidden(t('list.unread', { count: unread }))),
      el('span', { class: 'row-meta' },
        el('span', { class: 'code', title: languageName(row.language) }, (row.language || '–').toUpperCase(), hidden(` ${languageName(row.language)}`)),
        row.country && el('span', { class: 'row-country' }, countryName(row.country)),
        el('span', { class: 'row-reason' }, named('reason', row.reasons?.[0])),
        row.assignee && ownerMark(row))));
}

/** Whose it is; a case that still waits is only offered. */
function ownerMark(row) {
  const isMe = row.assignee === state.me.name;
  const name = isMe ? t('author.you') : agentName(row.assignee);
  return el('span', { class: isMe ? 'owner mine' : 'owner' }, row.owner === 'waiting' ? t('list.offered', { name }) : name);
}

function markSelected(node) {
  const isOn = node.dataset.key === state.selected;
  if (isOn) node.firstElementChild.setAttribute('aria-current', 'true');
  else node.firstElementChild.removeAttribute('aria-current');
}

function showWait(node, row, now) {
  const place = node.querySelector('.wait');
  const wait = place && row && waitOf(row, now);
  if (!wait) return;
  if (place.dataset.level !== wait.level) {
    place.dataset.level = wait.level;
    fill(place, icon('clock', 13), hidden(t('list.waits', { time: '' })), el('span', { class: 'wait-time' }), wait.level !== 'ok' && el('span', { class: 'wait-word' }, t(`level.${wait.level}`)));
  }
  place.querySelector('.wait-time').textContent = clock(wait.seconds);
}
