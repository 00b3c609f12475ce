"""WebSockets against a real server: the token in the first frame, messages as they come, both ways of closing."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest
from live_server import LiveServer
from sockets import OWNER, frame, opened
from talks import Talk, open_talk, seller_says, signed

from bot.conversations.store import ConversationStore
from bot.inbox.keys import Keys
from bot.inbox.producer import Inbox
from bot.inbox.server import connect
from bot.settings import Settings

_SOON = 30.0


@pytest.fixture
async def inbox(settings: Settings, keys: Keys) -> Any:
    redis = connect(settings)
    yield Inbox(redis, keys)
    await redis.close()


async def test_messages_come_as_frames_after_the_state(server: LiveServer, live_talk: Talk) -> None:
    socket = await opened(server, {"token": live_talk.token})
    assert await frame(socket) == OWNER
    await live_talk.say("hello")
    got = await frame(socket)
    assert (got["seq"], got["author"], got["text"]) == (1, "buyer", "hello")
    assert got == (await live_talk.read()).json()["messages"][0]
    await socket.close()


async def test_a_socket_resumes_after_what_is_known(server: LiveServer, live_talk: Talk) -> None:
    for text in ("one", "two", "three"):
        await live_talk.say(text)
    socket = await opened(server, {"token": live_talk.token, "after": 1})
    assert [(await frame(socket)).get("text") for _ in range(2)] == ["two", "three"]
    assert await frame(socket) == OWNER
    await socket.close()


async def test_a_socket_finds_what_redis_never_told(
    server: LiveServer, live_talk: Talk, store: ConversationStore
) -> None:
    socket = await opened(server, {"token": live_talk.token})
    await frame(socket)
    seller_says(store, live_talk.conversation, "told nobody")
    assert (await frame(socket))["text"] == "told nobody"
    await socket.close()


async def test_typing_and_owner_are_frames(
    server: LiveServer, live_talk: Talk, store: ConversationStore, inbox: Inbox
) -> None:
    socket = await opened(server, {"token": live_talk.token})
    await frame(socket)
    await inbox.announce(live_talk.conversation, "typing", typing=True)
    assert await frame(socket) == {"typing": True}
    await inbox.announce(live_talk.conversation, "typing", typing=False)
    assert await frame(socket) == {"typing": False}
    with store.turn() as transaction:
        conversation = transaction.conversation(live_talk.conversation)
        assert conversation is not None
        transaction.change_owner(conversation, "human", now=datetime.now(timezone.utc))
    await inbox.announce(live_talk.conversation, "owner", owner="human")
    assert await frame(socket) == {"owner": "human", "language": "en"}
    await socket.close()


async def test_that_the_buyer_types_is_known_to_workers_and_not_echoed(
    server: LiveServer, live_talk: Talk, inbox: Inbox
) -> None:
    socket = await opened(server, {"token": live_talk.token})
    await frame(socket)
    for typing in (True, False):
        await socket.send(json.dumps({"typing": typing}))
        ends = asyncio.get_running_loop().time() + _SOON
        while await inbox.is_typing(live_talk.conversation) is not typing:
            assert asyncio.get_running_loop().time() < ends
            await asyncio.sleep(0.01)
    await live_talk.say("the next frame")
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
