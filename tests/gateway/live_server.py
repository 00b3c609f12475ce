"""A gateway behind uvicorn in a thread, with the settings of ``liaison gateway``."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette

_START_SECONDS = 15.0


@dataclass(frozen=True)
class LiveServer:
    """Where it listens."""

    port: int

    @property
    def http(self) -> str:
        """Address for requests."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        """Address for sockets."""
        return f"ws://127.0.0.1:{self.port}/v1/ws"

    @classmethod
    @contextmanager
    def running(cls, app: Starlette) -> Iterator[LiveServer]:
        """Serve ``app`` on a free port until the end of the block."""
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, ws="wsproto", http="h11", ws_max_size=16 * 1024, log_config=None, access_log=False,
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        ends = time.monotonic() + _START_SECONDS
        while not server.started:
            assert thread.is_alive(), "the server ended while starting"
            assert time.monotonic() < ends, "the server did not start"
            time.sleep(0.01)
        try:
            yield cls(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(_START_SECONDS)
            listening.close()
            assert not thread.is_alive(), "the server did not stop"
