"""Who has a conversation, and who may do what from where: one table, no clock, no database.

``bot → waiting → human → bot | closed``; a closed conversation is opened again by its buyer alone. The store
applies a step by compare-and-set on the conversation's version, so that of two steps at once one wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Owner = Literal["bot", "waiting", "human", "closed"]
Actor = Literal["buyer", "bot", "agent", "clock"]
Action = Literal["speak", "hand_over", "take", "reply", "release", "give_back", "cancel", "close", "reopen", "restart"]

OWNERS: tuple[Owner, ...] = ("bot", "waiting", "human", "closed")

_TABLE: dict[tuple[Actor, Action], dict[Owner, Owner]] = {
    ("bot", "speak"): {"bot": "bot"},
    ("bot", "hand_over"): {"bot": "waiting"},
    ("agent", "take"): {"bot": "human", "waiting": "human", "human": "human"},
    ("agent", "reply"): {"bot": "human", "waiting": "human", "human": "human"},
    ("agent", "release"): {"human": "waiting", "waiting": "waiting"},
    ("agent", "give_back"): {"human": "bot", "waiting": "bot"},
    ("agent", "close"): {"bot": "closed", "waiting": "closed", "human": "closed"},
    ("clock", "release"): {"waiting": "waiting"},
    ("buyer", "cancel"): {"waiting": "bot"},
    ("buyer", "reopen"): {"closed": "waiting"},
    ("buyer", "restart"): {"closed": "bot"},
}


@dataclass(frozen=True)
class Step:
    """A row of the table: ``actor`` does ``action``, the conversation goes from ``before`` to ``after``."""

    actor: Actor
    action: Action
    before: Owner
    after: Owner


STEPS: tuple[Step, ...] = tuple(
    Step(actor, action, before, after)
    for (actor, action), ways in _TABLE.items()
    for before, after in ways.items()
)  # fmt: skip


def after(owner: Owner, *, actor: Actor, action: Action) -> Owner | None:
    """Return who has the conversation after ``action``; None when ``actor`` may not do that from ``owner``."""
    return _TABLE.get((actor, action), {}).get(owner)


def bot_may_speak(owner: Owner) -> bool:
    """Return whether a message of the bot may leave."""
    return after(owner, actor="bot", action="speak") is not None


def held_by_another(owner: Owner, *, holder: str | None, agent: str) -> bool:
    """Return whether a colleague has the conversation; one that waits is nobody's, whoever it was offered to."""
    return owner == "human" and holder is not None and holder != agent
