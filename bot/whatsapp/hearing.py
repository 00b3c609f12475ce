"""What a message means for the conversation: the text the assistant reads, and what else is noted about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.replies.texts import Replies
from bot.whatsapp.payloads import BuyerMessage

_QUIET = frozenset({"reaction", "revoke", "unknown"})
"""Stored and shown to people, but nothing the assistant could answer in words."""
_DIGITS = {
    ord(digit): str(value) for zero in "٠۰０" for value, digit in enumerate(map(chr, range(ord(zero), ord(zero) + 10)))
}
_MARKS = " .)#)。、：:,،"


@dataclass(frozen=True)
class Heard:
    """``notice`` is the key of a reply that the buyer gets at once, such as a request to write instead."""

    text: str
    data: dict[str, Any] = field(default_factory=dict)
    notice: str | None = None


def hear(message: BuyerMessage, *, names: Mapping[str, str], replies: Replies) -> Heard:
    """Return what ``message`` says. ``names`` are the shop's products by the id they have in the catalogue."""
    data: dict[str, Any] = {"sent_at": message.sent_at}
    if message.type != "text":
        data["type"] = message.type
    if message.forwarded:
        data["forwarded"] = True
    if message.advert:
        data["advert"] = message.advert
    if message.heard in _QUIET or (message.media and message.media.kind in ("sticker", "audio")):
        data["silent"] = True
    if message.media:
        data["media"] = {"kind": message.media.kind, "state": "waiting"}
    if message.error_code is not None:
        data["error"] = message.error_code
    text, notice = message.text, None
    if message.heard == "order":
        lines = [f"{item.quantity} × {names.get(item.retailer_id, item.retailer_id)}" for item in message.items]
        text = "\n".join([replies.render("whatsapp.cart"), *lines, *filter(None, [message.text])])
        data["cart"] = [{**item.__dict__} for item in message.items]
    elif message.heard == "location":
        text = f"{replies.render('whatsapp.location')} {message.text}"
    elif message.heard == "unknown":
        notice = "whatsapp.unsupported"
    elif message.media and message.media.kind == "audio":
        notice = "whatsapp.voice"
    if message.product:
        data["product"] = message.product
        text = f"{text}\n{names.get(message.product, message.product)}"
    return Heard(text, data, notice)


def products_named(messages: Sequence[BuyerMessage]) -> set[str]:
    """Return the catalogue ids that ``messages`` speak of."""
    named = {message.product for message in messages if message.product}
    return named | {item.retailer_id for message in messages for item in message.items}


def typed_number(text: str) -> int | None:
    """Return the number of a message that is nothing but a choice: ``2``, ``2.``, ``#2``, ``٢``, ``２``."""
    digits = text.translate(_DIGITS).strip(_MARKS + "\n\t")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 2 else None
