"""Opening the database: its schema up to date, the demo shop in it when it is empty."""

from __future__ import annotations

from datetime import date

from sqlalchemy.engine import Engine

from bot.database import make_engine, migrate
from bot.settings import Settings
from bot.shop.demo import load_demo
from bot.shop.repository import ShopRepository


def prepared_engine(settings: Settings) -> Engine:
    """Return the engine with the newest schema, and the demo shop in it when the shop is empty."""
    engine = make_engine(settings.database_url)
    migrate(engine)
    if not ShopRepository(engine).products():
        load_demo(engine.execution_options(writing=True), settings.project / "shop", today=date.today())
    return engine
