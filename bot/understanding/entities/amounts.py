"""Amounts of money, quantities of goods and sizes, told apart by the words around a number."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import regex

from bot.language.folding import fold_aligned
from bot.understanding.entities.entity import Entity
from bot.understanding.entities.vocabulary import NumberVocabulary

_NUMBER = regex.compile(
    r"(?<![\d.,])\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|(?<![\d.,])\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
)
_THOUSAND = regex.compile(r"\G\s?(k|mil|тыс\.?|тысяч\p{L}*|tausend|mille|千)(?!\p{L})")
_TEN_THOUSAND = regex.compile(r"\G\s?[万萬]")
_LEAD_REACH = 14
_MOST_PIECES = 1_000_000


def parse_number(text: str) -> Decimal | None:
    """Return the number a person wrote: "1.234,50", "1,234.50", "1 234" and "12.5" are understood.

    A single separator followed by exactly three digits is taken as a thousands mark.
    """
    compact = text.replace(" ", "").replace("'", "").replace("\u00a0", "")
    last = max(compact.rfind("."), compact.rfind(","))
    if last >= 0:
        fraction = compact[last + 1 :]
        whole = regex.sub(r"[.,]", "", compact[:last])
        compact = f"{whole}{fraction}" if len(fraction) == 3 else f"{whole}.{fraction}"
    try:
        return Decimal(compact)
    except ArithmeticError:
        return None


def _word_pattern(words: tuple[str, ...], *, before: bool) -> str:
    forms = []
    for word in sorted(words, key=len, reverse=True):
        folded = fold_aligned(word)
        body = regex.escape(folded.rstrip("*")) + (r"\p{L}*" if folded.endswith("*") else "")
        wordy = folded.rstrip("*")[-1].isalpha() and not regex.search(r"\p{Script=Han}", folded)
        if wordy:
            body = rf"(?<![\p{{L}}]){body}" + ("" if before else r"(?!\p{L})")
        forms.append(body)
    return "|".join(forms)


class AmountRules:
    """Finds amounts ("12.50 USD"), quantities ("100") and sizes in folded text."""

    def __init__(self, vocabulary: NumberVocabulary) -> None:
        self._vocabulary = vocabulary
        before = "|".join(
            f"(?P<c{i}>{_word_pattern(c.words, before=True)})" for i, c in enumerate(vocabulary.currencies)
        )
        after = "|".join(
            f"(?P<c{i}>{_word_pattern(c.words, before=False)})" for i, c in enumerate(vocabulary.currencies)
        )
        self._before = regex.compile(rf"(?:{before})\s{{0,2}}$")
        self._after = regex.compile(rf"\G\s{{0,2}}(?:{after})")
        sizes = "|".join(sorted(vocabulary.sizes, key=len, reverse=True))
        self._sized = regex.compile(rf"(?<![\p{{L}}\p{{N}}])(?P<size>{sizes}|\d{{2}}(?:[.,]5)?)(?![\p{{L}}\p{{N}}])")
        self._letter_size = regex.compile(r"(?<![\p{L}\p{N}'’])(xxs|xs|xl|xxl|xxxl|2xl|3xl|4xl)(?![\p{L}\p{N}])")

    def find(self, folded: str) -> Iterator[Entity]:
        """Yield candidates of ``folded`` (made by ``fold_aligned``)."""
        for match in self._letter_size.finditer(folded):
            yield Entity("variant", match.group(1).upper(), match.start(), match.end(), 0.7)
        for match in self._vocabulary.size_words.finditer(folded):
            sized = self._sized.match(folded, match.end() + (folded[match.end() : match.end() + 1] in (" ", ":")))
            if sized:
                yield Entity("variant", sized["size"].upper(), sized.start("size"), sized.end("size"), 0.8)
        for match in _NUMBER.finditer(folded):
            yield from self._number(folded, match.start(), match.end())

    def _number(self, folded: str, start: int, end: int) -> Iterator[Entity]:
        number = parse_number(folded[start:end])
        if number is None:
            return
        factor = _THOUSAND.match(folded, end)
        if factor:
            number, after = number * 1000, factor.end()
        elif tens := _TEN_THOUSAND.match(folded, end):
            number, after = number * 10_000, tens.end()
        else:
            after = end
        money_before = self._before.search(folded[max(0, start - 10) : start])
        money_after = self._after.match(folded, after)
        money = money_after or money_before
        if money is not None:
            currency = self._vocabulary.currencies[int((money.lastgroup or "c0")[1:])]
            first = start - (len(money_before.group()) if money_before and not money_after else 0)
            last = money_after.end() if money_after else after
            yield Entity("amount", f"{number.normalize():f} {currency.code}", first, last, 0.85)
            return
        if number != number.to_integral_value() or not 0 < number <= _MOST_PIECES:
            return
        if folded[start - 1 : start].isalpha() and folded[start - 1].isascii() and folded[start - 1] != "x":
            return
        for unit in self._vocabulary.units:
            match = unit.after_number.match(folded, after)
            if match:
                yield Entity("quantity", str(int(number) * unit.factor), start, match.end(), 0.8)
                return
        if self._vocabulary.not_quantity.match(folded, after) or folded[after : after + 1] in ("-", "/", ":"):
            return
        if folded[start - 1 : start] in ("-", "/", ":", "#", "№", "+"):
            return
        if after < len(folded) and folded[after].isalpha() and folded[after].isascii():
            return
        lead = folded[max(0, start - _LEAD_REACH) : start].rstrip()
        named = [m for m in self._vocabulary.quantity_leads.finditer(lead) if m.end() == len(lead)]
        if named and end - start <= 6:
            yield Entity("quantity", str(int(number)), start, end, 0.5)
