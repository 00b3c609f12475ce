"""Posting messages: stored once, in the order they came, and nothing that breaks the next part."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from typing import Any

import httpx
import pytest
from talks import Talk, open_talk, refusal, seller_says

from bot.conversations.store import ConversationStore
from bot.inbox.keys import PARTITIONS, Keys

ID = "0189d7a0-1111-4222-8333-444455556666"


async def test_a_new_message_is_accepted_and_a_repeat_has_the_same_number(talk: Talk) -> None:
    first = await talk.post({"id": ID, "text": "hello"})
    again = await talk.post({"id": ID, "text": "hello"})
    changed = await talk.post({"id": ID, "text": "something else"})
    assert [(a.status_code, a.json()) for a in (first, again, changed)] == [
        (202, {"seq": 1}), (200, {"seq": 1}), (200, {"seq": 1}),
    ]  # fmt: skip
    assert await talk.texts() == ["hello"]


async def test_a_message_sent_twenty_times_at_once_is_stored_once(talk: Talk) -> None:
    answers = await asyncio.gather(*(talk.post({"id": ID, "text": "hello"}) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [202]
    assert {answer.json()["seq"] for answer in answers} == {1}
    assert await talk.texts() == ["hello"]


async def test_the_same_id_in_another_conversation_is_another_message(client: httpx.AsyncClient, talk: Talk) -> None:
    other = await open_talk(client)
    assert (await talk.post({"id": ID, "text": "a"})).status_code == 202
    assert (await other.post({"id": ID, "text": "b"})).status_code == 202
    assert (await talk.texts(), await other.texts()) == (["a"], ["b"])


async def test_another_session_reads_nothing(client: httpx.AsyncClient, talk: Talk) -> None:
    await talk.say("between us")
    other = await open_talk(client)
    assert await other.texts() == []
    given = {"conversation": talk.conversation, "conversation_id": talk.conversation}
    assert (await other.read(**given)).json()["messages"] == []


async def test_shuffled_and_repeated_posts_keep_the_order_of_arrival(talk: Talk) -> None:
    ids = {number: str(uuid.uuid4()) for number in range(8)}
    posts = [number for number in ids for _ in range(3)]
    random.Random(7).shuffle(posts)
    seqs: dict[int, int] = {}
    for number in posts:
        answer = await talk.post({"id": ids[number], "text": f"m{number}"})
        assert answer.json()["seq"] == seqs.setdefault(number, answer.json()["seq"])
    arrived = list(dict.fromkeys(posts))
    assert await talk.texts() == [f"m{number}" for number in arrived]
    assert [seqs[number] for number in arrived] == list(range(1, 9))


async def test_an_accepted_message_is_queued_and_a_repeat_is_not(
    client: httpx.AsyncClient, talk: Talk, app: Any, keys: Keys
) -> None:
    redis = app.state.services.redis
    await talk.post({"id": ID, "text": "hello"})
    await talk.post({"id": ID, "text": "hello"})
    entries = [entry for number in range(PARTITIONS) for _, entry in await redis.xrange(keys.stream(number))]
    assert entries == [{"conversation": talk.conversation}]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"id": ID, "text": "x" * 10_000}, 202, None),
        ({"id": ID, "text": "x" * 10_001}, 422, "text"),
        ({"id": ID, "text": ""}, 422, None),
        ({"id": ID}, 422, None),
        ({"id": ID, "uploads": []}, 422, None),
        ({"text": "no id"}, 422, None),
        ({"id": "7", "text": "x"}, 422, "id"),
        ({"id": 7, "text": "x"}, 422, "id"),
        ({"id": f"{ID} or 1=1", "text": "x"}, 422, "id"),
        ({"id": ID, "text": 7}, 422, None),
        ({"id": ID, "text": None}, 422, None),
        ({"id": ID, "text": "x", "author": "human"}, 422, None),
        ({"id": ID, "text": "x", "seq": 99}, 422, None),
        ({"id": ID, "uploads": ["../../etc/passwd"]}, 422, "uploads.0"),
        ({"id": ID, "uploads": ["0" * 32]}, 422, "uploads"),
        ({"id": ID, "uploads": ["0" * 32] * 5}, 422, "uploads"),
        ({"id": ID, "quick_reply": "never_offered"}, 422, "quick_reply"),
        ({}, 422, None),
        ([], 422, None),
        ("text", 422, None),
        (None, 422, None),
    ],
)
async def test_a_message_fits_the_description_or_is_refused(
    talk: Talk, body: Any, status: int, field: str | None
) -> None:
    answer = await talk.client.post("/v1/messages", content=json.dumps(body), headers=talk.headers)
    assert answer.status_code == status, answer.text
    if status == 422:
        refusal(answer)
        assert answer.json()["error"].get("field") == field
        assert await talk.texts() == []


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"hello", 400, "not_json"),
        (b'{"id": "', 400, "not_json"),
        (b"\xff\xfe\xff", 400, "not_json"),
        (b'{"text": ' + b"1" * 5_000 + b"}", 400, "not_json"),
        (b"[" * 60_000, 400, "not_json"),
        (b'{"a":' * 12_000 + b"1" + b"}" * 12_000, 413, "too_large"),
        (b'{"a":' * 9_000 + b"1" + b"}" * 9_000, 400, "not_json"),
        (b" " * 65_537, 413, "too_large"),
    ],
    ids=["empty", "words", "half", "no UTF-8", "5000 digits", "brackets", "long", "deep", "blanks"],
)
async def test_what_is_no_json_is_refused(talk: Talk, content: bytes, status: int, code: str) -> None:
    answer = await talk.client.post("/v1/messages", content=content, headers=talk.headers)
    assert refusal(answer) == (status, code)


async def test_json_nested_at_any_depth_is_refused_politely(talk: Talk) -> None:
    """Between what the reader takes and what it refuses lie depths that break whoever looks at the value next."""
    for depth in range(100, 1_000, 4):
        content = json.dumps({"id": ID}).encode()[:-1] + b', "text": ' + b"[" * depth + b"]" * depth + b"}"
        answer = await talk.client.post("/v1/messages", content=content, headers=talk.headers)
        assert answer.status_code in (400, 422, 429), (depth, answer.text)
        if answer.status_code == 400:
            return


async def test_other_content_types_are_refused(talk: Talk) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"):
        answer = await talk.client.post("/v1/messages", content=b"{}", headers={**talk.headers, "Content-Type": kind})
        assert refusal(answer) == (415, "type")
    kind = "application/json; charset=utf-8"
    answer = await talk.client.post("/v1/messages", content=b"{}", headers={**talk.headers, "Content-Type": kind})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a\x00b", "ab"),
        ("half \ud83d", "half ?"),
        ("/restart", "/restart"),
        ("/intent{\"order_number\": \"1\"}", "/intent{\"order_number\": \"1\"}"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'); DROP TABLE messages; --", "'); DROP TABLE messages; --"),
        ("مرحبا\u202e 你好 😊", "مرحبا\u202e 你好 😊"),
        ("line\r\nline\u2028end", "line\r\nline\u2028end"),
    ],
    ids=["NUL", "half a pair", "command", "intent", "markup", "SQL", "scripts", "lines"],
)  # fmt: skip
async def test_any_text_is_stored_as_words(talk: Talk, sent: str, stored: str) -> None:
    content = json.dumps({"id": ID, "text": sent})
    assert (await talk.client.post("/v1/messages", content=content, headers=talk.headers)).status_code == 202
    assert await talk.texts() == [stored]


async def test_an_offered_quick_reply_is_stored_with_the_words_on_the_button(
    talk: Talk, store: ConversationStore
) -> None:
    seller_says(store, talk.conversation, "Which?", quick_replies=[{"id": "/a", "title": "The first"}])
    assert (await talk.post({"id": ID, "quick_reply": "/a", "text": "something else"})).status_code == 202
    assert await talk.texts() == ["Which?", "The first"]
    with store.reading() as transaction:
        assert transaction.transcript(talk.conversation)[-1].data == {"choice": "/a"}


async def test_a_quick_reply_of_another_conversation_is_refused(
    client: httpx.AsyncClient, talk: Talk, store: ConversationStore
) -> None:
    seller_says(store, talk.conversation, "Which?", quick_replies=[{"id": "/a", "title": "The first"}])
    other = await open_talk(client)
    assert refusal(await other.post({"id": ID, "quick_reply": "/a"})) == (422, "quick_reply_unknown")


async def test_a_message_shows_who_wrote_it_and_when(talk: Talk, store: ConversationStore) -> None:
    await talk.post({"id": ID, "text": "hello"})
    seller_says(store, talk.conversation, "Hi!", quick_replies=[{"id": "/a", "title": "A"}], cards=[{"kind": "order"}])
    news = (await talk.read()).json()
    assert (news["owner"], news["language"]) == ("bot", "en")
    mine, theirs = news["messages"]
    assert (mine["seq"], mine["author"], mine["id"]) == (1, "buyer", ID)
    assert (theirs["seq"], theirs["author"], theirs["cards"]) == (2, "bot", [{"kind": "order"}])
    assert theirs["quick_replies"] == [{"id": "/a", "title": "A"}]
    assert "id" not in theirs
    assert theirs["created_at"].endswith("+00:00")
