"""Attacks as a shop's database, a stranger's file or a page's attribute may carry them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from bot.database import make_engine
from bot.shop.tables import buyers, product_texts

ATTACK = """<img src=x onerror="window.hacked=1;alert(1)"><script>hacked=1</script>'"><svg/onload=alert(2)>&lt;b&gt;"""
"""Markup in every costume: as an element, out of an attribute, as an entity."""

POISONED_SKU = "LB-WAT-01"
POISONED_BUYER = "B1004"


def poison(database: Path) -> None:
    """Give one product and one buyer of a SQLite shop names that attack whoever shows them."""
    engine = make_engine(f"sqlite:///{database}")
    with engine.execution_options(writing=True).begin() as connection:
        named = update(product_texts).where(product_texts.c.sku == POISONED_SKU)
        assert connection.execute(named.values(name=ATTACK)).rowcount == 8
        called = update(buyers).where(buyers.c.id == POISONED_BUYER)
        assert connection.execute(called.values(name=ATTACK)).rowcount == 1
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
