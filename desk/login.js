/** The login page. */

import { api } from './api.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { INTERFACES, remembered, spoken, span, speak, t } from './strings.js';

function build() {
  document.title = `${t('login.submit')} · Liaison`;
  const name = el('input', { type: 'text', id: 'name', name: 'name', class: 'field', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true });
  const password = el('input', { type: 'password', id: 'password', name: 'password', class: 'field', autocomplete: 'current-password', required: true });
  const show = el('button', { type: 'button', class: 'reveal', 'aria-label': t('login.show'), title: t('login.show'), 'aria-pressed': 'false', on: { click: () => {
    const isHidden = password.type === 'password';
    password.type = isHidden ? 'text' : 'password';
    show.setAttribute('aria-pressed', String(isHidden));
  } } }, icon('eye'));
  const said = el('p', { class: 'field-fault', role: 'alert' });
  const submit = el('button', { type: 'submit', class: 'button primary wide' }, t('login.submit'));
  const say = (text) => {
    fill(said, text && icon('warn', 16), text);
    for (const field of [name, password]) field.setAttribute('aria-invalid', String(Boolean(text)));
  };
  const form = el('form', { class: 'login-card', novalidate: true, on: { submit: async (event) => {
    event.preventDefault();
    if (!name.value.trim() || !password.value) return say(t('login.missing'));
    submit.disabled = true;
    submit.textContent = t('login.busy');
    say('');
    try {
      await api.login(name.value.trim(), password.value);
      location.assign(`/desk${location.hash}`);
    } catch (err) {
      say(err.status === 401 ? t('login.wrong') : err.status === 429 ? t('login.locked', { time: span(err.retryAfter ?? 60) }) : t('login.offline'));
      submit.disabled = false;
      submit.textContent = t('login.submit');
      if (err.status === 401) password.select();
    }
  } } },
  el('img', { src: '/desk/static/icon.svg', alt: '', width: '48', height: '48' }), el('h1', {}, t('login.title')), el('p', { class: 'quiet' }, t('login.lead')),
  el('label', { class: 'labelled', for: 'name' }, el('span', {}, t('login.name')), name),
  el('div', { class: 'labelled' }, el('label', { for: 'password' }, t('login.password')), el('div', { class: 'with-reveal' }, password, show)), said, submit);
  const languages = el('div', { class: 'login-languages' }, Object.entries(INTERFACES).map(([code, text]) => el('button', {
    type: 'button', class: 'link', lang: code, 'aria-pressed': String(code === spoken()), on: { click: async () => (await speak(code), build()) },
  }, text)));
  fill(document.body, el('main', { class: 'login-main' }, form, languages));
  name.focus();
}

await speak(remembered());
build();
