/** Canned replies in the buyer's language, chosen by `/` and a few letters. */

import { api } from './api.js';
import { el, fill } from './dom.js';
import { languageName, t } from './strings.js';

/**
 * Returns a picker for `textarea`: {node, open(conversation, language), filter(words), close, isOpen, key(event)}.
 * `insert(text)` gets the chosen reply.
 */
export function cannedPicker(textarea, insert) {
  const list = el('ul', { class: 'canned-list', id: 'canned-list', role: 'listbox', 'aria-label': t('do.canned') });
  const title = el('p', { class: 'eyebrow' });
  const node = el('div', { class: 'canned', hidden: true }, el('header', {}, title, el('small', {}, t('canned.hint'))), list);
  let replies = [];
  let found = [];
  let at = 0;
  let loaded = '';
  let words = '';

  const show = () => {
    const needle = words.toLowerCase();
    found = replies.filter((reply) => `${reply.key} ${reply.title} ${reply.text}`.toLowerCase().includes(needle));
    found.sort((a, b) => Number(b.key.startsWith(needle)) - Number(a.key.startsWith(needle)));
    at = Math.min(at, Math.max(0, found.length - 1));
    fill(list, found.map((reply, index) => el('li', {
      id: `canned-${index}`, role: 'option', 'aria-selected': String(index === at), class: 'canned-item',
      on: { pointerdown: (event) => event.preventDefault(), click: () => choose(index) },
    }, el('span', { class: 'canned-key' }, `/${reply.key}`), el('strong', { dir: 'auto' }, reply.title, reply.missing?.length > 0 && el('small', {}, ` ${t('canned.gap')}`)), el('span', { class: 'canned-text', dir: 'auto' }, reply.text))),
    !found.length && el('li', { class: 'quiet', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, t('canned.none')));
    if (found.length) textarea.setAttribute('aria-activedescendant', `canned-${at}`);
    else textarea.removeAttribute('aria-activedescendant');
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  };
  const choose = (index) => {
    const reply = found[index];
    close();
    if (reply) insert(reply.text);
  };
  function close() {
    node.hidden = true;
    textarea.removeAttribute('aria-activedescendant');
  }

  return {
    node,
    close,
    get isOpen() {
      return !node.hidden;
    },
    async open(conversation, language) {
      title.textContent = t('canned.title', { language: languageName(language) });
      node.hidden = false;
      at = 0;
      const wanted = `${conversation} ${language}`;
      if (loaded !== wanted) replies = [];
      show();
      if (loaded === wanted) return;
      try {
        const answer = await api.canned(conversation, language);
        replies = Array.isArray(answer) ? answer : answer?.canned ?? [];
        loaded = wanted;
      } catch { /* the list stays empty and is fetched again next time */ }
      if (!node.hidden) show();
    },
    filter(text) {
      words = text;
      at = 0;
      show();
    },
    /** Forgets what was fetched: order or language changed. */
    forget() {
      loaded = '';
      close();
    },
    /** Returns true when the key was for the picker. */
    key(event) {
      if (node.hidden) return false;
      if (event.key === 'Escape') close();
      else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        at = (at + (event.key === 'ArrowDown' ? 1 : -1) + Math.max(1, found.length)) % Math.max(1, found.length);
        show();
      } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && found.length) choose(at);
      else return false;
      return true;
    },
  };
}
