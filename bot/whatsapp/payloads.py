"""What a webhook says, as plain values. Everything Meta may leave out has a default."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Heard = Literal[
    "text", "media", "location", "choice", "reaction", "order", "contacts", "edit", "revoke", "system", "unknown"
]
MediaKind = Literal["image", "document", "audio", "video", "sticker"]
MEDIA_KINDS: tuple[MediaKind, ...] = ("image", "document", "audio", "video", "sticker")
StatusName = Literal["sent", "delivered", "read", "played", "failed"]
STATUS_NAMES: tuple[StatusName, ...] = ("sent", "delivered", "read", "played", "failed")


@dataclass(frozen=True)
class Sender:
    """Who wrote: by number (``wa_id``), by business-scoped id (``user_id``), or both. ``name`` is self-chosen."""

    wa_id: str | None = None
    user_id: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Media:
    """A file of the buyer that lies at Meta for some days. ``sha256`` is base64, empty where it was not told."""

    id: str
    kind: MediaKind
    mime_type: str = ""
    sha256: str = ""
    filename: str = ""


@dataclass(frozen=True)
class ItemOrdered:
    """One line of a cart. ``price`` is what the buyer's screen showed, as text."""

    retailer_id: str
    quantity: int
    price: str = ""
    currency: str = ""


@dataclass(frozen=True)
class BuyerMessage:
    """One message. ``sent_at`` is in seconds since 1970, as the buyer's network says.

    ``text`` is what was typed or captioned; ``refers_to`` the wamid that is quoted, reacted to, edited or deleted.
    """

    wamid: str
    sender: Sender
    sent_at: int
    heard: Heard
    type: str
    text: str = ""
    choice: str | None = None
    media: Media | None = None
    items: tuple[ItemOrdered, ...] = ()
    refers_to: str | None = None
    new_wa_id: str | None = None
    forwarded: bool = False
    product: str | None = None
    """The retailer id of the product a message was written about."""
    advert: str = ""
    """The headline of the advertisement the talk began with."""
    error_code: int | None = None


@dataclass(frozen=True)
class Status:
    """What became of one of our messages. ``tag`` is what we gave as ``biz_opaque_callback_data``."""

    wamid: str
    name: StatusName
    at: int
    tag: str = ""
    code: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Odd:
    """Something that is kept as it came: another field, an error report, or an item that could not be read."""

    kind: Literal["field", "error", "broken"]
    name: str
    raw: str


@dataclass(frozen=True)
class Change:
    """All that one of our numbers is told at once."""

    phone_number_id: str
    messages: tuple[BuyerMessage, ...] = ()
    statuses: tuple[Status, ...] = ()


@dataclass(frozen=True)
class Envelope:
    """One webhook call."""

    changes: tuple[Change, ...] = ()
    odd: tuple[Odd, ...] = field(default=())
