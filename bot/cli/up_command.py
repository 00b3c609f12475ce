"""``liaison up``: everything a shop needs on one machine, watched over and restarted when it dies."""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.error import URLError
from urllib.request import urlopen

from bot.cli.family import SUPERVISED
from bot.errors import ConfigurationError
from bot.settings import Settings, settings_from

_READY_SECONDS = 180.0
_STOP_SECONDS = 15.0


def run(arguments: list[str]) -> int:
    """Prepare the database and the model, start all processes, print the addresses, stop on Ctrl-C."""
    parser = argparse.ArgumentParser(prog="liaison up", description=__doc__)
    parser.add_argument("--no-train", action="store_true", help="use the model as it is, even when its data changed")
    options = parser.parse_args(arguments)
    from circus.exc import ConflictError
    from rich.console import Console

    from bot.shop.opening import prepared_engine

    settings = settings_from()
    console = Console(stderr=True, highlight=False)
    lock = _only_one(settings.var_dir)
    _check_port(settings)
    prepared_engine(settings).dispose()
    if not options.no_train:
        subprocess.run([sys.executable, "-m", "bot.cli.main", "train"], check=True)
    arbiter = _arbiter(settings)
    threading.Thread(target=_announce, args=(settings, console), daemon=True).start()
    try:
        arbiter.start()
    finally:
        with suppress(ConflictError):
            arbiter.stop()
        lock.close()
        console.print("Stopped. Nothing is lost: what was not answered waits for the next start.")
    return 0


def _only_one(var_dir: Path) -> IO[str]:
    """Hold a lock for as long as this process lives; raises ConfigurationError when another one has it."""
    var_dir.mkdir(parents=True, exist_ok=True)
    lock = (var_dir / "up.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as err:
        raise ConfigurationError(
            f"LIAISON_VAR_DIR={var_dir}: another `liaison up` runs there; stop it or name another folder"
        ) from err
    return lock


def _check_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as err:
            raise ConfigurationError(
                f"LIAISON_HOST={settings.host}, LIAISON_PORT={settings.port}: cannot be used ({err.strerror}); "
                "stop what listens there or set another port, for instance LIAISON_PORT=8001"
            ) from err


def _arbiter(settings: Settings) -> Any:
    """Return circus' arbiter: starts in order, restarts what dies, stops in the opposite order."""
    from circus import get_arbiter

    logging.getLogger("tornado").setLevel(logging.CRITICAL)  # circus' own timers complain while it stops
    environment = {**os.environ, SUPERVISED: "1"}

    def watcher(name: str, *, priority: int, count: int = 1) -> dict[str, Any]:
        return {
            "name": name,
            "cmd": sys.executable,
            "args": ["-m", "bot.cli.main", name],
            "numprocesses": count,
            "priority": priority,
            "env": environment,
            "working_dir": str(settings.project),
            "graceful_timeout": _STOP_SECONDS,
            "max_retry": -1,
            "close_child_stdin": True,
        }

    watchers = [watcher("gateway", priority=2), watcher("worker", priority=1, count=settings.workers)]
    if settings.whatsapp is not None and settings.whatsapp.token is not None:
        watchers.append(watcher("whatsapp", priority=1))
    if settings.redis_url is None:
        watchers.insert(0, watcher("redis", priority=3))
    sockets = Path(tempfile.mkdtemp(prefix="liaison-"))  # mode 0700: nobody else may give commands
    return get_arbiter(
        watchers,
        controller=f"ipc://{sockets}/control",
        pubsub_endpoint=f"ipc://{sockets}/events",
        check_delay=0.5,
    )


def _announce(settings: Settings, console: Any) -> None:
    """Say where to go as soon as buyers can be served."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    started = time.monotonic()
    with console.status("Starting …"):
        while time.monotonic() - started < _READY_SECONDS:
            if _is_ready(address):
                break
            time.sleep(0.3)
        else:
            console.print(f"[red]Not ready after {_READY_SECONDS:.0f} s.[/red] {address}/readyz tells what is missing.")
            return
    console.print(
        f"\n[bold green]Liaison is ready.[/bold green]\n"
        f"  demo shop with the chat   {address}/demo\n"
        f"  interface description     {address}/v1/openapi.json\n"
        f"  state and figures         {address}/readyz   {address}/metrics\n"
        f"  Ctrl-C stops it.\n",
        soft_wrap=True,
    )


def _is_ready(address: str) -> bool:
    try:
        with urlopen(f"{address}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
