"""From stored messages to what is sent: merged, split, with buttons, lists or numbers, within Meta's limits.

A part is a plain dict, because it is stored: ``kind`` text, buttons, list, image or document, and what that kind
needs. :func:`payload_of` makes the body of the call of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversations.store import Message, Upload
from bot.replies.texts import Replies
from bot.trade.outbound import REPLY, Template
from bot.whatsapp.formatting import length, numbered, one_line, split_text, to_whatsapp
from bot.whatsapp.options import BUTTON_TITLE, BUTTONS, ROW_DESCRIPTION, ROW_TITLE, ROWS, short, way_of

BODY = 1024
"""Characters of the text over buttons or a list, of a caption and of a template's parameter."""
LIST_BUTTON = 20
LONGEST_NAME = 240
Part = dict[str, Any]


@dataclass(frozen=True)
class Parcel:
    """What is sent for the messages ``first_seq`` to ``last_seq``: one part a call, in order."""

    first_seq: int
    last_seq: int
    purpose: str
    parts: tuple[Part, ...]


def parcels(messages: Sequence[Message], uploads: Mapping[str, Upload], replies: Replies) -> Iterator[Parcel]:
    """Yield what ``messages`` of ours become; plain texts in a row become one message."""
    bundle: list[Message] = []
    for message in messages:
        if _is_plain(message) and (not bundle or bundle[0].author == message.author):
            joined = "\n\n".join(to_whatsapp(one.text) for one in [*bundle, message])
            if length(joined) <= BODY * 4:
                bundle.append(message)
                continue
        if bundle:
            yield _bundled(bundle)
            bundle = []
        if _is_plain(message):
            bundle.append(message)
        else:
            purpose = str(message.data.get("purpose") or REPLY)
            yield Parcel(message.seq, message.seq, purpose[:64], tuple(_parts(message, uploads, replies)))
    if bundle:
        yield _bundled(bundle)


def _is_plain(message: Message) -> bool:
    return not any(message.data.get(name) for name in ("quick_replies", "uploads", "cards", "purpose"))


def _bundled(bundle: Sequence[Message]) -> Parcel:
    text = "\n\n".join(to_whatsapp(message.text) for message in bundle)
    parts = tuple({"kind": "text", "body": piece} for piece in split_text(text))
    return Parcel(bundle[0].seq, bundle[-1].seq, REPLY, parts)


def _parts(message: Message, uploads: Mapping[str, Upload], replies: Replies) -> Iterator[Part]:
    options = [
        {"id": str(option["id"]), "title": str(option["title"])} for option in message.data.get("quick_replies") or ()
    ]
    text, values = to_whatsapp(message.text).strip(), message.data.get("values")
    for part in _bodies(text, options, message, uploads, replies):
        yield {**part, "values": values} if isinstance(values, dict) else part


def _bodies(
    text: str, options: list[dict[str, str]], message: Message, uploads: Mapping[str, Upload], replies: Replies
) -> Iterator[Part]:
    files = [uploads[one] for one in message.data.get("uploads") or () if one in uploads]
    picture = _picture(message)
    way = way_of(options)
    for index, file in enumerate(files):
        caption = text if index == 0 and way == "none" and length(text) <= BODY else ""
        kind = "image" if file.type.startswith("image/") else "document"
        yield {"kind": kind, "upload": file.id, "type": file.type, "name": file.name[:LONGEST_NAME], "caption": caption}
        text = "" if caption else text
    if way == "none":
        if picture and not files and length(text) <= BODY:
            yield {"kind": "image", "link": picture, "caption": text}
        else:
            yield from ({"kind": "text", "body": piece} for piece in split_text(text))
        return
    if way == "numbers":
        whole = numbered(text, [option["title"] for option in options], replies.render("whatsapp.choose"))
        yield from ({"kind": "text", "body": piece} for piece in split_text(whole))
        return
    pieces = _last_fits(text or replies.render("whatsapp.list_button"))
    before, last = pieces[:-1], pieces[-1]
    yield from ({"kind": "text", "body": piece} for piece in before)
    if way == "buttons":
        yield {"kind": "buttons", "body": last, "options": options, **({"link": picture} if picture else {})}
    else:
        yield {"kind": "list", "body": last, "options": options, "button": replies.render("whatsapp.list_button")}


def _last_fits(text: str) -> list[str]:
    """Return ``text`` in pieces of which the last fits over buttons."""
    if length(text) <= BODY:
        return [text]
    pieces = split_text(text)
    before, last = pieces[:-1], pieces[-1]
    ending = split_text(last, limit=BODY)
    head = last[: last.rindex(ending[-1])].rstrip() if len(ending) > 1 else ""
    return [*before, *([head] if head else []), ending[-1]]


def _picture(message: Message) -> str | None:
    """Return the address of the picture of the only card, None where Meta could not load it."""
    cards = list(message.data.get("cards") or [])
    only = next(iter(cards), None) if len(cards) == 1 else None
    image = only.get("image") if isinstance(only, dict) else None
    return image if isinstance(image, str) and image.startswith("https://") else None


def payload_of(part: Part, *, media_id: str | None = None) -> dict[str, Any]:
    """Return ``type`` and node of a call; ``media_id`` is Meta's id of the part's file."""
    kind = part["kind"]
    if kind == "text":
        return {"type": "text", "text": {"body": part["body"], "preview_url": "https://" in part["body"]}}
    if kind in ("image", "document"):
        node: dict[str, Any] = {"id": media_id} if media_id else {"link": part["link"]}
        if part.get("caption"):
            node["caption"] = part["caption"]
        if kind == "document":
            node["filename"] = part["name"]
        return {"type": kind, kind: node}
    if kind == "buttons":
        buttons = [{"type": "reply", "reply": {"id": o["id"], "title": o["title"]}} for o in part["options"]]
        header = {"header": {"type": "image", "image": {"link": part["link"]}}} if part.get("link") else {}
        body = {"body": {"text": part["body"]}, "action": {"buttons": buttons}}
        return {"type": "interactive", "interactive": {"type": "button", **header, **body}}
    rows = [
        {"id": o["id"], "title": short(o["title"])}
        | ({"description": o["title"]} if short(o["title"]) != o["title"] else {})
        for o in part["options"]
    ]
    action = {"button": part["button"], "sections": [{"title": part["button"], "rows": rows}]}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": part["body"]}, "action": action}}


def template_payload(part: Part, template: Template, code: str) -> dict[str, Any]:
    """Return ``type`` and node of a template; ``text`` among its parameters is the message on one line."""
    values = {"text": part.get("body") or part.get("caption") or part.get("name") or "…", **(part.get("values") or {})}
    given = [
        {"type": "text", "text": one_line(str(values.get(name, "")), limit=BODY) or "–"} for name in template.parameters
    ]
    components = [{"type": "body", "parameters": given}] if given else []
    return {
        "type": "template",
        "template": {"name": template.name, "language": {"code": code}, "components": components},
    }


def limit_fault(payload: Mapping[str, Any]) -> str | None:
    """Return what in ``payload`` is over Meta's limits, None when nothing is: nothing is sent to find that out."""
    kind = payload["type"]
    if kind == "text":
        return None if 0 < length(payload["text"]["body"]) <= BODY * 4 else "text: 1 to 4096 characters"
    if kind in ("image", "document"):
        return None if length(payload[kind].get("caption", "")) <= BODY else "caption: at most 1024 characters"
    if kind != "interactive":
        return None
    node = payload["interactive"]
    if not 0 < length(node["body"]["text"]) <= BODY:
        return "text over buttons: 1 to 1024 characters"
    if node["type"] == "button":
        titles = [button["reply"]["title"] for button in node["action"]["buttons"]]
        fits = len(titles) <= BUTTONS and all(0 < len(title) <= BUTTON_TITLE for title in titles)
        return None if fits and len(set(titles)) == len(titles) else "buttons: at most 3, 20 characters, no two alike"
    rows = [row for section in node["action"]["sections"] for row in section["rows"]]
    fits = len(rows) <= ROWS and all(len(row["title"]) <= ROW_TITLE for row in rows)
    fits &= all(len(row.get("description", "")) <= ROW_DESCRIPTION for row in rows)
    return (
        None
        if fits and len(node["action"]["button"]) <= LIST_BUTTON
        else "list: at most 10 rows of 24 and 72 characters"
    )
