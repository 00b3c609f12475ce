"""What shipping costs and how long it takes, by country and method."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from bot.trade.model import Product, ShippingMethod
from bot.trade.pricing import cents

_SPEED = {"express": 0, "standard": 1, "economy": 2, "freight": 3}


@dataclass(frozen=True)
class Offer:
    """One method with its cost for the parcel at hand; ``cost`` is 0 where shipping is free."""

    method: ShippingMethod
    cost: Decimal
    days_min: int
    days_max: int


def parcel_kilograms(product: Product | None, quantity: int) -> Decimal:
    """Return the started kilograms of a parcel; 1 where the goods are not known."""
    if product is None:
        return Decimal(1)
    grams = Decimal(product.weight_grams) * max(quantity, 1)
    return max(Decimal(1), (grams / 1000).to_integral_value(rounding=ROUND_CEILING))


def offers(methods: Iterable[ShippingMethod], *, kilograms: Decimal, goods_total: Decimal | None) -> list[Offer]:
    """Return the methods that serve the country, fastest first."""
    result = []
    for method in methods:
        if method.status == "not_served":
            continue
        free = method.free_over is not None and goods_total is not None and goods_total >= method.free_over
        cost = Decimal(0) if free else cents(method.base_cost + method.cost_per_kg * kilograms)
        result.append(Offer(method, cost, method.days_min + method.extra_days, method.days_max + method.extra_days))
    return sorted(result, key=lambda offer: (_SPEED[offer.method.kind], offer.days_max, offer.cost))


def recommended(found: list[Offer]) -> Offer | None:
    """Return the express offer to recommend for its speed, None where there is nothing faster."""
    if len(found) < 2:
        return None
    fastest = min(found, key=lambda offer: offer.days_max)
    return fastest if fastest.method.kind == "express" else None
