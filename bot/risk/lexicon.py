"""`lexicon/<lang>/risk.yml` read, checked and made searchable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex
import yaml

from bot.errors import DataFault, Fault
from bot.language.folding import fold_aligned
from bot.language.forms import FormMatcher, Match, form_words
from bot.language.lattice import Lattice, read
from bot.risk.patterns import PatternMatcher, PatternSet, load_patterns
from bot.risk.terms import CATEGORIES, SEVERITIES, Finding, Term, rank

_KNOWN_KEYS = {
    "id",
    "category",
    "severity",
    "forms",
    "gloss",
    "hits",
    "misses",
    "except",
    "quiet_in_question",
    "everywhere",
}
_SENTENCE_END = regex.compile(r"[\n。！!.;；]+(?=\s|$)|[?？؟]+|\n|[。！？]")
_QUESTION_MARK = frozenset("?？؟")
_DISTINCTIVE_LENGTH = 5
"""From this many Latin letters on, a word in Latin script of a language written otherwise counts in every message."""
_UNSURE_BELOW = 0.75
_LINGUA_FRANCA = "en"
_LATIN_LANGUAGES = frozenset({"es", "pt", "de", "fr"})


def read_terms(path: Path, language: str) -> tuple[list[Term], list[Fault]]:
    """Return the terms of one file and every fault in it."""
    name = str(path)
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))["terms"]
    except OSError as err:
        return [], [Fault(name, f"cannot be read ({err.strerror})", "restore the file")]
    except (yaml.YAMLError, KeyError, TypeError) as err:
        return [], [Fault(name, f"is not a lexicon ({err})", "start it with 'terms:' and a list")]
    terms: list[Term] = []
    faults: list[Fault] = []
    for row in rows:
        problems = _problems(row)
        label = row.get("id", "?") if isinstance(row, dict) else str(row)
        faults.extend(Fault(name, f'"{label}": {problem}', remedy) for problem, remedy in problems)
        if not problems:
            terms.append(_term(row, language))
    seen: dict[str, int] = {}
    for term in terms:
        seen[term.id] = seen.get(term.id, 0) + 1
    faults.extend(Fault(name, f'id "{i}" stands {n} times', "make it unique") for i, n in seen.items() if n > 1)
    return terms, faults


def _problems(row: Any) -> list[tuple[str, str]]:
    if not isinstance(row, dict):
        return [("is not a mapping", "give it id, category, severity, forms and gloss")]
    found: list[tuple[str, str]] = []
    if row.get("category") not in CATEGORIES:
        found.append((f"category {row.get('category')!r} is unknown", "use " + ", ".join(CATEGORIES)))
    if row.get("severity") not in SEVERITIES:
        found.append((f"severity {row.get('severity')!r} is unknown", "use " + ", ".join(SEVERITIES)))
    if not row.get("id"):
        found.append(("has no id", "write one such as 'de-schlamassel'"))
    forms = row.get("forms")
    if not isinstance(forms, list) or not forms or not all(isinstance(f, str) and f.strip(" *") for f in forms):
        found.append((f"forms {forms!r} is not a list of words", "write at least one form in quotes"))
    gloss = row.get("gloss")
    if not isinstance(gloss, dict) or not gloss.get("en") or not gloss.get("zh"):
        found.append((f"gloss {gloss!r} lacks a language", "write gloss: {en: …, zh: …}"))
    for key in ("hits", "misses", "except"):
        if not isinstance(row.get(key, []), list) or not all(isinstance(v, str) for v in row.get(key, [])):
            found.append((f"{key} is not a list of texts", "put every text in quotes"))
    cancelled = {tuple(form_words(f)) for f in forms or () if isinstance(f, str)}
    for text in row.get("except") or ():
        if isinstance(text, str) and tuple(form_words(text)) in cancelled:
            found.append((f"except {text!r} equals a form, which then never fires", "write more words or remove it"))
    if not row.get("hits"):
        found.append(("has no hits", "write at least one message that must raise it"))
    found.extend((f"key {key!r} is unknown", f"use {', '.join(sorted(_KNOWN_KEYS))}") for key in set(row) - _KNOWN_KEYS)
    return found


def _term(row: dict[str, Any], language: str) -> Term:
    return Term(
        id=str(row["id"]),
        language=language,
        category=row["category"],
        severity=row["severity"],
        forms=tuple(row["forms"]),
        gloss_en=str(row["gloss"]["en"]),
        gloss_zh=str(row["gloss"]["zh"]),
        hits=tuple(row.get("hits", [])),
        misses=tuple(row.get("misses", [])),
        exceptions=tuple(row.get("except", [])),
        quiet_in_question=bool(row.get("quiet_in_question", False)),
        everywhere=bool(row.get("everywhere", False)),
    )


@dataclass(frozen=True)
class _Form:
    term: Term
    text: str
    everywhere: bool


class RiskLexicon:
    """The alarm words of every language in one search tree."""

    def __init__(
        self, terms: Iterable[Term], *, question_words: Iterable[str] = (), patterns: PatternSet | None = None
    ) -> None:
        self.terms = tuple(terms)
        self._patterns = PatternMatcher(patterns) if patterns else None
        self._languages = {term.language for term in self.terms}
        self._matcher = FormMatcher(
            (form, _Form(term, form, _counts_everywhere(term, form))) for term in self.terms for form in term.forms
        )
        self._exceptions = FormMatcher((text, term.id) for term in self.terms for text in term.exceptions)
        words = "|".join(regex.escape(fold_aligned(w)) for w in sorted(question_words, key=len, reverse=True))
        self._asks = regex.compile(rf"\s*[¿]?\s*(?:{words})(?![\p{{L}}])") if words else None

    @classmethod
    def load(cls, folder: Path, *, languages: Iterable[str], question_words: Iterable[str] = ()) -> RiskLexicon:
        """Read ``folder/<lang>/risk.yml`` of every language; raises DataFault with all faults."""
        terms: list[Term] = []
        faults: list[Fault] = []
        for language in languages:
            found, problems = read_terms(folder / language / "risk.yml", language)
            terms.extend(found)
            faults.extend(problems)
        if faults:
            raise DataFault(faults)
        return cls(terms, question_words=question_words, patterns=load_patterns(folder / "patterns.yml"))

    def find(self, text: str, *, languages: Iterable[str] = (), confidence: float = 0.0) -> tuple[Finding, ...]:
        """Return the alarm words of ``text`` by place, one per span.

        ``languages`` are those of the message and the conversation. Words of other languages count
        when they are distinctive, or when ``confidence`` in the language is low.
        """
        lattice = read(text)
        matches = list(self._matcher.find(lattice))
        spoken = set(languages) if confidence >= _UNSURE_BELOW else None
        excused: dict[str, list[tuple[int, int]]] = {}
        for match in self._exceptions.find(lattice):
            excused.setdefault(match.payload, []).append((match.start, match.end))
        kept = [
            _finding(match, lattice, text)
            for match in matches
            if (spoken is None or match.payload.everywhere or match.payload.term.language in spoken)
            and not any(
                match.start < end and start < match.end for start, end in excused.get(match.payload.term.id, ())
            )
        ]
        if self._patterns:
            kept.extend(self._patterns.find(lattice, text, spoken if spoken is not None else self._languages))
        asked = [f for f in kept if not (f.term.quiet_in_question and self._in_question(text, f.start, f.end))]
        return _best_per_span(asked)

    def _in_question(self, text: str, start: int, end: int) -> bool:
        begin = 0
        for mark in _SENTENCE_END.finditer(text, 0, start):
            begin = mark.end()
        closing = _SENTENCE_END.search(text, end)
        if closing and any(c in _QUESTION_MARK for c in closing.group()):
            return True
        sentence = fold_aligned(text[begin : closing.start() if closing else len(text)])
        if regex.search(r"吗|是不是|还是|会不会|有没有|是否", sentence):
            return True
        return bool(self._asks and self._asks.match(sentence))


def _counts_everywhere(term: Term, form: str) -> bool:
    """Return whether ``form`` is distinctive enough to count in a message of any language.

    That holds for other scripts, for their longer spellings in Latin letters, and for English phrases.
    """
    if term.everywhere:
        return True
    if term.language == _LINGUA_FRANCA:
        return len(form_words(form)) > 1
    letters = [c for c in form if c.isalpha()]
    if term.language in _LATIN_LANGUAGES:
        return False
    return any(not c.isascii() for c in letters) or len(letters) >= _DISTINCTIVE_LENGTH


def _finding(match: Match[_Form], lattice: Lattice, text: str) -> Finding:
    start, end = lattice.spans[match.start][0], lattice.spans[match.end - 1][1]
    written = text[start:end]
    plain = fold_aligned(match.payload.text.strip("*"))
    shown = written if plain in fold_aligned(written) else match.payload.text
    return Finding(match.payload.term, shown, start, end)


def _best_per_span(found: list[Finding]) -> tuple[Finding, ...]:
    """Keep, of overlapping findings of one category, the most severe and then the longest."""
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda f: (-rank(f.term.severity), f.start - f.end, f.start, f.term.id)):
        same = [k for k in kept if k.term.category == finding.term.category]
        if not any(finding.start < k.end and k.start < finding.end for k in same):
            kept.append(finding)
    return tuple(sorted(kept, key=lambda f: (f.start, f.end)))
