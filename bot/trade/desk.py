"""The rules of one shop's desk as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

from bot.trade.hours import BusinessHours
from bot.trade.routing import DeskClock

CANCEL = "person:cancel"
"""The quick reply by which a buyer no longer waits for a person."""
RATING = "csat:"
"""The quick replies of the question after a case: ``csat:1`` … ``csat:5``."""
CLOSING_INTENTS = frozenset({"thank", "goodbye", "affirm"})
_LEAST_WAITS = 5


@dataclass(frozen=True)
class DeskRules:
    """Hours, clocks and what follows a case. ``reopen_days`` after closing a message reopens it."""

    hours: BusinessHours = field(default_factory=BusinessHours)
    clock: DeskClock = field(default_factory=DeskClock)
    capacity: int = 6
    alarm_reserve: int = 2
    reopen_days: int = 7
    ask_rating: bool = True
    rating_again_days: int = 30
    usual_wait_hours: int = 24

    @property
    def reopens_for(self) -> timedelta:
        """How long a closed conversation is opened again by a message."""
        return timedelta(days=self.reopen_days)


def usual_wait(seconds: Sequence[float]) -> int | None:
    """Return the median of measured waits in whole minutes, rounded up, at least 1; None with fewer than five of them."""
    if len(seconds) < _LEAST_WAITS:
        return None
    return max(1, -int(-median(seconds) // 60))


def rating_of(choice: str | None) -> int | None:
    """Return the stars of a quick reply ``csat:N`` (1 to 5), None for any other."""
    stars = (choice or "").removeprefix(RATING) if (choice or "").startswith(RATING) else ""
    return int(stars) if stars in {"1", "2", "3", "4", "5"} else None
