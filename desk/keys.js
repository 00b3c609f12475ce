/** Single keys, when nothing is being written and no window is open. */

import { closeCase, giveBack, take } from './actions.js';
import { hasSound, setSound } from './alerts.js';
import { openAssign } from './assigning.js';
import { filterBy, neighbour } from './cases.js';
import { isDialogOpen } from './dialogs.js';
import { toggleSide } from './header.js';
import { hasKeys, showKeys } from './keysheet.js';
import { VIEWS, showView } from './rail.js';
import { emit, leads, state } from './state.js';
import { t } from './strings.js';
import { openTags } from './tagging.js';
import { toast } from './toast.js';

const WALK_MS = 130;
const STATES = { 7: '', 8: 'waiting', 9: 'human' };
let walking = 0;

/** Starts listening. `open(conversation)` shows a case. */
export function watchKeys(open) {
  const walk = (step) => {
    const next = neighbour(step);
    if (!next) return;
    // Passing by is not looking: only where the walk ends is opened.
    state.selected = next;
    emit('selected');
    clearTimeout(walking);
    walking = setTimeout(() => open(next), WALK_MS);
  };
  const search = () => {
    if (document.body.dataset.view !== 'list') location.hash = '#/';
    const field = document.querySelector('#search');
    field.focus();
    field.select();
  };
  const sound = () => {
    setSound(!hasSound());
    toast(t(hasSound() ? 'sound.on' : 'sound.off'));
  };
  const doings = {
    j: () => walk(1), k: () => walk(-1), t: take, r: () => emit('compose', 'reply'), n: () => emit('compose', 'note'),
    u: () => emit('suggest', 'edit'), U: () => emit('suggest', 'send'), a: openAssign, g: openTags, e: closeCase, b: giveBack,
    i: () => toggleSide(), '/': search, '?': showKeys, s: sound, l: () => leads() && (location.hash = '#/report'),
  };
  VIEWS.forEach((view, index) => (doings[index + 1] = () => showView(view)));
  for (const [key, value] of Object.entries(STATES)) doings[key] = () => filterBy({ state: value });
  document.addEventListener('keydown', (event) => {
    const isWriting = event.target.matches?.('textarea, select, input:not([type=radio], [type=checkbox])');
    if (event.key === 'Escape' && !isDialogOpen()) {
      if (isWriting) event.target.blur();
      else toggleSide(false);
      return;
    }
    if (isWriting || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isDialogOpen()) return;
    if (event.key === 'Enter' && event.target === document.body && state.talk) {
      event.preventDefault();
      emit('compose');
      return;
    }
    if (!hasKeys() && event.key !== '?') return;
    if (!Object.hasOwn(doings, event.key)) return;
    event.preventDefault();
    doings[event.key]();
  });
}
