/** Files in a conversation: pictures are seen in place and can be enlarged, others are saved. */

import { uploadAddress } from './api.js';
import { dialog } from './dialogs.js';
import { el } from './dom.js';
import { icon } from './icons.js';
import { bytes, t } from './strings.js';

const SHOWN = /^image\/(jpeg|png|webp|gif)$/;

/** Returns one file of `conversation` as a picture or a chip. */
export function fileView(conversation, file, { small = false } = {}) {
  const name = file.name || file.upload;
  const address = uploadAddress(conversation, file.upload);
  if (!SHOWN.test(file.type)) return chip(name, file, address);
  const picture = el('img', { src: address, alt: t('talk.picture', { name }), loading: 'lazy', decoding: 'async' });
  const node = el('button', { type: 'button', class: small ? 'picture small' : 'picture', 'aria-label': t('talk.open_picture', { name }), title: name, on: { click: () => enlarge(name, address) } }, picture);
  picture.addEventListener('error', () => node.replaceWith(chip(name, file, address)));
  return node;
}

function chip(name, file, address) {
  return el('a', { class: 'file', href: address, download: name, target: '_blank', rel: 'noopener', 'aria-label': t('talk.file', { name }) },
    icon('file', 20), el('span', { class: 'file-name' }, name, el('small', {}, [file.type.split('/')[1]?.toUpperCase(), file.size && bytes(file.size)].filter(Boolean).join(' · '))));
}

function enlarge(name, address) {
  dialog({
    title: name,
    wide: true,
    body: [el('img', { class: 'enlarged', src: address, alt: t('talk.picture', { name }) }),
      el('p', { class: 'dialog-foot' }, el('a', { class: 'button', href: address, download: name }, icon('down', 16), t('talk.save')))],
  });
}
