"""Figures to ``var/bench.json`` and tables to the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from bot.settings import settings_from


def add_figures(figures: Mapping[str, float]) -> None:
    """Merge ``figures`` into the flat object of ``var/bench.json``."""
    path = settings_from().var_dir / "bench.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known |= {name: round(float(value), 5) for name, value in figures.items()}
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def show(title: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print one table."""
    table = Table(*heads, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row))
    Console(width=140).print(table)
