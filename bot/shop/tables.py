"""The SQL tables of the shop's data; a table is named as the CSV file that fills it.

Lists are kept as text joined by ``;``, money as exact decimals (text in SQLite, NUMERIC elsewhere),
instants as UTC.
"""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

SEPARATOR = ";"
MONEY_DIGITS, MONEY_PLACES = 14, 4


class Words(TypeDecorator):  # type: ignore[misc]
    """A tuple of texts without ``;`` in them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Any) -> str:
        """Return the text that is stored."""
        return SEPARATOR.join(value or ())

    def process_result_value(self, value: str | None, dialect: Any) -> tuple[str, ...]:
        """Return the tuple that was stored."""
        return tuple(value.split(SEPARATOR)) if value else ()


class Money(TypeDecorator):  # type: ignore[misc]
    """An exact ``Decimal``; SQLite has no such type, so it gets the digits as text."""

    impl = Numeric(MONEY_DIGITS, MONEY_PLACES)
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return the column type of the engine at hand."""
        kind = String(MONEY_DIGITS + 2) if dialect.name == "sqlite" else Numeric(MONEY_DIGITS, MONEY_PLACES)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> Any:
        """Return what the engine stores."""
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        """Return the amount with at least two places and no zeros beyond them."""
        if value is None:
            return None
        amount = Decimal(value).normalize()
        places = amount.as_tuple().exponent
        return amount.quantize(Decimal("0.01")) if isinstance(places, int) and places > -2 else amount


class Instant(TypeDecorator):  # type: ignore[misc]
    """A point in time: stored as UTC without zone, read back with the zone UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the moment as UTC without zone."""
        return value.astimezone(timezone.utc).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the moment with the zone UTC."""
        return value.replace(tzinfo=timezone.utc) if value else None


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str, target: str | None = None) -> Column:
    """Return a column of the primary key, referring to ``table.column`` where one is named."""
    return Column(name, String(64), *([ForeignKey(target)] if target else []), primary_key=True)


def _text(name: str) -> Column:
    return Column(name, Text, nullable=False, default="")


certificates = Table(
    "certificates", metadata,
    _key("id"), _text("name"), _text("issuer"), _text("number"), Column("valid_until", Date),
)  # fmt: skip
products = Table(
    "products", metadata,
    _key("sku"), _text("category"), _text("unit"),
    Column("moq", Integer, nullable=False), Column("currency", String(3), nullable=False),
    Column("weight_grams", Integer, nullable=False),
    _text("material"), _text("dimensions"), _text("voltage"), _text("plug"), Column("power_watts", Integer),
    _text("compatible_with"), Column("colors", Words, nullable=False), Column("sizes", Words, nullable=False),
    Column("certificates", Words, nullable=False), _text("origin"),
    Column("warranty_months", Integer, nullable=False), Column("lead_days", Integer, nullable=False),
    Column("sample_price", Money), Column("customizable", Boolean, nullable=False),
    _text("brand"), _text("image"), Column("similar", Words, nullable=False),
)  # fmt: skip
product_texts = Table(
    "product_texts", metadata,
    _key("sku", "products.sku"), _key("language"), _text("name"),
    Column("aliases", Words, nullable=False), _text("strength"),
)  # fmt: skip
prices = Table(
    "prices", metadata,
    _key("sku", "products.sku"), Column("min_quantity", Integer, primary_key=True, autoincrement=False),
    Column("unit_price", Money, nullable=False),
)  # fmt: skip
stock = Table(
    "stock", metadata,
    _key("sku", "products.sku"), _key("variant"),
    Column("quantity", Integer, nullable=False), Column("restock_days", Integer),
)  # fmt: skip
shipping = Table(
    "shipping", metadata,
    _key("country"), _key("method"), Column("kind", String(16), nullable=False),
    Column("currency", String(3), nullable=False), Column("base_cost", Money, nullable=False),
    Column("cost_per_kg", Money, nullable=False), Column("free_over", Money),
    Column("days_min", Integer, nullable=False), Column("days_max", Integer, nullable=False),
    Column("status", String(16), nullable=False), Column("extra_days", Integer, nullable=False),
)  # fmt: skip
customs = Table(
    "customs", metadata,
    _key("country"), Column("duty_free_up_to", Money), Column("currency", String(3), nullable=False),
    Column("vat_percent", Money), _text("note"),
)  # fmt: skip
return_addresses = Table("return_addresses", metadata, _key("country"), _text("address"))
buyers = Table(
    "buyers", metadata,
    _key("id"), _text("name"), Column("email", String(254), nullable=False, default="", index=True),
    Column("phone", String(16), nullable=False, default="", index=True), Column("country", String(2), nullable=False),
    Column("language", String(8), nullable=False), Column("tier", String(16), nullable=False),
)  # fmt: skip
orders = Table(
    "orders", metadata,
    _key("number"), Column("buyer_id", String(64), ForeignKey("buyers.id"), nullable=False),
    _text("email"), _text("phone"), Column("state", String(32), nullable=False),
    Column("placed_on", Date, nullable=False), Column("currency", String(3), nullable=False),
    Column("total", Money, nullable=False), Column("paid", Money, nullable=False),
    Column("country", String(2), nullable=False), _text("shipping_method"),
    Column("promised_on", Date), Column("pay_by", Date), Column("shipped_on", Date), Column("delivered_on", Date),
    _text("carrier"), _text("tracking_number"), Column("protected", Boolean, nullable=False),
    Column("language", String(8), nullable=False),
    Index(None, "buyer_id", "placed_on"), Index(None, "phone"),
)  # fmt: skip
order_items = Table(
    "order_items", metadata,
    _key("order_number", "orders.number"), _key("sku", "products.sku"), _key("variant"),
    Column("quantity", Integer, nullable=False), Column("unit_price", Money, nullable=False),
)  # fmt: skip
tracking_events = Table(
    "tracking_events", metadata,
    _key("order_number", "orders.number"), Column("at", Instant, primary_key=True), _key("code"), _text("place"),
)  # fmt: skip
refunds = Table(
    "refunds", metadata,
    _key("order_number", "orders.number"), Column("amount", Money, nullable=False),
    Column("state", String(16), nullable=False), Column("updated_on", Date, nullable=False),
    Column("days_to_arrive", Integer, nullable=False),
)  # fmt: skip
disputes = Table(
    "disputes", metadata,
    _key("order_number", "orders.number"), Column("kind", String(32), nullable=False),
    Column("state", String(32), nullable=False), Column("requested_on", Date, nullable=False),
    Column("requested_amount", Money, nullable=False),
)  # fmt: skip
