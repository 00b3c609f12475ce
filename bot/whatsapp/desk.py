"""Where a buyer's message goes in its conversation: choices resolved, wishes heard, references found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.conversations.store import Author, Conversation, TurnTransaction
from bot.conversations.tables import messages as stored_messages
from bot.replies.texts import Replies
from bot.shop.tables import product_texts
from bot.whatsapp.contacts import Contact
from bot.whatsapp.hearing import hear, products_named, typed_number
from bot.whatsapp.options import is_numbered
from bot.whatsapp.optout import OptOutWords, Wish
from bot.whatsapp.payloads import BuyerMessage, Media
from bot.whatsapp.tables import deliveries, receipts

_LOOKED_BACK = 30


@dataclass(frozen=True)
class Entry:
    """One message to be stored."""

    author: Author
    text: str
    client_id: str
    data: dict[str, Any]
    media: Media | None = None


@dataclass
class Room:
    """A conversation and what this webhook adds to it."""

    conversation: Conversation
    entries: list[Entry] = field(default_factory=list)
    withdrawn: bool = False
    """An earlier message needs no answer any more."""
    noticed: set[str] = field(default_factory=set)

    @property
    def needs_answer(self) -> bool:
        """True when the assistant has something to read."""
        return any(entry.author == "buyer" and not entry.data.get("silent") for entry in self.entries)


class Desk:
    """Enters messages into rooms, inside one transaction."""

    def __init__(
        self, transaction: TurnTransaction, replies_in: Callable[[str | None], Replies], optout: OptOutWords, *,
        now: datetime,
    ) -> None:  # fmt: skip
        self._transaction = transaction
        self._connection: Connection = transaction.connection
        self._replies_in = replies_in
        self._optout = optout
        self._now = now
        self._names: dict[str, dict[str, str]] = {}

    def load_names(self, messages: list[BuyerMessage]) -> None:
        """Read the names of the products that ``messages`` speak of."""
        skus = products_named(messages)
        if not skus:
            return
        query = select(product_texts.c.sku, product_texts.c.language, product_texts.c.name)
        for row in self._connection.execute(query.where(product_texts.c.sku.in_(skus))):
            self._names.setdefault(row.language, {})[row.sku] = row.name

    def enter(self, room: Room, contact: Contact, message: BuyerMessage) -> Wish | None:
        """Add ``message`` to ``room``; returns whether the buyer asked to stop or to start again."""
        if message.heard == "system":
            data = {"internal": True, "type": "system", "sent_at": message.sent_at}
            room.entries.append(Entry("system", message.text, message.wamid, data))
            return None
        language = room.conversation.language
        replies = self._replies_in(language)
        heard = hear(message, names=self._names_in(language), replies=replies)
        text, data = heard.text, heard.data
        wish = self._wish(message, contact, language)
        if wish is not None:
            data["silent"] = True
        elif message.choice or message.heard in ("text", "choice"):
            if found := self._chosen(room, message):
                data["choice"], text = found
        if message.refers_to:
            self._refer(room, message, data)
        room.entries.append(Entry("buyer", text, message.wamid, data, message.media))
        if wish is not None:
            self._confirm(room, *wish, message)
        elif heard.notice and room.conversation.owner == "bot" and heard.notice not in room.noticed:
            room.noticed.add(heard.notice)
            room.entries.append(_notice(replies.render(heard.notice), message))
        return wish[0] if wish else None

    def _names_in(self, language: str | None) -> dict[str, str]:
        return {**self._names.get("en", {}), **self._names.get(language or "en", {})}

    def _wish(self, message: BuyerMessage, contact: Contact, language: str | None) -> tuple[Wish, str] | None:
        if message.heard not in ("text", "choice"):
            return None
        found = self._optout.wish(message.text, language=language)
        if found and found[0] == "start" and contact.opted_out_at is None:
            return None
        return found

    def _confirm(self, room: Room, wish: Wish, language: str, message: BuyerMessage) -> None:
        replies = self._replies_in(language)
        key, word = ("opted_out", "start") if wish == "stop" else ("opted_in", "stop")
        text = replies.render(f"whatsapp.{key}", {"word": replies.render(f"whatsapp.{word}")})
        room.entries.append(_notice(text, message))

    def _chosen(self, room: Room, message: BuyerMessage) -> tuple[str, str] | None:
        """Return id and title of the quick reply that was tapped, or chosen by typing its number."""
        number = typed_number(message.text) if message.heard == "text" else None
        if message.choice is None and number is None:
            return None
        for stored in reversed(self._transaction.transcript(room.conversation.id, most=_LOOKED_BACK)):
            options = stored.data.get("quick_replies") or []
            if message.choice is not None:
                for option in options:
                    if option["id"] == message.choice:
                        return str(option["id"]), str(option["title"])
            elif stored.author != "buyer" and not stored.data.get("notice"):
                if is_numbered(options) and 1 <= (number or 0) <= len(options):
                    option = options[(number or 0) - 1]
                    return str(option["id"]), str(option["title"])
                return None
        return None

    def _refer(self, room: Room, message: BuyerMessage, data: dict[str, Any]) -> None:
        """Note which message is quoted, reacted to, edited or deleted; an unanswered old wording needs no answer."""
        seq = self._seq_of(room, message.refers_to or "")
        name = message.heard if message.heard in ("reaction", "edit", "revoke") else "reply_to"
        data[{"reaction": "reacts_to", "edit": "edits", "revoke": "revokes"}.get(name, name)] = seq or message.refers_to
        if name not in ("edit", "revoke"):
            return
        for entry in room.entries:
            if entry.client_id == message.refers_to:
                entry.data["silent"] = True
        conversation = room.conversation
        if seq is not None and self._is_buyers(conversation.id, seq) and seq > conversation.handled_seq:
            self._transaction.add_data(conversation.id, seq, silent=True)
            room.withdrawn = True

    def _seq_of(self, room: Room, wamid: str) -> int | None:
        mine = select(deliveries.c.last_seq).where(deliveries.c.wamid == wamid)
        theirs = select(receipts.c.seq).where(receipts.c.key == wamid)
        for query in (
            mine.where(deliveries.c.conversation_id == room.conversation.id),
            theirs.where(receipts.c.conversation_id == room.conversation.id),
        ):
            if (seq := self._connection.execute(query).scalar()) is not None:
                return int(seq)
        return None

    def _is_buyers(self, conversation_id: str, seq: int) -> bool:
        query = select(stored_messages.c.author).where(
            stored_messages.c.conversation_id == conversation_id, stored_messages.c.seq == seq
        )
        return bool(self._connection.execute(query).scalar() == "buyer")


def _notice(text: str, message: BuyerMessage) -> Entry:
    return Entry("bot", text, f"notice:{message.wamid}"[:300], {"notice": True})
