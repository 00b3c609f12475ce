"""Whether a buyer gets something off, how much, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.trade.model import Product
from bot.trade.pricing import Quote, cents
from bot.trade.rules import Bundle, Coupon, Discounts


@dataclass(frozen=True)
class Granted:
    """``percent`` off the quoted total; ``after`` is what is left to pay."""

    percent: Decimal
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Refused:
    """No discount; ``reason`` is better_material, weight, already_discounted or small."""

    reason: str


def decide(quote: Quote, *, tier: str, discounts: Discounts) -> Granted | Refused:
    """Return the discount that the rules allow for ``quote`` and a buyer of ``tier``."""
    for exclusion in discounts.excluded:
        if exclusion.category == quote.product.category:
            return Refused(exclusion.reason)
    volume = [
        rule.percent
        for rule in discounts.volume
        if (rule.min_quantity is not None and quote.quantity >= rule.min_quantity)
        or (rule.min_amount is not None and quote.total >= rule.min_amount)
    ]
    percent = min(max(volume, default=Decimal(0)) + discounts.tier_percent.get(tier, Decimal(0)), discounts.max_percent)
    if percent <= 0:
        return Refused("small")
    return Granted(percent, quote.total, cents(quote.total * (100 - percent) / 100))


def usable_coupon(discounts: Discounts, *, amount: Decimal, tier: str, today: date) -> Coupon | None:
    """Return the best coupon valid ``today`` for ``amount`` and ``tier``; personal ones need the tier."""
    usable = [
        coupon
        for coupon in discounts.coupons
        if coupon.valid_from <= today <= coupon.valid_until
        and amount >= coupon.min_amount
        and (not coupon.tiers or tier in coupon.tiers)
    ]
    return max(usable, key=lambda coupon: coupon.percent, default=None)


def bundle_with(product: Product, discounts: Discounts) -> Bundle | None:
    """Return the first bundle that holds ``product``."""
    return next((bundle for bundle in discounts.bundles if product.sku in bundle.skus), None)
