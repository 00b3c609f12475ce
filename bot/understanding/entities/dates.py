"""Dates as buyers write them: 2026-03-05, 05/03/2026, 5 марта, March 5th, 3月5日."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import regex
from babel import Locale

from bot.language.folding import fold_aligned
from bot.understanding.entities.entity import Entity

_NUMERIC = regex.compile(r"(?<![\d.,/-])(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?![\d/-])")
_CHINESE = regex.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]?")
_FILLER = r"(?:\s+(?:de|of))?\s*\.?\s*"


class DateRules:
    """Finds dates; month names of every given locale are taken from CLDR."""

    def __init__(self, locales: list[str]) -> None:
        self._months: dict[str, int] = {}
        for code in locales:
            locale = Locale.parse(code)
            for width in ("wide", "abbreviated"):
                for context in ("format", "stand-alone"):
                    for number, name in locale.months[context][width].items():
                        folded = fold_aligned(name).rstrip(".")
                        if len(folded) >= 3 and not folded[0].isdigit():
                            self._months[folded] = number
        names = "|".join(regex.escape(n) for n in sorted(self._months, key=len, reverse=True))
        self._day_month = regex.compile(
            rf"(?<![\d.,])(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?{_FILLER}(?<!\p{{L}})({names})(?!\p{{L}})(?:{_FILLER}(\d{{4}}))?"
        )
        self._month_day = regex.compile(
            rf"(?<!\p{{L}})({names})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(\d{{4}}))?"
        )

    def find(self, folded: str, *, today: date, day_first: bool = True) -> Iterator[Entity]:
        """Yield dates of ``folded``; a date without a year is the last such day before ``today``'s next month."""
        for match in _NUMERIC.finditer(folded):
            first, third = int(match[1]), int(match[4])
            if len(match[1]) == 4:
                yield from _entity(match, first, int(match[3]), third)
            elif len(match[4]) in (2, 4):
                year = third + 2000 if third < 100 else third
                day, month = (first, int(match[3])) if day_first or first > 12 else (int(match[3]), first)
                yield from _entity(match, year, month, day)
        for match in _CHINESE.finditer(folded):
            month, day = int(match[2]), int(match[3])
            yield from _entity(match, int(match[1]) if match[1] else _year(today, month), month, day)
        for match in self._day_month.finditer(folded):
            month = self._months[match[2]]
            yield from _entity(match, int(match[3]) if match[3] else _year(today, month), month, int(match[1]))
        for match in self._month_day.finditer(folded):
            month = self._months[match[1]]
            yield from _entity(match, int(match[3]) if match[3] else _year(today, month), month, int(match[2]))


def _year(today: date, month: int) -> int:
    return today.year - 1 if month > today.month + 1 else today.year


def _entity(match: regex.Match[str], year: int, month: int, day: int) -> Iterator[Entity]:
    try:
        value = date(year, month, day).isoformat()
    except ValueError:
        return
    yield Entity("date", value, match.start(), match.end(), 0.88)
