/** What an agent can do with a conversation, each with a clear word when the server refuses. */

import { api } from './api.js';
import { refreshCases } from './cases.js';
import { dialog } from './dialogs.js';
import { el } from './dom.js';
import { agentName, emit, isMine, state } from './state.js';
import { named, t } from './strings.js';
import { refreshTalk } from './talk.js';
import { faultText, toast } from './toast.js';

const CLOSE_REASONS = ['resolved', 'refunded', 'no_answer', 'duplicate', 'spam', 'other'];

/** Runs one change of the open conversation; returns whether it was done. */
export async function change(work, said) {
  const { talk } = state;
  if (!talk) return false;
  try {
    const answer = await work(talk);
    if (answer?.version && state.talk?.conversation === talk.conversation) state.talk.version = answer.version;
    if (said) toast(said);
    return true;
  } catch (err) {
    toast(faultText(err), { kind: 'fault' });
    return false;
  } finally {
    refreshTalk('all');
    refreshCases();
  }
}

/** Takes the conversation over. */
export async function take() {
  if (!state.talk || isMine()) return;
  if (await change((talk) => api.take(talk.conversation, talk.version), t('done.taken'))) emit('compose', 'reply');
}

/** Gives the conversation back to the bot, after asking. */
export function giveBack() {
  if (!state.talk || !['human', 'waiting'].includes(state.talk.owner)) return;
  dialog({
    title: t('return.title'),
    body: el('p', { class: 'dialog-lead' }, t('return.lead')),
    action: t('return.now'),
    submit: () => change((talk) => api.giveBack(talk.conversation, talk.version), t('done.returned')),
  });
}

/** Closes the case with a reason; number keys choose it. */
export function closeCase() {
  if (!state.talk || state.talk.owner === 'closed') return;
  const other = el('input', { type: 'text', class: 'field', maxlength: '120', 'aria-label': t('close.other_text'), placeholder: t('close.other_text') });
  other.hidden = true;
  const radios = CLOSE_REASONS.map((reason, at) =>
    el('label', { class: 'choice' },
      el('input', { type: 'radio', name: 'reason', value: reason, checked: at === 0, on: { change: () => {
        other.hidden = reason !== 'other';
        if (!other.hidden) other.focus();
      } } }),
      el('span', {}, t(`close.${reason}`)), el('kbd', { 'aria-hidden': 'true' }, String(at + 1))));
  const { node } = dialog({
    title: t('close.title'),
    body: [el('fieldset', { class: 'choices' }, el('legend', {}, t('close.why')), radios), other],
    action: t('close.now'),
    submit: () => {
      const chosen = node.querySelector('input[name=reason]:checked').value;
      const reason = chosen === 'other' && other.value.trim() ? other.value.trim() : chosen;
      return change((talk) => api.close(talk.conversation, reason, talk.version), t('done.closed'));
    },
  });
  node.addEventListener('keydown', (event) => {
    const radio = radios[Number(event.key) - 1]?.querySelector('input');
    if (!radio || event.target === other) return;
    event.preventDefault();
    radio.click();
    radio.focus();
  });
  radios[0].querySelector('input').focus();
}

/** Assigns to an agent or a queue. */
export const assign = (to) =>
  change((talk) => api.assign(talk.conversation, to, talk.version),
    t('done.assigned', { name: to.agent ? agentName(to.agent) : named('queue', to.queue) }));
