"""May it go out, and how: the outbound policy as a table; texts split and marked the way WhatsApp takes them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trade.outbound import Blocked, FreeText, Template, UseTemplate, outbound_policy
from bot.whatsapp.formatting import length, split_text, to_whatsapp
from bot.whatsapp.states import forward

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
TEMPLATES = {"reply": Template("late", {"en": "en_US"}), "shipped": Template("shipped", {"en": "en_US"})}
OPEN, SHUT = timedelta(hours=1), timedelta(0)


@pytest.mark.parametrize(
    ("purpose", "left", "opted_out", "language", "expected"),
    [
        ("reply", OPEN, False, "en", "free"),
        ("reply", timedelta(seconds=20), False, "en", "template"),
        ("reply", SHUT, False, "en", "template"),
        ("reply", None, False, "en", "template"),
        ("reply", SHUT, False, "de", "no_template_language"),
        ("shipped", OPEN, False, "de", "free"),
        ("shipped", SHUT, False, "en", "template"),
        ("review", SHUT, False, "en", "no_template"),
        ("shipped", OPEN, True, "en", "opted_out"),
        ("shipped", SHUT, True, "en", "opted_out"),
        ("reply", OPEN, True, "en", "free"),
        ("reply", SHUT, True, "en", "opted_out"),
    ],
)
def test_the_policy(purpose: str, left: timedelta | None, opted_out: bool, language: str, expected: str) -> None:
    way = outbound_policy(
        purpose=purpose, window_ends_at=None if left is None else NOW + left, opted_out=opted_out, language=language,
        templates=TEMPLATES, now=NOW,
    )  # fmt: skip
    found = {FreeText: "free", UseTemplate: "template"}.get(type(way)) or (
        way.reason if isinstance(way, Blocked) else ""
    )
    assert found == expected


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("**bold** and __bold__", "*bold* and *bold*"),
        ("~~gone~~", "~gone~"),
        ("# Head\n* one\n* two", "*Head*\n- one\n- two"),
        ("[our shop](https://shop.example/a_b_c)", "our shop: https://shop.example/a_b_c"),
        ("https://shop.example/__a__**b**", "https://shop.example/__a__**b**"),
        ("2 * 3 * 4, snake_case and **", "2 * 3 * 4, snake_case and **"),
    ],
)
def test_marks_are_written_the_way_whatsapp_shows_them(given_text: str, expected: str) -> None:
    assert to_whatsapp(given_text) == expected


@given(st.text(max_size=400), st.integers(20, 60))
def test_pieces_fit_and_lose_nothing(text: str, limit: int) -> None:
    pieces = split_text(text, limit=limit)
    assert all(0 < length(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["您好。请问您要多少件？我们现在有货。" * 4, "مرحبا، كيف الحال؟ نحن هنا. " * 4, "Hello there. How are you? " * 4],
)
def test_pieces_end_where_sentences_end(text: str) -> None:
    assert all(piece[-1] in ".?。？؟" for piece in split_text(text, limit=60))


@pytest.mark.parametrize(
    ("before", "news", "expected"),
    [
        ("waiting", "sent", True), ("read", "delivered", False), ("sent", "failed", True), ("read", "failed", False),
        ("failed", "sent", False), ("unclear", "delivered", True), ("parked", "delivered", True), ("blocked", "read", False),
    ],
)  # fmt: skip
def test_states_move_forward(before: str, news: str, expected: bool) -> None:
    assert forward(before, news) is expected
