"""What a shop is made of, as plain values. Money is ``Decimal`` in the named currency; days are calendar days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

ShippingKind = Literal["express", "standard", "economy", "freight"]
ServiceStatus = Literal["ok", "delayed", "not_served"]
OrderState = Literal[
    "awaiting_payment", "awaiting_deposit", "slip_review", "in_production", "awaiting_balance", "ready_to_ship",
    "shipped", "in_customs", "delayed", "delivered", "returned_to_sender", "cancelled", "refund_requested",
    "refunded", "disputed",
]  # fmt: skip
DisputeKind = Literal["not_received", "not_as_described", "quality", "counterfeit", "short_quantity", "damaged"]


@dataclass(frozen=True)
class PriceStep:
    """One rung of a price ladder: from ``min_quantity`` on, each unit costs ``unit_price``."""

    min_quantity: int
    unit_price: Decimal


@dataclass(frozen=True)
class StockLine:
    """How many units of one variant are on the shelf; ``restock_days`` is None when no date is known."""

    variant: str
    quantity: int
    restock_days: int | None


@dataclass(frozen=True)
class Certificate:
    """A document that proves origin or conformity of goods."""

    id: str
    name: str
    issuer: str
    number: str
    valid_until: date | None


@dataclass(frozen=True)
class Product:
    """One article of the catalogue. ``names`` and ``strengths`` are keyed by language code."""

    sku: str
    category: str
    unit: str
    """piece, yard, metre, pair, set or roll"""
    moq: int
    currency: str
    names: dict[str, str]
    strengths: dict[str, str]
    aliases: dict[str, tuple[str, ...]]
    weight_grams: int
    steps: tuple[PriceStep, ...]
    stock: tuple[StockLine, ...] = ()
    material: str = ""
    dimensions: str = ""
    voltage: str = ""
    plug: str = ""
    power_watts: int | None = None
    compatible_with: str = ""
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    origin: str = ""
    warranty_months: int = 0
    lead_days: int = 0
    sample_price: Decimal | None = None
    customizable: bool = False
    brand: str = ""
    image: str = ""
    similar: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Return the product's name in ``language``, in English where the seller wrote none."""
        return self.names.get(language) or self.names.get("en") or self.sku


@dataclass(frozen=True)
class ShippingMethod:
    """One way to send goods to one country. Cost = ``base_cost`` + ``cost_per_kg`` × started kilograms."""

    country: str
    method: str
    kind: ShippingKind
    currency: str
    base_cost: Decimal
    cost_per_kg: Decimal
    free_over: Decimal | None
    days_min: int
    days_max: int
    status: ServiceStatus
    extra_days: int = 0


@dataclass(frozen=True)
class CustomsRule:
    """What a country takes on import; ``note`` is a short English remark of the seller."""

    country: str
    duty_free_up_to: Decimal | None
    currency: str
    vat_percent: Decimal | None
    note: str = ""


@dataclass(frozen=True)
class ReturnAddress:
    """Where goods go back to, by country of the buyer."""

    country: str
    address: str


@dataclass(frozen=True)
class Buyer:
    """A known buyer. ``phone`` is E.164."""

    id: str
    name: str
    email: str
    phone: str
    country: str
    language: str
    tier: Literal["new", "regular", "vip"] = "new"


@dataclass(frozen=True)
class OrderItem:
    """One line of an order."""

    sku: str
    variant: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True)
class TrackingEvent:
    """One scan of a parcel. ``code`` is one of the keys under ``tracking.`` in ``replies/``."""

    at: datetime
    code: str
    place: str


@dataclass(frozen=True)
class Refund:
    """Money on its way back to a buyer."""

    amount: Decimal
    state: Literal["requested", "approved", "sent", "done", "refused"]
    updated_on: date
    days_to_arrive: int


@dataclass(frozen=True)
class Dispute:
    """A dispute a buyer filed on the platform; the clock runs from ``requested_on``."""

    kind: DisputeKind
    state: Literal["under_review", "closed", "waiting_for_other_side", "withdrawn"]
    requested_on: date
    requested_amount: Decimal


@dataclass(frozen=True)
class Order:
    """An order with all that the assistant may tell its verified buyer."""

    number: str
    buyer_id: str
    email: str
    phone: str
    state: OrderState
    placed_on: date
    currency: str
    total: Decimal
    paid: Decimal
    country: str
    shipping_method: str
    promised_on: date | None
    pay_by: date | None
    shipped_on: date | None
    delivered_on: date | None
    carrier: str
    tracking_number: str
    protected: bool
    items: tuple[OrderItem, ...] = ()
    tracking: tuple[TrackingEvent, ...] = ()
    refund: Refund | None = None
    dispute: Dispute | None = None
    language: str = field(default="en")

    @property
    def balance(self) -> Decimal:
        """What is still to be paid."""
        return max(self.total - self.paid, Decimal(0))

    @property
    def is_open(self) -> bool:
        """True until the order has come to its end."""
        return self.state not in {"cancelled", "refunded"} and not (
            self.state == "delivered" and self.dispute is None and self.refund is None
        )
