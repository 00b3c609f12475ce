/** The window to give a case to a colleague or a queue: those who speak the buyer's language come first. */

import { assign } from './actions.js';
import { api } from './api.js';
import { dialog } from './dialogs.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { emit, state } from './state.js';
import { languageName, named, t } from './strings.js';

export const QUEUES = ['pre_sale', 'after_sale', 'logistics', 'overflow'];
const RANK = { online: 0, away: 1, offline: 2 };

/** Opens the window; it shows what is known at once and the loads of now a moment later. */
export async function openAssign() {
  if (!state.talk) return;
  const list = el('div', { class: 'picks' });
  const find = el('input', { type: 'search', class: 'field', placeholder: t('assign.find'), 'aria-label': t('assign.find'), on: { input: () => show() } });
  const { node, close } = dialog({ title: t('assign.title'), body: [find, list] });
  const choose = (to) => (close(), assign(to));
  function show() {
    const words = find.value.trim().toLowerCase();
    const fits = (text) => !words || text.toLowerCase().includes(words);
    const people = [...state.agents]
      .sort((a, b) => RANK[a.presence] - RANK[b.presence] || speaks(b) - speaks(a) || a.load - b.load)
      .filter((agent) => fits(`${agent.display_name} ${agent.name} ${(agent.languages || []).map(languageName).join(' ')}`));
    const queues = QUEUES.filter((queue) => fits(named('queue', queue)));
    fill(list, group(t('assign.people'), people.map((agent) => person(agent, choose))),
      group(t('assign.queues'), queues.map((queue) => pick([icon(queue), el('span', { class: 'pick-name' }, named('queue', queue))], () => choose({ queue })))),
      !people.length && !queues.length && el('p', { class: 'quiet' }, t('assign.none')));
  }
  node.addEventListener('keydown', (event) => {
    const picks = [...list.querySelectorAll('button')];
    const at = picks.indexOf(document.activeElement);
    if (event.key === 'ArrowDown') picks[Math.min(picks.length - 1, at + 1)]?.focus();
    else if (event.key === 'ArrowUp') (picks[at - 1] ?? find).focus();
    else if (event.key === 'Enter' && document.activeElement === find) picks[0]?.click();
    else return;
    event.preventDefault();
  });
  show();
  find.focus();
  await loadAgents();
  if (node.open) show();
}

/** Fetches who is there and how busy; faults leave what was known. */
export async function loadAgents() {
  try {
    state.agents = await api.agents();
    emit('agents');
  } catch { /* the window works with what is known */ }
}

const speaks = (agent) => Number((agent.languages || []).includes(state.talk?.language));

function group(title, picks) {
  return picks.length ? el('section', {}, el('h3', { class: 'eyebrow' }, title), picks) : null;
}

function pick(inside, run) {
  return el('button', { type: 'button', class: 'pick', on: { click: run } }, inside);
}

function person(agent, choose) {
  const isMe = agent.name === state.me.name;
  return pick([
    el('span', { class: `dot ${agent.presence}` }),
    el('span', { class: 'pick-name' }, agent.display_name, isMe && ` (${t('assign.me')})`,
      el('small', {}, named('presence', agent.presence), speaks(agent) ? ` · ${t('assign.speaks', { language: languageName(state.talk.language) })}` : '')),
    el('span', { class: 'pick-load' }, t('assign.load', { load: agent.load, capacity: agent.capacity }),
      el('span', { class: 'meter', 'aria-hidden': 'true', style: { '--part': String(Math.min(1, agent.load / Math.max(1, agent.capacity))) } })),
  ], () => choose({ agent: agent.name }));
}
