"""``liaison desk``: accounts of the people at the desk."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import datetime, timezone

from bot.errors import ConfigurationError


def run(arguments: list[str]) -> int:
    """Add, list or remove accounts. A password is asked for, or read as one line with --password-stdin."""
    parser = argparse.ArgumentParser(prog="liaison desk", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", metavar="COMMAND", required=True)
    adding = kinds.add_parser("add-user", help="make an account")
    adding.add_argument("name")
    adding.add_argument("--role", default="agent", help="agent, lead or admin")
    adding.add_argument("--languages", default="en", help="languages the person answers in: en,es,pt")
    adding.add_argument("--display-name", default="", help="what buyers and colleagues see")
    adding.add_argument("--interface", default="en", help="language of the console: en or zh")
    adding.add_argument("--capacity", type=int, default=None, help="conversations at once; else that of shop/desk.yml")
    adding.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    kinds.add_parser("users", help="list the accounts")
    removing = kinds.add_parser("remove-user", help="delete an account; what it held waits for others")
    removing.add_argument("name")
    options = parser.parse_args(arguments)
    return {"add-user": _add, "users": _list, "remove-user": _remove}[options.kind](options)


def _add(options: argparse.Namespace) -> int:
    from bot.desk.accounts import add_agent
    from bot.wiring import parts

    wired = parts()
    spoken = {language.code for language in wired.languages}
    languages = [code.strip() for code in options.languages.split(",") if code.strip()]
    if unknown := [code for code in languages if code not in spoken]:
        raise ConfigurationError(f"--languages {','.join(unknown)}: use some of {', '.join(sorted(spoken))}")
    capacity = wired.desk.capacity if options.capacity is None else options.capacity
    if not 1 <= capacity <= 1_000:
        raise ConfigurationError(f"--capacity {capacity}: use 1 to 1000")
    add_agent(
        wired.conversations, name=options.name, password=_password(options), role=options.role, languages=languages,
        display_name=options.display_name, interface=options.interface, capacity=capacity,
        now=datetime.now(timezone.utc),
    )  # fmt: skip
    print(f"{options.name} ({options.role}, {', '.join(languages)}) can sign in at /desk.")
    return 0


def _password(options: argparse.Namespace) -> str:
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"Password for {options.name}: ")
    if getpass.getpass("Again: ") != first:
        raise ConfigurationError("password: the two are not the same; try again")
    return first


def _list(_: argparse.Namespace) -> int:
    from bot.desk.accounts import all_agents
    from bot.wiring import parts

    with parts().conversations.reading() as transaction:
        agents = all_agents(transaction)
    for agent in agents:
        print(f"{agent.name}\t{agent.role}\t{','.join(agent.languages)}\t{agent.capacity}\t{agent.display_name}")
    if not agents:
        print("No accounts yet; make one with `liaison desk add-user NAME --role lead --languages en,zh`.")
    return 0


def _remove(options: argparse.Namespace) -> int:
    from bot.desk.accounts import remove_agent
    from bot.wiring import parts

    remove_agent(parts().conversations, options.name)
    print(f"{options.name} is removed.")
    return 0
