"""Undoing what people do to words: leetspeak, spaced letters, long runs, look-alike and invisible letters.

A message becomes a lattice: edges from word to word, each with every plain spelling it may stand
for. Nothing is decided here; the matcher walks all ways through the lattice.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import regex

from bot.language.folding import fold_aligned

_DROPPED = regex.compile(
    r"[\p{Cf}\p{Cc}--[\n\t\r ]]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640\ufe00-\ufe0f]", regex.V1
)
_WORD = regex.compile(r"\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}])+")
_CHUNK = regex.compile(r"\S+")
_BREAK = regex.compile(r"[\n。！？；]|[.!?؟;:…]+(?=\s|$)")
_EDGE_MARKS = ".,;:!?¡¿\"'()[]{}<>…«»“”‘’،؛؟。，！？-–—~"
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
                       "@": "a", "$": "s", "!": "i", "€": "e", "£": "l", "|": "l", "+": "t", "(": "c", "¡": "i"})  # fmt: skip
_LEET_L = str.maketrans({**{chr(k): v for k, v in _LEET.items()}, "1": "l", "!": "l"})
_LEET_MARKS = frozenset("@$!€£|+(¡")
_TO_LATIN = str.maketrans("аеорсухіѕјԁһкмтвнгԛԝαοενικρτυβ", "aeopcyxisjdhkmtbhrqwaoevikptub")
_TO_CYRILLIC = str.maketrans("aeopcyxkmtbh3", "аеорсухкмтвнз")
_RUN = regex.compile(r"(\p{L})\1{2,}")
_DOUBLE = regex.compile(r"(\p{L})\1+")
_ARABIC_PREFIX = regex.compile(
    r"^(?:[وفبكل]?ال|لل|[وف]?[سحه](?=[انيت][\u0621-\u064a]{2})|[وفبكل])(?=[\u0621-\u064a]{2})"
)
"""Conjunctions, prepositions, the article, and the future before a verb (س, Egyptian ح or ه)."""
_JOINERS = regex.compile(r"[.*_\-'’`~/\\·•|,+=#\s]{1,3}$")
_LONGEST_JOIN = 24


@dataclass(frozen=True)
class Edge:
    """From word ``start`` to word ``end`` of the lattice, readable as any of ``spellings``."""

    end: int
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Lattice:
    """The words of a message, every way to read them, and where sentences break.

    ``spans[i]`` is the place of word i in the original text; ``breaks`` holds the words before
    which a sentence begins.
    """

    spans: tuple[tuple[int, int], ...]
    edges: tuple[tuple[Edge, ...], ...]
    breaks: frozenset[int]


def visible(text: str) -> tuple[str, list[int]]:
    """Return the folded visible characters of ``text`` and the original index of each."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    places = [i for i, character in enumerate(text) if not _DROPPED.match(character)]
    return fold_aligned("".join(text[i] for i in places)), places


def spellings(word: str) -> tuple[str, ...]:
    """Return the plain spellings that a folded ``word`` may stand for, the word itself first."""
    if word.isalpha() and word.isascii() and not _RUN.search(word):
        return (word,)
    result = dict.fromkeys([word])
    letters = [c for c in word if c.isalpha()]
    if len(letters) < len(word) and letters and len(word) >= 3:
        result.update(dict.fromkeys([word.translate(_LEET), word.translate(_LEET_L)]))
    if not word.isascii():
        latin = word.translate(_TO_LATIN)
        if latin.isascii():
            result[latin] = None
        if any(c.isascii() for c in letters) or any(c.isdigit() for c in word):
            cyrillic = word.translate(_TO_CYRILLIC)
            if not any(c.isascii() for c in cyrillic):
                result[cyrillic] = None
        bare = _ARABIC_PREFIX.sub("", word)
        if bare != word:
            result[bare] = None
            result["ال" + bare] = None
    for spelling in list(result):
        if _RUN.search(spelling):
            result[_RUN.sub(r"\1", spelling)] = None
            result[_RUN.sub(r"\1\1", spelling)] = None
            result[_DOUBLE.sub(r"\1", spelling)] = None
    return tuple(result)


@functools.lru_cache(maxsize=128)
def read(text: str) -> Lattice:
    """Build the lattice of ``text``. Time grows with the length of the text only; the last ones are remembered."""
    folded, places = visible(text)
    words = [(m.start(), m.end()) for m in _WORD.finditer(folded)]
    edges: list[list[Edge]] = [[Edge(i + 1, spellings(folded[start:end]))] for i, (start, end) in enumerate(words)]
    _add_joined_letters(folded, words, edges)
    _add_marked_chunks(folded, words, edges)
    breaks, position = set(), 0
    for mark in _BREAK.finditer(folded):
        while position < len(words) and words[position][0] < mark.end():
            position += 1
        breaks.add(position)
    spans = tuple((places[start], places[end - 1] + 1) for start, end in words)
    return Lattice(spans, tuple(map(tuple, edges)), frozenset(breaks))


def _add_joined_letters(folded: str, words: list[tuple[int, int]], edges: list[list[Edge]]) -> None:
    """Read "s c a m", "s.c.a.m" and "f-a-k-e" as one word: three or more single letters in a row."""
    start = 0
    while start < len(words):
        stop = start
        while (
            stop < len(words)
            and words[stop][1] - words[stop][0] == 1
            and not "\u3400" <= folded[words[stop][0]] <= "\u9fff"
            and (stop == start or _JOINERS.fullmatch(folded[words[stop - 1][1] : words[stop][0]]))
        ):
            stop += 1
        if stop - start >= 3:
            for first in range(start, min(stop - 2, start + _LONGEST_JOIN)):
                for last in range(first + 3, min(stop, first + _LONGEST_JOIN) + 1):
                    joined = "".join(folded[words[i][0]] for i in range(first, last))
                    edges[first].append(Edge(last, spellings(joined)))
        start = max(stop, start + 1)


def _add_marked_chunks(folded: str, words: list[tuple[int, int]], edges: list[list[Edge]]) -> None:
    """Read "$cam", "sc@m", "sc.am" and "f*a*k*e" as one word: marks inside or before an unbroken chunk."""
    position = 0
    for chunk in _CHUNK.finditer(folded):
        body = chunk.group()
        if body.isalnum() or len(body) > 60:
            continue
        left = chunk.start() + (len(body) - len(body.lstrip(_EDGE_MARKS)))
        core = body.strip(_EDGE_MARKS)
        if not core or core.isalnum():
            if not (body and body[0] in _LEET_MARKS):
                continue
        while position < len(words) and words[position][1] <= chunk.start():
            position += 1
        last = position
        while last < len(words) and words[last][0] < chunk.end():
            last += 1
        if last == position or "\u3400" <= folded[words[position][0]] <= "\u9fff":
            continue
        found = set[str]()
        if any(mark in _LEET_MARKS for mark in core):
            for table in (_LEET, _LEET_L):
                found.update(spellings("".join(c for c in core.translate(table) if c.isalnum())))
        if last - position >= 2:
            bare = "".join(c for c in core if c.isalnum())
            if left <= words[position][0]:
                found.update(spellings(bare))
        if found:
            edges[position].append(Edge(last, tuple(sorted(found))))
