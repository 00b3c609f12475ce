"""The order a conversation is about, as the card buyers see, and the values canned answers are filled with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.answers.context import Context, Memory
from bot.answers.orders import order_card
from bot.replies.texts import Replies
from bot.replies.values import Money
from bot.shop.repository import ShopRepository
from bot.trade.model import Buyer, Order
from bot.trade.rules import ShopRules


@dataclass(frozen=True)
class OrderCards:
    """Looks orders up and writes them in a language."""

    shop: ShopRepository
    rules: ShopRules
    replies_in: Callable[[str | None], Replies]

    def order_of(self, number: str | None, buyer: Buyer | None) -> Order | None:
        """Return the order that the buyer was verified for in the talk, else the buyer's newest open one.

        An order that belongs to somebody else than the known buyer is not shown.
        """
        order = self.shop.order(number) if number else None
        if order is not None and (buyer is None or order.buyer_id == buyer.id):
            return order
        orders = self.shop.orders_of(buyer.id) if buyer else ()
        return next((one for one in orders if one.is_open), orders[0] if orders else None)

    def card(self, order: Order, language: str) -> dict[str, Any]:
        """Return the card of ``order`` in ``language``."""
        context = Context(
            shop=self.shop, rules=self.rules, replies=self.replies_in(language), memory=Memory(), buyer=None,
            today=date.today(),
        )  # fmt: skip
        made = order_card(context, order)
        return {"kind": made.kind, **made.data}

    def values(self, order: Order | None, buyer: Buyer | None, language: str, agent: str) -> dict[str, str]:
        """Return what placeholders of canned answers stand for; unknown ones are missing."""
        replies = self.replies_in(language)
        values = {"agent": agent, "shop": self.rules.policies.shop.name, "buyer": buyer.name if buyer else ""}
        if order is None:
            return values
        day = order.delivered_on or order.promised_on
        return values | {
            "order": order.number,
            "tracking": order.tracking_number,
            "carrier": order.carrier,
            "date": replies.write(day) if day else "",
            "total": replies.write(Money(order.total, order.currency)),
        }
