"""Taking in a buyer's message: stored once, whatever happens later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations.store import ConversationStore


@dataclass(frozen=True)
class Incoming:
    """One message of a buyer. ``choice`` is the id of a tapped quick reply, ``buyer_id`` comes from a checked token."""

    conversation_id: str
    text: str
    client_id: str
    channel: str = "widget"
    buyer_id: str | None = None
    choice: str | None = None
    uploads: tuple[str, ...] = ()


def receive(store: ConversationStore, incoming: Incoming, *, now: datetime) -> tuple[int, bool]:
    """Store a buyer's message; returns its seq and whether it is new: the same ``client_id`` is stored once.

    Raises StoreUnavailable when it is not stored and may be sent again.
    """
    data: dict[str, Any] = {"uploads": list(incoming.uploads)} if incoming.uploads else {}
    if incoming.choice:
        data["choice"] = incoming.choice
    with store.turn() as transaction:
        conversation = transaction.open(
            conversation_id=incoming.conversation_id, channel=incoming.channel, buyer_id=incoming.buyer_id, now=now
        )
        return transaction.append(
            conversation.id,
            author="buyer",
            text=storable(incoming.text),
            client_id=incoming.client_id,
            now=now,
            data=data,
        )


def storable(text: str) -> str:
    """Return ``text`` without what no database takes: NUL characters and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", errors="replace").decode("utf-8")
