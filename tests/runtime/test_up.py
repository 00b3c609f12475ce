"""`liaison up` as a seller starts it: everything runs, what dies comes back, Ctrl-C leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from processes import READY_SECONDS, Installation, until

from bot.inbox.keys import Keys
from bot.settings import PROJECT

pytestmark = pytest.mark.model
_STOP_SECONDS = 40.0


@dataclass
class Up:
    """A running `liaison up`."""

    place: Installation
    process: subprocess.Popen[bytes]

    def child(self, name: str) -> psutil.Process | None:
        """Return the process of one part, None while it does not run."""
        for process in self.family():
            try:
                line = process.cmdline()
            except psutil.Error:
                continue
            if line[-1:] == [name] or (name == "redis" and "redis-server" in line[0]):
                return process
        return None

    def family(self) -> list[psutil.Process]:
        """Return all processes it started."""
        return psutil.Process(self.process.pid).children(recursive=True)


def begun(place: Installation) -> subprocess.Popen[bytes]:
    """Start `liaison up` in a session of its own, as a terminal does."""
    with (place.folder / "up.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "bot.cli.main", "up", "--no-train"],
            cwd=PROJECT, env=place.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, filled_database: Path) -> Iterator[Up]:
    place = Installation.made(tmp_path_factory.mktemp("up"), filled_database)
    process = begun(place)
    family: list[psutil.Process] = []
    try:
        place.wait_ready()
        made = Up(place, process)
        family = made.family()
        yield made
    finally:
        if process.poll() is None:
            family = [*family, *psutil.Process(process.pid).children(recursive=True)]
            process.kill()
            process.wait(10)
        for left in family:
            if left.is_running():
                left.kill()


def test_it_becomes_ready_and_says_where(up: Up) -> None:
    assert up.place.state() == {"ready": True, "store": True, "redis": True, "workers": 1, "assistants": 1}
    said = until(lambda: "is ready" in up.place.log("up") and up.place.log("up"), seconds=10, what="it says so")
    assert f"{up.place.address}/demo" in said
    assert all(up.child(name) for name in ("redis", "gateway", "worker"))


def test_a_second_one_in_the_same_folder_is_refused_with_the_remedy(up: Up) -> None:
    second = begun(up.place)
    assert second.wait(60) == 1
    assert "another `liaison up` runs there" in up.place.log("up")


def serves(up: Up) -> bool:
    """Return whether the worker that runs now has signed in."""
    now = up.child("worker")
    with up.place.redis() as redis:
        return now is not None and any(f"-{now.pid}-" in worker for worker in redis.zrange(Keys().workers, 0, -1))


@pytest.mark.parametrize("name", ["worker", "gateway", "redis"])
def test_what_is_killed_comes_back(up: Up, name: str) -> None:
    before = up.child(name)
    assert before is not None
    before.kill()

    def another() -> Any:
        now = up.child(name)
        return now is not None and now.pid != before.pid

    until(another, seconds=READY_SECONDS, what=f"another {name}")
    if name == "worker":  # the dead one counts for some seconds: wait for the sign of life of the new one
        until(lambda: serves(up), seconds=READY_SECONDS, what="the new worker signs in")
    until(lambda: up.place.state().get("ready"), seconds=READY_SECONDS, what="ready again")


def test_ctrl_c_stops_everything(up: Up) -> None:
    family = up.family()
    assert len(family) >= 3
    os.killpg(up.process.pid, signal.SIGINT)
    started = time.monotonic()
    try:
        up.process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"still there after {_STOP_SECONDS:.0f} s: {up.place.log('up')[-800:]}") from None
    left = [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    assert not left, left
    assert time.monotonic() - started < 20
    assert up.process.returncode == 0
    assert "Stopped." in up.place.log("up")
    assert up.place.state() == {}
