/** The interface's texts in English or Chinese, and numbers, times and lengths of time as they are written there. */

export const INTERFACES = { en: 'English', zh: '中文' };
const KEY = 'liaison.desk.interface';
let texts = {};
let language = 'en';

/** Returns the interface language chosen last on this computer, or the browser's. */
export function remembered() {
  let kept = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch { /* storage may be closed; the browser's language will do */ }
  if (kept in INTERFACES) return kept;
  return (navigator.language || 'en').toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Loads the texts of `code`; from then on `t` answers in it. */
export async function speak(code) {
  language = code in INTERFACES ? code : 'en';
  const answer = await fetch(`/desk/static/strings/${language}.json`);
  if (!answer.ok) throw new Error(`strings/${language}.json: ${answer.status}; put the file back`);
  texts = await answer.json();
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  try {
    localStorage.setItem(KEY, language);
  } catch { /* see above */ }
}

/** Returns the code of the interface language: en or zh. */
export const spoken = () => language;

/** Returns the text `key` with `{placeholders}` filled; with `count`, `key.one` is preferred for 1. */
export function t(key, values = {}) {
  const text = (values.count === 1 && texts[`${key}.one`]) || texts[key] || key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Returns the text `group.code`, or the code itself made readable when nobody has named it yet. */
export function named(group, code) {
  if (!code) return '';
  return texts[`${group}.${code}`] ?? String(code).replaceAll('_', ' ').replace(/^./, (c) => c.toUpperCase());
}

/** Returns the name of a buyer's language in the interface language. */
export function languageName(code) {
  if (!code) return t('unknown');
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Returns the name of a country by its two letters. */
export function countryName(code) {
  if (!/^[A-Z]{2}$/.test(code || '')) return code || '';
  return new Intl.DisplayNames([language], { type: 'region' }).of(code) ?? code;
}

/** Returns whole seconds as a clock: 0:42, 12:05, 3:20:11. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, '0');
  if (h >= 24) return t('time.days', { n: Math.floor(h / 24), hours: h % 24 });
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Returns seconds in words for screen readers and tables. */
export function span(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 90) return t('time.seconds', { n: Math.round(seconds) });
  if (seconds < 5400) return t('time.minutes', { n: Math.round(seconds / 60) });
  return t('time.hours', { n: Math.round(seconds / 3600) });
}

const format = (options) => new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', options);
/** Returns the time of day of an ISO time. */
export const timeOf = (iso) => format({ hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
/** Returns the day of an ISO time. */
export const dayOf = (iso) => format({ weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(iso));
/** Returns day and time of an ISO time. */
export const momentOf = (iso) => format({ dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
/** Returns the time of day today, the date before. */
export function shortMoment(iso, now = new Date()) {
  const then = new Date(iso);
  return then.toDateString() === now.toDateString() ? timeOf(iso) : format({ day: 'numeric', month: 'short' }).format(then);
}
/** Returns a number as it is written in the interface language. */
export const number = (value, digits = 0) =>
  new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
/** Returns a file size. */
export const bytes = (size) => (size < 1e6 ? `${Math.max(1, Math.round(size / 1000))} KB` : `${number(size / 1e6, 1)} MB`);
