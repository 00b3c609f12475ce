"""Long polls: at once when there is news, later when there is none, never longer than allowed."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone
from typing import Any

import pytest
from talks import Talk, refusal, seller_says

from bot.conversations.store import ConversationStore
from bot.inbox.keys import Keys
from bot.inbox.producer import Inbox


def change_owner(store: ConversationStore, conversation: str, owner: Any) -> None:
    with store.turn() as transaction:
        found = transaction.conversation(conversation)
        assert found is not None
        assert transaction.change_owner(found, owner, now=datetime.now(timezone.utc))


async def until_listening(app: Any, count: int = 1) -> None:
    """Wait until so many long polls wait."""
    ends = time.monotonic() + 10
    while app.state.services.hub.listeners < count:
        assert time.monotonic() < ends, "nobody listens"
        await asyncio.sleep(0.005)


async def test_news_that_is_there_comes_at_once(talk: Talk) -> None:
    await talk.say("one")
    await talk.say("two")
    started = time.monotonic()
    answer = await talk.read(after=1, wait=25)
    assert time.monotonic() - started < 5
    assert [message["text"] for message in answer.json()["messages"]] == ["two"]


async def test_without_wait_an_empty_answer_comes_at_once(talk: Talk) -> None:
    started = time.monotonic()
    assert (await talk.read(after=0)).json() == {"messages": [], "owner": "bot", "language": "en"}
    assert time.monotonic() - started < 5


async def test_a_waiting_poll_is_woken_by_redis(talk: Talk, store: ConversationStore, app: Any, keys: Keys) -> None:
    waiting = asyncio.create_task(talk.read(after=0, wait=25))
    await until_listening(app)
    seller_says(store, talk.conversation, "Hi!")
    started = time.monotonic()
    await Inbox(app.state.services.redis, keys).announce(talk.conversation, "messages")
    assert [message["text"] for message in (await waiting).json()["messages"]] == ["Hi!"]
    assert time.monotonic() - started < 1.4, "Redis did not wake it, the look into SQL did"


async def test_a_waiting_poll_finds_what_redis_never_told(talk: Talk, store: ConversationStore, app: Any) -> None:
    waiting = asyncio.create_task(talk.read(after=0, wait=25))
    await until_listening(app)
    seller_says(store, talk.conversation, "told nobody")
    assert [message["text"] for message in (await waiting).json()["messages"]] == ["told nobody"]


async def test_polls_of_all_devices_are_woken(talk: Talk, app: Any) -> None:
    polls = [asyncio.create_task(talk.read(after=0, wait=25)) for _ in range(5)]
    await until_listening(app, 5)
    await talk.say("hello")
    for poll in polls:
        assert [message["text"] for message in (await poll).json()["messages"]] == ["hello"]


async def test_a_poll_ends_when_a_person_takes_over(talk: Talk, store: ConversationStore, app: Any, keys: Keys) -> None:
    waiting = asyncio.create_task(talk.read(after=0, wait=25))
    await until_listening(app)
    await asyncio.sleep(0.3)  # it listens before it reads: the owner it waits to change is the one read first
    started = time.monotonic()
    change_owner(store, talk.conversation, "human")
    await Inbox(app.state.services.redis, keys).announce(talk.conversation, "owner", owner="human")
    assert (await waiting).json() == {"messages": [], "owner": "human", "language": "en"}
    assert time.monotonic() - started < 10


async def test_an_owner_that_redis_never_told_is_found(talk: Talk, store: ConversationStore, app: Any) -> None:
    """The hub has told of this conversation before: a new owner without a new message has to be seen too."""
    await talk.say("hello")
    await talk.read(after=1, wait=2)
    waiting = asyncio.create_task(talk.read(after=1, wait=6))
    await until_listening(app)
    await asyncio.sleep(2)  # one look into SQL while the poll waits
    change_owner(store, talk.conversation, "human")
    assert (await waiting).json()["owner"] == "human"


async def test_a_poll_without_news_ends_in_time(talk: Talk) -> None:
    started = time.monotonic()
    assert (await talk.read(after=0, wait=1)).json()["messages"] == []
    assert 0.9 < time.monotonic() - started < 5


async def test_a_poll_leaves_no_listener_behind(talk: Talk, app: Any) -> None:
    waiting = asyncio.create_task(talk.read(after=0, wait=25))
    await until_listening(app)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert app.state.services.hub.listeners == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"wait": 26}, "wait"), ({"wait": -1}, "wait"), ({"wait": "1.5"}, "wait"), ({"wait": "x"}, "wait"),
        ({"wait": ""}, "wait"), ({"wait": "٣"}, "wait"), ({"after": -1}, "after"), ({"after": 2**31}, "after"),
        ({"after": "9" * 400}, "after"), ({"after": "1e3"}, "after"), ({"after": "0x10"}, "after"),
    ],
)  # fmt: skip
async def test_numbers_out_of_range_are_refused(talk: Talk, query: dict[str, Any], field: str) -> None:
    answer = await talk.read(**query)
    assert refusal(answer) == (422, "invalid")
    assert answer.json()["error"]["field"] == field


async def test_more_than_five_hundred_messages_come_in_pieces(talk: Talk, store: ConversationStore) -> None:
    with store.turn() as transaction:
        for number in range(503):
            transaction.append(talk.conversation, author="bot", text=str(number), now=datetime.now(timezone.utc))
    seen: list[str] = []
    after = 0
    while messages := (await talk.read(after=after)).json()["messages"]:
        assert len(messages) <= 500
        seen += [message["text"] for message in messages]
        after = messages[-1]["seq"]
    assert seen == [str(number) for number in range(503)]
