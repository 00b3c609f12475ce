"""``liaison whatsapp``: the process that sends to WhatsApp; ``check`` tells what is missing, ``resume`` ends an alarm."""

from __future__ import annotations

import argparse
import asyncio

from bot.errors import ConfigurationError
from bot.settings import Settings, settings_from


def run(arguments: list[str]) -> int:
    """Run the process, or one of the two habits; returns 1 when the check finds something wrong."""
    parser = argparse.ArgumentParser(prog="liaison whatsapp", description=__doc__)
    parser.add_argument("habit", nargs="?", choices=("run", "check", "resume"), default="run")
    habit = parser.parse_args(arguments).habit
    if habit == "check":
        return _check()
    settings = settings_from()
    return _resume(settings) if habit == "resume" else _run(settings)


def _run(settings: Settings) -> int:
    from bot.cli.family import end_with_parent
    from bot.cli.logs import log_to_stderr
    from bot.shop.opening import prepared_engine
    from bot.whatsapp.process import run_channel, sending_settings

    sending_settings(settings)
    log_to_stderr()
    end_with_parent()
    asyncio.run(run_channel(settings, engine=prepared_engine(settings)))
    return 0


def _check() -> int:
    from bot.shop.opening import prepared_engine
    from bot.whatsapp.check import check

    try:
        settings = settings_from()
    except ConfigurationError as err:
        print(f"✗ {err}")
        return 1
    findings = asyncio.run(check(settings, prepared_engine(settings)))
    for finding in findings:
        print(f"{'✓' if finding.good else '✗'} {finding.text}")
    wrong = sum(not finding.good for finding in findings)
    print(f"\n{wrong} to mend." if wrong else "\nEverything is in order.")
    return 1 if wrong else 0


def _resume(settings: Settings) -> int:
    from bot.conversations.store import ConversationStore
    from bot.shop.opening import prepared_engine
    from bot.whatsapp.alarms import end_alarms

    with ConversationStore(prepared_engine(settings)).turn() as transaction:
        ended = end_alarms(transaction)
    print(f"{ended} alarm(s) ended; what waits is sent now." if ended else "There was no alarm.")
    return 0
