"""Writing systems: which one a text is in, and tokens that no script loses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import regex

_SCRIPTS = ("Latin", "Han", "Cyrillic", "Arabic", "Hiragana", "Katakana", "Hangul", "Devanagari", "Thai",
            "Hebrew", "Greek", "Bengali", "Tamil", "Georgian", "Armenian")  # fmt: skip
_LETTERS = regex.compile("|".join(rf"(?P<{name}>\p{{Script={name}}}+)" for name in _SCRIPTS))
# One Han, Kana or Thai character is a token; other letters and digits run together, with inner apostrophes.
_TOKEN = regex.compile(
    r"\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}"
    r"|(?:(?!\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai})[\p{L}\p{M}\p{N}_])+"
    r"(?:['’](?:(?!\p{Script=Han})[\p{L}\p{M}])+)*"
    r"|\p{Emoji_Presentation}|\p{Extended_Pictographic}|[^\s\p{L}\p{N}]"
)


@dataclass(frozen=True)
class Token:
    """A piece of the original text; ``text == message[start:end]``."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split ``text`` into words, single Han characters, emoji and punctuation marks.

    Unlike Rasa's whitespace tokenizer it keeps Chinese, Japanese and Korean words:
    "我想退货 order 123" gives 我 想 退 货 order 123.
    """
    return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def script_counts(text: str) -> Counter[str]:
    """Return how many letters of each writing system ``text`` holds."""
    counts: Counter[str] = Counter()
    for match in _LETTERS.finditer(text):
        counts[match.lastgroup or ""] += match.end() - match.start()
    return counts
