/** The head of a conversation: who, where, whose, and what can be done. */

import { initials } from './account.js';
import { closeCase, giveBack, take } from './actions.js';
import { openAssign } from './assigning.js';
import { waitOf } from './cases.js';
import { button, el, fill } from './dom.js';
import { icon } from './icons.js';
import { agentName, isMine, isOthers, leads, on, state } from './state.js';
import { clock, countryName, languageName, named, span, t } from './strings.js';
import { openTags } from './tagging.js';

/** Shows or hides the pane with buyer and order where it does not fit beside the talk. */
export function toggleSide(isOpen = !document.body.classList.contains('side-open')) {
  document.body.classList.toggle('side-open', isOpen);
  document.querySelector('.side-toggle')?.setAttribute('aria-expanded', String(isOpen));
}

/** Returns the head, the row of actions and the strip that warns of colleagues. */
export function talkHeader() {
  const who = el('div', { class: 'talk-who' });
  const owner = el('div', { class: 'talk-owner' });
  const buttons = {
    take: button(t('do.take'), { icon: icon('take', 16), key: 't', kind: 'primary', run: take }),
    assign: button(t('do.assign'), { icon: icon('assign', 16), key: 'a', run: openAssign }),
    tags: button(t('do.tags'), { icon: icon('tag', 16), key: 'g', run: openTags }),
    release: button(t('do.release'), { icon: icon('bot', 16), key: 'b', run: giveBack }),
    close: button(t('do.close'), { icon: icon('close', 16), key: 'e', run: closeCase }),
  };
  const strip = el('div', { class: 'collision', role: 'status' });
  const node = el('header', { class: 'talk-head' },
    el('div', { class: 'talk-top' },
      el('a', { class: 'button icon-only talk-back', href: '#/', 'aria-label': t('talk.back') }, icon('back')), who, owner,
      button('', { icon: icon('info'), kind: 'icon-only side-toggle', label: t('talk.info'), run: () => toggleSide(), 'aria-expanded': 'false' })),
    el('div', { class: 'talk-actions', role: 'toolbar', 'aria-label': t('talk') }, Object.values(buttons)), strip);
  on('talk', () => show(who, owner, buttons, strip));
  on('agents', () => state.talk && showOwner(owner));
  on('tick', () => showClock(owner));
  return node;
}

function show(who, owner, buttons, strip) {
  const { talk } = state;
  if (!talk) return;
  const name = talk.buyer?.name || t('side.anonymous');
  fill(who, el('span', { class: `avatar ${talk.channel}`, 'aria-hidden': 'true' }, initials(name)),
    el('div', { class: 'talk-name' }, el('h1', { dir: 'auto' }, name),
      el('p', {}, icon(talk.channel === 'whatsapp' ? 'whatsapp' : 'web', 14), named('channel', talk.channel), el('span', {}, languageName(talk.language)),
        talk.buyer?.country && el('span', { class: 'wide-only' }, countryName(talk.buyer.country)))));
  showOwner(owner);
  const mayAct = talk.owner !== 'closed' && (!isOthers() || leads());
  buttons.take.hidden = isMine() || !mayAct;
  buttons.take.classList.toggle('primary', !isOthers());
  buttons.assign.hidden = !mayAct;
  buttons.release.hidden = !mayAct || talk.owner === 'bot';
  buttons.close.hidden = !mayAct;
  showColleagues(strip, talk);
}

function showOwner(owner) {
  const { talk } = state;
  const text = talk.owner === 'human' ? (isMine() ? t('owner.you') : t('owner.human', { name: agentName(talk.assignee) || t('fault.someone') })) : t(`owner.${talk.owner}`);
  const extra = talk.owner === 'waiting' && [
    talk.position && t('talk.position', { n: talk.position }),
    talk.usual_wait_seconds && t('talk.usual', { time: span(talk.usual_wait_seconds) }),
  ].filter(Boolean).join(' · ');
  fill(owner, el('span', { class: `state ${isMine() ? 'mine' : talk.owner}` }, text, el('span', { class: 'state-clock' })), extra && el('small', { class: 'wide-only' }, extra));
  showClock(owner);
}

function showClock(owner) {
  const row = state.cases.find((one) => one.conversation === state.selected);
  const place = owner.querySelector('.state-clock');
  const wait = row && ['waiting', 'human'].includes(state.talk?.owner) && waitOf(row);
  if (!place) return;
  place.textContent = wait ? ` ${clock(wait.seconds)}` : '';
  place.parentElement.dataset.level = wait ? wait.level : '';
}

function showColleagues(strip, talk) {
  const own = [state.me.display_name, state.me.name];
  const others = [...new Set(talk.viewers || [])].filter((name) => !own.includes(name));
  const writes = talk.drafting && !own.includes(talk.drafting) ? talk.drafting : null;
  const text = writes ? t('talk.writing', { name: agentName(writes) }) : others.length ? t(others.length > 1 ? 'talk.looking.many' : 'talk.looking', { names: others.map(agentName).join(', ') }) : '';
  strip.hidden = !text;
  strip.classList.toggle('is-writing', Boolean(writes));
  if (strip.dataset.said === text) return;
  strip.dataset.said = text;
  fill(strip, text && icon(writes ? 'pen' : 'eye', 16), text);
}
