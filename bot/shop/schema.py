"""What each CSV file of the shop holds: columns, kinds, what is required, allowed values, keys and references.

Kinds: ``text``, ``words`` (list joined by ``;``), ``integer``, ``money`` (also percentages), ``date``, ``instant``,
``flag`` (yes/no), ``country`` (ISO 3166 alpha-2), ``currency`` (ISO 4217), ``language``, ``email``, ``phone`` (E.164),
``order_number``, ``code`` (small letters and ``_``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bot.trade.model import DisputeKind, OrderState, ServiceStatus, ShippingKind

Kind = Literal[
    "text", "words", "integer", "money", "date", "instant", "flag", "country", "currency", "language", "email", "phone",
    "order_number", "code",
]  # fmt: skip
UNITS = ("piece", "yard", "metre", "pair", "set", "roll")
TIERS = ("new", "regular", "vip")
REFUND_STATES = ("requested", "approved", "sent", "done", "refused")
DISPUTE_STATES = ("under_review", "closed", "waiting_for_other_side", "withdrawn")
TRACKING_CODES = (
    "label_created", "picked_up", "left_origin", "export_customs", "departed_country", "arrived_country",
    "import_customs", "customs_hold", "cleared", "at_local_depot", "out_for_delivery", "delivery_failed", "delivered",
    "returned",
)  # fmt: skip


@dataclass(frozen=True)
class ColumnSpec:
    """One column: an empty cell gets ``default`` unless ``required``; numbers are at least ``least``.

    ``refers_to`` names the ``(table, column)`` that must hold the value, or each value of a list.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    default: int | str | None = None
    choices: tuple[str, ...] = ()
    refers_to: tuple[str, str] | None = None
    least: int = 0


@dataclass(frozen=True)
class FileSpec:
    """One file and its table: no two rows share ``key``; an import replaces all rows with the same ``group``."""

    table: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]
    group: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnSpec | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def _must(name: str, kind: Kind = "text", *, least: int = 0, choices: tuple[str, ...] = ()) -> ColumnSpec:
    return ColumnSpec(name, kind, required=True, least=least, choices=choices)


def _refers(name: str, table: str, column: str, kind: Kind = "text", *, required: bool = True) -> ColumnSpec:
    return ColumnSpec(name, kind, required=required, refers_to=(table, column))


def _order_number() -> ColumnSpec:
    return _refers("order_number", "orders", "number", "order_number")


def _products() -> FileSpec:
    columns = (
        _must("sku"), _must("category", "code"), _must("unit", choices=UNITS), _must("moq", "integer", least=1),
        _must("currency", "currency"), _must("weight_grams", "integer", least=1), ColumnSpec("material"),
        ColumnSpec("dimensions"), ColumnSpec("voltage"), ColumnSpec("plug"), ColumnSpec("power_watts", "integer"),
        ColumnSpec("compatible_with"), ColumnSpec("colors", "words"), ColumnSpec("sizes", "words"),
        _refers("certificates", "certificates", "id", "words", required=False), ColumnSpec("origin"),
        ColumnSpec("warranty_months", "integer", default=0), ColumnSpec("lead_days", "integer", default=0),
        ColumnSpec("sample_price", "money"), ColumnSpec("customizable", "flag"), ColumnSpec("brand"),
        ColumnSpec("image"), _refers("similar", "products", "sku", "words", required=False),
    )  # fmt: skip
    return FileSpec("products", columns, key=("sku",))


def _orders() -> FileSpec:
    columns = (
        _must("number", "order_number"), _refers("buyer_id", "buyers", "id"), ColumnSpec("email", "email"),
        ColumnSpec("phone", "phone"), _must("state", choices=get_args(OrderState)), _must("placed_on", "date"),
        _must("currency", "currency"), _must("total", "money"), _must("paid", "money"), _must("country", "country"),
        ColumnSpec("shipping_method"), ColumnSpec("promised_on", "date"), ColumnSpec("pay_by", "date"),
        ColumnSpec("shipped_on", "date"), ColumnSpec("delivered_on", "date"), ColumnSpec("carrier"),
        ColumnSpec("tracking_number"), ColumnSpec("protected", "flag"),
        ColumnSpec("language", "language", default="en"),
    )  # fmt: skip
    return FileSpec("orders", columns, key=("number",))


def _shipping() -> FileSpec:
    columns = (
        _must("country", "country"), _must("method"), _must("kind", choices=get_args(ShippingKind)),
        _must("currency", "currency"), _must("base_cost", "money"), ColumnSpec("cost_per_kg", "money", default=0),
        ColumnSpec("free_over", "money"), _must("days_min", "integer"), _must("days_max", "integer", least=1),
        ColumnSpec("status", choices=get_args(ServiceStatus), default="ok"),
        ColumnSpec("extra_days", "integer", default=0),
    )  # fmt: skip
    return FileSpec("shipping", columns, key=("country", "method"), group=("country",))


def file_specs() -> dict[str, FileSpec]:
    """Return every file by the name of its table, in the order in which they must be loaded."""
    sku = _refers("sku", "products", "sku")
    number = _order_number()
    specs = (
        FileSpec(
            "certificates",
            (_must("id"), _must("name"), _must("issuer"), _must("number"), ColumnSpec("valid_until", "date")),
            key=("id",),
        ),
        _products(),
        FileSpec(
            "product_texts",
            (sku, _must("language", "language"), _must("name"), ColumnSpec("aliases", "words"), ColumnSpec("strength")),
            key=("sku", "language"),
        ),
        FileSpec(
            "prices",
            (sku, _must("min_quantity", "integer", least=1), _must("unit_price", "money")),
            key=("sku", "min_quantity"),
            group=("sku",),
        ),
        FileSpec(
            "stock",
            (sku, ColumnSpec("variant"), _must("quantity", "integer"), ColumnSpec("restock_days", "integer")),
            key=("sku", "variant"),
            group=("sku",),
        ),
        _shipping(),
        FileSpec(
            "customs",
            (
                _must("country", "country"), ColumnSpec("duty_free_up_to", "money"), _must("currency", "currency"),
                ColumnSpec("vat_percent", "money"), ColumnSpec("note"),
            ),
            key=("country",),
        ),
        FileSpec("return_addresses", (_must("country", "country"), _must("address")), key=("country",)),
        FileSpec(
            "buyers",
            (
                _must("id"), _must("name"), ColumnSpec("email", "email"), ColumnSpec("phone", "phone"),
                _must("country", "country"), ColumnSpec("language", "language", default="en"),
                ColumnSpec("tier", choices=TIERS, default="new"),
            ),
            key=("id",),
            unique=("email", "phone"),
        ),
        _orders(),
        FileSpec(
            "order_items",
            (number, sku, ColumnSpec("variant"), _must("quantity", "integer", least=1), _must("unit_price", "money")),
            key=("order_number", "sku", "variant"),
            group=("order_number",),
        ),
        FileSpec(
            "tracking_events",
            (number, _must("at", "instant"), _must("code", choices=TRACKING_CODES), ColumnSpec("place")),
            key=("order_number", "at", "code"),
            group=("order_number",),
        ),
        FileSpec(
            "refunds",
            (
                number, _must("amount", "money"), _must("state", choices=REFUND_STATES), _must("updated_on", "date"),
                ColumnSpec("days_to_arrive", "integer", default=0),
            ),
            key=("order_number",),
        ),
        FileSpec(
            "disputes",
            (
                number, _must("kind", choices=get_args(DisputeKind)), _must("state", choices=DISPUTE_STATES),
                _must("requested_on", "date"), _must("requested_amount", "money"),
            ),
            key=("order_number",),
        ),
    )  # fmt: skip
    return {spec.table: spec for spec in specs}
