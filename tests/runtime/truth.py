"""What SQL holds after a run, and what must be true of it.

Every turn appends its tracker events in the transaction that stores its reply; the ``user`` event of a turn
carries the text of the burst it answered. So the bursts can be read back, and with them the invariant:
the bursts joined are the buyer's messages, each once, in order, and each burst has one reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bot.conversations.tables import conversations, messages, tracker_events
from bot.database import make_engine


@dataclass(frozen=True)
class Stored:
    """One conversation as SQL has it."""

    id: str
    owner: str
    handled: int
    said: tuple[tuple[int, str, str, str], ...]
    """seq, author, sender's id, text"""
    bursts: tuple[str, ...]

    def of(self, author: str) -> list[tuple[int, str, str]]:
        """Return seq, sender's id and text of the messages of ``author``."""
        return [(seq, client_id, text) for seq, who, client_id, text in self.said if who == author]

    def faults(self, sent: dict[str, str]) -> list[str]:
        """Return what is wrong, when ``sent`` are the texts of the buyer by sender's id."""
        found: list[str] = []
        mine, replies = self.of("buyer"), self.of("bot")
        if sorted(client_id for _, client_id, _ in mine) != sorted(sent):
            found.append(f"stored {len(mine)} messages of {len(sent)}")
        if any(sent.get(client_id) != text for _, client_id, text in mine):
            found.append("a text changed")
        if [seq for seq, *_ in self.said] != list(range(1, len(self.said) + 1)):
            found.append("numbers have gaps")
        if mine and self.handled != mine[-1][0]:
            found.append(f"handled up to {self.handled}, last message is {mine[-1][0]}")
        answered = [line for burst in self.bursts for line in burst.split("\n")]
        if self.owner == "bot" and answered != [text for *_, text in mine]:
            found.append(f"answered {answered}, sent {[text for *_, text in mine]}")
        if len(replies) != len(self.bursts):
            found.append(f"{len(replies)} replies to {len(self.bursts)} bursts")
        return found


def stored(database: Path) -> dict[str, Stored]:
    """Return all conversations of a SQLite file."""
    engine = make_engine(f"sqlite:///{database}")
    try:
        with engine.connect() as connection:
            said: dict[str, list[tuple[int, str, str, str]]] = {}
            for row in connection.execute(select(messages).order_by(messages.c.conversation_id, messages.c.seq)):
                said.setdefault(row.conversation_id, []).append((row.seq, row.author, row.client_id, row.text))
            bursts: dict[str, list[str]] = {}
            for row in connection.execute(select(tracker_events).order_by(tracker_events.c.id)):
                if row.event.get("event") == "user" and row.event.get("text"):
                    bursts.setdefault(row.conversation_id, []).append(row.event["text"])
            return {
                row.id: Stored(
                    row.id, row.owner, row.handled_seq, tuple(said.get(row.id, ())), tuple(bursts.get(row.id, ()))
                )
                for row in connection.execute(select(conversations))
            }
    finally:
        engine.dispose()
