"""``liaison data-check``: every file that people tend, all faults at once."""

from __future__ import annotations

import argparse

from bot.settings import settings_from


def run(arguments: list[str]) -> int:
    """Print every fault with file, value and remedy; 1 when there is any."""
    argparse.ArgumentParser(prog="liaison data-check", description=__doc__).parse_args(arguments)
    from bot.data_check import check_all

    faults, counts = check_all(settings_from().project)
    for fault in faults:
        print(fault)
    summary = ", ".join(f"{number} {name}" for name, number in counts.items())
    print(f"{len(faults)} faults in {summary}." if faults else f"No faults: {summary}.")
    return 1 if faults else 0
