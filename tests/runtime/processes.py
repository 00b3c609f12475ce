"""The real processes of the product: `liaison redis`, `liaison gateway`, `liaison worker`, on a database of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import redis

from bot.inbox.server import redis_address
from bot.settings import PROJECT, Settings, settings_from

READY_SECONDS = 240.0
STOP_SECONDS = 20.0


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], Any], *, seconds: float, what: str, every: float = 0.1) -> Any:
    """Return the first true answer; fails naming ``what`` after ``seconds``."""
    ends = time.monotonic() + seconds
    while True:
        if answer := true():
            return answer
        assert time.monotonic() < ends, f"not in {seconds:.0f} s: {what}"
        time.sleep(every)


@dataclass
class Installation:
    """One installation in a temporary folder; its processes by name: ``redis``, ``gateway``, ``worker1`` …"""

    folder: Path
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    def made(cls, folder: Path, filled_database: Path, **settings: str) -> Installation:
        """Return an installation with the demo shop in ``folder``; nothing runs yet."""
        shutil.copy(filled_database, folder / "liaison.db")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LIAISON_")}
        for name in ("DATABASE_URL", "REDIS_URL"):
            inherited.pop(name, None)
        own = {"LIAISON_VAR_DIR": str(folder), "LIAISON_PORT": str(free_port()), "LIAISON_BURST_SECONDS": "0.2"}
        return cls(folder, inherited | own | settings)

    @property
    def settings(self) -> Settings:
        """The settings as the processes read them."""
        return settings_from(self.environment)

    @property
    def address(self) -> str:
        """Where the gateway listens."""
        return f"http://127.0.0.1:{self.environment['LIAISON_PORT']}"

    def start(self, name: str) -> None:
        """Start a process; its log is appended to ``<name>.log``."""
        command = name.rstrip("0123456789")
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "bot.cli.main", command],
                cwd=PROJECT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """End a process with -9."""
        process = self.running.pop(name)
        process.kill()
        process.wait(STOP_SECONDS)

    def stop(self, name: str) -> int:
        """Ask a process to stop; returns its exit status. Fails when it does not stop."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"{name} did not stop in {STOP_SECONDS:.0f} s after SIGTERM") from None

    def state(self) -> dict[str, Any]:
        """Return what /readyz says, nothing when nobody answers."""
        try:
            state: dict[str, Any] = httpx.get(f"{self.address}/readyz", timeout=5).json()
        except httpx.TransportError:
            return {}
        return state

    def wait_ready(self, *, workers: int = 1) -> None:
        """Wait until buyers are served by exactly so many workers."""
        until(
            lambda: (state := self.state()).get("ready") and state["workers"] == workers,
            seconds=READY_SECONDS,
            what=f"ready with {workers} workers; {self.log_tail()}",
        )

    def log(self, name: str) -> str:
        """Return what a process wrote."""
        path = self.folder / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def log_tail(self) -> str:
        """Return the ends of all logs, for a failure."""
        return "\n".join(f"{name}: {self.log(name)[-600:]}" for name in self.running)

    def redis(self) -> redis.Redis:
        """Return a client of the installation's Redis."""
        return redis.Redis.from_url(redis_address(self.settings), decode_responses=True)

    def redis_answers(self) -> bool:
        """Return whether Redis answers."""
        try:
            with self.redis() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def start_redis(self) -> None:
        """Start Redis and wait for it."""
        self.start("redis")
        until(self.redis_answers, seconds=READY_SECONDS, what="redis answers")


@contextmanager
def installation(folder: Path, filled_database: Path, *, workers: int = 1, **settings: str) -> Iterator[Installation]:
    """Run Redis, a gateway and workers until the end of the block; nothing is left running."""
    made = Installation.made(folder, filled_database, **settings)
    try:
        made.start_redis()
        made.start("gateway")
        for number in range(1, workers + 1):
            made.start(f"worker{number}")
        made.wait_ready(workers=workers)
        yield made
    finally:
        for name in list(made.running):
            made.kill(name)
