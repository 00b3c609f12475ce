"""One found entity, and which of two overlapping ones stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """A span of the original text with its meaning.

    ``value`` is normalised: countries as ISO 3166 codes, amounts as "12.50 USD", dates as ISO 8601,
    quantities in single units, numbers without blanks. ``score`` (0–1) only ranks overlaps.
    """

    entity: str
    value: str
    start: int
    end: int
    score: float = 0.5


def without_overlaps(found: Iterable[Entity]) -> list[Entity]:
    """Keep the better of overlapping entities: the higher score, then the longer; sorted by place."""
    kept: list[Entity] = []
    for candidate in sorted(found, key=lambda e: (-e.score, e.start - e.end, e.start)):
        if all(candidate.end <= other.start or candidate.start >= other.end for other in kept):
            kept.append(candidate)
    return sorted(kept, key=lambda e: e.start)
