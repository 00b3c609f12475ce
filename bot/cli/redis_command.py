"""``liaison redis``: the bundled redis-server, for a machine that has none."""

from __future__ import annotations

import argparse
import os

from bot.cli.family import end_with_parent
from bot.errors import ConfigurationError
from bot.inbox.server import own_server_command, own_socket
from bot.settings import settings_from


def run(arguments: list[str]) -> int:
    """Become the redis-server of this installation; it is reached by a socket under ``var/`` only."""
    argparse.ArgumentParser(prog="liaison redis", description=__doc__).parse_args(arguments)
    settings = settings_from()
    if settings.redis_url:
        raise ConfigurationError("REDIS_URL is set, so no server of our own is needed; unset it to use one")
    end_with_parent()
    command = own_server_command(settings.var_dir)
    own_socket(settings.var_dir).parent.mkdir(parents=True, exist_ok=True)
    os.execv(command[0], command)
