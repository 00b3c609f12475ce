"""The demo shop: every CSV file of a folder checked together and loaded in one transaction."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy.engine import Engine

from bot.shop.importer import import_sheets
from bot.shop.schema import file_specs
from bot.shop.sheets import read_sheet


def load_demo(engine: Engine, folder: Path, *, today: date) -> int:
    """Load ``folder/<table>.csv`` of every table into existing tables and return the number of rows.

    Days in the files count from ``today``; loading again moves them. Raises ImportRejected with the
    faults of all files (nothing is loaded then) and StoreUnavailable.
    """
    specs = file_specs().values()
    return import_sheets(
        engine, [read_sheet(spec, Path(folder) / f"{spec.table}.csv", columns=None, today=today) for spec in specs]
    )
