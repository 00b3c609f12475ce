"""Entry point of the ``liaison`` command. Subcommands are imported only when they run: start-up stays quick."""

from __future__ import annotations

import argparse
import importlib
import sys

from bot import __version__
from bot.cli.quiet import prepare
from bot.errors import LiaisonError

_COMMANDS = {
    "up": "run everything: redis, gateway, workers; the website widget on http://127.0.0.1:8000/demo",
    "gateway": "run the public HTTP process alone",
    "worker": "run one process that answers alone",
    "whatsapp": "run the process that sends to WhatsApp alone (check: what is missing; resume: end an alarm)",
    "redis": "run the bundled redis-server alone",
    "chat": "talk to the assistant in the terminal",
    "parse": "read messages from standard input, write what is understood as JSON lines",
    "train": "train the model if its data changed (--force: in any case)",
    "import": "load a seller's CSV file into the shop",
    "demo": "load the demo shop afresh, its dates counted from today",
    "data-check": "check every file that people tend and list all faults",
    "cases": "list the open cases for a person",
    "desk": "accounts of the people at the desk: add-user, users, remove-user",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; returns the exit status: 0 done, 1 refused with a reason, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="liaison", description="A multilingual buyer-service assistant.")
    parser.add_argument("--version", action="version", version=f"liaison {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, text in _COMMANDS.items():
        subparsers.add_parser(name, help=text, add_help=False)
    chosen, rest = parser.parse_known_args(arguments)
    prepare()
    module = importlib.import_module(f"bot.cli.{chosen.command.replace('-', '_')}_command")
    try:
        return int(module.run(rest) or 0)
    except LiaisonError as err:
        print(f"liaison {chosen.command}: {err}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, BrokenPipeError):
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
