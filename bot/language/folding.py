"""Text made comparable: case, width, accents, Arabic spelling variants, traditional Chinese.

Two strengths:

- :func:`fold_aligned` changes characters one to one, so that a span in the folded text is the same
  span in the original. Rules for entities and alarm words work on it.
- :func:`fold` also drops vowel marks and long letter runs; the classifiers work on it.
"""

from __future__ import annotations

import functools
import re
import unicodedata

import regex

_ARABIC_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "گ": "ك", "ک": "ك", "ی": "ي"}
)
_ARABIC_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_LONG_RUN = regex.compile(r"([^\d\s])\1{2,}")
_ELIGIBLE_MARK = re.compile("[\u0300-\u036f]")
# Letters that Unicode does not decompose but buyers type plainly.
_PLAIN_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "ё": "е", "đ": "d"})


@functools.lru_cache(maxsize=1)
def simplified_characters() -> dict[int, str]:
    """Return a character table from traditional to simplified Chinese, for ``str.translate``.

    Built once from zhconv's dictionary. Only single characters are mapped, so lengths stay.
    """
    import zhconv.zhconv as zhconv

    table: dict[int, str] = {}
    zhconv.loaddict()
    for source, target in zhconv.zhcdicts["zh2Hans"].items():
        if len(source) == 1 and len(target) == 1:
            table[ord(source)] = target
    return table


@functools.lru_cache(maxsize=65_536)
def _aligned(character: str) -> str:
    wide = unicodedata.normalize("NFKC", character)
    plain = wide if len(wide) == 1 else character
    digit = unicodedata.decimal(plain, None)
    if digit is not None:
        return str(int(digit))
    lowered = plain.lower().translate(_ARABIC_LETTERS).translate(simplified_characters())
    base = strip_accents(lowered)
    folded = base if len(base) == 1 else lowered
    if folded == "ё":
        return "е"
    return folded if len(folded) == 1 else plain


def fold_aligned(text: str) -> str:
    """Return ``text`` without case, accents, widths and foreign digits, character for character.

    The result has the length of ``text``; a span in one is the same span in the other.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_aligned, text))


def strip_accents(text: str) -> str:
    """Return ``text`` without accents of Latin, Greek and Cyrillic letters; й stays й."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    kept: list[str] = []
    for character in decomposed:
        if _ELIGIBLE_MARK.match(character) and not (character == "\u0306" and kept and kept[-1] in "иИ"):
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def clean(text: str) -> str:
    """Return ``text`` without control and invisible characters; what a person sees stays."""
    if text.isascii():
        return _CONTROL.sub(" ", text)
    return _CONTROL.sub(" ", _INVISIBLE.sub("", text))


def fold(text: str) -> str:
    """Return the comparable form of ``text``: no case, accents, marks, long letter runs."""
    folded = clean(text)
    if not folded.isascii():
        folded = unicodedata.normalize("NFKC", folded).lower()
        folded = _ARABIC_MARKS.sub("", folded).translate(_ARABIC_LETTERS)
        folded = strip_accents(folded).translate(_PLAIN_LETTERS).translate(simplified_characters())
        folded = "".join(str(int(c)) if c.isdecimal() else c for c in folded)
    else:
        folded = folded.lower()
    return _LONG_RUN.sub(r"\1\1", folded)
