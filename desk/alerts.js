/** A new critical case is heard, stands in the tab's title, and is announced. */

import { emit, on, state } from './state.js';
import { named, t } from './strings.js';
import { toast } from './toast.js';

const KEY = 'liaison.desk.sound';
let known = null;
let context = null;
let critical = 0;

/** Returns whether new critical cases are heard. */
export function hasSound() {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

/** Turns the sound on or off; remembered on this computer. */
export function setSound(isOn) {
  try {
    localStorage.setItem(KEY, isOn ? 'on' : 'off');
  } catch { /* it holds until the page is closed by what the browser allows */ }
  if (isOn) chime();
  emit('sound');
}

/** Starts watching. `open(conversation)` shows a case. */
export function watchAlerts(open) {
  on('urgent', (rows) => {
    const now = rows.filter((row) => row.priority === 'critical' && row.owner === 'waiting');
    const fresh = known && now.filter((row) => !known.has(row.conversation));
    known = new Set(now.map((row) => row.conversation));
    critical = now.length;
    title();
    if (!fresh?.length) return;
    if (hasSound()) chime();
    for (const row of fresh.slice(0, 3)) {
      const text = t('alert.critical', { name: row.buyer_name || t('side.anonymous'), reason: named('reason', row.reasons?.[0]) });
      toast(text, { kind: 'alert', run: () => open(row.conversation) });
    }
  });
  on('live:conversation', (frame) => {
    if (frame.what !== 'offer' || frame.conversation === state.selected) return;
    toast(t(frame.stage === 'warned' ? 'offer.warned' : 'offer.new'), { kind: 'offer', run: () => open(frame.conversation) });
  });
  addEventListener('pointerdown', unlock, { once: true });
  addEventListener('keydown', unlock, { once: true });
}

/** Writes the tab's title. */
export function title() {
  const plain = state.talk?.buyer?.name ? `${state.talk.buyer.name} · ${t('desk')}` : `${t('desk')} · Liaison`;
  document.title = critical ? t('alert.title', { n: critical }) : plain;
}

/** Browsers let a page sound only after it was touched. */
function unlock() {
  try {
    context ??= new AudioContext();
    context.resume();
  } catch { /* no sound on this computer */ }
}

function chime() {
  unlock();
  if (!context) return;
  [[0, 660], [0.16, 880], [0.32, 660]].forEach(([after, hertz]) => {
    const at = context.currentTime + after;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.22);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.25);
  });
}
