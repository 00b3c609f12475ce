"""The SQL tables of the channel.

``whatsapp_contacts`` are people on one of our numbers, ``whatsapp_threads`` their conversations; ``planned_seq``
is the message up to which it was decided what is delivered. ``whatsapp_receipts`` holds one row for everything a
webhook told, so that nothing is taken twice. ``whatsapp_deliveries`` are the messages that go out, in parts, and
``whatsapp_tasks`` what is left to do for messages that came in: fetch a file, tell the buyer something.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.conversations import tables as conversation_tables
from bot.shop.tables import Instant, metadata

_CONVERSATION = conversation_tables.conversations.c.id

contacts = Table(
    "whatsapp_contacts", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("phone_number_id", String(32), nullable=False),
    Column("wa_id", String(32)),
    Column("user_id", String(160)),
    Column("name", String(120), nullable=False, default=""),
    Column("window_ends_at", Instant),
    Column("opted_out_at", Instant),
    Column("last_wamid", String(300)),
    Column("read_wamid", String(300)),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("phone_number_id", "wa_id"),
    UniqueConstraint("phone_number_id", "user_id"),
    Index(None, "wa_id"),
)  # fmt: skip

former_numbers = Table(
    "whatsapp_former_numbers", metadata,
    Column("wa_id", String(32), primary_key=True),
    Column("left_at", Instant, nullable=False),
)  # fmt: skip

threads = Table(
    "whatsapp_threads", metadata,
    Column("conversation_id", String(64), ForeignKey(_CONVERSATION), primary_key=True),
    Column("contact_id", Integer, ForeignKey("whatsapp_contacts.id"), nullable=False),
    Column("planned_seq", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Index(None, "contact_id"),
)  # fmt: skip

receipts = Table(
    "whatsapp_receipts", metadata,
    Column("key", String(320), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(64), nullable=False),
    Column("conversation_id", String(64)),
    Column("seq", Integer),
    Column("raw", Text, nullable=False, default=""),
    Column("received_at", Instant, nullable=False),
    Index(None, "received_at"),
)  # fmt: skip

deliveries = Table(
    "whatsapp_deliveries", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), ForeignKey(_CONVERSATION), nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("contact_id", Integer, ForeignKey("whatsapp_contacts.id"), nullable=False),
    Column("tag", String(64), nullable=False, unique=True),
    Column("purpose", String(64), nullable=False, default="reply"),
    Column("content", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("wamid", String(300), unique=True),
    Column("code", Integer),
    Column("reason", String(300), nullable=False, default=""),
    Column("tries", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("tried_at", Instant),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("conversation_id", "first_seq", "part"),
    Index(None, "state", "due_at"),
    Index(None, "contact_id", "state"),
)  # fmt: skip

tasks = Table(
    "whatsapp_tasks", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), ForeignKey(_CONVERSATION), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("data", JSON, nullable=False),
    Column("state", String(8), nullable=False, default="open"),
    Column("tries", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "state", "due_at"),
)  # fmt: skip

alarms = Table(
    "whatsapp_alarms", metadata,
    Column("phone_number_id", String(32), primary_key=True),
    Column("code", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("token_mark", String(16), nullable=False),
    Column("since", Instant, nullable=False),
)  # fmt: skip
