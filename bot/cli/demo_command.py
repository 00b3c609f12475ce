"""``liaison demo``: load the demo shop afresh, so that its dates count from today."""

from __future__ import annotations

import argparse
from datetime import date


def run(arguments: list[str]) -> int:
    """Load ``shop/*.csv`` over what is there."""
    argparse.ArgumentParser(prog="liaison demo", description=__doc__).parse_args(arguments)
    from bot.settings import settings_from
    from bot.shop.demo import load_demo
    from bot.shop.opening import prepared_engine

    settings = settings_from()
    engine = prepared_engine(settings).execution_options(writing=True)
    print(f"{load_demo(engine, settings.project / 'shop', today=date.today())} rows of the demo shop loaded.")
    return 0
