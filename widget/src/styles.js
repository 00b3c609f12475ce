const LIGHT = `
  --ground: #fff; --soft: #f1f3f6; --text: #171a21; --muted: #586072; --line: #e3e6ec; --edge: #7d8596; --bad: #b3261e;
  --calm: #fff6e0; --on-calm: #6b4a00; --accent: var(--accent-light); --glow: #fff; color-scheme: light;`;
const DARK = `
  --ground: #181b21; --soft: #2a2e37; --text: #eceef3; --muted: #aab1c0; --line: #343945; --edge: #828a9b; --bad: #ffb4ab;
  --calm: #3a3016; --on-calm: #ffdf9e; --accent: var(--accent-dark); --glow: #1f232b; color-scheme: dark;`;

/** The frame: tokens, launcher, teaser, panel, header, strips. Logical properties throughout, for Arabic. */
export const STYLES = `
:host { all: initial; position: fixed; z-index: 2147483000; }
:host([hidden]) { display: none; }
*, ::before, ::after { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
.root { ${LIGHT}
  --shadow: 0 1px 2px rgb(15 20 35 / .06), 0 12px 40px rgb(15 20 35 / .18);
  font: 400 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  color: var(--text); -webkit-text-size-adjust: 100%; font-variant-numeric: tabular-nums; }
.root[data-theme=dark] { ${DARK} }
@media (prefers-color-scheme: dark) { .root[data-theme=auto] { ${DARK} } }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { appearance: none; border: 0; padding: 0; background: none; cursor: pointer; touch-action: manipulation; -webkit-tap-highlight-color: transparent; }
h2, h3 { font: inherit; font-weight: 650; }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; display: block; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher { position: fixed; inset-block-end: 20px; width: 60px; height: 60px; border-radius: 50%; display: grid; place-items: center;
  background: var(--brand); color: var(--on-brand); box-shadow: 0 2px 6px rgb(15 20 35 / .16), 0 8px 24px rgb(15 20 35 / .22);
  transition: transform .18s, box-shadow .18s; }
[data-side=right] > :is(.launcher, .panel, .teaser) { right: 20px; }
[data-side=left] > :is(.launcher, .panel, .teaser) { left: 20px; }
.launcher:hover { transform: translateY(-2px); box-shadow: 0 4px 10px rgb(15 20 35 / .18), 0 14px 32px rgb(15 20 35 / .26); }
.launcher:active { transform: scale(.95); }
.launcher:focus-visible { outline-offset: 3px; }
.launcher .icon { grid-area: 1/1; width: 28px; height: 28px; transition: opacity .18s, transform .18s; }
.launcher .icon-chat { stroke-width: 1.9; }
.root:not(.open) .launcher .icon-down { opacity: 0; transform: rotate(-60deg); }
.open .launcher .icon-chat { opacity: 0; transform: rotate(60deg); }
.count { position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
  background: #c62828; color: #fff; border: 2px solid #fff; font: 700 12px/18px system-ui, sans-serif; text-align: center; }

.teaser { position: fixed; inset-block-end: 94px; max-width: min(280px, calc(100vw - 40px)); display: flex; align-items: start; gap: 2px;
  padding: 6px; border-radius: 16px; background: var(--ground); box-shadow: var(--shadow); border: 1px solid var(--line); animation: rise .3s ease-out; }
.teaser-text { padding: 6px 4px 6px 10px; text-align: start; white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 10px; }

.panel { position: fixed; inset-block-end: 94px; width: min(400px, calc(100vw - 40px)); height: min(690px, calc(100vh - 114px)); height: min(690px, calc(100dvh - 114px));
  display: flex; flex-direction: column; overflow: hidden; border-radius: 20px; background: var(--ground); box-shadow: var(--shadow), 0 0 0 1px rgb(15 20 35 / .06);
  visibility: hidden; opacity: 0; transform: translateY(12px) scale(.985); transform-origin: bottom; transition: opacity .16s, transform .16s, visibility 0s .16s; }
.open > .panel { visibility: visible; opacity: 1; transform: none; transition: opacity .2s, transform .24s cubic-bezier(.2, .9, .3, 1); }
.panel:focus-visible { outline: none; }
.head { display: flex; align-items: center; gap: 4px; padding: 14px 12px 14px 16px; background: var(--brand); color: var(--on-brand); touch-action: none; }
[dir=rtl] .head { padding: 14px 16px 14px 12px; }
.head > div { flex: 1; min-width: 0; padding-inline: 8px; }
.head h2 { font-size: 16px; line-height: 1.35; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.head p { font-size: 13px; line-height: 1.35; }
.head button { width: 40px; height: 40px; border-radius: 12px; display: grid; place-items: center; transition: background .15s; }
.head button:hover { background: color-mix(in srgb, currentColor 15%, transparent); }
.head button:active { background: color-mix(in srgb, currentColor 25%, transparent); }
.head :focus-visible { outline-color: currentColor; outline-offset: -2px; }
.head [aria-pressed=true] .icon-mute, .head [aria-pressed=false] .icon-sound { display: none; }
.mark { width: 40px; height: 40px; border-radius: 13px; display: grid; place-items: center; background: color-mix(in srgb, currentColor 16%, transparent); }
.mark .icon { width: 22px; height: 22px; }
.strip { padding: 8px 16px; font-size: 13.5px; text-align: center; background: var(--soft); border-block-end: 1px solid var(--line); }
.strip::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-inline-end: 8px; border-radius: 50%; background: currentColor; vertical-align: 1px; }
.strip[data-owner=waiting] { background: var(--calm); color: var(--on-calm); }
.strip[data-owner=waiting]::before { animation: breathe 1.8s ease-in-out infinite; }
.strip[data-owner=human]::before { background: #2e9e5b; }
.strip[data-owner=closed]::before { display: none; }
.notice { padding: 2px 16px 8px; font-size: 13px; text-align: center; color: var(--muted); }
.notice:empty { display: none; }
.notice.bad { color: var(--bad); }
.dropzone { position: absolute; inset: 8px; display: none; place-content: center; justify-items: center; gap: 10px; border-radius: 14px; border: 2px dashed var(--accent);
  background: color-mix(in srgb, var(--ground) 94%, transparent); color: var(--accent); font-weight: 600; pointer-events: none; }
.drop .dropzone { display: grid; }

@keyframes rise { from { opacity: 0; transform: translateY(8px); } }
@keyframes breathe { 50% { opacity: .25; } }
@media (max-width: 480px) {
  .root > .panel { inset: var(--view-top, 0) 0 auto; width: 100%; height: var(--view-height, 100dvh); border-radius: 0; transform-origin: center;
    padding-block-end: env(safe-area-inset-bottom); }
  .head { padding-block-start: calc(10px + env(safe-area-inset-top)); padding-block-end: 10px; }
  .open > .launcher { display: none; }
  .launcher { inset-block-end: calc(16px + env(safe-area-inset-bottom)); }
}
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { transition: none !important; animation: none !important; } }
@media (forced-colors: active) {
  .panel, .launcher, .bubble, .card, .chip, .teaser, .field, .pill { border: 1px solid CanvasText !important; }
  .head { border-block-end: 1px solid CanvasText; }
  .steps .done::before { background: CanvasText; forced-color-adjust: none; }
}
`;
