"""``liaison import``: load a seller's own CSV file into the shop."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import yaml

from bot.errors import ConfigurationError


def run(arguments: list[str]) -> int:
    """Check the whole file, then load it; with any fault nothing of it is loaded."""
    parser = argparse.ArgumentParser(
        prog="liaison import",
        description="Load a CSV export. The column map is a YAML file: 'Your heading: our column', one a line.",
    )
    parser.add_argument(
        "table", help="what the file holds: products, prices, stock, orders, buyers … (see docs/your-shop.md)"
    )
    parser.add_argument("file", type=Path, help="the CSV file (comma, semicolon or tab; UTF-8)")
    parser.add_argument("--map", type=Path, metavar="FILE", help="column map (YAML)")
    options = parser.parse_args(arguments)
    from bot.settings import settings_from
    from bot.shop.importer import import_csv
    from bot.shop.opening import prepared_engine

    engine = prepared_engine(settings_from()).execution_options(writing=True)
    rows = import_csv(engine, options.table, options.file, columns=_columns(options.map), today=date.today())
    print(f"{options.file}: {rows} rows loaded into {options.table}.")
    return 0


def _columns(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise ConfigurationError(f"{path}: cannot be read ({err.strerror}); name an existing column map") from err
    except yaml.YAMLError as err:
        raise ConfigurationError(f"{path}: is not valid YAML ({err}); write 'Your heading: our column' lines") from err
    if not isinstance(found, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in found.items()):
        raise ConfigurationError(f"{path}: is not a column map; write 'Your heading: our column' lines")
    return found
