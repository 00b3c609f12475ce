/** The overview of keys, and the switch for those who need single keys to do nothing. */

import { dialog } from './dialogs.js';
import { el } from './dom.js';
import { icon } from './icons.js';
import { t } from './strings.js';

const KEY = 'liaison.desk.keys';
const GROUPS = [
  ['keys.in_list', [['j k', 'keys.walk'], ['Enter', 'keys.open'], ['/', 'keys.search'], ['1 … 6', 'keys.queues'], ['7 8 9', 'keys.state'], ['l', 'keys.report'], ['s', 'keys.sound'], ['?', 'keys.help']]],
  ['keys.in_case', [['t', 'keys.take'], ['r', 'keys.reply'], ['n', 'keys.note'], ['u', 'keys.use'], ['⇧U', 'keys.use_now'], ['a', 'keys.assign'], ['g', 'keys.tags'], ['e', 'keys.close'], ['b', 'keys.back'], ['i', 'keys.side']]],
  ['keys.in_composer', [['/', 'keys.canned'], ['→', 'keys.use'], ['Enter', 'keys.send'], ['⇧Enter', 'keys.newline'], ['Esc', 'keys.leave']]],
];

/** Returns whether single keys do something. */
export function hasKeys() {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

/** Shows the overview. */
export function showKeys() {
  const keep = el('input', { type: 'checkbox', class: 'switch', checked: hasKeys(), on: { change: () => {
    try {
      localStorage.setItem(KEY, keep.checked ? 'on' : 'off');
    } catch { /* the browser keeps nothing; keys stay on */ }
  } } });
  dialog({
    title: t('keys.title'),
    wide: true,
    body: [el('div', { class: 'keys' }, GROUPS.map(([title, keys]) => el('section', {}, el('h3', { class: 'eyebrow' }, t(title)),
      el('dl', {}, keys.map(([key, says]) => el('div', {}, el('dt', {}, key.split(' ').map((one) => el('kbd', {}, one))), el('dd', {}, t(says)))))))),
    el('label', { class: 'switch-row' }, el('span', {}, icon('help'), t('keys.single')), keep)],
  });
}
