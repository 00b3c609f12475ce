"""Sockets of buyers' programs, opened against a real server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import websockets
from live_server import LiveServer
from websockets.exceptions import ConnectionClosed
from websockets.legacy.client import WebSocketClientProtocol as Socket

_SOON = 30.0
OWNER = {"owner": "bot", "language": "en"}


async def opened(server: LiveServer, first: Any, **options: Any) -> Socket:
    """Return a socket that has sent its first frame: text as it is, everything else as JSON."""
    socket = await websockets.connect(server.ws, **options)  # type: ignore[attr-defined]
    await socket.send(first if isinstance(first, str | bytes) else json.dumps(first))
    return socket


async def frame(socket: Socket) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), _SOON))
    return answer


async def closed(socket: Socket) -> int:
    """Return the code the server closes with, passing over what it says before."""
    with pytest.raises(ConnectionClosed):
        while True:
            await asyncio.wait_for(socket.recv(), _SOON)
    return int(socket.close_code or 0)
