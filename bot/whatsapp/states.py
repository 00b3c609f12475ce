"""The states of what goes out. They only move forward, whatever order Meta's statuses arrive in."""

from __future__ import annotations

from typing import Literal

State = Literal["waiting", "sending", "unclear", "sent", "delivered", "read", "played", "failed", "blocked", "parked"]
_ORDER = {"waiting": 0, "sending": 1, "unclear": 2, "sent": 3, "delivered": 4, "read": 5, "played": 6}
ENDS = frozenset({"failed", "blocked", "parked"})
OPEN = ("waiting", "sending", "unclear")
"""Not known to have left; what follows in the same conversation waits for it."""


def forward(before: str, news: str) -> bool:
    """Return whether ``news`` is further than ``before``.

    A failure counts only for what had not arrived, and is final; what was parked as unsent may still turn out sent.
    """
    if before in ("failed", "blocked"):
        return False
    if before == "parked":
        return news in _ORDER and _ORDER[news] >= _ORDER["sent"]
    if news in ENDS:
        return _ORDER[before] < _ORDER["delivered"]
    return _ORDER[news] > _ORDER[before]


def shown(states: list[str]) -> str:
    """Return the state of a message sent in parts: what went wrong with any, else that of the part furthest behind."""
    return next((state for state in states if state in ENDS), None) or min(states, key=_ORDER.__getitem__)
