"""Words and character pieces of a message as features for the classifiers."""

from __future__ import annotations

import regex

from bot.language.folding import fold

_EMAIL = regex.compile(r"\S+@\S+\.\S+")
_URL = regex.compile(r"(?:https?://|www\.)\S+")
_NUMBER = regex.compile(r"(?<![\p{L}\d])#?[a-z]{0,3}-?\d[\d.,/-]*\d(?:[a-z]{2})?(?![\p{L}\d])|\d+")
_KINDS = frozenset({"isemail", "islink", "numshort", "nummid", "numlong"})
_PIECE = regex.compile(
    r"\p{Script=Han}|[\p{Script=Hiragana}\p{Script=Katakana}]"
    r"|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}_])+|\p{Emoji_Presentation}|\p{Extended_Pictographic}|[?!¿؟]"
)


def _number_shape(match: regex.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match.group())
    return " numlong " if digits >= 7 else " nummid " if digits >= 4 else " numshort "


def plain_words(text: str) -> list[str]:
    """Return the folded words of ``text``; numbers, addresses and links become their kind."""
    folded = _EMAIL.sub(" isemail ", fold(text))
    folded = _URL.sub(" islink ", folded)
    folded = _NUMBER.sub(_number_shape, folded)
    return _PIECE.findall(folded.replace("？", "?").replace("؟", "?"))


def feature_strings(text: str, *, characters: tuple[int, int] = (2, 4), words: int = 2) -> list[str]:
    """Return the features of ``text``: word 1-to-``words``-grams and pieces of words.

    Character pieces stay inside a word, with a blank at its borders; in Chinese, where words have
    no borders, word n-grams are character n-grams already.
    """
    tokens = plain_words(text)
    result: list[str] = []
    for size in range(1, words + 1):
        for start in range(len(tokens) - size + 1):
            result.append("w " + " ".join(tokens[start : start + size]))
    if tokens:
        result.append("first " + tokens[0])
        result.append("last " + tokens[-1])
    lowest, highest = characters
    for token in tokens:
        if token in _KINDS or (len(token) < 2 and not token.isalpha()):
            continue
        padded = f" {token} "
        for size in range(lowest, highest + 1):
            if size >= len(padded):
                break
            for start in range(len(padded) - size + 1):
                result.append(padded[start : start + size])
    return result
