/** Fetching the live list: at once on the first change, then not more often than the pace allows. */

import { api } from './api.js';
import { emit, on, state } from './state.js';

const PAGE = 100;
const PACE_MS = 500;
const WATCH_PACE_MS = 2500;
const REST_MS = 30000;
let running = null;
let again = false;
let lastStart = 0;
let lastWatch = 0;
let shown = PAGE;

/** Starts listening for changes. */
export function watchCases() {
  on('live:cases refetch', () => refreshCases());
  setInterval(() => refreshCases(), REST_MS);
}

/** Changes the filter and fetches what it shows. */
export function filterBy(change) {
  Object.assign(state.filter, change);
  shown = PAGE;
  running?.abort();
  running = null;
  again = false;
  lastStart = 0;
  emit('filter');
  return refreshCases();
}

/** Fetches one page more. */
export function showMore() {
  shown += PAGE;
  return refreshCases();
}

/** Fetches the list as soon as the pace allows; calls while it waits are one. */
export async function refreshCases() {
  if (running) {
    again = true;
    return;
  }
  const mine = new AbortController();
  running = mine;
  const wait = lastStart + PACE_MS - Date.now();
  if (wait > 0) await new Promise((done) => setTimeout(done, wait));
  if (mine.signal.aborted) return;
  lastStart = Date.now();
  try {
    await load(mine.signal);
    state.listFault = '';
  } catch (err) {
    if (err.name === 'AbortError') return;
    state.listFault = err.code || 'failed';
  }
  if (mine.signal.aborted) return;
  running = null;
  emit('cases');
  if (again) {
    again = false;
    refreshCases();
  }
}

async function load(signal) {
  const { filter } = state;
  let rows = [];
  let after = null;
  let last;
  do {
    last = await api.cases({ ...filter, limit: PAGE, after }, { signal });
    const known = new Set(rows.map((row) => row.conversation));
    const fresh = last.cases.filter((row) => !known.has(row.conversation));
    rows = rows.concat(fresh);
    after = last.next;
  } while (after && rows.length < shown);
  state.cases = rows.map(timed);
  state.counts = last.counts ?? {};
  state.more = Boolean(after);
  const isWide = !filter.queue && !filter.mine && !filter.search && filter.state !== 'human';
  if (isWide) emit('urgent', state.cases);
  else if (Date.now() - lastWatch > WATCH_PACE_MS) {
    lastWatch = Date.now();
    emit('urgent', (await api.cases({ state: 'waiting', limit: 30 }, { signal })).cases);
  }
}

/** Adds the moment waiting began on this page's own clock, so that a wrong clock of the computer does no harm. */
function timed(row) {
  const waits = row.waiting_seconds !== null && row.waiting_seconds !== undefined && row.waiting_since !== null;
  const unread = row.conversation === state.selected ? 0 : row.unread;
  return { ...row, unread, began: waits ? performance.now() - row.waiting_seconds * 1000 : null, isOwnPace: waits && levelOf(row.waiting_seconds) !== row.level };
}

/** How long is too long, as `shop/desk.yml` has it; a shop with other limits gets the server's word instead. */
const WARN_SECONDS = 100;
const LATE_SECONDS = 170;
const levelOf = (seconds) => (seconds >= LATE_SECONDS ? 'late' : seconds >= WARN_SECONDS ? 'warn' : 'ok');

/** Returns how long `row` waits now and how bad that is. */
export function waitOf(row, now = performance.now()) {
  if (row.began === null) return null;
  const seconds = (now - row.began) / 1000;
  return { seconds, level: row.isOwnPace ? row.level : levelOf(seconds) };
}

/** Returns the conversation beside the selected one, `step` rows on. */
export function neighbour(step) {
  const at = state.cases.findIndex((row) => row.conversation === state.selected);
  if (at < 0) return state.cases[step > 0 ? 0 : state.cases.length - 1]?.conversation;
  return state.cases[Math.min(state.cases.length - 1, Math.max(0, at + step))]?.conversation;
}
