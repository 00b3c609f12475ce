"""Our lattice matcher beside spaCy's PhraseMatcher on the same terms: what each finds, and how fast."""

from __future__ import annotations

import time

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bench.report import show
from bench.testset import test_messages
from bot.language.folding import fold_aligned
from bot.language.scripts import tokenize
from bot.risk.lexicon import RiskLexicon
from bot.wiring import make_risk_lexicon, parts


def compare_matchers() -> dict[str, float]:
    """Return recall and milliseconds of both on the alarm messages of the test set."""
    wired = parts()
    lexicon = make_risk_lexicon(wired.settings.project, wired.languages)
    alarms = [(m.text, m.language, set(m.risk)) for m in test_messages() if m.risk]
    found, seconds = _ours(lexicon, alarms)
    phrase_found, phrase_seconds = _phrase_matcher(lexicon, alarms)
    number = len(alarms)
    rows = [
        ("lattice (ours)", found / number, seconds / number * 1000),
        ("spaCy PhraseMatcher", phrase_found / number, phrase_seconds / number * 1000),
    ]
    show(f"Alarm words in {number} alarm messages", ("matcher", "recall", "ms a message"), rows)
    return {
        "risk.matcher.recall": found / number,
        "risk.matcher.ms": seconds / number * 1000,
        "risk.phrase_matcher.recall": phrase_found / number,
        "risk.phrase_matcher.ms": phrase_seconds / number * 1000,
    }


def _ours(lexicon: RiskLexicon, alarms: list[tuple[str, str, set[str]]]) -> tuple[int, float]:
    started = time.perf_counter()
    found = sum(
        bool({f.term.category for f in lexicon.find(text, languages=[language], confidence=1.0)} & wanted)
        for text, language, wanted in alarms
    )
    return found, time.perf_counter() - started


def _phrase_matcher(lexicon: RiskLexicon, alarms: list[tuple[str, str, set[str]]]) -> tuple[int, float]:
    nlp = spacy.blank("xx")
    matcher = PhraseMatcher(nlp.vocab, attr="ORTH")
    for term in lexicon.terms:
        words = [[t.text for t in tokenize(fold_aligned(form.replace("*", "")))] for form in term.forms]
        matcher.add(term.category, [Doc(nlp.vocab, words=one) for one in words if one])
    started = time.perf_counter()
    found = 0
    for text, _, wanted in alarms:
        words = [token.text for token in tokenize(fold_aligned(text))]
        document = Doc(nlp.vocab, words=words or [" "])
        found += bool({nlp.vocab.strings[key] for key, _, _ in matcher(document)} & wanted)
    return found, time.perf_counter() - started
