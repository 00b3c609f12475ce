"""Reading a webhook: every entry, change, message and status, whatever stands beside them.

Nothing here raises for what was sent. An item that cannot be read becomes an :class:`Odd`, and its neighbours
are read all the same. Shapes: Meta's webhook reference, Cloud API v21.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.whatsapp.messages import read_message
from bot.whatsapp.nodes import Unreadable, whole, word
from bot.whatsapp.payloads import STATUS_NAMES, BuyerMessage, Change, Envelope, Odd, Sender, Status

LONGEST_RAW = 8_000
"""Characters of an odd item that are kept."""
_KNOWN_FIELD = "messages"


def parse_body(body: bytes) -> Envelope:
    """Return what ``body`` says; a body that is no JSON object is one broken item."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return Envelope(odd=(Odd("broken", "body", body[:LONGEST_RAW].decode("utf-8", errors="replace")),))
    return parse(content)


def parse(content: Any) -> Envelope:
    """Return what the decoded ``content`` of a webhook says."""
    changes: list[Change] = []
    odd: list[Odd] = []
    for entry in _items(content, "entry", odd):
        for change in _items(entry, "changes", odd):
            name = word(change.get("field"))
            value = change.get("value")
            if name != _KNOWN_FIELD:
                odd.append(Odd("field", name or "none", raw(change)))
            elif not isinstance(value, dict):
                odd.append(Odd("broken", "value", raw(change)))
            else:
                changes.append(_change(value, odd))
    return Envelope(tuple(changes), tuple(odd))


def raw(item: Any) -> str:
    """Return ``item`` as JSON, cut to what is kept."""
    try:
        return json.dumps(item, ensure_ascii=False)[:LONGEST_RAW].encode("utf-8", errors="replace").decode()
    except (ValueError, RecursionError):
        return ""


def _items(holder: Any, name: str, odd: list[Odd]) -> Iterator[dict[str, Any]]:
    """Yield the objects of the list ``name``; whatever else stands there is odd."""
    found = holder.get(name) if isinstance(holder, dict) else None
    if found is None and isinstance(holder, dict) and name not in ("entry", "changes"):
        return
    if not isinstance(found, list):
        odd.append(Odd("broken", name, raw(holder)))
        return
    for item in found:
        if isinstance(item, dict):
            yield item
        else:
            odd.append(Odd("broken", name, raw(item)))


def _change(value: dict[str, Any], odd: list[Odd]) -> Change:
    metadata = value.get("metadata")
    number = word(metadata.get("phone_number_id")) if isinstance(metadata, dict) else ""
    contacts = [_contact(contact) for contact in _items(value, "contacts", odd)]
    messages: list[BuyerMessage] = []
    statuses: list[Status] = []
    for item in _items(value, "messages", odd):
        try:
            messages.append(read_message(item, _sender(item, contacts)))
        except Unreadable:
            odd.append(Odd("broken", "message", raw(item)))
    for item in _items(value, "statuses", odd):
        try:
            statuses.append(_status(item))
        except Unreadable:
            odd.append(Odd("broken", "status", raw(item)))
    odd.extend(Odd("error", str(whole(item.get("code")) or "none"), raw(item)) for item in _items(value, "errors", odd))
    return Change(number, tuple(messages), tuple(statuses))


def _contact(contact: dict[str, Any]) -> Sender:
    profile = contact.get("profile")
    name = word(profile.get("name")) or word(profile.get("username")) if isinstance(profile, dict) else ""
    return Sender(word(contact.get("wa_id")) or None, word(contact.get("user_id")) or None, name[:120])


def _sender(message: dict[str, Any], contacts: list[Sender]) -> Sender:
    """Return who wrote ``message``, completed by the contact that means the same person; raises Unreadable."""
    number, user = word(message.get("from")) or None, word(message.get("from_user_id")) or None
    if number is not None and not (number.isascii() and number.isdigit()):
        number, user = None, user or number
    for contact in contacts:
        if (number and contact.wa_id == number) or (user and contact.user_id == user):
            return Sender(number or contact.wa_id, user or contact.user_id, contact.name)
    if number is None and user is None and len(contacts) == 1:
        return contacts[0]
    if number is None and user is None:
        raise Unreadable("from")
    return Sender(number, user)


def _status(item: dict[str, Any]) -> Status:
    wamid, name = word(item.get("id")), word(item.get("status"))
    if not wamid or name not in STATUS_NAMES:
        raise Unreadable("status")
    errors = item.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    data = first.get("error_data")
    details = word(data.get("details")) if isinstance(data, dict) else ""
    return Status(
        wamid=wamid,
        name=next(known for known in STATUS_NAMES if known == name),
        at=whole(item.get("timestamp")) or 0,
        tag=word(item.get("biz_opaque_callback_data")),
        code=whole(first.get("code")),
        reason=(details or word(first.get("message")) or word(first.get("title")))[:300],
    )
