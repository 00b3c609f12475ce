"""One cell of a CSV file turned into a value, or the reason why it cannot be."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from bot.language.folding import fold_aligned
from bot.shop.schema import ColumnSpec
from bot.shop.tables import MONEY_DIGITS, MONEY_PLACES, SEPARATOR

Cell = str | int | bool | Decimal | date | datetime | tuple[str, ...] | None

_LARGEST_INTEGER = 2**31 - 1
_FARTHEST_DAYS = 1830
"""Days from today beyond five years are taken for a year or a spreadsheet's serial number."""
_RELATIVE = re.compile(r"([+-]?\d{1,4})(?:[ T](\d{1,2}:\d{2}))?$")
_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]{2,}$")
_PHONE = re.compile(r"\+[1-9]\d{6,14}$")
_GROUP_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"[+-]?(?P<body>\d+(?:[.,]\d+)*)$")
_SHAPES = {
    "country": (re.compile(r"[A-Z]{2}$"), "a country code", "write two capital letters such as BR"),
    "currency": (re.compile(r"[A-Z]{3}$"), "a currency code", "write three capital letters such as USD"),
    "language": (re.compile(r"[a-z]{2,3}$"), "a language code", "write small letters such as es"),
    "code": (re.compile(r"[a-z][a-z0-9_]*$"), "a code", "write small letters and _ only"),
}
_YES, _NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0", ""}


class BadCell(ValueError):
    """A cell cannot be read; carries problem and remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(problem)


def order_key(number: str) -> str:
    """Return an order number as it is stored and compared: capitals, no spaces, no ``#`` or ``№``."""
    visible = "".join(c for c in number if unicodedata.category(c) not in {"Cf", "Cs"} and c != "\x00")
    return re.sub(r"[\s#№]+", "", fold_aligned(visible)).upper()


def phone_key(number: str) -> str:
    """Return a phone number with ``+`` and digits only; ``00`` and a bare number (WhatsApp's form) get the ``+``."""
    digits = re.sub(r"[\s().\-/\u00a0+]+", "", fold_aligned(number))
    return "+" + digits.removeprefix("00") if digits else ""


def read_number(text: str) -> Decimal:
    """Return ``1234.5`` for ``1234.5``, ``1,234.50``, ``1.234,50``, ``1 234,5``; raises BadCell.

    One mark followed by three digits (``1.234``) is refused: it reads as thousand in one country
    and as a fraction in another.
    """
    plain = _GROUP_SPACES.sub("", text)
    match = _NUMBER.match(plain)
    if not match:
        raise BadCell("is not a number", "write digits only, such as 1234.50, without currency sign")
    parts = re.split(r"[.,]", match["body"])
    marks = re.findall(r"[.,]", match["body"])
    grouped = all(len(part) == 3 for part in parts[1:]) and 1 <= len(parts[0]) <= 3
    if len(marks) == 1 and grouped and parts[0] != "0":
        raise BadCell("can be read in two ways", f"write {''.join(parts)} or {parts[0]}.{parts[1].rstrip('0') or '0'}")
    if len(marks) > 1 and len(set(marks)) == 1 and grouped:
        whole, fraction = "".join(parts), ""
    elif len(marks) <= 1 or (marks.count(marks[-1]) == 1 and all(len(p) == 3 for p in parts[1:-1])):
        whole, fraction = "".join(parts[: len(marks)] or parts), parts[-1] if marks else ""
    else:
        raise BadCell("is not a number", "use one mark for the fraction, such as 1234.50")
    return Decimal(f"{'-' if plain.startswith('-') else ''}{whole}.{fraction or '0'}")


def _number(text: str, column: ColumnSpec) -> Decimal:
    value = read_number(text)
    if value < column.least:
        raise BadCell("is negative" if value < 0 else "is too small", f"write {column.least} or more")
    return value


def _integer(text: str, column: ColumnSpec) -> int:
    value = _number(text, column)
    if value != value.to_integral_value():
        raise BadCell("is not a whole number", "round it")
    if value > _LARGEST_INTEGER:
        raise BadCell("is too large", f"write at most {_LARGEST_INTEGER}")
    return int(value)


def _money(text: str, column: ColumnSpec) -> Decimal:
    value = _number(text, column)
    if value != round(value, MONEY_PLACES):
        raise BadCell("has too many decimals", f"round it to {MONEY_PLACES}")
    if value >= 10 ** (MONEY_DIGITS - MONEY_PLACES):
        raise BadCell("is too large", f"write less than {10 ** (MONEY_DIGITS - MONEY_PLACES)}")
    return value


def _moment(text: str, today: date) -> datetime:
    match = _RELATIVE.match(text)
    try:
        if match and abs(int(match[1])) <= _FARTHEST_DAYS:
            clock = time.fromisoformat(match[2].zfill(5)) if match[2] else time()
            return datetime.combine(today + timedelta(days=int(match[1])), clock, timezone.utc)
        moment = datetime.fromisoformat(text.removesuffix("Z"))
    except (ValueError, OverflowError) as err:
        raise BadCell("is not a date", "write 2026-03-31 or days from today such as -12") from err
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _flag(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise BadCell("is neither yes nor no", "write yes or no")
    return text.lower() in _YES


def _shaped(text: str, kind: str) -> str:
    pattern, what, remedy = _SHAPES[kind]
    value = text.upper() if kind in {"country", "currency"} else text.lower() if kind == "language" else text
    if not pattern.match(value):
        raise BadCell(f"is not {what}", remedy)
    return value


def _email(text: str) -> str:
    if not _EMAIL.match(text):
        raise BadCell("is not an e-mail address", "write one such as name@example.com")
    return text.lower()


def _phone(text: str) -> str:
    value = phone_key(text)
    if not _PHONE.match(value) or not text.startswith(("+", "00")):
        raise BadCell("is not an international phone number", "write + and the country code, such as +5511987654321")
    return value


def read_cell(text: str, column: ColumnSpec, *, today: date) -> Cell:
    """Return the value of a non-empty cell (already stripped); raises BadCell.

    A ``date`` is ISO or whole days from ``today``; an ``instant`` may have a time behind it
    (``-12 14:05``) and is UTC where no zone is given.
    """
    if "\x00" in text:
        raise BadCell("holds a zero byte", "save the file again as CSV UTF-8")
    if column.choices and text not in column.choices:
        raise BadCell("is unknown", "use " + ", ".join(column.choices))
    if column.kind == "integer":
        return _integer(text, column)
    if column.kind == "money":
        return _money(text, column)
    if column.kind == "date":
        return _moment(text, today).date()
    if column.kind == "instant":
        return _moment(text, today)
    if column.kind == "flag":
        return _flag(text)
    if column.kind == "words":
        return tuple(dict.fromkeys(part.strip() for part in text.split(SEPARATOR) if part.strip()))
    if column.kind == "email":
        return _email(text)
    if column.kind == "phone":
        return _phone(text)
    if column.kind == "order_number":
        return order_key(text)
    return _shaped(text, column.kind) if column.kind in _SHAPES else text
