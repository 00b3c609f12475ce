"""The shop's data read back as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreUnavailable
from bot.shop import tables
from bot.shop.cells import order_key, phone_key
from bot.trade.model import (
    Buyer,
    Certificate,
    CustomsRule,
    Dispute,
    Order,
    OrderItem,
    PriceStep,
    Product,
    Refund,
    ReturnAddress,
    ShippingMethod,
    StockLine,
    TrackingEvent,
)


class ShopRepository:
    """Reads products, shipping, buyers and orders; every method raises StoreUnavailable when SQL fails.

    Nothing is cached and nothing is written. What cannot stand in the store (control characters) is not found.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def products(self) -> tuple[Product, ...]:
        """Return the whole catalogue, by sku."""
        with self._reading() as connection:
            rows = connection.execute(select(tables.products).order_by(tables.products.c.sku)).all()
            texts = _grouped(connection, tables.product_texts, "sku")
            steps = _grouped(connection, tables.prices, "sku", order_by="min_quantity")
            stock = _grouped(connection, tables.stock, "sku", order_by="variant")
            papers = {r.id: _value(Certificate, r) for r in connection.execute(select(tables.certificates))}
        return tuple(_product(row, texts[row.sku], steps[row.sku], stock[row.sku], papers) for row in rows)

    def shipping_methods(self, country: str) -> tuple[ShippingMethod, ...]:
        """Return the methods to ``country`` (ISO code, any case), the fastest first, incl. those not served."""
        table, code = tables.shipping, country.strip().upper()
        if not code.isprintable():
            return ()
        query = select(table).where(table.c.country == code)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(table.c.days_max, table.c.method)).all()
        return tuple(_value(ShippingMethod, row) for row in rows)

    def served_countries(self) -> tuple[str, ...]:
        """Return the codes of all countries that at least one method serves."""
        table = tables.shipping
        query = select(table.c.country).where(table.c.status != "not_served").distinct().order_by(table.c.country)
        with self._reading() as connection:
            return tuple(connection.execute(query).scalars())

    def customs_rule(self, country: str) -> CustomsRule | None:
        """Return what ``country`` takes on import, or None."""
        row = self._one(tables.customs, "country", country.strip().upper())
        return _value(CustomsRule, row) if row else None

    def return_address(self, country: str) -> ReturnAddress | None:
        """Return the address for returns from ``country``, or None where there is none."""
        row = self._one(tables.return_addresses, "country", country.strip().upper())
        return _value(ReturnAddress, row) if row else None

    def buyer(self, buyer_id: str) -> Buyer | None:
        """Return the buyer of that id, or None."""
        row = self._one(tables.buyers, "id", buyer_id)
        return _value(Buyer, row) if row else None

    def buyer_by_email(self, email: str) -> Buyer | None:
        """Return the only buyer with that address, or None; case is ignored."""
        return self._only_buyer("email", email.strip().lower())

    def buyer_by_phone(self, phone: str) -> Buyer | None:
        """Return the only buyer with that E.164 number, or None; WhatsApp's form without ``+`` will do."""
        return self._only_buyer("phone", phone_key(phone))

    def order(self, number: str) -> Order | None:
        """Return the order of that number, or None; case, spaces and ``#`` are ignored."""
        key = order_key(number)
        found = self._orders(tables.orders.c.number == key) if key else ()
        return found[0] if found else None

    def orders_of(self, buyer_id: str) -> tuple[Order, ...]:
        """Return the orders of a buyer, the newest first."""
        return self._orders(tables.orders.c.buyer_id == buyer_id) if buyer_id.isprintable() else ()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as err:
            raise StoreUnavailable(f"the shop data could not be read ({type(err).__name__})") from err

    def _one(self, table: Any, column: str, value: str) -> Row | None:
        if not value.isprintable():
            return None
        with self._reading() as connection:
            return connection.execute(select(table).where(table.c[column] == value)).first()

    def _only_buyer(self, column: str, value: str) -> Buyer | None:
        if not value or not value.isprintable():
            return None
        with self._reading() as connection:
            rows = connection.execute(select(tables.buyers).where(tables.buyers.c[column] == value).limit(2)).all()
        return _value(Buyer, rows[0]) if len(rows) == 1 else None

    def _orders(self, condition: Any) -> tuple[Order, ...]:
        table = tables.orders
        query = select(table).where(condition).order_by(table.c.placed_on.desc(), table.c.number)
        with self._reading() as connection:
            rows = connection.execute(query).all()
            keys = [row.number for row in rows]
            items = _grouped(connection, tables.order_items, "order_number", keys=keys)
            events = _grouped(connection, tables.tracking_events, "order_number", keys=keys, order_by="at")
            refunds = _grouped(connection, tables.refunds, "order_number", keys=keys)
            disputes = _grouped(connection, tables.disputes, "order_number", keys=keys)
        return tuple(
            _value(
                Order,
                row,
                items=tuple(_value(OrderItem, r) for r in items[row.number]),
                tracking=tuple(_value(TrackingEvent, r) for r in events[row.number]),
                refund=next((_value(Refund, r) for r in refunds[row.number]), None),
                dispute=next((_value(Dispute, r) for r in disputes[row.number]), None),
            )
            for row in rows
        )


def _grouped(
    connection: Connection, table: Any, key: str, *, keys: list[str] | None = None, order_by: str | None = None
) -> defaultdict[Hashable, list[Row]]:
    """Return the rows of ``table`` by the value of ``key``; only those of ``keys`` where given."""
    found: defaultdict[Hashable, list[Row]] = defaultdict(list)
    if keys == []:
        return found
    query = select(table) if keys is None else select(table).where(table.c[key].in_(keys))
    for row in connection.execute(query.order_by(table.c[order_by]) if order_by else query):
        found[row._mapping[key]].append(row)
    return found


def _value(kind: Any, row: Row, **more: Any) -> Any:
    """Return a ``kind`` made of the columns of ``row`` that it knows; what ``more`` gives goes before."""
    columns = row._mapping
    return kind(**{name: columns[name] for name in kind.__dataclass_fields__ if name in columns} | more)


def _product(
    row: Row, texts: Iterable[Row], steps: Iterable[Row], stock: Iterable[Row], papers: dict[str, Certificate]
) -> Product:
    texts = sorted(texts, key=lambda text: str(text.language))
    product: Product = _value(
        Product,
        row,
        certificates=tuple(papers[paper] for paper in row.certificates if paper in papers),
        names={text.language: text.name for text in texts},
        strengths={text.language: text.strength for text in texts if text.strength},
        aliases={text.language: text.aliases for text in texts if text.aliases},
        steps=tuple(_value(PriceStep, step) for step in steps),
        stock=tuple(_value(StockLine, line) for line in stock),
    )
    return product
