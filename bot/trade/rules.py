"""The rules of trade of one shop as plain values. Money is in the shop's currency; days are calendar days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

PaymentKind = Literal["card", "wallet", "escrow", "bank_transfer", "cash_transfer"]
Payer = Literal["buyer", "seller"]
ExclusionReason = Literal["better_material", "weight", "already_discounted"]
Emphasis = Literal["quality", "packaging", "price", "use", "speed", "certificates", "design", "warranty"]


@dataclass(frozen=True)
class ShopIdentity:
    """Who sells, in which time zone (IANA) and currency."""

    name: str
    time_zone: str
    currency: str


@dataclass(frozen=True)
class DayRange:
    """From so many to so many days."""

    min: int
    max: int


@dataclass(frozen=True)
class PaymentMethod:
    """A way to pay; ``fee_percent`` and ``fixed_fee`` come on top for the buyer, the bank's own fee maybe too."""

    id: str
    name: str
    kind: PaymentKind
    fee_percent: Decimal
    fixed_fee: Decimal
    buyer_pays_bank_fee: bool
    min_amount: Decimal
    max_amount: Decimal | None


@dataclass(frozen=True)
class DepositRule:
    """From ``from_amount`` on, ``percent`` is paid first; the balance before shipment within ``balance_days``."""

    percent: Decimal
    from_amount: Decimal
    balance_days: int


@dataclass(frozen=True)
class ProtectionRule:
    """The platform's protection from ``min_amount`` on; below it ``small_orders`` names what covers instead."""

    name: str
    min_amount: Decimal
    small_orders: str
    claim_days: int


@dataclass(frozen=True)
class ReturnRule:
    """How goods may come back; ``conditions`` and ``excluded_categories`` are ids."""

    days: int
    change_of_mind_paid_by: Payer
    fault_paid_by: Payer
    conditions: tuple[str, ...]
    excluded_categories: tuple[str, ...]
    refund_days: int


@dataclass(frozen=True)
class ExchangeRule:
    """How goods may be exchanged."""

    days: int
    times: int
    fault_paid_by: Payer


@dataclass(frozen=True)
class SampleRule:
    """Samples: how many pieces, who pays shipping, from which amount on the price is credited to a bulk order."""

    max_pieces: int
    shipping_paid_by: Payer
    credited_from_amount: Decimal
    days: int


@dataclass(frozen=True)
class WholesaleRule:
    """Terms for resellers."""

    own_logo_moq: int
    own_logo_extra_days: int
    dropshipping: bool
    price_list: bool
    from_amount: Decimal


@dataclass(frozen=True)
class InvoiceRule:
    """Which papers there are (ids) and how soon they come."""

    papers: tuple[str, ...]
    within_hours: int


@dataclass(frozen=True)
class ReviewRule:
    """How a review counts and may be changed."""

    change_within_days: int
    change_times: int
    positive_from_stars: int
    neutral_stars: int
    appeal_within_hours: int


@dataclass(frozen=True)
class DisputeClock:
    """Days from the first refund request; ``return_claim_days`` runs from the return shipment's details."""

    escalate_from_day: int
    escalate_to_day: int
    automatic_on_day: int
    return_claim_days: int
    evidence_days: int
    appeal_days: int


@dataclass(frozen=True)
class EvidenceRule:
    """Ids of what proves a claim: by kind of dispute, and by what the tracking says for goods not received."""

    not_received: tuple[str, ...]
    not_as_described: tuple[str, ...]
    quality: tuple[str, ...]
    counterfeit: tuple[str, ...]
    short_quantity: tuple[str, ...]
    damaged: tuple[str, ...]
    not_received_cases: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class CompensationRule:
    """What the assistant may offer for a late order; above ``max_amount`` a person decides."""

    from_days_late: int
    percent_per_day: Decimal
    max_percent: dict[str, Decimal]
    max_amount: Decimal
    coupon_days: int
    priority_tiers: tuple[str, ...]


@dataclass(frozen=True)
class TriageRule:
    """Red, yellow, green by promised date, and what a carrier's lateness starts."""

    yellow_days_before: int
    red_days_after: int
    watch_below_delivered_percent: Decimal
    fast_lane_late_percent: Decimal
    fast_lane_days: int
    compensate_late_percent: Decimal


@dataclass(frozen=True)
class CareRule:
    """When the shop writes first."""

    video_hours_after_shipping: int
    review_days_after_delivery: int
    pay_reminder_days_before: int


@dataclass(frozen=True)
class Hours:
    """Opening hours of one weekday, ``HH:MM`` in the shop's time zone."""

    opens: str
    closes: str


@dataclass(frozen=True)
class Policies:
    """``shop/policies.yml``. ``business_hours`` is keyed ``mon`` to ``sun``; a day that is missing is closed."""

    shop: ShopIdentity
    reply_minutes: int
    business_hours: dict[str, Hours]
    dispatch_days: DayRange
    packing: tuple[str, ...]
    payment_methods: tuple[PaymentMethod, ...]
    deposit: DepositRule
    protection: ProtectionRule
    returns: ReturnRule
    exchange: ExchangeRule
    sample: SampleRule
    wholesale: WholesaleRule
    invoice: InvoiceRule
    review: ReviewRule
    dispute: DisputeClock
    evidence: EvidenceRule
    compensation: CompensationRule
    triage: TriageRule
    care: CareRule


@dataclass(frozen=True)
class VolumeRule:
    """``percent`` off for an order of at least that many units or that amount."""

    id: str
    percent: Decimal
    min_quantity: int | None = None
    min_amount: Decimal | None = None


@dataclass(frozen=True)
class Coupon:
    """A code a buyer may use; dates are inclusive."""

    code: str
    percent: Decimal
    min_amount: Decimal
    valid_from: date
    valid_until: date
    tiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exclusion:
    """A category without discounts and why."""

    category: str
    reason: ExclusionReason


@dataclass(frozen=True)
class Bundle:
    """Goods that are cheaper together."""

    id: str
    skus: tuple[str, ...]
    percent: Decimal


@dataclass(frozen=True)
class Discounts:
    """``shop/discounts.yml``. ``price_drop_days``: so long after buying the difference is given as a coupon."""

    tier_percent: dict[str, Decimal]
    volume: tuple[VolumeRule, ...]
    max_percent: Decimal
    coupons: tuple[Coupon, ...]
    next_time_coupon: str
    excluded: tuple[Exclusion, ...]
    bundles: tuple[Bundle, ...]
    price_drop_days: int


@dataclass(frozen=True)
class CountryRule:
    """What matters to buyers of one country, in this order; colours to show or not to push; how money is shown."""

    language: str
    currency: str
    emphasis: tuple[Emphasis, ...]
    prefer_colors: tuple[str, ...] = ()
    avoid_colors: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShopRules:
    """All rules of one shop; ``countries`` is keyed by ISO code."""

    policies: Policies
    discounts: Discounts
    countries: dict[str, CountryRule]
