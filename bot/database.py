"""The SQL engine, set up for many readers and one careful writer, and its migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from bot.errors import StoreUnavailable

_BUSY_MILLISECONDS = 10_000
_POOL = 10
_MIGRATION_LOCK = 0x11A150


def make_engine(url: str) -> Engine:
    """Return an engine for ``url``; SQLite runs in WAL mode with foreign keys on, its folder is made.

    A transaction that will write is opened from ``engine.execution_options(writing=True)``: SQLite
    then waits for its turn at once instead of failing in the middle.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(url, future=True, pool_pre_ping=True, pool_size=_POOL, max_overflow=_POOL)
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    in_memory = address.database in (None, "", ":memory:")
    pool = (
        {"poolclass": StaticPool} if in_memory else {"poolclass": QueuePool, "pool_size": _POOL, "max_overflow": _POOL}
    )
    engine = create_engine(url, future=True, connect_args={"check_same_thread": False}, **pool)

    @event.listens_for(engine, "connect")  # type: ignore[untyped-decorator]
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
            f"busy_timeout={_BUSY_MILLISECONDS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")  # type: ignore[untyped-decorator]
    def _begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version; raises StoreUnavailable when the database does not answer."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with engine.execution_options(writing=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as err:
        raise StoreUnavailable(f"DATABASE_URL {engine.url!r}: {type(err).__name__}; is the server running?") from err
