"""``liaison worker``: one process that answers; start as many as there are cores to spare."""

from __future__ import annotations

import argparse
import asyncio

from bot.settings import settings_from


def run(arguments: list[str]) -> int:
    """Serve until stopped; turns under way are finished."""
    argparse.ArgumentParser(prog="liaison worker", description=__doc__).parse_args(arguments)
    from bot.cli.family import end_with_parent
    from bot.cli.logs import log_to_stderr
    from bot.worker.process import run_worker

    settings = settings_from()
    log_to_stderr()
    end_with_parent()
    asyncio.run(run_worker(settings))
    return 0
