"""WebSockets against a real server: the token in the first frame, messages as they come, both ways of closing."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import jwt
import pytest
import websockets
from live_server import LiveServer
from talks import ORIGIN, SECRET, Talk, open_talk, seller_says, signed
from websockets.exceptions import ConnectionClosed, InvalidStatusCode
from websockets.legacy.client import WebSocketClientProtocol as Socket

from bot.conversations.store import ConversationStore
from bot.gateway import socket as socket_module
from bot.inbox.keys import Keys
from bot.inbox.producer import Inbox
from bot.inbox.server import connect
from bot.settings import Settings

_SOON = 10.0


@pytest.fixture
async def talk(server: LiveServer) -> Any:
    async with httpx.AsyncClient(base_url=server.http, timeout=30) as client:
        yield await open_talk(client)


@pytest.fixture
async def inbox(settings: Settings, keys: Keys) -> Any:
    redis = connect(settings)
    yield Inbox(redis, keys)
    await redis.close()


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


OWNER = {"owner": "bot", "language": "en"}


async def test_messages_come_as_frames_after_the_state(server: LiveServer, talk: Talk) -> None:
    socket = await opened(server, {"token": talk.token})
    assert await frame(socket) == OWNER
    await talk.say("hello")
    got = await frame(socket)
    assert (got["seq"], got["author"], got["text"]) == (1, "buyer", "hello")
    assert got == (await talk.read()).json()["messages"][0]
    await socket.close()


async def test_a_socket_resumes_after_what_is_known(server: LiveServer, talk: Talk) -> None:
    for text in ("one", "two", "three"):
        await talk.say(text)
    socket = await opened(server, {"token": talk.token, "after": 1})
    assert [(await frame(socket)).get("text") for _ in range(2)] == ["two", "three"]
    assert await frame(socket) == OWNER
    await socket.close()


async def test_a_socket_finds_what_redis_never_told(server: LiveServer, talk: Talk, store: ConversationStore) -> None:
    socket = await opened(server, {"token": talk.token})
    await frame(socket)
    seller_says(store, talk.conversation, "told nobody")
    assert (await frame(socket))["text"] == "told nobody"
    await socket.close()


async def test_typing_and_owner_are_frames(
    server: LiveServer, talk: Talk, store: ConversationStore, inbox: Inbox
) -> None:
    socket = await opened(server, {"token": talk.token})
    await frame(socket)
    await inbox.announce(talk.conversation, "typing", typing=True)
    assert await frame(socket) == {"typing": True}
    await inbox.announce(talk.conversation, "typing", typing=False)
    assert await frame(socket) == {"typing": False}
    with store.turn() as transaction:
        conversation = transaction.conversation(talk.conversation)
        assert conversation is not None
        transaction.change_owner(conversation, "human", now=datetime.now(timezone.utc))
    await inbox.announce(talk.conversation, "owner", owner="human")
    assert await frame(socket) == {"owner": "human", "language": "en"}
    await socket.close()


async def test_that_the_buyer_types_is_known_to_workers_and_not_echoed(
    server: LiveServer, talk: Talk, inbox: Inbox
) -> None:
    socket = await opened(server, {"token": talk.token})
    await frame(socket)
    for typing in (True, False):
        await socket.send(json.dumps({"typing": typing}))
        ends = asyncio.get_running_loop().time() + _SOON
        while await inbox.is_typing(talk.conversation) is not typing:
            assert asyncio.get_running_loop().time() < ends
            await asyncio.sleep(0.01)
    await talk.say("the next frame")
    assert (await frame(socket)).get("text") == "the next frame"
    await socket.close()


async def test_two_sockets_of_one_buyer_are_in_step(server: LiveServer, store: ConversationStore) -> None:
    async with httpx.AsyncClient(base_url=server.http, timeout=30) as client:
        devices = [await open_talk(client, identity=signed({"sub": "B1001"})) for _ in range(2)]
        sockets = [await opened(server, {"token": device.token}) for device in devices]
        for socket in sockets:
            await frame(socket)
        for number in range(6):
            await devices[number % 2].say(f"m{number}")
            seller_says(store, devices[0].conversation, f"r{number}")
        for socket in sockets:
            seen = [(await frame(socket))["text"] for _ in range(12)]
            assert seen == [f"{kind}{number}" for number in range(6) for kind in "mr"]
        for socket in sockets:
            await socket.close()


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
async def test_a_bad_first_frame_closes_with_a_code(server: LiveServer, talk: Talk, first: Any, code: int) -> None:
    assert await closed(await opened(server, first(talk))) == code


@pytest.mark.parametrize("bad", ["no json", "[]", b"binary"])
async def test_a_bad_later_frame_closes_with_4400(server: LiveServer, talk: Talk, bad: Any) -> None:
    socket = await opened(server, {"token": talk.token})
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


async def test_pages_of_the_shop_and_our_own_open_one(server: LiveServer, talk: Talk) -> None:
    for origin in (ORIGIN, server.http):
        socket = await opened(server, {"token": talk.token}, origin=origin)
        assert await frame(socket) == OWNER
        await socket.close()


async def test_a_token_in_the_address_opens_nothing(server: LiveServer, talk: Talk) -> None:
    socket = await websockets.connect(f"{server.ws}?token={talk.token}")  # type: ignore[attr-defined]
    await socket.send("{}")
    assert await closed(socket) == 4400


async def test_a_token_that_ends_closes_the_socket(
    server: LiveServer, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_module, "_RECHECK_SECONDS", 0.3)
    claims = jwt.decode(talk.token, options={"verify_signature": False})
    token = jwt.encode({**claims, "exp": datetime.now(timezone.utc) + timedelta(seconds=2)}, SECRET, "HS256")
    socket = await opened(server, {"token": token})
    assert await frame(socket) == OWNER
    assert await closed(socket) == 4401


async def test_a_plain_request_to_the_socket_says_what_to_do(server: LiveServer) -> None:
    async with httpx.AsyncClient(base_url=server.http) as client:
        answer = await client.get("/v1/ws")
    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")
