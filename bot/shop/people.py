"""A few buyers to try the assistant as: one of each kind."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.shop.repository import ShopRepository
from bot.shop.tables import buyers
from bot.trade.model import Buyer

_MOST = 9


def demo_buyers(engine: Engine) -> list[tuple[Buyer, int]]:
    """Return up to nine buyers of different countries with the number of their open orders."""
    shop = ShopRepository(engine)
    with engine.connect() as connection:
        ids = connection.execute(select(buyers.c.id, buyers.c.country).order_by(buyers.c.id)).all()
    result: list[tuple[Buyer, int]] = []
    countries: set[str] = set()
    for row in ids:
        buyer = None if row.country in countries else shop.buyer(row.id)
        if buyer is None:
            continue
        countries.add(row.country)
        result.append((buyer, sum(order.is_open for order in shop.orders_of(buyer.id))))
        if len(result) == _MOST:
            break
    return result
