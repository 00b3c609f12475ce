/** Starts the desk: who is signed in, texts, panes, socket, address. */

import { title, watchAlerts } from './alerts.js';
import { api, setCsrf } from './api.js';
import { loadAgents } from './assigning.js';
import { caseList } from './caselist.js';
import { refreshCases, watchCases } from './cases.js';
import { composer } from './composer.js';
import { el, fill } from './dom.js';
import { talkHeader, toggleSide } from './header.js';
import { icon } from './icons.js';
import { watchKeys } from './keys.js';
import { live } from './live.js';
import { startOutbox } from './outbox.js';
import { rail } from './rail.js';
import { reportPage } from './report.js';
import { sidePane } from './side.js';
import { emit, leads, on, state } from './state.js';
import { remembered, speak, t } from './strings.js';
import { openTalk, watchTalk } from './talk.js';
import { toasts } from './toast.js';
import { transcript } from './transcript.js';

const AGENTS_MS = 30000;
const RETRY_MS = 2000;

async function renew() {
  const answer = await api.me();
  const me = answer.me ?? answer;
  state.me = Object.assign(state.me ?? {}, me);
  setCsrf(me.csrf, renew);
}

const open = (conversation) => {
  const address = `#/c/${encodeURIComponent(conversation)}`;
  if (location.hash !== address) location.hash = address;
  else route();
};

/** Shows what the address says: #/ the list, #/c/<id> a conversation, #/report the lead's page. */
function route() {
  const [, kind, id] = location.hash.split('/');
  const view = kind === 'c' && id ? 'talk' : kind === 'report' && leads() ? 'report' : 'list';
  document.body.dataset.view = view;
  toggleSide(false);
  emit('view', view);
  openTalk(view === 'talk' ? decodeURIComponent(id) : null);
}

function talkPane() {
  const none = el('div', { class: 'talk-none' });
  const inside = el('div', { class: 'talk-inside' }, talkHeader(), transcript(), composer());
  const node = el('section', { class: 'talk', id: 'talk', tabindex: '-1', 'aria-label': t('talk') }, none, inside);
  const hint = () => t('talk.none_hint').split(/(\{\w+\})/).map((part) => ({ '{j}': el('kbd', {}, 'j'), '{k}': el('kbd', {}, 'k'), '{help}': el('kbd', {}, '?') })[part] ?? part);
  on('talk view', () => {
    inside.hidden = !state.talk;
    none.hidden = Boolean(state.talk);
    if (state.talk || none.dataset.said === `${state.selected} ${state.talkFault}`) return;
    none.dataset.said = `${state.selected} ${state.talkFault}`;
    if (state.talkFault) fill(none, icon('warn', 28), el('p', {}, t('talk.gone')));
    else if (!state.selected) fill(none, el('img', { src: '/desk/static/icon.svg', alt: '', width: '44', height: '44' }), el('p', {}, t('talk.none')), el('small', {}, hint()));
    else fill(none);
  });
  return node;
}

function linkStrip() {
  const node = el('div', { class: 'link-strip', role: 'status', hidden: true });
  on('link', (isUp) => {
    node.hidden = isUp;
    fill(node, isUp ? null : [icon('warn', 15), t('link.lost')]);
  });
  return node;
}

async function start() {
  for (;;) {
    try {
      await renew();
      break;
    } catch (err) {
      if (err.status === 401) return;
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
  await speak(state.me.interface || remembered());
  const skip = el('a', { class: 'skip', href: '#talk', on: { click: (event) => (event.preventDefault(), document.querySelector('#talk').focus()) } }, t('skip'));
  fill(document.body, skip, rail(), el('main', { class: 'panes' }, caseList(), talkPane(), reportPage()), sidePane(), linkStrip(), toasts());
  watchCases();
  watchTalk();
  watchKeys(open);
  watchAlerts(open);
  startOutbox();
  on('talk', title);
  on('rebuild', () => location.reload());
  on('renew', () => renew().catch(() => {}));
  addEventListener('hashchange', route);
  setInterval(() => document.visibilityState === 'visible' && emit('tick'), 1000);
  setInterval(loadAgents, AGENTS_MS);
  try {
    const next = sessionStorage.getItem('liaison.desk.next');
    sessionStorage.removeItem('liaison.desk.next');
    if (next && !location.hash) history.replaceState(null, '', next);
  } catch { /* it starts at the list */ }
  route();
  refreshCases();
  loadAgents();
  live(() => state.me.csrf);
}

start();
