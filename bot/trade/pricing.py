"""What goods cost: the rung of the price ladder for the asked quantity, and the next one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot.trade.model import PriceStep, Product

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Return ``amount`` rounded to cents, halves upward."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Quote:
    """The price of ``quantity`` units; ``raised_to_moq`` when the buyer asked for fewer than are sold."""

    product: Product
    quantity: int
    unit_price: Decimal
    total: Decimal
    next_step: PriceStep | None
    raised_to_moq: bool

    @property
    def missing(self) -> int:
        """How many units more reach the next rung; 0 on the lowest price."""
        return self.next_step.min_quantity - self.quantity if self.next_step else 0


def quote(product: Product, quantity: int) -> Quote:
    """Return the quote for ``quantity`` units, never fewer than the minimum order.

    Source of the rule: quote the unit price for the asked quantity, then the next rung; never lead
    with the lowest one. Raises ValueError for a product without prices.
    """
    if not product.steps:
        raise ValueError(f"{product.sku}: has no price; add a row to prices.csv")
    least = max(product.moq, product.steps[0].min_quantity)
    bought = max(quantity, least)
    step = [s for s in product.steps if s.min_quantity <= bought][-1]
    higher = [s for s in product.steps if s.min_quantity > bought]
    return Quote(
        product=product,
        quantity=bought,
        unit_price=step.unit_price,
        total=cents(step.unit_price * bought),
        next_step=higher[0] if higher else None,
        raised_to_moq=quantity < least,
    )
