/** Files that wait to be sent with the next reply: chosen, pasted or dropped. */

import { api } from './api.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { t } from './strings.js';
import { faultText, toast } from './toast.js';

const MOST = 4;
export const ACCEPTED = 'image/jpeg,image/png,image/webp,image/gif,image/heic,application/pdf';

/** Returns {node, add(conversation, files), ready, busy, clear, restore}. `changed()` is called after every change. */
export function attachments(changed) {
  const node = el('ul', { class: 'attached' });
  let files = [];
  const show = () => {
    fill(node, files.map((file) => el('li', { class: file.upload ? 'attached-file' : 'attached-file busy' }, icon('file', 15), el('span', {}, file.name),
      !file.upload && el('small', {}, t('compose.uploading')),
      el('button', { type: 'button', 'aria-label': t('compose.remove', { name: file.name }), on: { click: () => {
        files = files.filter((one) => one !== file);
        show();
      } } }, icon('cross', 12)))));
    node.hidden = !files.length;
    changed();
  };
  show();
  return {
    node,
    get ready() {
      return files.filter((file) => file.upload);
    },
    get busy() {
      return files.some((file) => !file.upload);
    },
    clear() {
      files = [];
      show();
    },
    restore(kept) {
      files = [...kept];
      show();
    },
    async add(conversation, chosen) {
      const started = [...chosen].slice(0, MOST - files.length).map((blob) => ({ name: blob.name || 'file', blob, type: blob.type, size: blob.size }));
      files.push(...started);
      show();
      await Promise.all(started.map(async (file) => {
        try {
          Object.assign(file, await api.upload(conversation, file.blob));
          delete file.blob;
        } catch (err) {
          files = files.filter((one) => one !== file);
          toast(`${t('fault.upload', { name: file.name })} ${faultText(err)}`, { kind: 'fault' });
        }
      }));
      show();
    },
  };
}
