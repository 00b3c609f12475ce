/** Everything about the buyer beside the talk: why a person is needed, order, facts, files, history. */

import { clockAhead } from './api.js';
import { openTags } from './tagging.js';
import { toggleSide } from './header.js';
import { button, el, fill } from './dom.js';
import { fileView } from './files.js';
import { icon } from './icons.js';
import { glossOf } from './marks.js';
import { copyable, orderCard } from './order.js';
import { agentName, on, state } from './state.js';
import { countryName, languageName, momentOf, named, shortMoment, t } from './strings.js';

const FEW_EVENTS = 6;
const SOON_SECONDS = 7200;
let allEvents = null;

/** Returns the pane. */
export function sidePane() {
  const body = el('div', { class: 'side-body' });
  const node = el('aside', { class: 'side', 'aria-label': t('side') },
    el('header', { class: 'side-head' }, el('h2', {}, t('side')), button('', { icon: icon('cross'), kind: 'icon-only', label: t('dialog.close'), run: () => toggleSide(false) })), body);
  let said = '';
  const show = () => {
    const { talk } = state;
    node.hidden = !talk;
    if (!talk) return;
    const files = talk.messages.flatMap((message) => message.uploads || []);
    const now = JSON.stringify([talk.conversation, talk.cases, talk.order, talk.buyer, talk.slots, talk.tags, files, talk.events, talk.whatsapp_window_ends, allEvents, state.agents.length]);
    if (now !== said) {
      said = now;
      fill(body, why(talk), windowClock(talk), order(talk), buyer(talk), tags(talk), slots(talk), filesOf(talk, files), history(talk, () => {
        allEvents = talk.conversation;
        show();
      }));
    }
    tick(body, talk);
  };
  on('talk agents', show);
  on('tick', () => state.talk && tick(body, state.talk));
  show();
  return node;
}

function section(title, ...inside) {
  return el('section', { class: 'block' }, el('h3', { class: 'eyebrow' }, title), inside);
}

function why(talk) {
  const cases = [...(talk.cases || [])].sort((a, b) => Number(b.status === 'open') - Number(a.status === 'open') || Date.parse(b.created_at) - Date.parse(a.created_at));
  return cases.length > 0 && section(t('side.why'), cases.slice(0, 6).map((one) => el('article', { class: `case ${one.status} ${one.priority}` },
    el('p', { class: 'case-head' }, el('strong', {}, named('reason', one.reason)), one.priority !== 'normal' && el('span', { class: `pill ${one.priority}` }, named('priority', one.priority)),
      el('small', {}, `${named('queue', one.queue)} · ${one.status === 'open' ? '' : `${named('case', one.status)} · `}${shortMoment(one.created_at)}`)),
    (one.findings || []).length > 0
      ? el('ul', { class: 'findings' }, one.findings.map((finding) => el('li', {}, el('span', { class: `finding ${finding.severity}`, dir: 'auto' }, finding.term || named('category', finding.category)),
        el('span', {}, glossOf(finding), el('small', {}, `${named('category', finding.category)} · ${named('severity', finding.severity)}`)))))
      : one.summary && el('p', { class: 'case-summary', dir: 'auto' }, one.summary))));
}

function windowClock(talk) {
  return talk.whatsapp_window_ends && section(t('side.window'), el('p', { class: 'window' }, icon('clock', 16), el('span', { class: 'window-left' })));
}

function tick(body, talk) {
  const place = body.querySelector('.window');
  if (!place) return;
  const seconds = (Date.parse(talk.whatsapp_window_ends) - Date.now() - clockAhead) / 1000;
  place.dataset.level = seconds <= 0 ? 'late' : seconds < SOON_SECONDS ? 'warn' : 'ok';
  const minutes = Math.floor(seconds / 60);
  place.querySelector('.window-left').textContent = seconds <= 0 ? t('side.window_over') : t('side.window_left', { time: t('time.left', { h: Math.floor(minutes / 60), m: minutes % 60 }) });
}

const order = (talk) => section(t('side.order'), talk.order ? orderCard(talk.order) : el('p', { class: 'quiet' }, t('side.no_order')));

function buyer(talk) {
  const one = talk.buyer || {};
  const fact = (label, value, copies = false) => value && [el('dt', {}, label), el('dd', { dir: 'auto' }, value, copies && copyable(value, label))];
  return section(t('side.buyer'),
    el('p', { class: one.verified ? 'verified yes' : 'verified' }, icon(one.verified ? 'check' : 'warn', 15), t(one.verified ? 'side.verified' : 'side.unverified')),
    el('dl', { class: 'facts' }, fact(t('side.language'), languageName(talk.language)), fact(t('side.country'), countryName(one.country)), fact(t('side.channel'), named('channel', talk.channel)),
      fact(t('side.email'), one.email, true), fact(t('side.phone'), one.phone, true), fact(t('side.tier'), one.tier), fact(t('side.buyer_id'), one.id, true), fact(t('side.rating'), talk.rating && t('side.rated', { n: talk.rating }))));
}

function tags(talk) {
  return section(t('do.tags'), el('div', { class: 'chips' }, (talk.tags || []).map((tag) => el('span', { class: 'tag' }, tag)),
    el('button', { type: 'button', class: 'tag add', on: { click: openTags } }, icon('tag', 13), t('do.tags'))));
}

function slots(talk) {
  const known = Object.entries(talk.slots || {}).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value) && value !== '');
  return known.length > 0 && section(t('side.slots'), el('dl', { class: 'facts' }, known.map(([name, value]) => [el('dt', {}, named('slot', name)), el('dd', { dir: 'auto' }, String(value))])));
}

function filesOf(talk, files) {
  return files.length > 0 && section(t('side.files'), el('div', { class: 'files' }, files.map((file) => fileView(talk.conversation, file, { small: true }))));
}

function history(talk, showAll) {
  const events = [...(talk.events || [])].reverse();
  const few = allEvents === talk.conversation ? events : events.slice(0, FEW_EVENTS);
  return events.length > 0 && section(t('side.events'), el('ol', { class: 'events' }, few.map(eventLine)),
    few.length < events.length && button(t('side.more_events', { n: events.length }), { kind: 'link', run: showAll }));
}

function eventLine(event) {
  const { agent, action, detail = {} } = event;
  const more = detail.to ? agentName(detail.to) : detail.queue ? named('queue', detail.queue) : detail.reason ? named('close', detail.reason) : (detail.tags ?? []).join(', ');
  return el('li', {}, el('span', {}, agent !== 'clock' && el('strong', {}, agentName(agent)), ` ${named('event', action)}`, more && el('em', {}, ` ${more}`)),
    event.at && el('time', { datetime: event.at, title: momentOf(event.at) }, shortMoment(event.at)));
}
