"""A CSV file read into typed rows, with every fault that shows without looking at other files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.errors import Fault
from bot.shop.cells import BadCell, Cell, read_cell
from bot.shop.schema import ColumnSpec, FileSpec
from bot.shop.tables import metadata

_DELIMITERS = (",", ";", "\t")
_NOTHING: dict[str, Cell] = {"words": (), "flag": False, "integer": None, "money": None, "date": None, "instant": None}


@dataclass(frozen=True)
class Row:
    """One row: the line of the file where it starts and its values by column name."""

    line: int
    values: dict[str, Cell]


@dataclass(frozen=True)
class Sheet:
    """One file: rows that could be read and the faults found so far."""

    spec: FileSpec
    file: str
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def read_sheet(spec: FileSpec, path: Path, *, columns: Mapping[str, str] | None, today: date) -> Sheet:
    """Read ``path`` (UTF-8, with or without BOM; ``,``, ``;`` or tab). ``columns``: seller's heading → our column."""
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as err:
        return Sheet(spec, name, (), (Fault(name, f"cannot be read ({err.strerror})", "check path and rights"),))
    except UnicodeDecodeError as err:
        return Sheet(spec, name, (), (Fault(name, f"is not UTF-8 (byte {err.start})", "save it as CSV UTF-8"),))
    try:
        records = _records(text)
    except csv.Error as err:
        return Sheet(spec, name, (), (Fault(name, f"is not a CSV file ({err})", "save it again as CSV UTF-8"),))
    if not records:
        return Sheet(spec, name, (), (Fault(name, "is empty", "write a heading and at least one row"),))
    places, faults = _headings(spec, name, records[0][1], columns)
    if faults:
        return Sheet(spec, name, (), tuple(faults))
    rows: list[Row] = []
    for line, record in records[1:]:
        row, problems = _row(spec, name, line, record, places, len(records[0][1]), today)
        rows.append(row)
        faults.extend(problems)
    return Sheet(spec, name, tuple(rows), tuple(faults))


def _records(text: str) -> list[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, line = [], 1
    for record in reader:
        if any(cell.strip() for cell in record):
            found.append((line, [cell.strip() for cell in record]))
        line = reader.line_num + 1
    return found


def _headings(
    spec: FileSpec, name: str, headings: list[str], columns: Mapping[str, str] | None
) -> tuple[dict[str, int], list[Fault]]:
    """Return the place of each of our columns; with a column map, headings that nobody names are left out."""
    faults: list[Fault] = []
    known = ", ".join(column.name for column in spec.columns)
    for heading, ours in (columns or {}).items():
        if heading not in headings:
            faults.append(Fault(name, f'has no column "{heading}"', "correct the column map or the heading", 1))
        if spec.column(ours) is None:
            faults.append(Fault(name, f'column map names "{ours}"', f"use {known}", 1))
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        ours = (columns or {}).get(heading) or re.sub(r"[\s-]+", "_", heading).lower()
        if spec.column(ours) is None:
            if columns is None and heading:
                faults.append(Fault(name, f'column "{heading}" is unknown', f"use {known}", 1))
        elif ours in places:
            faults.append(Fault(name, f'column "{ours}" stands twice', "remove one", 1))
        else:
            places[ours] = place
    for column in spec.columns:
        if column.required and column.name not in places:
            faults.append(Fault(name, f'column "{column.name}" is missing', "add it, or name it in the column map", 1))
    return places, faults


def _row(
    spec: FileSpec, name: str, line: int, record: list[str], places: Mapping[str, int], width: int, today: date
) -> tuple[Row, list[Fault]]:
    faults: list[Fault] = []
    if len(record) < width or any(record[width:]):
        problem = f"has {len(record)} cells, the heading has {width}"
        faults.append(Fault(name, problem, "put cells with a comma or quotation mark in quotes", line))
    values: dict[str, Cell] = {}
    for column in spec.columns:
        place = places.get(column.name)
        text = record[place] if place is not None and place < len(record) else ""
        try:
            values[column.name] = _value(spec, column, text, today)
        except BadCell as err:
            shown = f'{column.name} "{text[:60]}" {err.problem}' if text else f"{column.name} {err.problem}"
            faults.append(Fault(name, shown, err.remedy, line))
    return Row(line, values), faults


def _value(spec: FileSpec, column: ColumnSpec, text: str, today: date) -> Cell:
    if text:
        value = read_cell(text, column, today=today)
        longest = getattr(metadata.tables[spec.table].c[column.name].type, "length", None)
        if longest and isinstance(value, str) and len(value) > longest:
            raise BadCell(f"is longer than {longest} characters", "shorten it")
        return value
    if column.required:
        raise BadCell("is empty", "fill it in")
    if column.default is None:
        return _NOTHING.get(column.kind, "")
    return column.default if isinstance(column.default, str) else read_cell(str(column.default), column, today=today)


def values_of(rows: Iterable[Row], column: str) -> set[Cell]:
    """Return every value of ``column`` that could be read."""
    return {row.values[column] for row in rows if row.values.get(column) is not None}
