"""`lexicon/<lang>/concepts.yml`: words to meanings that are the same in every language."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.errors import DataFault, Fault
from bot.language.folding import fold
from bot.language.forms import FormMatcher, form_words
from bot.language.lattice import read

_MOST_FOUND = 40
_REMEMBERED = 256
_MARKS = ".,;:!?¡¿()\"'،؛؟。，！？…"


@dataclass(frozen=True)
class Concept:
    """A meaning found from word ``start`` to word ``end`` (exclusive) of a message."""

    name: str
    start: int
    end: int


def read_concepts(register: Path, folder: Path, languages: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Return language → concept → forms; raises DataFault with every unknown name and bad form."""
    known = {name for group in yaml.safe_load(register.read_text(encoding="utf-8")).values() for name in group}
    result: dict[str, dict[str, list[str]]] = {}
    faults: list[Fault] = []
    for language in languages:
        path = folder / language / "concepts.yml"
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8"))["concepts"]
        except OSError as err:
            faults.append(Fault(str(path), f"cannot be read ({err.strerror})", "write it: words for every concept"))
            continue
        except (yaml.YAMLError, KeyError, TypeError) as err:
            faults.append(Fault(str(path), f"is not a list of concepts ({err})", "start it with 'concepts:'"))
            continue
        for name, forms in found.items():
            if name not in known:
                faults.append(
                    Fault(str(path), f"concept {name!r} is unknown", f"add it to {register.name} or correct it")
                )
            for form in forms or []:
                if not isinstance(form, str) or not any(word.strip("*") for word in form_words(form)):
                    faults.append(
                        Fault(str(path), f"{name}: form {form!r} holds no word", "put it in quotes or remove it")
                    )
        missing = known - found.keys()
        if missing:
            faults.append(Fault(str(path), f"has no words for {', '.join(sorted(missing))}", "write them"))
        result[language] = found
    if faults:
        raise DataFault(faults)
    return result


@functools.lru_cache(maxsize=2)
def shared_lexicon(words: str) -> ConceptLexicon:
    """Return the lexicon stored as JSON; one object for all models that were trained with the same words."""
    stored = json.loads(words)
    return ConceptLexicon(stored["forms"], stored["slang"])


class ConceptLexicon:
    """Finds the meanings in a message of a known language."""

    def __init__(
        self,
        forms: Mapping[str, Mapping[str, Iterable[str]]],
        slang: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.forms, self.slang = forms, slang or {}
        self._remembered = functools.lru_cache(maxsize=_REMEMBERED)(self._find)
        self._matchers = {
            language: FormMatcher((form, name) for name, words in concepts.items() for form in words or ())
            for language, concepts in forms.items()
        }

    def as_json(self) -> str:
        """Return what :func:`shared_lexicon` reads."""
        return json.dumps({"forms": self.forms, "slang": self.slang}, ensure_ascii=False, sort_keys=True)

    def in_plain_words(self, text: str, language: str) -> str:
        """Return ``text`` followed by the plain forms of the slang in it."""
        slang = self.slang.get(language)
        if not slang:
            return text
        words = fold(text).split()
        singles = (slang.get(word.strip(_MARKS)) for word in words)
        pairs = (slang.get(f"{a} {b}".strip(_MARKS)) for a, b in itertools.pairwise(words))
        plain = [found for found in (*singles, *pairs) if found]
        return f"{text} {' '.join(dict.fromkeys(plain))}" if plain else text

    def find(self, text: str, language: str) -> tuple[Concept, ...]:
        """Return the meanings by place; a meaning inside a longer form of another is dropped.

        The last few hundred texts are remembered: classifier and dialogue ask for the same clauses.
        """
        return self._remembered(text, language)

    def _find(self, text: str, language: str) -> tuple[Concept, ...]:
        matcher = self._matchers.get(language)
        if matcher is None:
            return ()
        found = sorted({(m.start, m.end, m.payload) for m in matcher.find(read(text))})
        kept = [
            Concept(name, start, end)
            for start, end, name in found
            if not any(s <= start and end <= e and e - s > end - start for s, e, _ in found)
        ]
        return tuple(kept[:_MOST_FOUND])


def concept_features(found: Sequence[Concept]) -> list[str]:
    """Return feature strings: each meaning, neighbours in order, and pairs anywhere in the clause."""
    names = sorted({concept.name for concept in found})
    result = [f"C {name}" for name in names] * 2
    for place, first in enumerate(found):
        for second in found[place + 1 : place + 7]:
            if second.start > first.start:
                result.append(f"CC {first.name} {second.name}")
            if 0 <= second.start - first.end <= 1:
                result.append(f"CN {first.name} {second.name}")
    for place, name in enumerate(names):
        result.extend(f"CS {name}+{other}" for other in names[place + 1 : place + 12])
    return result
