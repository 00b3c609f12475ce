"""Empty shop tables on both engines: SQLite in a file, PostgreSQL in a schema of its own that is dropped after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from bot.shop.tables import metadata

POSTGRES = "postgresql+psycopg2://postgres@127.0.0.1:5432/test"
SHOP = Path(__file__).parents[2] / "shop"


@pytest.fixture
def today() -> date:
    return date(2026, 6, 15)


@pytest.fixture
def shop() -> Path:
    """The folder of the demo shop."""
    return SHOP


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine with the empty tables of the shop."""
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path / 'shop.db'}", future=True)
        metadata.create_all(made)
        yield made
        made.dispose()
        return
    schema = f"shop_test_{uuid4().hex[:12]}"
    admin = create_engine(POSTGRES, future=True)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    made = create_engine(POSTGRES, future=True, connect_args={"options": f"-csearch_path={schema}"})
    try:
        metadata.create_all(made)
        yield made
    finally:
        made.dispose()
        with admin.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        admin.dispose()
