/** Texts of messages: links, and alarm words with what they mean in the agent's language. */

import { el, fill } from './dom.js';
import { named, spoken, t } from './strings.js';

const RANK = ['low', 'medium', 'high', 'critical'];
const ADDRESS = /https?:\/\/[^\s<>"'“”«»。，、！？；：（）【】《》]+/gi;
let bubble = null;

/** Returns the gloss of a finding in the interface language. */
export const glossOf = (finding) => (typeof finding.gloss === 'string' ? finding.gloss : finding.gloss?.[spoken()] || finding.gloss?.en || '');

/**
 * Returns `text` as nodes. Positions of findings count characters as Python does, not UTF-16 units; of findings
 * that overlap the graver one is shown.
 */
export function marked(text, findings = []) {
  const characters = [...text];
  const taken = [];
  for (const finding of [...findings].sort((a, b) => RANK.indexOf(b.severity) - RANK.indexOf(a.severity))) {
    const isInside = finding.start >= 0 && finding.end <= characters.length && finding.start < finding.end;
    if (isInside && taken.every((other) => finding.end <= other.start || finding.start >= other.end)) taken.push(finding);
  }
  taken.sort((a, b) => a.start - b.start);
  const nodes = [];
  let at = 0;
  for (const finding of taken) {
    nodes.push(...linked(characters.slice(at, finding.start).join('')), mark(characters.slice(finding.start, finding.end).join(''), finding));
    at = finding.end;
  }
  return [...nodes, ...linked(characters.slice(at).join(''))];
}

/** Returns `text` with web addresses as links; nothing else in it is interpreted. */
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = found.replace(/[.,:;!?…)]+$/, '');
    if (!URL.canParse(address)) continue;
    nodes.push(text.slice(from, index), el('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, address));
    from = index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== '');
}

function mark(text, finding) {
  const says = `${named('category', finding.category)} · ${named('severity', finding.severity)}: ${glossOf(finding)}`;
  const node = el('mark', { class: `risk ${finding.severity}`, tabindex: '0', role: 'note', 'aria-label': `${text}. ${says}` }, text);
  const show = () => explain(node, finding);
  node.addEventListener('pointerenter', show);
  node.addEventListener('focus', show);
  node.addEventListener('pointerleave', () => document.activeElement !== node && quiet());
  node.addEventListener('blur', quiet);
  node.addEventListener('keydown', (event) => event.key === 'Escape' && quiet());
  return node;
}

function explain(node, finding) {
  quiet();
  bubble = el('div', { class: 'gloss', 'aria-hidden': 'true' });
  fill(bubble, el('span', { class: `gloss-kind ${finding.severity}` }, t('risk.says', { category: named('category', finding.category), severity: named('severity', finding.severity) })), el('strong', {}, glossOf(finding)));
  document.body.append(bubble);
  const word = node.getBoundingClientRect();
  const { width, height } = bubble.getBoundingClientRect();
  const above = word.top - height - 8;
  bubble.style.left = `${Math.max(8, Math.min(innerWidth - width - 8, word.left + word.width / 2 - width / 2))}px`;
  bubble.style.top = `${above > 8 ? above : word.bottom + 8}px`;
}

function quiet() {
  bubble?.remove();
  bubble = null;
}
addEventListener('scroll', quiet, { capture: true, passive: true });
