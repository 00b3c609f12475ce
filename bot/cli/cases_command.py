"""``liaison cases``: what waits for a person."""

from __future__ import annotations

import argparse
import json


def run(arguments: list[str]) -> int:
    """List open cases, the most urgent first; one in full with its number."""
    parser = argparse.ArgumentParser(prog="liaison cases", description=__doc__)
    parser.add_argument("number", nargs="?", type=int, help="show this case with its packet")
    options = parser.parse_args(arguments)
    from rich.console import Console
    from rich.table import Table

    from bot.wiring import parts

    console = Console(highlight=False)
    with parts().conversations.turn() as transaction:
        found = transaction.open_cases()
    if options.number is not None:
        chosen = next((case for case in found if case["id"] == options.number), None)
        if chosen is None:
            console.print(f"There is no open case {options.number}; `liaison cases` lists them.")
            return 1
        console.print_json(json.dumps(chosen, default=str, ensure_ascii=False))
        return 0
    table = Table("no.", "priority", "queue", "reason", "language", "since", "summary")
    for case in found:
        since = case["created_at"].strftime("%Y-%m-%d %H:%M")
        table.add_row(
            str(case["id"]), case["priority"], case["queue"], case["reason"], case["language"], since, case["summary"]
        )
    console.print(table if found else "No open cases.")
    return 0
