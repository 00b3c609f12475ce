"""Every term of the lexicon fires where it must and is silent where it must be."""

from __future__ import annotations

import pytest

from bot.language.register import load_languages
from bot.risk.lexicon import RiskLexicon
from bot.risk.patterns import pattern_examples
from bot.risk.terms import CATEGORIES, needs_person, rank
from bot.settings import PROJECT
from bot.wiring import make_risk_lexicon

_LANGUAGES = load_languages(PROJECT / "lexicon" / "languages.yml")
_LEXICON = make_risk_lexicon(PROJECT, _LANGUAGES)
_HITS = [(term.id, term.language, term.category, text) for term in _LEXICON.terms for text in term.hits]
_MISSES = [(term.id, term.language, text) for term in _LEXICON.terms for text in term.misses]


@pytest.mark.parametrize(("term", "language", "category", "text"), _HITS, ids=lambda value: str(value)[:30])
def test_hit_raises_its_category(lexicon: RiskLexicon, term: str, language: str, category: str, text: str) -> None:
    found = lexicon.find(text, languages=[language], confidence=1.0)
    assert category in {finding.term.category for finding in found}


@pytest.mark.parametrize(("term", "language", "text"), _MISSES, ids=lambda value: str(value)[:30])
def test_miss_stays_quiet(lexicon: RiskLexicon, term: str, language: str, text: str) -> None:
    found = lexicon.find(text, languages=[language], confidence=1.0)
    assert not [f.term.id for f in found if rank(f.term.severity) >= rank("medium")]


_PATTERNS = PROJECT / "lexicon" / "patterns.yml"


@pytest.mark.parametrize(("pattern", "category", "language", "text"), pattern_examples(_PATTERNS, "hits"))
def test_pattern_hit_raises_its_category(
    lexicon: RiskLexicon, pattern: str, category: str, language: str, text: str
) -> None:
    found = lexicon.find(text, languages=[language], confidence=1.0)
    assert category in {finding.term.category for finding in found}


@pytest.mark.parametrize(("pattern", "category", "language", "text"), pattern_examples(_PATTERNS, "misses"))
def test_pattern_miss_stays_quiet(lexicon: RiskLexicon, pattern: str, category: str, language: str, text: str) -> None:
    found = lexicon.find(text, languages=[language], confidence=1.0)
    assert not [f.term.id for f in found if rank(f.term.severity) >= rank("medium")]


@pytest.mark.parametrize("language", [language.code for language in _LANGUAGES])
def test_every_language_covers_every_category(lexicon: RiskLexicon, language: str) -> None:
    assert {term.category for term in lexicon.terms if term.language == language} == set(CATEGORIES)


DISGUISES = [
    ("sc@mmers!!!", "sc@mmers"), ("s c a m", "s c a m"), ("S.C.A.M.", "S.C.A.M"), ("5c4m", "5c4m"),
    ("scaaaaam", "scaaaaam"), ("ѕсаm", "ѕсаm"), ("sc\u200bam", "sc\u200bam"), ("你们是骗 子", "骗 子"), ("騙子", "騙子"),
    ("мoшeнники", "мoшeнники"), ("м о ш е н н и к и", "м о ш е н н и к и"), ("moshenniki", "moshenniki"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "span"), DISGUISES)
def test_sees_through_disguises(lexicon: RiskLexicon, text: str, span: str) -> None:
    found = lexicon.find(text)
    assert needs_person(found)
    assert text[found[0].start : found[0].end] == span


LOOKALIKES = [
    ("do you have fake fur", "en"), ("is it fake or original?", "en"), ("does the charger have shock protection?", "en"),
    ("bombe! merci beaucoup", "fr"), ("这款假发是真人发吗", "zh"), ("que legal, adorei", "pt"), ("I want a refund", "en"),
    ("where is my order 8123456789", "en"), ("Ich möchte das zurückgeben", "de"), ("хочу вернуть товар", "ru"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "language"), LOOKALIKES)
def test_stays_quiet_on_lookalikes(lexicon: RiskLexicon, text: str, language: str) -> None:
    assert not needs_person(lexicon.find(text, languages=[language], confidence=1.0))


def test_ten_thousand_characters_take_no_special_time(lexicon: RiskLexicon) -> None:
    assert lexicon.find("a" * 10_000) == ()
    assert needs_person(lexicon.find("s c a m " * 1_250))
