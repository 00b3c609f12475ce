"""When a socket is closed, and with which code."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import jwt
import pytest
import websockets
from live_server import LiveServer
from sockets import OWNER, closed, frame, opened
from talks import ORIGIN, SECRET, Talk
from websockets.exceptions import InvalidStatusCode

from bot.gateway import socket as socket_module


def old_token(talk: Talk) -> str:
    claims = jwt.decode(talk.token, options={"verify_signature": False})
    return jwt.encode({**claims, "exp": datetime.now(timezone.utc) - timedelta(seconds=5)}, SECRET, "HS256")


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (lambda _: {"token": "wrong"}, 4401),
        (lambda talk: {"token": old_token(talk)}, 4401),
        (lambda _: {"token": "\ud800"}, 4401),
        (lambda _: {}, 4400),
        (lambda _: {"token": 7}, 4400),
        (lambda _: [1], 4400),
        (lambda _: "hello", 4400),
        (lambda _: "[" * 8_000, 4400),
        (lambda _: "x" * 9_000, 4400),
        (lambda talk: {"token": talk.token, "after": -1}, 4400),
        (lambda talk: {"token": talk.token, "after": "1"}, 4400),
        (lambda talk: {"token": talk.token, "after": True}, 4400),
        (lambda talk: {"token": talk.token, "after": 10**30}, 4400),
        (lambda talk: json.dumps({"token": talk.token}).encode(), 4400),
    ],
    ids=[
        "token", "expired", "half a pair", "nothing", "number", "list", "words", "deep", "long", "after -1",
        "after text", "after true", "after huge", "binary",
    ],
)  # fmt: skip
async def test_a_bad_first_frame_closes_with_a_code(server: LiveServer, live_talk: Talk, first: Any, code: int) -> None:
    assert await closed(await opened(server, first(live_talk))) == code


@pytest.mark.parametrize("bad", ["no json", "[]", b"binary"])
async def test_a_bad_later_frame_closes_with_4400(server: LiveServer, live_talk: Talk, bad: Any) -> None:
    socket = await opened(server, {"token": live_talk.token})
    await frame(socket)
    await socket.send(bad)
    assert await closed(socket) == 4400


async def test_no_first_frame_closes_with_4408(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_module, "_FIRST_FRAME_SECONDS", 0.2)
    assert await closed(await websockets.connect(server.ws)) == 4408  # type: ignore[attr-defined]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://shop.example.evil.example", "http://["])
async def test_pages_of_others_open_no_socket(server: LiveServer, origin: str) -> None:
    with pytest.raises(InvalidStatusCode) as refused:
        await websockets.connect(server.ws, origin=origin)  # type: ignore[attr-defined, arg-type]
    assert refused.value.status_code == 403


async def test_pages_of_the_shop_and_our_own_open_one(server: LiveServer, live_talk: Talk) -> None:
    for origin in (ORIGIN, server.http):
        socket = await opened(server, {"token": live_talk.token}, origin=origin)
        assert await frame(socket) == OWNER
        await socket.close()


async def test_a_token_in_the_address_opens_nothing(server: LiveServer, live_talk: Talk) -> None:
    socket = await websockets.connect(f"{server.ws}?token={live_talk.token}")  # type: ignore[attr-defined]
    await socket.send("{}")
    assert await closed(socket) == 4400


async def test_a_token_that_ends_closes_the_socket(
    server: LiveServer, live_talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_module, "_RECHECK_SECONDS", 0.3)
    claims = jwt.decode(live_talk.token, options={"verify_signature": False})
    token = jwt.encode({**claims, "exp": datetime.now(timezone.utc) + timedelta(seconds=2)}, SECRET, "HS256")
    socket = await opened(server, {"token": token})
    assert await frame(socket) == OWNER
    assert await closed(socket) == 4401


async def test_a_plain_request_to_the_socket_says_what_to_do(server: LiveServer) -> None:
    async with httpx.AsyncClient(base_url=server.http) as client:
        answer = await client.get("/v1/ws")
    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")
