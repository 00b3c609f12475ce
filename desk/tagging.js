/** The window that edits a conversation's tags. */

import { change } from './actions.js';
import { api } from './api.js';
import { dialog } from './dialogs.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { state } from './state.js';
import { t } from './strings.js';

const LONGEST = 40;

/** Opens the window. */
export function openTags() {
  if (!state.talk) return;
  let tags = [...state.talk.tags];
  const known = [...new Set(state.cases.flatMap((row) => row.tags || []))].sort();
  const chips = el('ul', { class: 'chips' });
  const lately = el('div', { class: 'chips' });
  const input = el('input', { type: 'text', class: 'field', maxlength: String(LONGEST), placeholder: t('tags.add'), 'aria-label': t('tags.add') });
  const add = (text) => {
    const tag = text.trim().replace(/^#/, '').slice(0, LONGEST);
    if (tag && !tags.includes(tag)) tags.push(tag);
    show();
  };
  function show() {
    fill(chips, tags.map((tag) => el('li', { class: 'tag removable' }, tag,
      el('button', { type: 'button', 'aria-label': t('tags.remove', { tag }), on: { click: () => {
        tags = tags.filter((one) => one !== tag);
        show();
        input.focus();
      } } }, icon('cross', 12)))));
    const rest = known.filter((tag) => !tags.includes(tag)).slice(0, 12);
    fill(lately, rest.length > 0 && el('h3', { class: 'eyebrow' }, t('tags.known')),
      rest.map((tag) => el('button', { type: 'button', class: 'tag', on: { click: () => (add(tag), input.focus()) } }, tag)));
  }
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if ((event.key === 'Enter' || event.key === ',') && input.value.trim()) {
      event.preventDefault();
      add(input.value);
      input.value = '';
    } else if (event.key === 'Backspace' && !input.value && tags.length) {
      tags.pop();
      show();
    }
  });
  dialog({
    title: t('tags.title'),
    body: [chips, input, lately],
    action: t('tags.save'),
    submit: () => {
      if (input.value.trim()) add(input.value);
      return change((talk) => api.tags(talk.conversation, tags), t('done.tags'));
    },
  });
  show();
  input.focus();
}
