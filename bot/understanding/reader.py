"""The whole understanding of one message: language, clauses, intents, meanings, entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.understanding.clauses import Clause, ClauseSplitter
from bot.understanding.intents import IntentModel
from bot.understanding.segmentation import MOST_INTENTS, Segmenter

_COURTESY = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "provide_info", "out_of_scope"})
"""Named only when a message asks nothing else (``docs/labelling.md``)."""


@dataclass(frozen=True)
class ReadClause:
    """One question of a message: the best intent, the next best, and where it stands in the text."""

    intent: str
    confidence: float
    second: str
    second_confidence: float
    start: int
    end: int
    text: str


class MessageReader:
    """Cuts a message into questions and names the intent of each."""

    def __init__(self, *, model: IntentModel, splitter: ClauseSplitter, segmenter: Segmenter) -> None:
        self._model = model
        self._splitter = splitter
        self._segmenter = segmenter

    def read(self, text: str, language: str) -> list[ReadClause]:
        """Return one to three questions in the order asked; none for a message without words."""
        clauses = self._splitter.split(text)
        if not clauses:
            return []
        groups = self._segmenter.segment(text, clauses, lambda texts: self._model.probabilities(texts, language))
        found = [self._clause(piece, row) for piece, row in groups]
        return _distinct(_substantial(found, self._segmenter.least_confidence))

    def _clause(self, piece: Clause, row: np.ndarray) -> ReadClause:
        best, second = np.argsort(row)[::-1][:2]
        return ReadClause(
            intent=self._model.intents[best],
            confidence=float(row[best]),
            second=self._model.intents[second],
            second_confidence=float(row[second]),
            start=piece.start,
            end=piece.end,
            text=piece.text,
        )


def _substantial(found: Sequence[ReadClause], least: float) -> list[ReadClause]:
    """Drop courtesies and unclear background beside real questions."""
    asking = [clause for clause in found if clause.intent not in _COURTESY]
    if not asking:
        return [max(found, key=lambda clause: clause.confidence)]
    clearest = max(clause.confidence for clause in asking)
    return [clause for clause in asking if clause.confidence >= min(least, clearest)]


def _distinct(found: Sequence[ReadClause]) -> list[ReadClause]:
    """Keep each intent once, at its first place, and at most three."""
    first: dict[str, ReadClause] = {}
    for clause in found:
        if clause.intent not in first or clause.confidence > first[clause.intent].confidence:
            kept = first.get(clause.intent)
            first[clause.intent] = clause if kept is None else ReadClause(**{**clause.__dict__, "start": kept.start})
    ranked = sorted(first.values(), key=lambda clause: -clause.confidence)[:MOST_INTENTS]
    return sorted(ranked, key=lambda clause: clause.start)
