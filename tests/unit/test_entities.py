"""Entities by rules: what is found, as which value, at exactly which place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.settings import PROJECT
from bot.understanding.entities import EntityExtractor
from bot.understanding.entities.amounts import parse_number
from bot.understanding.entities.extractor import CatalogueName
from bot.understanding.entities.identifiers import s10_is_valid, ups_is_valid

LOCALES = ["en_US", "zh_CN", "es_MX", "pt_BR", "ru_RU", "de_DE", "fr_FR", "ar_EG"]
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def extractor(project: Path) -> EntityExtractor:
    names = [CatalogueName("LB-PLUG-01", ("smart plug", "enchufe inteligente", "умная розетка"))]
    return EntityExtractor.from_file(project / "lexicon" / "entities.yml", locales=LOCALES, catalogue=names)


_BUILT = EntityExtractor.from_file(PROJECT / "lexicon" / "entities.yml", locales=LOCALES)

CASES = [
    ("Hallo, wo ist 8123456789?", [("order_number", "8123456789", "8123456789")]),
    ("pedido #LS-10234 ya", [("order_number", "LS-10234", "LS-10234")]),
    ("заказ 81234567 где", [("order_number", "81234567", "81234567")]),
    ("طلب رقم ٨١٢٣٤٥٦٧٨٩", [("order_number", "8123456789", "٨١٢٣٤٥٦٧٨٩")]),
    ("tracking RR123456785CN stuck", [("tracking_number", "RR123456785CN", "RR123456785CN")]),
    ("mi tel es +52 55 1234 5678", [("phone", "+525512345678", "+52 55 1234 5678")]),
    ("call me 0491 570 156", [("phone", "0491570156", "0491 570 156")]),
    ("mail Anna.B@example.org pls", [("email", "anna.b@example.org", "Anna.B@example.org")]),
    ("paid $1,234.50 yesterday", [("amount", "1234.5 USD", "$1,234.50")]),
    ("付了50元", [("amount", "50 CNY", "50元")]),
    ("100 pcs to Chile", [("quantity", "100", "100 pcs"), ("country", "CL", "Chile")]),
    ("precio por 100", [("quantity", "100", "100")]),
    ("ابي ٥٠ قطعة للسعودية", [("quantity", "50", "٥٠ قطعة"), ("country", "SA", "للسعودية")]),
    ("отправите в Россию 20 шт", [("country", "RU", "Россию"), ("quantity", "20", "20 шт")]),
    ("我想要100件发到德国", [("quantity", "100", "100件"), ("country", "DE", "德国")]),
    ("2 dozen please", [("quantity", "24", "2 dozen")]),
    ("two smart plugs", [("product", "LB-PLUG-01", "smart plugs")]),
    ("le 3 mai", [("date", "2026-05-03", "3 mai")]),
    ("am 05.03.2026 bezahlt", [("date", "2026-03-05", "05.03.2026")]),
    ("talla 42", [("variant", "42", "42")]),
    ("iban DE89370400440532013000", []),
    ("how many days", []),
    ("takes 12 days", []),
    ("20260115 was the day", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_finds_entities_with_exact_spans(
    extractor: EntityExtractor, text: str, expected: list[tuple[str, str, str]]
) -> None:
    found = [(e.entity, e.value, text[e.start : e.end]) for e in extractor.extract(text, today=TODAY)]
    assert found == expected


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_spans_inside_it_that_do_not_overlap(text: str) -> None:
    last = 0
    for entity in _BUILT.extract(text, today=TODAY):
        assert last <= entity.start < entity.end <= len(text)
        last = entity.end


@pytest.mark.parametrize(("number", "valid"), [("RR123456785CN", True), ("RR123456784CN", False)])
def test_s10_check_digit(number: str, valid: bool) -> None:
    assert s10_is_valid(number) is valid


def test_ups_check_digit() -> None:
    assert ups_is_valid("1Z999AA10123456784")
    assert not ups_is_valid("1Z999AA10123456783")


@pytest.mark.parametrize(
    ("written", "value"),
    [("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("1 234", "1234"), ("12.5", "12.5"), ("40", "40")],
)
def test_numbers_as_people_write_them(written: str, value: str) -> None:
    assert str(parse_number(written)) == value
