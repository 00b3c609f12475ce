"""Finding lexicon forms in a lattice of words.

A form is a sequence of words; ``stem*`` stands for any ending, ``*end`` for any beginning and a
lone ``*`` for any one word. Chinese forms are sequences of characters and match anywhere. A form
does not reach over the end of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import regex

from bot.language.folding import fold_aligned
from bot.language.lattice import Lattice

_WORD = regex.compile(r"\p{Script=Han}|\*?(?:(?!\p{Script=Han})[\p{L}\p{N}])+\*?|\*")
_SHORTEST_STEM = 2
Payload = TypeVar("Payload")


@dataclass
class _Node(Generic[Payload]):
    words: dict[str, _Node[Payload]] = field(default_factory=dict)
    stems: dict[str, _Node[Payload]] = field(default_factory=dict)
    endings: dict[str, _Node[Payload]] = field(default_factory=dict)
    anything: _Node[Payload] | None = None
    payloads: list[Payload] = field(default_factory=list)


@dataclass(frozen=True)
class Match(Generic[Payload]):
    """``payload`` was found from word ``start`` to word ``end`` (exclusive) of the lattice."""

    payload: Payload
    start: int
    end: int


def form_words(form: str) -> list[str]:
    """Return the folded words of a form, wildcards kept."""
    return _WORD.findall(fold_aligned(form).replace("'", " ").replace("’", " "))


class FormMatcher(Generic[Payload]):
    """A tree of forms; each leads to the payloads registered with it."""

    def __init__(self, forms: Iterable[tuple[str, Payload]]) -> None:
        self._root: _Node[Payload] = _Node()
        for form, payload in forms:
            node = self._root
            for word in form_words(form):
                node = _child(node, word)
            if node is not self._root:
                node.payloads.append(payload)

    def find(self, lattice: Lattice) -> Iterator[Match[Payload]]:
        """Yield every form in ``lattice``; one payload may be found at several places."""
        for start in range(len(lattice.edges)):
            yield from self._walk(lattice, self._root, start, start)

    def _walk(self, lattice: Lattice, node: _Node[Payload], start: int, place: int) -> Iterator[Match[Payload]]:
        if place >= len(lattice.edges) or (place > start and place in lattice.breaks):
            return
        for edge in lattice.edges[place]:
            for child in _children(node, edge.spellings):
                for payload in child.payloads:
                    yield Match(payload, start, edge.end)
                if child.words or child.stems or child.endings or child.anything:
                    yield from self._walk(lattice, child, start, edge.end)


def _child(node: _Node[Payload], word: str) -> _Node[Payload]:
    if word == "*":
        node.anything = node.anything or _Node()
        return node.anything
    if word.endswith("*"):
        return node.stems.setdefault(word[:-1], _Node())
    if word.startswith("*"):
        return node.endings.setdefault(word[1:], _Node())
    return node.words.setdefault(word, _Node())


def _children(node: _Node[Payload], spellings: tuple[str, ...]) -> Iterator[_Node[Payload]]:
    for spelling in spellings:
        child = node.words.get(spelling)
        if child is not None:
            yield child
        if node.stems:
            for size in range(_SHORTEST_STEM, len(spelling) + 1):
                child = node.stems.get(spelling[:size])
                if child is not None:
                    yield child
        if node.endings:
            for first in range(len(spelling) - _SHORTEST_STEM + 1):
                child = node.endings.get(spelling[first:])
                if child is not None:
                    yield child
    if node.anything is not None:
        yield node.anything
