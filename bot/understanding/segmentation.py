"""Which clauses belong together: the cheapest way to read a message as one to three questions.

Every group of neighbouring clauses is classified; dynamic programming picks the cut of the message
whose groups are understood best. Each further group costs ``split_cost``, so that a message is cut
only where the parts are clearer than the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.understanding.clauses import Clause, joined

Classify = Callable[[Sequence[str]], np.ndarray]
"""Texts to a matrix of probabilities, one row a text, one column an intent."""

MOST_INTENTS = 3
_LONGEST_GROUP = 4


@dataclass(frozen=True)
class Segmenter:
    """Costs and borders of the search; fitted on messages with several intents."""

    split_cost: float = 1.0
    """What each further group must gain, in nats of the best intent's log-probability."""
    least_confidence: float = 0.2
    """A group below this, beside clearer ones, is background and asks nothing."""

    def segment(self, text: str, clauses: Sequence[Clause], classify: Classify) -> list[tuple[Clause, np.ndarray]]:
        """Return the groups of ``clauses`` with the probabilities of their intents, by place."""
        if not clauses:
            return []
        if len(clauses) == 1:
            return [(Clause(text, 0, len(text)), classify([text])[0])]
        groups = [
            (first, last)
            for first in range(len(clauses))
            for last in range(first + 1, min(len(clauses), first + _LONGEST_GROUP) + 1)
        ]
        if (0, len(clauses)) not in groups:
            groups.append((0, len(clauses)))
        pieces = [joined(text, clauses[first:last]) for first, last in groups]
        rows = classify([piece.text for piece in pieces])
        sizes = np.array([last - first for first, last in groups])
        gains = np.log(np.maximum(rows.max(axis=1), 1e-6)) * np.minimum(sizes, 2) ** 0.5 - self.split_cost
        best: list[tuple[float, int]] = [(0.0, -1)] + [(-np.inf, -1)] * len(clauses)
        for index in sorted(range(len(groups)), key=lambda i: groups[i][1]):
            first, last = groups[index]
            score = best[first][0] + gains[index]
            if score > best[last][0]:
                best[last] = (score, index)
        chosen, place = [], len(clauses)
        while place > 0:
            index = best[place][1]
            chosen.append((pieces[index], rows[index]))
            place = groups[index][0]
        return chosen[::-1]
