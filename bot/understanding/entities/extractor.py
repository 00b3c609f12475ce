"""All entity rules together: candidates of every kind, then the best that do not overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import regex
from babel import Locale

from bot.language.folding import fold_aligned
from bot.language.scripts import tokenize
from bot.understanding.entities.amounts import AmountRules
from bot.understanding.entities.dates import DateRules
from bot.understanding.entities.entity import Entity, without_overlaps
from bot.understanding.entities.gazetteer import Gazetteer
from bot.understanding.entities.identifiers import IdentifierRules
from bot.understanding.entities.vocabulary import NumberVocabulary, load_vocabulary

# CLDR names that are everyday words in one of our languages.
_COMMON_WORDS = frozenset({"man", "chad", "guinea", "oman", "iran", "mali", "samoa", "togo", "jersey", "turkey"})
_UPPERCASE_CODE = regex.compile(r"(?<![\p{L}\p{N}])(USA|UK|UAE|KSA|US|DE|FR|CL|MX|BR|PT|ES|CH|AT)(?![\p{L}\p{N}])")
_CODES = {"USA": "US", "UK": "GB", "UAE": "AE", "KSA": "SA"}


@dataclass(frozen=True)
class CatalogueName:
    """A product as buyers call it: its ``sku`` and names in any language."""

    sku: str
    names: tuple[str, ...]


class EntityExtractor:
    """Finds the entities of a message; thread-safe after construction."""

    def __init__(
        self, vocabulary: NumberVocabulary, *, locales: list[str], catalogue: Iterable[CatalogueName] = ()
    ) -> None:
        self._identifiers = IdentifierRules(vocabulary)
        self._amounts = AmountRules(vocabulary)
        self._dates = DateRules(locales)
        self._gazetteer = Gazetteer()
        for product in catalogue:
            self._gazetteer.add(entity="product", value=product.sku, names=product.names, score=0.72)
        for code, aliases in vocabulary.country_aliases.items():
            self._gazetteer.add(entity="country", value=code, names=[a.rstrip("*") for a in aliases], score=0.7)
        for locale in locales:
            for code, name in Locale.parse(locale).territories.items():
                if len(code) == 2 and code.isalpha() and code != "ZZ" and fold_aligned(name) not in _COMMON_WORDS:
                    self._gazetteer.add(entity="country", value=code, names=[name], score=0.65)
        for value, words in vocabulary.variants.items():
            self._gazetteer.add(entity="variant", value=value, names=[w.rstrip("*") for w in words], score=0.6)

    @classmethod
    def from_file(cls, path: Path, *, locales: list[str], catalogue: Iterable[CatalogueName] = ()) -> EntityExtractor:
        """Build from `lexicon/entities.yml`; raises ConfigurationError when the file is broken."""
        return cls(load_vocabulary(path), locales=locales, catalogue=catalogue)

    def extract(self, text: str, *, today: date) -> list[Entity]:
        """Return the entities of ``text`` by place; ``today`` resolves dates without a year."""
        folded = fold_aligned(text)
        found = list(self._identifiers.find(text, folded))
        if any(character.isdigit() for character in folded):
            found.extend(self._dates.find(folded, today=today))
        found.extend(self._amounts.find(folded))
        found.extend(self._gazetteer.find(tokenize(folded)))
        for match in _UPPERCASE_CODE.finditer(text):
            code = _CODES.get(match.group(), match.group())
            if code == match.group() and not _follows_preposition(folded, match.start()):
                continue
            found.append(Entity("country", code, match.start(), match.end(), 0.6))
        return without_overlaps(found)


def _follows_preposition(folded: str, start: int) -> bool:
    return folded[max(0, start - 6) : start].strip().rpartition(" ")[2] in {
        "to",
        "a",
        "para",
        "nach",
        "in",
        "en",
        "pra",
    }
