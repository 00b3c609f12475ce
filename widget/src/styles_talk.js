/** What is inside the panel: the log, bubbles, cards, files, and the composer. */
export const STYLES_TALK = `
.log { flex: 1; min-height: 0; overflow: hidden auto; overscroll-behavior: contain; padding: 16px 16px 12px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.log:focus-visible { outline-offset: -3px; }
.rows { display: flex; flex-direction: column; }
.row { display: flex; flex-direction: column; align-items: flex-start; gap: 6px; margin-block-start: 16px; min-width: 0; }
.row:first-child { margin-block-start: 0; }
.row.more { margin-block-start: 6px; }
.row.more .who { display: none; }
.who { display: flex; align-items: center; gap: 8px; font-size: 13px; color: var(--muted); }
.who b { font-weight: 600; color: var(--text); }
.avatar { width: 26px; height: 26px; border-radius: 9px; display: grid; place-items: center; background: var(--soft); color: var(--accent); }
.avatar .icon { width: 17px; height: 17px; }
.avatar.human { border-radius: 50%; background: var(--accent); color: var(--ground); font-weight: 650; font-size: 12px; }
.bubble { max-width: 88%; padding: 9px 14px; border-radius: 18px; background: var(--soft); border-start-start-radius: 6px; }
.bubble p { white-space: pre-wrap; overflow-wrap: anywhere; }
.bubble a { color: var(--accent); text-underline-offset: 2px; border-radius: 2px; }
.buyer { align-items: flex-end; }
.buyer .bubble { max-width: 84%; background: var(--brand); color: var(--on-brand); border-radius: 18px; border-end-end-radius: 6px; }
.buyer .bubble a { color: inherit; }
.row.system { align-items: center; }
.system p { max-width: 90%; font-size: 13px; color: var(--muted); text-align: center; white-space: pre-wrap; overflow-wrap: anywhere; }
.system a { color: var(--accent); }
.day { margin-block-start: 18px; font-size: 12.5px; font-weight: 600; color: var(--muted); text-align: center; }
.day::first-letter { text-transform: uppercase; }
.meta { display: flex; flex-wrap: wrap; justify-content: flex-end; align-items: center; gap: 2px 5px; font-size: 12.5px; color: var(--muted); margin-block-start: -2px; max-width: 90%; }
.meta .icon { width: 14px; height: 14px; stroke-width: 2.2; }
.meta.sent .icon { color: var(--accent); }
.meta.failed { color: var(--bad); }
.sent:has(+ .buyer.sent) .meta { display: none; }
.link { color: var(--accent); font-weight: 600; padding: 4px 2px; text-decoration: underline; text-underline-offset: 2px; border-radius: 4px; }
.typing .bubble { display: flex; gap: 5px; padding: 14px 16px; }
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); animation: hop 1.2s ease-in-out infinite; }
.typing i:nth-child(2) { animation-delay: .15s; }
.typing i:nth-child(3) { animation-delay: .3s; }
@keyframes hop { 30% { transform: translateY(-4px); } 0%, 60%, 100% { opacity: .5; } }
.replies { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 12px; }
.replies:empty { display: none; }
.replies button { min-height: 38px; padding: 7px 15px; border-radius: 19px; border: 1.5px solid var(--accent); color: var(--accent); font-weight: 550; text-align: start;
  overflow-wrap: anywhere; transition: background .15s; }
.replies button:hover { background: color-mix(in srgb, var(--accent) 9%, transparent); }
.replies button:active { background: color-mix(in srgb, var(--accent) 16%, transparent); }
.pill { align-self: center; display: flex; align-items: center; gap: 4px; height: 36px; margin-block: -48px 12px; padding-inline: 16px 10px; border-radius: 18px; z-index: 1;
  background: var(--glow); color: var(--accent); font-size: 13.5px; font-weight: 600; box-shadow: 0 0 0 1px var(--line), 0 4px 14px rgb(15 20 35 / .18); animation: rise .2s; }
.pill .icon { width: 18px; height: 18px; }

.face { position: relative; flex: none; display: grid; place-items: center; overflow: hidden; width: 42px; height: 42px; border-radius: 10px; background: var(--soft); color: var(--muted); }
.face img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; }
.card { width: min(320px, 100%); border: 1px solid var(--line); border-radius: 16px; background: var(--glow); overflow: hidden; box-shadow: 0 1px 3px rgb(15 20 35 / .05); overflow-wrap: anywhere; }
.card small { font-size: 12.5px; line-height: 1.4; color: var(--muted); }
.product { position: relative; display: flex; gap: 12px; padding: 10px; transition: box-shadow .15s; }
.product:has(a:hover) { box-shadow: 0 4px 16px rgb(15 20 35 / .12); }
.product .face { width: 84px; height: 84px; border-radius: 10px; }
.product .face .icon { width: 30px; height: 30px; stroke-width: 1.4; }
.product > div { flex: 1; min-width: 0; align-self: center; }
.product h3 { font-size: 14.5px; line-height: 1.35; font-weight: 550; }
.product a { color: inherit; text-decoration: none; }
.product a::after { content: ""; position: absolute; inset: 0; border-radius: 16px; }
.product a:hover { text-decoration: underline; text-underline-offset: 2px; }
.price { font-weight: 700; }
.product .price { margin-block-start: 4px; font-size: 16px; }
.note { font-size: 13px; color: var(--muted); line-height: 1.4; }
.order > header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 10px; padding: 13px 16px 11px; }
.order h3 { font-size: 16px; line-height: 1.3; }
.badge-state { padding: 3px 11px; border-radius: 12px; font-size: 13px; font-weight: 600; color: var(--accent); background: color-mix(in srgb, var(--accent) 12%, var(--ground)); }
.steps { list-style: none; padding: 4px 16px 12px; }
.steps li { position: relative; display: flex; justify-content: space-between; align-items: baseline; gap: 10px; padding-block: 5px; padding-inline-start: 26px; font-size: 14px; color: var(--muted); }
.steps li::before { content: ""; position: absolute; inset-inline-start: 3px; inset-block-start: 10px; width: 11px; height: 11px; border-radius: 50%; background: var(--ground); border: 2px solid var(--line); z-index: 1; }
.steps li::after { content: ""; position: absolute; inset-inline-start: 7.5px; inset-block: 20px -12px; width: 2px; background: var(--line); }
.steps li:last-child::after { display: none; }
.steps .done { color: var(--text); }
.steps .done::before { background: var(--accent); border-color: var(--accent); }
.steps .done:has(+ .done)::after { background: var(--accent); }
.steps [aria-current] { font-weight: 600; }
.steps [aria-current]::before { box-shadow: 0 0 0 4px color-mix(in srgb, var(--accent) 20%, transparent); }
.steps small { flex: none; font-weight: 400; }
.fact { display: flex; align-items: center; justify-content: space-between; gap: 10px; margin-inline: 16px; padding-block: 10px; border-block-start: 1px solid var(--line); font-size: 14px; }
.fact > div { display: grid; justify-items: start; }
.code { font-weight: 600; letter-spacing: .02em; }
.mini { flex: none; width: 34px; height: 34px; display: grid; place-items: center; border-radius: 10px; color: var(--muted); transition: background .15s; }
.mini:hover { background: var(--soft); color: var(--text); }
.mini .icon { width: 17px; height: 17px; }
.mini .icon-check { color: var(--accent); }
.files { display: flex; flex-wrap: wrap; align-items: flex-end; gap: 6px; max-width: 88%; }
.buyer .files { justify-content: flex-end; }
.photo { display: block; width: 168px; height: 128px; border-radius: 16px; overflow: hidden; background: var(--soft); border: 1px solid var(--line); }
.photo img { display: block; width: 100%; height: 100%; object-fit: cover; font-size: 12px; color: var(--muted); }
.photo:only-child { width: 220px; max-width: 100%; height: 165px; }
.chip, .paper { display: flex; align-items: center; gap: 10px; min-width: 0; padding: 6px; border: 1px solid var(--line); border-radius: 14px; background: var(--glow); text-align: start; }
.paper { padding-inline-end: 14px; max-width: 260px; }
.paper:hover { border-color: var(--accent); }
.chip-text { flex: 1; min-width: 0; display: grid; font-size: 14px; line-height: 1.35; }
.chip-text bdi { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chip-text small { font-size: 12.5px; color: var(--muted); }

.composer { padding: 0 12px 12px; }
.tray { display: grid; gap: 6px; padding-block-end: 8px; max-height: 190px; overflow: auto; }
.tray:empty { display: none; }
progress { appearance: none; width: 100%; height: 4px; margin-block-start: 3px; border: 0; border-radius: 2px; overflow: hidden; background: var(--line); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--accent); transition: width .15s; }
progress::-moz-progress-bar { background: var(--accent); }
:is(.done, .bad) > .chip-text progress { display: none; }
.bad > .chip-text small { color: var(--bad); }
.chip:not(.bad) .again { display: none; }
.counter { padding: 0 6px 4px; font-size: 12.5px; color: var(--muted); text-align: end; }
.field { display: flex; align-items: flex-end; gap: 2px; padding: 4px; border: 1px solid var(--edge); border-radius: 24px; background: var(--glow); transition: border-color .15s, box-shadow .15s; }
.field:focus-within { border-color: var(--accent); box-shadow: 0 0 0 3px color-mix(in srgb, var(--accent) 18%, transparent); }
textarea { flex: 1; min-width: 0; resize: none; border: 0; background: none; padding: 8px 4px; max-height: 136px; font-size: 16px; line-height: 24px; }
textarea:focus-visible { outline: none; }
textarea::placeholder { color: var(--muted); opacity: 1; }
.attach, .send { flex: none; width: 40px; height: 40px; border-radius: 50%; display: grid; place-items: center; transition: background .15s, color .15s, transform .15s; }
.attach { color: var(--muted); }
.attach:hover { background: var(--soft); color: var(--text); }
.send { background: var(--brand); color: var(--on-brand); }
.send:disabled { background: var(--soft); color: var(--muted); cursor: default; }
.send:enabled:hover { filter: brightness(1.08); }
.send:enabled:active { transform: scale(.93); }
@media (pointer: coarse) { .mini, .attach, .send { min-width: 44px; min-height: 44px; } .replies button { min-height: 44px; border-radius: 22px; } }
@media (prefers-reduced-motion: no-preference) { .open .row:last-child { animation: rise .18s ease-out; } }
`;
