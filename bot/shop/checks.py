"""What must hold between the rows of a file, and between a row and the files it refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise

from bot.errors import Fault
from bot.shop.cells import Cell
from bot.shop.sheets import Row, Sheet

Known = Mapping[tuple[str, str], set[Cell]]
"""The values that a ``(table, column)`` holds in the store and in the files being imported."""


def sheet_faults(sheet: Sheet) -> Iterator[Fault]:
    """Yield duplicates, price ladders that do not fall and dates or days in the wrong order."""
    yield from _duplicates(sheet)
    check = {"prices": _ladders, "shipping": _days, "orders": _order_dates}.get(sheet.spec.table)
    if check:
        yield from check(sheet)


def reference_faults(sheet: Sheet, known: Known) -> Iterator[Fault]:
    """Yield every value that refers to a row which does not exist; columns whose target is not known are left out."""
    for column in sheet.spec.columns:
        if column.refers_to is None or column.refers_to not in known:
            continue
        table, target = column.refers_to
        for row in sheet.rows:
            value = row.values.get(column.name)
            for one in value if isinstance(value, tuple) else (value,):
                if one not in (None, "") and one not in known[column.refers_to]:
                    problem = f'{column.name} "{one}" is not in {table}'
                    yield Fault(sheet.file, problem, f"import it into {table} first, or correct {target}", row.line)


def _duplicates(sheet: Sheet) -> Iterator[Fault]:
    for columns in (sheet.spec.key, *((name,) for name in sheet.spec.unique)):
        seen: dict[tuple[Cell, ...], int] = {}
        for row in sheet.rows:
            if any(name not in row.values for name in columns) or not any(row.values[name] for name in columns):
                continue
            key = tuple(row.values[name] for name in columns)
            first = seen.setdefault(key, row.line)
            if first != row.line:
                shown = ", ".join(f'{name} "{value}"' for name, value in zip(columns, key, strict=True))
                yield Fault(sheet.file, f"{shown} stands in line {first} too", "remove or correct one", row.line)


def _ladders(sheet: Sheet) -> Iterator[Fault]:
    ladders: dict[Cell, list[tuple[int, Decimal, Row]]] = {}
    for row in sheet.rows:
        quantity, price = row.values.get("min_quantity"), row.values.get("unit_price")
        if isinstance(quantity, int) and isinstance(price, Decimal):
            ladders.setdefault(row.values.get("sku"), []).append((quantity, price, row))
    for sku, rungs in ladders.items():
        rungs.sort(key=lambda rung: rung[0])
        for (_, before, _), (quantity, price, row) in pairwise(rungs):
            if price >= before:
                problem = f'unit_price {price} of "{sku}" from {quantity} on is not below {before}'
                yield Fault(sheet.file, problem, "lower it, or remove the rung", row.line)


def _days(sheet: Sheet) -> Iterator[Fault]:
    for row in sheet.rows:
        least, most = row.values.get("days_min"), row.values.get("days_max")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            yield Fault(sheet.file, f"days_min {least} is above days_max {most}", "exchange them", row.line)


def _order_dates(sheet: Sheet) -> Iterator[Fault]:
    for row in sheet.rows:
        for early, late in (("placed_on", "shipped_on"), ("placed_on", "delivered_on"), ("shipped_on", "delivered_on")):
            first, second = row.values.get(early), row.values.get(late)
            if isinstance(first, date) and isinstance(second, date) and second < first:
                yield Fault(sheet.file, f"{late} {second} is before {early} {first}", "correct one", row.line)
