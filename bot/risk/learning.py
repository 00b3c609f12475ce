"""What the second voice learns from: alarms by category, calm messages that sound alike, and ordinary questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import yaml

from bot.risk.lexicon import RiskLexicon
from bot.risk.terms import HANDOFF_FROM, Severity, rank
from bot.risk.voice import AlarmExample, AlarmVoice, read_alarms
from bot.understanding.concepts import ConceptLexicon, read_concepts
from bot.understanding.slang import read_all_slang

UPSET_INTENTS = frozenset({
    "complaint", "not_received", "item_damaged", "item_mismatch", "ask_dispute", "ask_refund", "ask_review",
    "ask_human", "ask_authenticity", "refund_status", "payment_problem", "out_of_scope",
})  # fmt: skip
"""Messages of these intents often carry an alarm that nobody marked: they are calm only on probation."""


def train_voice(project: Path, lexicon: RiskLexicon, languages: Sequence[str]) -> AlarmVoice:
    """Train on the data of ``project``; raises DataFault naming every fault."""
    folder = project / "lexicon"
    concepts = ConceptLexicon(
        read_concepts(folder / "concepts.yml", folder, languages), read_all_slang(folder, languages)
    )
    return AlarmVoice.train(list(alarm_examples(project, lexicon, languages)), concepts=concepts)


def alarm_examples(project: Path, lexicon: RiskLexicon, languages: Sequence[str]) -> Iterator[AlarmExample]:
    """Yield the examples of all languages; ordinary messages in which the lexicon finds something are left out."""
    yield from read_alarms(project / "data" / "alarms", languages)
    for term in lexicon.terms:
        if _hands_over(term.severity):
            yield from (AlarmExample(hit, term.language, term.category) for hit in term.hits)
        yield from (AlarmExample(miss, term.language, None) for miss in term.misses)
    for language in languages:
        for intent, text in _ordinary(project / "data" / "nlu" / language):
            upset = intent in UPSET_INTENTS
            if not (upset and lexicon.find(text, languages=[language], confidence=1.0)):
                yield AlarmExample(text, language, None, doubtful=upset)


def _hands_over(severity: Severity) -> bool:
    return rank(severity) >= rank(HANDOFF_FROM)


def _ordinary(folder: Path) -> Iterable[tuple[str, str]]:
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            for line in block["examples"].splitlines():
                if line.strip():
                    yield block["intent"], line.strip().removeprefix("- ")
