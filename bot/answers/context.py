"""What an answer may use: the shop, the buyer, what was asked and what was said before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from bot.replies.texts import Replies
from bot.replies.values import Money
from bot.trade.model import Buyer, CustomsRule, Order, Product, ReturnAddress, ShippingMethod
from bot.trade.rules import ShopRules


class Shop(Protocol):
    """Reading access to the shop's data; ``bot.shop.repository`` is the real one."""

    def products(self) -> tuple[Product, ...]: ...
    def shipping_methods(self, country: str) -> tuple[ShippingMethod, ...]: ...
    def served_countries(self) -> tuple[str, ...]: ...
    def customs_rule(self, country: str) -> CustomsRule | None: ...
    def return_address(self, country: str) -> ReturnAddress | None: ...
    def order(self, number: str) -> Order | None: ...
    def orders_of(self, buyer_id: str) -> tuple[Order, ...]: ...
    def buyer(self, buyer_id: str) -> Buyer | None: ...


@dataclass(frozen=True)
class Memory:
    """What the conversation has filled in so far; lives in the slots of the tracker."""

    products: tuple[str, ...] = ()
    quantity: int | None = None
    variant: str | None = None
    country: str | None = None
    order_number: str | None = None
    verified_orders: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    awaiting: str | None = None
    options: tuple[str, ...] = ()
    unclear_turns: int = 0


@dataclass(frozen=True)
class Context:
    """Everything one answer needs. ``aspects`` are meanings found in the clause (see ``lexicon/concepts.yml``)."""

    shop: Shop
    rules: ShopRules
    replies: Replies
    memory: Memory
    buyer: Buyer | None
    today: date
    spoken: tuple[str, ...] = ()
    """The names of the languages the assistant speaks, each in its own language."""
    aspects: frozenset[str] = frozenset()
    has_upload: bool = False

    @property
    def language(self) -> str:
        """The language the reply is written in."""
        return self.replies.language.code

    @property
    def product(self) -> Product | None:
        """The one product the talk is about, None when it is open or ambiguous."""
        return self.candidates[0] if len(self.candidates) == 1 else None

    @property
    def candidates(self) -> tuple[Product, ...]:
        """The products that the buyer's word may mean."""
        by_sku = {product.sku: product for product in self.shop.products()}
        return tuple(by_sku[sku] for sku in self.memory.products if sku in by_sku)

    @property
    def country(self) -> str | None:
        """The country goods go to: what was said, else the verified buyer's own."""
        return self.memory.country or (self.buyer.country if self.buyer else None)

    @property
    def tier(self) -> str:
        """The buyer's class for discounts."""
        return self.buyer.tier if self.buyer else "new"

    def asking(self, aspects: frozenset[str]) -> Context:
        """Return this context for a clause with ``aspects``."""
        return replace(self, aspects=aspects)

    def name(self, product: Product) -> str:
        """Return the product's name in the language of the reply."""
        return product.name(self.language)

    def unit(self, product: Product) -> str:
        """Return the short name of the product's unit."""
        return self.replies.render(f"unit.{product.unit}")

    def variant(self, text: str) -> str:
        """Return a variant such as "black / M" with its colour in the language of the reply."""
        return " / ".join(
            self.replies.texts.get(f"color.{part.strip().lower()}", part.strip()) for part in text.split("/")
        )

    def country_name(self, code: str) -> str:
        """Return the name of a country in the language of the reply."""
        return self.replies.country(code)

    def money(self, amount: Decimal, currency: str | None = None) -> Money:
        """Return ``amount`` in ``currency`` or the shop's own."""
        return Money(amount, currency or self.rules.policies.shop.currency)
