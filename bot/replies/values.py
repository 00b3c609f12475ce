"""Values in a reply, and how each is written in a locale (CLDR data by Babel)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel import Locale, numbers
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_timezone_gmt
from babel.lists import format_list

_NEVER_WEEKS = 10_000
_ISOLATE, _ISOLATE_END = "\u2068", "\u2069"
"""Around an amount in text from right to left: its currency sign must not stick to the next number."""
_MINUTES_SHOWN = 100
_CODE_BEFORE_NUMBER = re.compile(r"([A-Z])(\d)")


@dataclass(frozen=True)
class Money:
    """An amount in a currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Days:
    """A number of days, or a range of them."""

    least: int
    most: int | None = None


@dataclass(frozen=True)
class Percent:
    """A percentage: ``Percent(Decimal(5))`` is 5 %."""

    value: Decimal


@dataclass(frozen=True)
class Names:
    """Several names, joined the way the language joins a list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Wait:
    """A stretch of time in minutes, written in its largest unit; ``ahead`` writes it as "in 9 hours"."""

    minutes: int
    ahead: bool = False


@dataclass(frozen=True)
class Moment:
    """A day and time with its zone; ``at`` is aware and written in its own zone."""

    at: datetime


Value = str | int | Decimal | date | Money | Days | Percent | Names | Wait | Moment


def format_value(value: Value, locale: Locale) -> str:
    """Return ``value`` as a person of ``locale`` writes it."""
    if isinstance(value, Money):
        whole = value.amount == value.amount.to_integral_value()
        pattern = _whole_pattern(locale) if whole else None
        text = numbers.format_currency(
            value.amount, value.currency, locale=locale, format=pattern, currency_digits=not whole
        )
        text = _CODE_BEFORE_NUMBER.sub("\\1\u00a0\\2", text)
        return f"{_ISOLATE}{text}{_ISOLATE_END}" if locale.character_order == "right-to-left" else text
    if isinstance(value, Days):
        most = value.least if value.most is None else value.most
        text = format_timedelta(timedelta(days=most), granularity="day", threshold=_NEVER_WEEKS, locale=locale)
        number = numbers.format_decimal(most, locale=locale)
        if value.least == most:
            return text
        return (
            text.replace(number, f"{value.least}–{number}", 1) if number in text else f"{value.least}–{most} ({text})"
        )
    if isinstance(value, Percent):
        return numbers.format_percent(value.value / 100, locale=locale, format=None, decimal_quantization=False)
    if isinstance(value, Wait):
        unit = "minute" if value.minutes < _MINUTES_SHOWN else "hour"
        stretch = timedelta(minutes=value.minutes)
        return format_timedelta(stretch, granularity=unit, threshold=1.5, add_direction=value.ahead, locale=locale)
    if isinstance(value, Moment):
        day, time = format_skeleton("MMMEd", value.at, locale=locale), format_time(value.at, "short", locale=locale)
        return f"{day}, {time} {get_timezone_gmt(value.at, width='long', locale='en')}"
    if isinstance(value, Names):
        return format_list(list(value.items), locale=locale) if value.items else ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return format_date(value, format="long", locale=locale)
    if isinstance(value, bool):
        raise TypeError(f"a reply cannot hold {value!r}")
    if isinstance(value, int | Decimal):
        return numbers.format_decimal(value, locale=locale)
    return str(value)


def _whole_pattern(locale: Locale) -> str:
    return locale.currency_formats["standard"].pattern.replace("0.00", "0").replace("#,##0.##", "#,##0")
