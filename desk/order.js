/** Cards: an order with its steps, a product. The number and the tracking number can be copied. */

import { el } from './dom.js';
import { icon } from './icons.js';
import { dayOf, named, t } from './strings.js';
import { toast } from './toast.js';

/** Returns a button that copies `text`. */
export function copyable(text, what) {
  return el('button', { type: 'button', class: 'copy', 'aria-label': t('side.copy', { what }), title: t('side.copy', { what }), on: { click: async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(t('done.copied'));
    } catch { /* the browser forbids it; the text can still be selected */ }
  } } }, icon('copy', 15));
}

/** A day without an hour is read as local noon, so that it never slips to the day before. */
const when = (text) => (Number.isNaN(Date.parse(text)) ? text : dayOf(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T12:00` : text));

/** Returns the card of an order. */
export function orderCard(card) {
  const steps = card.steps || [];
  const at = steps.map((step) => step.done).lastIndexOf(true);
  return el('article', { class: 'order' },
    el('div', { class: 'order-head' }, el('span', { class: 'order-number' }, card.number), copyable(card.number, t('side.order')),
      el('span', { class: 'order-state', data: { state: card.state || '' } }, named('order', card.state) || card.state_text)),
    el('dl', { class: 'facts' },
      card.total && [el('dt', {}, t('side.total')), el('dd', { class: 'figure' }, card.total)],
      card.carrier && [el('dt', {}, t('side.carrier')), el('dd', {}, card.carrier)],
      card.tracking_number && [el('dt', {}, t('side.tracking')), el('dd', { class: 'figure' }, card.tracking_number, copyable(card.tracking_number, t('side.tracking')))]),
    steps.length > 0 && el('ol', { class: 'steps' }, steps.map((step, index) =>
      el('li', { class: step.done ? 'done' : '', 'aria-current': index === at ? 'step' : null },
        el('span', { dir: 'auto' }, step.title), step.date && el('small', {}, when(step.date)), step.done && el('span', { class: 'sr' }, ` ${t('side.done')}`)))));
}

/** Returns a card of a message in short: agents know the goods. */
export function cardView(card) {
  if (card.kind === 'order') return orderCard(card);
  return el('article', { class: 'card-line' }, icon('pre_sale', 16), el('span', { dir: 'auto' }, card.title || card.sku || card.kind, card.price && el('small', {}, ` ${card.price}`)));
}
