/** Who is signed in: presence, language of the desk, sound, password, signing out. */

import { hasSound, setSound } from './alerts.js';
import { api } from './api.js';
import { dialog } from './dialogs.js';
import { button, el, fill } from './dom.js';
import { icon } from './icons.js';
import { on, emit, state } from './state.js';
import { INTERFACES, named, speak, t } from './strings.js';
import { faultText, toast } from './toast.js';

const PRESENCES = ['online', 'away', 'offline'];
/** Returns up to two letters that stand for a name. */
export const initials = (name) => (/\p{Script=Han}/u.test(name) ? [...name][0] : name.split(/\s+/).map((part) => [...part][0] ?? '').slice(0, 2).join('').toUpperCase()) || '?';

/** Returns the round button that opens the account's window. */
export function accountButton() {
  const node = el('button', { type: 'button', class: 'rail-item account', 'aria-haspopup': 'dialog', on: { click: openAccount } });
  const show = () => {
    const { me } = state;
    const label = t('account.open', { name: me.display_name, presence: named('presence', me.presence) });
    node.setAttribute('aria-label', label);
    node.title = label;
    fill(node, el('span', { class: 'avatar me', 'aria-hidden': 'true' }, initials(me.display_name), el('span', { class: `dot ${me.presence}` })),
      el('span', { class: 'rail-name', 'aria-hidden': 'true' }, named('presence', me.presence)));
  };
  on('me', show);
  show();
  return node;
}

async function save(values) {
  try {
    const me = await api.change(values);
    Object.assign(state.me, me?.me ?? me ?? values);
    emit('me');
    return true;
  } catch (err) {
    toast(faultText(err), { kind: 'fault' });
    return false;
  }
}

function segments(legend, name, options, chosen, change) {
  return el('fieldset', { class: 'segments' }, el('legend', {}, legend),
    el('div', { class: 'segment-row' }, options.map(([value, text, mark]) => el('label', { class: 'segment' },
      el('input', { type: 'radio', name, value, checked: value === chosen, on: { change: () => change(value) } }), el('span', {}, mark, text)))));
}

function openAccount() {
  const { me } = state;
  const sound = el('input', { type: 'checkbox', class: 'switch', checked: hasSound(), on: { change: () => setSound(sound.checked) } });
  const { close } = dialog({
    title: t('account'),
    body: [
      el('div', { class: 'who' }, el('span', { class: 'avatar me big', 'aria-hidden': 'true' }, initials(me.display_name)),
        el('div', {}, el('strong', {}, me.display_name), el('small', {}, `${me.name} · ${named('role', me.role)}`))),
      segments(t('account.presence'), 'presence', PRESENCES.map((one) => [one, named('presence', one), el('span', { class: `dot ${one}` })]), me.presence, (presence) => save({ presence })),
      segments(t('account.language'), 'interface', Object.entries(INTERFACES), me.interface, async (code) => {
        if (!(await save({ interface: code }))) return;
        await speak(code);
        close();
        emit('rebuild');
      }),
      el('label', { class: 'switch-row' }, el('span', {}, icon('sound'), t('account.sound')), sound),
      el('div', { class: 'account-foot' }, button(t('account.password'), { icon: icon('lock'), run: () => (close(), openPassword()) }),
        button(t('account.logout'), { icon: icon('out'), run: signOut })),
    ],
  });
}

async function signOut() {
  try {
    await api.logout();
    location.assign('/desk/login');
  } catch (err) {
    toast(faultText(err), { kind: 'fault' });
  }
}

function openPassword() {
  const field = (label, autocomplete) => {
    const input = el('input', { type: 'password', class: 'field', autocomplete, required: true, minlength: autocomplete === 'new-password' ? '10' : null });
    return [input, el('label', { class: 'labelled' }, el('span', {}, label), input)];
  };
  const [old, oldRow] = field(t('account.old'), 'current-password');
  const [fresh, freshRow] = field(t('account.new'), 'new-password');
  const said = el('p', { class: 'field-fault', role: 'alert' });
  dialog({
    title: t('account.save'),
    body: [oldRow, freshRow, said],
    action: t('account.save'),
    submit: async () => {
      try {
        await api.change({ password: { old: old.value, new: fresh.value } });
        toast(t('account.changed'));
        return true;
      } catch (err) {
        said.textContent = faultText(err);
        return false;
      }
    },
  });
  old.focus();
}
