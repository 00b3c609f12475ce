"""A seller's CSV files checked as a whole and loaded in one transaction, or refused with every fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import ConfigurationError, Fault, ImportRejected, StoreUnavailable
from bot.shop.cells import Cell
from bot.shop.checks import reference_faults, sheet_faults
from bot.shop.schema import FileSpec, file_specs
from bot.shop.sheets import Sheet, read_sheet, values_of
from bot.shop.tables import metadata


def import_csv(engine: Engine, table: str, path: Path, *, columns: dict[str, str] | None = None, today: date) -> int:
    """Load one file into ``table`` (the name of the file in ``shop/``) and return the number of rows.

    ``columns`` maps the seller's headings to ours; dates may count days from ``today``. Rows with
    the same key are replaced; price rungs, stock, shipping methods, order items and tracking events
    are replaced as a whole per product, country or order. Raises ImportRejected with every fault
    (nothing is loaded then), ConfigurationError for an unknown table, StoreUnavailable.
    """
    spec = file_specs().get(table)
    if spec is None:
        raise ConfigurationError(f'table "{table}" does not exist; use {", ".join(file_specs())}')
    return import_sheets(engine, [read_sheet(spec, Path(path), columns=columns, today=today)])


def import_sheets(engine: Engine, sheets: list[Sheet]) -> int:
    """Check ``sheets`` against each other and the store, load all of them or none; return the number of rows."""
    faults = [fault for sheet in sheets for fault in (*sheet.faults, *sheet_faults(sheet))]
    try:
        with engine.begin() as connection:
            known = _known(connection, sheets)
            faults.extend(fault for sheet in sheets for fault in reference_faults(sheet, known))
            if faults:
                raise ImportRejected(sorted(faults, key=lambda fault: (_place(sheets, fault), fault.line or 0)))
            for sheet in sheets:
                _write(connection, sheet.spec, [row.values for row in sheet.rows])
    except SQLAlchemyError as err:
        raise StoreUnavailable(f"the import was not stored ({type(err).__name__})") from err
    return sum(len(sheet.rows) for sheet in sheets)


def _place(sheets: Iterable[Sheet], fault: Fault) -> int:
    return next((place for place, sheet in enumerate(sheets) if sheet.file == fault.file), 0)


def _known(connection: Connection, sheets: Iterable[Sheet]) -> dict[tuple[str, str], set[Cell]]:
    """Return the values which references may name: those in the store and those in ``sheets``.

    A table whose file could not be read at all is left out: its fault says enough.
    """
    targets = {column.refers_to for sheet in sheets for column in sheet.spec.columns if column.refers_to}
    unread = {sheet.spec.table for sheet in sheets if sheet.faults and not sheet.rows}
    known: dict[tuple[str, str], set[Cell]] = {}
    for table, column in targets:
        if table in unread:
            continue
        known[table, column] = set(connection.execute(select(metadata.tables[table].c[column])).scalars())
        for sheet in sheets:
            if sheet.spec.table == table:
                known[table, column] |= values_of(sheet.rows, column)
    return known


def _write(connection: Connection, spec: FileSpec, rows: list[dict[str, Cell]]) -> None:
    if not rows:
        return
    table = metadata.tables[spec.table]
    if spec.group:
        groups = dict.fromkeys(tuple(row[name] for name in spec.group) for row in rows)
        condition = [table.c[name] == bindparam(f"group_{name}") for name in spec.group]
        values = [{f"group_{name}": v for name, v in zip(spec.group, group, strict=True)} for group in groups]
        connection.execute(delete(table).where(*condition), values)
    connection.execute(_upsert(connection, spec), rows)


def _upsert(connection: Connection, spec: FileSpec) -> Any:
    dialects: Mapping[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    statement = dialects[connection.dialect.name](metadata.tables[spec.table])
    changed = {c.name: statement.excluded[c.name] for c in spec.columns if c.name not in spec.key}
    return statement.on_conflict_do_update(index_elements=list(spec.key), set_=changed)
