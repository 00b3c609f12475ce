"""`lexicon/patterns.yml`: alarms made of several parts, in any order, close together, the same in every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import yaml

from bot.errors import DataFault, Fault
from bot.language.forms import FormMatcher, form_words
from bot.language.lattice import Lattice
from bot.risk.terms import CATEGORIES, SEVERITIES, Finding, Term

_REACH = 30
"""Words from the first part to the last."""
_MOST_PLACES = 6


@dataclass(frozen=True)
class Pattern:
    """An alarm that needs every one of ``parts``; ``term`` carries category, severity, gloss and examples."""

    term: Term
    parts: tuple[str, ...]


@dataclass(frozen=True)
class PatternSet:
    """All patterns and the words of their parts: part → language → forms."""

    patterns: tuple[Pattern, ...]
    parts: dict[str, dict[str, tuple[str, ...]]]


def load_patterns(path: Path) -> PatternSet:
    """Read the file; raises DataFault with every fault."""
    name = str(path)
    try:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise DataFault([Fault(name, f"cannot be read ({err.strerror})", "restore the file")]) from err
    except yaml.YAMLError as err:
        raise DataFault([Fault(name, f"is not valid YAML ({err})", "mend it")]) from err
    faults: list[Fault] = []
    parts: dict[str, dict[str, tuple[str, ...]]] = {}
    for part, languages in data["parts"].items():
        parts[part] = {language: tuple(forms) for language, forms in languages.items()}
        for language, forms in languages.items():
            for form in forms:
                if not isinstance(form, str):
                    faults.append(Fault(name, f"{part}, {language}: form {form!r} is no text", "put it in quotes"))
    patterns = []
    for row in data["patterns"]:
        unknown = [part for part in row["parts"] if part not in parts]
        if unknown:
            faults.append(Fault(name, f"{row['id']}: parts {unknown} are unknown", f"use {', '.join(parts)}"))
        if row["category"] not in CATEGORIES or row["severity"] not in SEVERITIES:
            faults.append(Fault(name, f"{row['id']}: category or severity is unknown", "use those of docs/lexicon.md"))
        patterns.append(Pattern(_term(row), tuple(row["parts"])))
    if faults:
        raise DataFault(faults)
    return PatternSet(tuple(patterns), parts)


def _term(row: dict[str, Any]) -> Term:
    return Term(
        id=row["id"],
        language="",
        category=row["category"],
        severity=row["severity"],
        forms=(),
        gloss_en=row["gloss"]["en"],
        gloss_zh=row["gloss"]["zh"],
        quiet_in_question=bool(row.get("quiet_in_question", False)),
    )


def pattern_examples(path: Path, key: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield id, category, language and text of every ``hits`` or ``misses`` example."""
    for row in yaml.safe_load(path.read_text(encoding="utf-8"))["patterns"]:
        for language, texts in row.get(key, {}).items():
            for text in texts:
                yield row["id"], row["category"], language, text


class PatternMatcher:
    """Finds patterns in a lattice; the parts of one pattern must be of one language."""

    def __init__(self, patterns: PatternSet) -> None:
        self._patterns = patterns.patterns
        self._matcher = FormMatcher(
            (form, (language, part))
            for part, languages in patterns.parts.items()
            for language, forms in languages.items()
            for form in forms
            if form_words(form) or form
        )

    def find(self, lattice: Lattice, text: str, languages: Iterable[str]) -> Iterator[Finding]:
        """Yield a finding for every pattern whose parts all stand close together in one of ``languages``."""
        wanted = set(languages)
        places: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for match in self._matcher.find(lattice):
            if match.payload[0] in wanted:
                places.setdefault(match.payload, []).append((match.start, match.end))
        if not places:
            return
        for pattern in self._patterns:
            for language in wanted:
                found = [places.get((language, part), [])[:_MOST_PLACES] for part in pattern.parts]
                span = _closest(found)
                if span is not None:
                    start, end = lattice.spans[span[0]][0], lattice.spans[span[1] - 1][1]
                    yield Finding(_spoken(pattern.term, language), text[start:end], start, end)
                    break


def _closest(found: list[list[tuple[int, int]]]) -> tuple[int, int] | None:
    """Return the shortest run of words that holds one place of every part, none overlapping."""
    best: tuple[int, int] | None = None
    for choice in product(*found):
        ordered = sorted(choice)
        if any(first[1] > second[0] for first, second in pairwise(ordered)):
            continue
        start, end = ordered[0][0], max(end for _, end in ordered)
        if end - start <= _REACH and (best is None or end - start < best[1] - best[0]):
            best = (start, end)
    return best


def _spoken(term: Term, language: str) -> Term:
    return Term(**{**term.__dict__, "language": language})
