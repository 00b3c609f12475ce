"""A few buyers to try the assistant as. Only those with the reserved ``example`` addresses of the demo: nobody real."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.shop.repository import ShopRepository
from bot.shop.tables import buyers
from bot.trade.model import Buyer, Order

_MOST = 9
_RESERVED = ("@example.com", "@example.net", "@example.org")
"""Domains that belong to nobody (RFC 2606)."""


def demo_buyers(engine: Engine) -> list[tuple[Buyer, int]]:
    """Return up to nine buyers of different countries with the number of their open orders."""
    result: list[tuple[Buyer, int]] = []
    countries: set[str] = set()
    for buyer, orders in _invented(engine):
        if buyer.country not in countries and len(result) < _MOST:
            countries.add(buyer.country)
            result.append((buyer, sum(order.is_open for order in orders)))
    return result


def demo_buyer_of_each_language(engine: Engine) -> list[tuple[Buyer, tuple[Order, ...]]]:
    """Return one buyer a language with open orders, and those orders."""
    result: dict[str, tuple[Buyer, tuple[Order, ...]]] = {}
    for buyer, orders in _invented(engine):
        waiting = tuple(order for order in orders if order.is_open)
        if waiting and buyer.language not in result:
            result[buyer.language] = (buyer, waiting)
    return list(result.values())


def _invented(engine: Engine) -> Iterator[tuple[Buyer, tuple[Order, ...]]]:
    shop = ShopRepository(engine)
    with engine.connect() as connection:
        rows = connection.execute(select(buyers.c.id, buyers.c.email).order_by(buyers.c.id)).all()
    for row in rows:
        if str(row.email).endswith(_RESERVED):
            buyer = shop.buyer(row.id)
            if buyer is not None:
                yield buyer, shop.orders_of(buyer.id)
