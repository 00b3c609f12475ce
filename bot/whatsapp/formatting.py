"""Texts as WhatsApp writes them: its own marks for bold and italics, and pieces of at most 4,096 characters."""

from __future__ import annotations

from collections.abc import Sequence

import regex

LONGEST_TEXT = 4096
"""Meta's limit; counted in UTF-16 units, the most cautious way."""
_ADDRESS = regex.compile(r"(?:https?://|www\.)\S+")
_LINK = regex.compile(r"\[([^\]\n]+)\]\((https?://[^)\s]+)\)")
_RULES = (
    (regex.compile(r"^#{1,6}\s+(.+?)\s*#*$", regex.M), r"*\1*"),
    (regex.compile(r"(?<![\w*])\*\*\*(?=\S)(.+?)(?<=\S)\*\*\*(?![\w*])"), r"*_\1_*"),
    (regex.compile(r"(?<![\w*])\*\*(?=\S)(.+?)(?<=\S)\*\*(?![\w*])"), r"*\1*"),
    (regex.compile(r"(?<![\w_])__(?=\S)(.+?)(?<=\S)__(?![\w_])"), r"*\1*"),
    (regex.compile(r"~~(?=\S)(.+?)(?<=\S)~~"), r"~\1~"),
    (regex.compile(r"^(\s*)[*+]\s+", regex.M), r"\1- "),
)
_BREAKS = (
    regex.compile(r"\n\s*\n+"),
    regex.compile(r"\n+"),
    regex.compile(r"(?<=[.!?…؟。！？])[\"'”’»)\]]*\s*(?=\s|[\p{Han}\p{Lu}\p{Arabic}])"),
    regex.compile(r"(?<=[,;:،，；])\s*"),
    regex.compile(r"\s+"),
)


def to_whatsapp(text: str) -> str:
    """Return ``text`` with Markdown written the way WhatsApp shows it; addresses stay what they are."""
    text = _LINK.sub(lambda link: link[2] if link[1] == link[2] else f"{link[1]}: {link[2]}", text)
    pieces, end = [], 0
    for address in _ADDRESS.finditer(text):
        pieces.extend([_marked(text[end : address.start()]), address[0]])
        end = address.end()
    return "".join([*pieces, _marked(text[end:])])


def _marked(text: str) -> str:
    for pattern, form in _RULES:
        text = pattern.sub(form, text)
    return text


def length(text: str) -> int:
    """Return the length in UTF-16 units: most emoji count two."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def split_text(text: str, *, limit: int = LONGEST_TEXT) -> list[str]:
    """Return ``text`` in pieces of at most ``limit``, cut between paragraphs, else lines, else sentences, else words."""
    pieces: list[str] = []
    left = text.strip()
    while length(left) > limit:
        cut = _cut(left, limit)
        pieces.append(left[:cut].rstrip())
        left = left[cut:].lstrip()
    return [*pieces, left] if left else pieces


def _cut(text: str, limit: int) -> int:
    """Return where to cut: the last good break of the best kind that leaves at least half a piece."""
    most = _fitting(text, limit)
    for least in (most // 2, 0):
        for pattern in _BREAKS:
            found = [match.start() for match in pattern.finditer(text, 0, min(len(text), most + 1))]
            good = [start for start in found if max(least, 1) <= start <= most]
            if good:
                return good[-1]
    return _whole_signs(text, most)


def _fitting(text: str, limit: int) -> int:
    """Return how many characters of ``text`` fit into ``limit`` units."""
    units = 0
    for index, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > limit:
            return index
    return len(text)


def _whole_signs(text: str, most: int) -> int:
    """Return the last place up to ``most`` that does not tear an emoji or an accent from its letter."""
    ends = [match.end() for match in regex.finditer(r"\X", text[: most + 8])]
    return max((end for end in ends if end <= most), default=most) or most


def numbered(text: str, titles: Sequence[str], ask: str) -> str:
    """Return ``text`` with ``titles`` as a numbered list behind it, and how to choose."""
    lines = [f"{number}. {title}" for number, title in enumerate(titles, start=1)]
    return "\n".join([text, "", *lines, "", ask]).strip()


def one_line(text: str, *, limit: int) -> str:
    """Return ``text`` as a template takes it: no line breaks, no tabs, no runs of spaces, at most ``limit``."""
    joined = regex.sub(r"\s+", " ", text).strip()
    return joined if length(joined) <= limit else joined[: _fitting(joined, limit - 1)].rstrip() + "…"
