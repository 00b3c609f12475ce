"""Order numbers, tracking numbers, phones and e-mail addresses: told apart by shape, check digit and the words around.

A weak shape gets a low score; a word such as "order" or "tracking" before it, or a right check
digit, raises it. What stays below ``LOWEST`` is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

import phonenumbers
import regex

from bot.understanding.entities.entity import Entity
from bot.understanding.entities.vocabulary import NumberVocabulary

LOWEST = 0.4
_REACH = 40
"""How many characters before a number may name it."""

_EMAIL = regex.compile(r"[\w.+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}")
_SHOP_ORDER = regex.compile(r"(?<![a-z0-9])(?P<prefix>[a-z]{2,4})\s?[-–_]\s?(?P<digits>\d{4,10})(?![a-z0-9-])")
_PLAIN_SHOP_ORDER = regex.compile(r"(?<![a-z0-9])(?P<prefix>ls)\s?(?P<digits>\d{4,7})(?![a-z0-9])")
_DIGITS = regex.compile(r"(?<!\d)(?<!\d[-/.,])\d{5,22}(?![\d])(?![.,/]\d)")
_GROUPED = regex.compile(r"(?<![\d+])(?<!\d[.,])\d{3,4}(?:[ -]\d{3,4}){2,4}(?![\d])")
_PHONE = regex.compile(r"(?<![\d\p{L}])(?:\+|00)[\s(]{0,2}\d[\d\s().-]{6,18}\d(?!\d)")
_LOCAL_PHONE = regex.compile(r"(?<![\d\p{L}])\(?\d{2,5}\)?(?:[\s.-]?\d{2,4}){2,4}(?!\d)")
_DATE_SHAPE = regex.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")
_TRACKING_SHAPES = (
    regex.compile(r"(?<![a-z0-9])(?P<s10>[a-z]{2}\d{9}[a-z]{2})(?![a-z0-9])"),
    regex.compile(r"(?<![a-z0-9])(?P<ups>1z[a-z0-9]{16})(?![a-z0-9])"),
    regex.compile(r"(?<![a-z0-9])(?P<carrier>(?:lp|yt|sf|4px|jd|jt|yanwen|un|uf|sy|ge|cj|cne|zto|sto|yd|jad?d|cainiao|aer?|px|ll)\d{10,18}(?:[a-z]{0,4}))(?![a-z0-9])"),
    regex.compile(r"(?<![a-z0-9])(?P<mixed>[a-z]{2,5}\d{10,20}[a-z]{0,3})(?![a-z0-9])"),
)  # fmt: skip
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def s10_is_valid(number: str) -> bool:
    """Return whether a UPU S10 number such as RR123456785CN has the right check digit."""
    digits = [int(d) for d in number[2:11]]
    check = 11 - sum(d * w for d, w in zip(digits, _S10_WEIGHTS)) % 11
    return digits[8] == {10: 0, 11: 5}.get(check, check)


def ups_is_valid(number: str) -> bool:
    """Return whether a UPS "1Z" number has the right check digit (its last character)."""
    body = number.upper()[2:]
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in body]
    total = sum(values[0:15:2]) + 2 * sum(values[1:15:2])
    return body[15].isdigit() and int(body[15]) == (10 - total % 10) % 10


class IdentifierRules:
    """Finds order numbers, tracking numbers, phones and e-mail addresses in folded text."""

    def __init__(self, vocabulary: NumberVocabulary) -> None:
        self._words = {
            "order_number": vocabulary.order,
            "tracking_number": vocabulary.tracking,
            "phone": vocabulary.phone,
            "account": vocabulary.account,
        }

    def find(self, text: str, folded: str) -> Iterator[Entity]:
        """Yield candidates; ``folded`` is ``fold_aligned(text)``."""
        for match in _EMAIL.finditer(text):
            yield Entity("email", match.group().lower(), match.start(), match.end(), 1.0)
        if not any(character.isdigit() for character in folded):
            return
        yield from self._tracking(folded)
        yield from self._phones(folded)
        yield from self._orders(folded)

    def _named(self, folded: str, start: int, end: int) -> str | None:
        """Return what the nearest word before the number (or just after it) says it is."""
        window = folded[max(0, start - _REACH) : start]
        border = max(window.rfind(mark) for mark in ("\n", ";", "?", "。"))
        window = window[border + 1 :]
        nearest, name = -1, None
        for kind, pattern in self._words.items():
            for match in pattern.finditer(window):
                if match.end() > nearest:
                    nearest, name = match.end(), kind
        if name is None:
            after = folded[end : end + 14].split("\n")[0]
            if self._words["order_number"].search(after) and not any(c.isdigit() for c in after):
                return "order_number"
        return name

    def _tracking(self, folded: str) -> Iterator[Entity]:
        for pattern in _TRACKING_SHAPES:
            for match in pattern.finditer(folded):
                number, kind = match.group(), match.lastgroup
                named = self._named(folded, match.start(), match.end())
                if kind == "s10":
                    score = 0.95 if s10_is_valid(number) else 0.8
                elif kind == "ups":
                    score = 0.97 if ups_is_valid(number) else 0.85
                else:
                    score = 0.9 if kind == "carrier" else 0.6
                if kind == "mixed" and named in ("order_number", "account"):
                    continue
                yield Entity("tracking_number", number.upper(), match.start(), match.end(), score)

    def _phones(self, folded: str) -> Iterator[Entity]:
        for match in _PHONE.finditer(folded):
            digits = "+" + "".join(c for c in match.group() if c.isdigit()).removeprefix("00")
            try:
                number = phonenumbers.parse(digits, None)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_possible_number(number):
                yield Entity("phone", digits, match.start(), match.end(), 0.93)
        for match in _LOCAL_PHONE.finditer(folded):
            digits = "".join(c for c in match.group() if c.isdigit())
            if 7 <= len(digits) <= 13 and self._named(folded, match.start(), match.end()) == "phone":
                yield Entity("phone", digits, match.start(), match.end(), 0.9)

    def _orders(self, folded: str) -> Iterator[Entity]:
        for pattern in (_SHOP_ORDER, _PLAIN_SHOP_ORDER):
            for match in pattern.finditer(folded):
                value = f"{match['prefix']}-{match['digits']}".upper()
                named = self._named(folded, match.start(), match.end())
                score = 0.9 if match["prefix"] == "ls" or named == "order_number" else 0.45
                if named == "account":
                    score = 0.3
                if score >= LOWEST:
                    yield Entity("order_number", value, match.start(), match.end(), score)
        for match in _DIGITS.finditer(folded):
            yield from self._digits(folded, match.start(), match.end(), match.group())
        for match in _GROUPED.finditer(folded):
            number = "".join(c for c in match.group() if c.isdigit())
            named = self._named(folded, match.start(), match.end())
            if named == "order_number" or (len(number) == 16 and named is None):
                yield Entity("order_number", number, match.start(), match.end(), 0.85)

    def _digits(self, folded: str, start: int, end: int, number: str) -> Iterator[Entity]:
        named = self._named(folded, start, end)
        if named is None and folded[max(0, start - 1) : start] in ("#", "№"):
            named = "order_number"
        glued_letter = start > 0 and folded[start - 1].isascii() and folded[start - 1].isalpha()
        if glued_letter or (folded[max(0, start - 1) : start] == "+"):
            return
        length = len(number)
        if named == "order_number":
            score = 0.9 if length >= 8 else 0.7
            yield Entity("order_number", number, start, end, score)
        elif named == "tracking_number" and length >= 8:
            yield Entity("tracking_number", number, start, end, 0.9)
        elif named == "phone" and 7 <= length <= 14:
            yield Entity("phone", number, start, end, 0.9)
        elif named == "account" or _DATE_SHAPE.match(number):
            return
        else:
            score = 0.8 if length >= 15 else 0.6 if length >= 10 else 0.42 if length >= 8 else 0.0
            if score >= LOWEST:
                yield Entity("order_number", number, start, end, score)
