/** Where agents write: replies to the buyer, and notes that only colleagues see, which look different. */

import { change } from './actions.js';
import { api } from './api.js';
import { ACCEPTED, attachments } from './attachments.js';
import { cannedPicker } from './canned.js';
import { button, el, fill } from './dom.js';
import { draftOf, keepDraft } from './drafts.js';
import { icon } from './icons.js';
import { typing } from './live.js';
import { sendReply } from './outbox.js';
import { agentName, isMine, isOthers, on, state } from './state.js';
import { languageName, number, t } from './strings.js';
import { suggestionBar } from './suggestion.js';

const LONGEST = 4000;
const NEAR_END = 300;
const TYPING_MS = 3000;

/** Returns the composer. It listens for 'compose' (focus it: reply or note), 'restore' and 'suggest' (edit or send). */
export function composer() {
  let mode = 'reply';
  let conversation = null;
  let typed = 0;
  let isSaving = false;
  const textarea = el('textarea', { class: 'writing', rows: '2', maxlength: String(LONGEST), dir: 'auto', 'aria-autocomplete': 'list', 'aria-controls': 'canned-list', spellcheck: 'true' });
  const hint = el('span', { class: 'compose-hint' });
  const lock = el('p', { class: 'compose-lock' });
  const send = button(t('do.send'), { icon: icon('send', 16), kind: 'primary send', run: () => submit() });
  const tabs = ['reply', 'note'].map((name) => el('label', { class: `segment ${name}` },
    el('input', { type: 'radio', name: 'mode', value: name, on: { change: () => (setMode(name), textarea.focus()) } }), el('span', {}, icon(name, 15), t(`do.${name}`), el('kbd', { 'aria-hidden': 'true' }, name[0]))));
  const tray = attachments(() => refresh());
  const insert = (text) => (write(text), textarea.focus());
  const canned = cannedPicker(textarea, (text) => (insert(text), selectGap()));
  const suggest = suggestionBar({ use: insert, send: (text) => sendText(text), isWanted: () => mode === 'reply' && !textarea.value && !isOthers() });
  const choose = el('input', { type: 'file', multiple: true, accept: ACCEPTED, hidden: true, on: { change: () => (tray.add(conversation, choose.files), (choose.value = '')) } });
  const tools = [
    button('', { icon: icon('clip'), kind: 'icon-only', label: t('do.attach'), run: () => choose.click() }),
    button('', { icon: icon('slash'), kind: 'icon-only', label: `${t('do.canned')} (/)`, run: () => (write('/'), textarea.focus(), watchText()) }),
  ];
  const node = el('section', { class: 'composer', 'aria-label': t('do.reply') }, suggest.node, canned.node,
    el('div', { class: 'compose-box' },
      el('div', { class: 'compose-top' }, el('div', { class: 'segment-row', role: 'radiogroup', 'aria-label': t('compose.mode') }, tabs), hint), lock, textarea, tray.node,
      el('div', { class: 'compose-foot' }, tools, choose, el('span', { class: 'space' }), send)));

  function setMode(name) {
    keepDraft(conversation, mode, textarea.value);
    mode = name;
    textarea.value = draftOf(conversation, mode);
    canned.close();
    refresh();
    grow();
  }

  function write(text) {
    textarea.value = text.slice(0, LONGEST);
    textarea.setSelectionRange(textarea.value.length, textarea.value.length);
    keepDraft(conversation, mode, textarea.value);
    refresh();
    grow();
  }

  /** A canned reply with a gap is not ready: the gap is selected, the next key fills it. */
  function selectGap() {
    const gap = /\{\w+\}/.exec(textarea.value);
    if (gap) textarea.setSelectionRange(gap.index, gap.index + gap[0].length);
  }

  /** Follows what may be done now, and says why something may not. */
  function refresh() {
    const { talk } = state;
    if (!talk) return;
    const isReply = mode === 'reply';
    const locked = isReply && isOthers() ? t('compose.locked', { name: agentName(talk.assignee) }) : isReply && talk.owner === 'closed' ? t('compose.closed') : '';
    node.classList.toggle('is-note', !isReply);
    node.classList.toggle('is-locked', Boolean(locked));
    for (const tab of tabs) tab.querySelector('input').checked = tab.querySelector('input').value === mode;
    textarea.disabled = Boolean(locked);
    textarea.placeholder = isReply ? t('compose.reply', { language: languageName(talk.language) }) : t('compose.note');
    textarea.setAttribute('aria-label', isReply ? t('compose.label') : t('compose.note_label'));
    lock.hidden = !locked;
    if (locked && lock.dataset.said !== locked) fill(lock, icon('lock', 15), el('span', {}, locked));
    lock.dataset.said = locked;
    tools.forEach((tool) => (tool.hidden = !isReply || Boolean(locked)));
    tray.node.hidden = !isReply || (!tray.ready.length && !tray.busy);
    const left = LONGEST - textarea.value.length;
    hint.textContent = left < NEAR_END ? t('compose.long', { n: number(left) }) : locked ? '' : isReply ? (isMine() ? t('compose.hint') : t('compose.takes')) : t('compose.hint_note');
    hint.classList.toggle('near', left < NEAR_END);
    send.querySelector('.button-text').textContent = t(isReply ? 'do.send' : 'do.save_note');
    send.disabled = Boolean(locked) || isSaving || tray.busy || (!textarea.value.trim() && !(isReply && tray.ready.length));
    suggest.show();
  }

  function grow() {
    textarea.style.height = 'auto';
    textarea.style.height = `${Math.min(textarea.scrollHeight + 2, innerHeight * 0.32)}px`;
  }

  /** Tells others that an answer is being written; opens canned replies on a leading slash. */
  function watchText() {
    keepDraft(conversation, mode, textarea.value);
    refresh();
    grow();
    const slash = mode === 'reply' && /^\/([^\n]*)$/.exec(textarea.value);
    if (slash) {
      if (!canned.isOpen) canned.open(conversation, state.talk.language);
      canned.filter(slash[1].trim());
    } else canned.close();
    if (mode !== 'reply' || slash) return;
    const now = Date.now();
    if (textarea.value && now - typed > TYPING_MS) {
      typed = now;
      typing(conversation, true);
    } else if (!textarea.value) stopTyping();
  }

  function stopTyping() {
    if (typed) typing(conversation, false);
    typed = 0;
  }

  function sendText(text) {
    stopTyping();
    sendReply(conversation, text, tray.ready, state.talk.version);
    tray.clear();
    write('');
    textarea.focus();
  }

  async function submit() {
    const text = textarea.value.trim();
    if (send.disabled) return;
    if (mode === 'reply') return sendText(text);
    isSaving = true;
    refresh();
    const saved = await change((talk) => api.note(talk.conversation, text), t('done.note'));
    isSaving = false;
    if (saved) {
      write('');
      setMode('reply');
    }
    refresh();
  }

  textarea.addEventListener('input', watchText);
  textarea.addEventListener('blur', stopTyping);
  textarea.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (canned.key(event)) event.preventDefault();
    else if (event.key === 'Enter' && !event.shiftKey) (event.preventDefault(), submit());
    else if (event.key === 'ArrowRight' && !textarea.value && suggest.text()) (event.preventDefault(), insert(suggest.text()));
    else if (event.key === 'Escape') textarea.blur();
    else return;
    event.stopPropagation();
  });
  const takeFiles = (event, files) => {
    if (!files?.length || mode !== 'reply' || textarea.disabled) return;
    event.preventDefault();
    tray.add(conversation, files);
  };
  node.addEventListener('paste', (event) => takeFiles(event, event.clipboardData?.files));
  node.addEventListener('dragover', (event) => event.dataTransfer?.types.includes('Files') && event.preventDefault());
  node.addEventListener('drop', (event) => takeFiles(event, event.dataTransfer?.files));

  on('selected', () => {
    stopTyping();
    if (conversation) keepDraft(conversation, mode, textarea.value);
    conversation = state.selected;
    mode = 'reply';
    tray.clear();
    canned.forget();
    textarea.value = draftOf(conversation, mode);
    grow();
  });
  on('talk agents', refresh);
  on('compose', (name) => {
    if (name && name !== mode) setMode(name);
    if (!textarea.disabled) textarea.focus();
  });
  on('restore', (entry) => {
    if (!entry) return;
    if (mode !== 'reply') setMode('reply');
    tray.restore(entry.uploads);
    write(entry.text);
    textarea.focus();
  });
  on('suggest', (how) => {
    if (!suggest.text()) return;
    if (how === 'send') sendText(suggest.text());
    else insert(suggest.text());
  });
  return node;
}
