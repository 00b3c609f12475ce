/* The entry: put <script src="https://HOST/widget.js" data-title="…" defer></script> on a page.
   A classic script, so that document.currentScript tells where it came from and how it is set up. */
import { define } from './main.js';
import { stringsFrom } from './strings.js';

const script = document.currentScript;
const home = new URL(script.src);

function mount() {
  if (document.querySelector('liaison-chat')) return;
  const chat = document.createElement('liaison-chat');
  chat.setAttribute('server', home.origin);
  for (const [name, value] of Object.entries(script.dataset)) chat.setAttribute(name, value);
  document.body.append(chat);
}

stringsFrom(home);
define();
if (document.body) mount();
else document.addEventListener('DOMContentLoaded', mount);
