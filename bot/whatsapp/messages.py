"""Reading one message of a webhook: a reader for every type, and one for the types nobody has seen yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bot.whatsapp.nodes import Unreadable, node, number, optional, whole, word
from bot.whatsapp.payloads import MEDIA_KINDS, BuyerMessage, ItemOrdered, Media, Sender

LONGEST_WAMID = 300
_MOST_ITEMS = 100
_CHANGES_NUMBER = "changed_number"

Reader = Callable[[dict[str, Any], BuyerMessage], BuyerMessage]


def read_message(item: dict[str, Any], sender: Sender) -> BuyerMessage:
    """Return the message; raises Unreadable when it has no id. A known type without its node is unknown."""
    wamid, kind = word(item.get("id")), word(item.get("type"))[:40]
    if not wamid or len(wamid) > LONGEST_WAMID:
        raise Unreadable("id")
    context, errors = optional(item, "context"), item.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    bare = BuyerMessage(
        wamid=wamid,
        sender=sender,
        sent_at=max(0, whole(item.get("timestamp")) or 0),
        heard="unknown",
        type=kind or "none",
        refers_to=word(context.get("id"))[:LONGEST_WAMID] or None,
        forwarded=bool(context.get("forwarded") or context.get("frequently_forwarded")),
        product=word(optional(context, "referred_product").get("product_retailer_id"))[:100] or None,
        advert=word(optional(item, "referral").get("headline"))[:200],
        error_code=whole(first.get("code")),
    )
    try:
        return _READERS.get(kind, _unknown)(item, bare)
    except Unreadable:
        return bare


def _text(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    return replace(bare, heard="text", text=word(node(item, "text").get("body")))


def _media(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    kind = next(known for known in MEDIA_KINDS if known == bare.type)
    held = node(item, kind)
    media_id = word(held.get("id"))
    if not media_id:
        raise Unreadable("id")
    media = Media(
        media_id[:200], kind, word(held.get("mime_type"))[:100], word(held.get("sha256"))[:100],
        word(held.get("filename"))[:200],
    )  # fmt: skip
    return replace(bare, heard="media", text=word(held.get("caption")), media=media)


def _location(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    held = node(item, "location")
    latitude, longitude = number(held.get("latitude")), number(held.get("longitude"))
    if latitude is None or longitude is None:
        raise Unreadable("location")
    parts = (word(held.get("name")), word(held.get("address")), f"{latitude:.6f}, {longitude:.6f}")
    return replace(bare, heard="location", text="\n".join(dict.fromkeys(part for part in parts if part)))


def _interactive(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    held = node(item, "interactive")
    for name in ("button_reply", "list_reply"):
        if reply := optional(held, name):
            return replace(
                bare, heard="choice", text=word(reply.get("title")), choice=word(reply.get("id"))[:256] or None
            )
    form = node(held, "nfm_reply")
    return replace(bare, heard="text", text=_form_text(word(form.get("response_json"))) or word(form.get("body")))


def _form_text(answers: str) -> str:
    """Return the filled-in fields of a form, one a line."""
    try:
        fields = json.loads(answers)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(fields, dict):
        return ""
    pairs = ((name, word(value)) for name, value in fields.items() if name != "flow_token")
    return "\n".join(f"{word(name)}: {value}" for name, value in pairs if value)


def _button(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    held = node(item, "button")
    payload = word(held.get("payload"))
    return replace(bare, heard="choice", text=word(held.get("text")) or payload, choice=payload[:256] or None)


def _reaction(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    held = node(item, "reaction")
    target = word(held.get("message_id"))[:LONGEST_WAMID]
    return replace(bare, heard="reaction", text=word(held.get("emoji"))[:40], refers_to=target or bare.refers_to)


def _order(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    held = node(item, "order")
    items = tuple(_ordered(held.get("product_items")))
    if not items:
        raise Unreadable("product_items")
    return replace(bare, heard="order", text=word(held.get("text")), items=items)


def _ordered(lines: Any) -> Iterable[ItemOrdered]:
    for line in (lines if isinstance(lines, list) else [])[:_MOST_ITEMS]:
        if isinstance(line, dict) and (sku := word(line.get("product_retailer_id"))[:100]):
            quantity = whole(line.get("quantity"))
            yield ItemOrdered(
                sku, quantity if quantity and quantity > 0 else 1, word(line.get("item_price"))[:20],
                word(line.get("currency"))[:3],
            )  # fmt: skip


def _contacts(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    held = item.get("contacts")
    cards = [card for card in held if isinstance(card, dict)] if isinstance(held, list) else []
    if not cards:
        raise Unreadable("contacts")
    return replace(bare, heard="contacts", text="\n".join(filter(None, map(_card_text, cards[:20]))))


def _card_text(card: dict[str, Any]) -> str:
    parts = [word(optional(card, "name").get("formatted_name"))]
    for name, key in (("phones", "phone"), ("emails", "email")):
        held = card.get(name)
        parts.extend(word(one.get(key)) for one in (held if isinstance(held, list) else []) if isinstance(one, dict))
    return ", ".join(part for part in parts if part)


def _edit(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    held = node(item, "edit")
    new = node(held, "message")
    if word(new.get("type")) == "edit":
        raise Unreadable("edit")
    changed = read_message({**new, "id": bare.wamid}, bare.sender)
    return replace(bare, heard="edit", text=changed.text, refers_to=word(held.get("original_message_id")) or None)


def _revoke(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    return replace(bare, heard="revoke", refers_to=word(node(item, "revoke").get("original_message_id")) or None)


def _system(item: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    held = node(item, "system")
    told = word(held.get("new_wa_id")) or word(held.get("wa_id"))
    changes = _CHANGES_NUMBER in word(held.get("type")) or bool(word(held.get("new_wa_id")))
    new = told if changes and told.isascii() and told.isdigit() and told != bare.sender.wa_id else None
    return replace(bare, heard="system", text=word(held.get("body"))[:500], new_wa_id=new)


def _unknown(_: dict[str, Any], bare: BuyerMessage) -> BuyerMessage:
    return bare


_READERS: dict[str, Reader] = {
    "text": _text, **dict.fromkeys(MEDIA_KINDS, _media), "location": _location, "interactive": _interactive,
    "button": _button, "reaction": _reaction, "order": _order, "contacts": _contacts, "edit": _edit,
    "revoke": _revoke, "system": _system,
}  # fmt: skip
