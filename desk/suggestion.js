/** What the bot would have said, ready to be edited or sent. */

import { api } from './api.js';
import { button, el, fill } from './dom.js';
import { icon } from './icons.js';
import { isMine, on, state } from './state.js';
import { t } from './strings.js';

const PAUSE_MS = 300;

/** Returns the bar: {node, text()}. `use(text)` edits, `send(text)` sends it, `isWanted()` says whether there is room for it. */
export function suggestionBar({ use, send, isWanted }) {
  const said = el('p', { class: 'suggest-text', dir: 'auto' });
  const node = el('section', { class: 'suggest', hidden: true, 'aria-label': t('suggest.title') },
    el('div', { class: 'suggest-main' }, el('p', { class: 'eyebrow' }, icon('spark', 14), t('suggest.title')), said),
    el('div', { class: 'suggest-do' },
      button(t('suggest.use'), { key: 'u', kind: 'small', run: () => use(text) }),
      button(t('suggest.send'), { key: '⇧U', kind: 'small', run: () => send(text) }),
      button('', { icon: icon('cross', 14), kind: 'icon-only small', label: t('suggest.hide'), run: () => hide() })));
  let text = '';
  let about = '';
  let hiddenFor = '';
  let timer = 0;
  const show = () => {
    node.hidden = !text || hiddenFor === about || !isWanted();
    if (!node.hidden && said.textContent !== text) fill(said, text);
  };
  function hide() {
    hiddenFor = about;
    show();
  }
  on('talk', () => {
    const { talk } = state;
    const last = talk?.messages.findLast((message) => message.author !== 'system');
    const asked = talk && (isMine() || talk.owner === 'waiting') && last ? `${talk.conversation} ${talk.messages.findLast((m) => m.author === 'buyer')?.seq ?? 0} ${last.author === 'human'}` : '';
    if (asked !== about) {
      about = asked;
      text = '';
      clearTimeout(timer);
      if (asked && last.author !== 'human') timer = setTimeout(() => load(talk.conversation, asked), PAUSE_MS);
    }
    show();
  });
  async function load(conversation, asked) {
    try {
      const answer = await api.suggestion(conversation);
      if (about === asked) text = answer?.text?.trim() ?? '';
    } catch { /* the bot has nothing to say; agents write themselves */ }
    show();
  }
  return { node, show, text: () => (node.hidden ? '' : text) };
}
