"""Countries, products and variants by name, in every language, inflected or slightly changed.

spaCy's PhraseMatcher runs over a document whose words are our own tokens, reduced to a light stem:
Russian and German endings, Latin plurals and Arabic prefixes fall away on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex
import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot.language.folding import fold_aligned
from bot.language.scripts import Token, tokenize
from bot.understanding.entities.entity import Entity

_CYRILLIC_ENDING = regex.compile(
    r"(?:иями|ями|ами|ией|иям|иях|ого|ему|ому|ыми|ими|ая|яя|ое|ее|ые|ие|ый|ий|ой|ую|юю|ей|ом|ем|ам|ям|ах|ях|ию|ия|ии|ов|ев|а|я|о|е|и|ы|у|ю|ь)$"
)
_LATIN_ENDING = regex.compile(r"(?:es|en|er|s|e|n)$")
_ARABIC_PREFIX = regex.compile(r"^(?:وال|بال|فال|كال|لل|ال|ول|و|ب|ل|ف)(?=\p{L}{3})")
_ARABIC_ENDING = regex.compile(r"(?:ات|ين|ون|ه)$")


def light_stem(word: str) -> str:
    """Return ``word`` (folded) without its commonest endings or prefixes; short words stay whole."""
    if len(word) < 4 or not word[0].isalpha():
        return word
    if "а" <= word[0] <= "я":
        stem = _CYRILLIC_ENDING.sub("", word)
    elif "\u0621" <= word[0] <= "\u064a":
        stem = _ARABIC_ENDING.sub("", _ARABIC_PREFIX.sub("", word))
    else:
        stem = _LATIN_ENDING.sub("", word)
    return stem if len(stem) >= 3 else word


class Gazetteer:
    """Names with their values. Later additions of the same name do not replace earlier ones."""

    def __init__(self) -> None:
        self._nlp = spacy.blank("xx")
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="ORTH")
        self._values: dict[str, tuple[str, str, float]] = {}
        self._names: set[tuple[str, ...]] = set()

    def add(self, *, entity: str, value: str, names: Iterable[str], score: float = 0.7) -> None:
        """Register ``names`` (any language, any case) as ``entity`` with ``value``."""
        documents = []
        for name in names:
            words = tuple(self._words(tokenize(fold_aligned(name))))
            if words and words not in self._names:
                self._names.add(words)
                documents.append(self._document(words))
        if documents:
            key = f"{entity}\x1f{value}"
            self._values[key] = (entity, value, score)
            self._matcher.add(key, documents)

    def find(self, tokens: list[Token]) -> Iterator[Entity]:
        """Yield every known name in ``tokens`` (of the folded text); longer names score higher."""
        if not tokens:
            return
        document = self._document(self._words(tokens))
        for key, start, end in self._matcher(document):
            entity, value, score = self._values[self._nlp.vocab.strings[key]]
            longer = min(0.15, 0.03 * (end - start - 1))
            yield Entity(entity, value, tokens[start].start, tokens[end - 1].end, score + longer)

    def _words(self, tokens: list[Token]) -> list[str]:
        return [light_stem(token.text) for token in tokens]

    def _document(self, words: Iterable[str]) -> Doc:
        return Doc(self._nlp.vocab, words=list(words))
