"""Scripts, tokens, folding, and detection without a trained model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.detector import LanguageDetector
from bot.language.folding import fold, fold_aligned
from bot.language.plain_detector import PlainDetector
from bot.language.scripts import tokenize


def test_tokenizer_keeps_chinese_beside_latin() -> None:
    assert [t.text for t in tokenize("我想退货 order 123")] == ["我", "想", "退", "货", "order", "123"]


@given(st.text(max_size=200))
def test_tokens_are_exact_slices(text: str) -> None:
    for token in tokenize(text):
        assert text[token.start : token.end] == token.text


@given(st.text(max_size=200))
def test_aligned_folding_keeps_the_length(text: str) -> None:
    assert len(fold_aligned(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("¿Cuánto CUESTA?", "¿cuanto cuesta?"),
        ("ЁЖИК й", "ежик й"),
        ("أهلاً", "اهلا"),
        ("訂單", "订单"),
        ("١٢٣", "123"),
        ("soooo", "soo"),
    ],
)
def test_folding_makes_spellings_equal(text: str, folded: str) -> None:
    assert fold(text) == folded


TRAIN = [
    (text, code)
    for code, texts in {
        "en": ["hello how much is it", "where is my order", "thank you very much", "price please", "ok"],
        "es": ["hola cuanto cuesta", "donde esta mi pedido", "muchas gracias", "precio por favor", "ok"],
        "de": ["hallo was kostet das", "wo ist mein paket", "vielen dank", "preis bitte", "ok"],
    }.items()
    for text in texts * 3
]


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return LanguageDetector.train(TRAIN, supported=["en", "es", "de"])


@pytest.mark.parametrize(
    ("text", "prior", "code"),
    [
        ("precio?", None, "es"), ("hallo", None, "de"), ("我想退货 order 123", None, "zh"), ("안녕하세요 가격", None, "ko"),
        ("😊👍", "de", "de"), ("8123456789", "es", "es"), ("LS-10234", "de", "de"), ("", None, "en"),
    ],
)  # fmt: skip
def test_detects_short_messages(detector: LanguageDetector, text: str, prior: str | None, code: str) -> None:
    assert detector.detect(text, prior=prior).code == code


def test_prior_settles_what_a_word_leaves_open(detector: LanguageDetector) -> None:
    for prior in ("es", "de", "en"):
        assert detector.detect("zzzz", prior=prior).code == prior


def test_plain_detector_is_repeatable() -> None:
    plain = PlainDetector(["en", "es", "de", "fr", "pt", "ru", "zh", "ar"])
    assert {plain.detect("where is my parcel please").code for _ in range(5)} == {"en"}
    assert plain.detect("привет где заказ").code == "ru"
