"""Identity tokens signed by the shop: the same conversation on every device, and nobody else's."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import datetime, timezone
from typing import Any

import httpx
import jwt
import pytest
from talks import SHOP_SECRET, Talk, open_talk, refusal, signed

from bot.conversations.store import ConversationStore

EMILY, JAMES = "B1001", "B1002"


async def test_a_buyer_has_the_same_conversation_on_two_devices(client: httpx.AsyncClient) -> None:
    phone = await open_talk(client, identity=signed({"sub": EMILY}))
    computer = await open_talk(client, identity=signed({"sub": EMILY}))
    assert phone.conversation == computer.conversation
    await phone.say("from the phone")
    assert await computer.texts() == ["from the phone"]


async def test_two_buyers_have_two_conversations(client: httpx.AsyncClient) -> None:
    emily = await open_talk(client, identity=signed({"sub": EMILY}))
    james = await open_talk(client, identity=signed({"sub": JAMES}))
    assert emily.conversation != james.conversation
    await emily.say("mine")
    assert await james.texts() == []


async def test_ten_devices_at_once_join_one_conversation(client: httpx.AsyncClient) -> None:
    talks = await asyncio.gather(*(open_talk(client, identity=signed({"sub": EMILY})) for _ in range(10)))
    assert len({talk.conversation for talk in talks}) == 1


@pytest.mark.parametrize(
    ("identity", "status", "code"),
    [
        (lambda: signed({"sub": EMILY}, secret="x" * 40), 401, "identity_invalid"),
        (lambda: signed({"sub": EMILY}, lives=-120), 401, "identity_expired"),
        (lambda: jwt.encode({"sub": EMILY}, SHOP_SECRET, "HS256"), 401, "identity_invalid"),
        (lambda: jwt.encode({"sub": EMILY, "exp": 2e9}, None, "none"), 401, "identity_invalid"),
        (lambda: signed({}), 401, "identity_invalid"),
        (lambda: signed({"sub": "B" * 65}), 422, "identity_invalid"),
        (lambda: signed({"sub": ""}), 422, "identity_invalid"),
        (lambda: signed({"sub": "B1\n001"}), 422, "identity_invalid"),
        (lambda: signed({"sub": "B\x001001"}), 422, "identity_invalid"),
        (lambda: "no token", 401, "identity_invalid"),
        (lambda: "x" * 4_097, 422, "invalid"),
        (lambda: "\ud800", 401, "identity_invalid"),
        (lambda: 7, 422, "invalid"),
    ],
    ids=[
        "wrong secret", "expired", "no exp", "alg none", "no sub", "sub too long", "sub empty", "sub with newline",
        "sub with NUL", "no token", "too long", "half a surrogate pair", "number",
    ],
)  # fmt: skip
async def test_an_identity_nobody_vouched_for_is_refused(
    client: httpx.AsyncClient, identity: Any, status: int, code: str
) -> None:
    answer = await client.post("/v1/sessions", content=json.dumps({"identity": identity()}))
    assert refusal(answer) == (status, code)
    assert answer.json()["error"]["field"] == "identity"


@pytest.mark.parametrize(
    "claims",
    [{"email": "emily.carter@example.org"}, {"phone": "+15125550011"}],
    ids=["email", "phone"],
)
async def test_a_vouched_address_finds_the_buyer_of_an_unknown_id(
    client: httpx.AsyncClient, store: ConversationStore, claims: dict[str, str]
) -> None:
    talk = await open_talk(client, identity=signed({"sub": "customer-77", **claims}))
    with store.reading() as transaction:
        conversation = transaction.conversation(talk.conversation)
    assert conversation is not None
    assert conversation.buyer_id == EMILY
    assert (await open_talk(client, identity=signed({"sub": EMILY}))).conversation == talk.conversation


async def test_an_unknown_buyer_is_known_by_the_id_of_the_shop(
    client: httpx.AsyncClient, store: ConversationStore
) -> None:
    talk = await open_talk(client, identity=signed({"sub": "customer-77"}))
    with store.reading() as transaction:
        conversation = transaction.conversation(talk.conversation)
    assert conversation is not None
    assert conversation.buyer_id == "customer-77"


async def test_what_was_said_before_signing_in_stays(client: httpx.AsyncClient, talk: Talk) -> None:
    await talk.say("before")
    signed_in = await open_talk(client, bearer=talk.token, identity=signed({"sub": EMILY}))
    assert signed_in.conversation == talk.conversation
    assert await signed_in.texts() == ["before"]


async def test_a_conversation_of_the_buyer_goes_before_the_anonymous_one(client: httpx.AsyncClient, talk: Talk) -> None:
    mine = await open_talk(client, identity=signed({"sub": EMILY}))
    joined = await open_talk(client, bearer=talk.token, identity=signed({"sub": EMILY}))
    assert joined.conversation == mine.conversation != talk.conversation


async def test_another_buyer_at_the_same_browser_gets_nothing_of_the_first(client: httpx.AsyncClient) -> None:
    emily = await open_talk(client, identity=signed({"sub": EMILY}))
    await emily.say("my secret")
    james = await open_talk(client, bearer=emily.token, identity=signed({"sub": JAMES}))
    assert james.conversation != emily.conversation
    assert await james.texts() == []


async def test_the_anonymous_token_ends_when_the_conversation_becomes_somebodys(
    client: httpx.AsyncClient, talk: Talk
) -> None:
    await open_talk(client, bearer=talk.token, identity=signed({"sub": EMILY}))
    assert refusal(await talk.read()) == (401, "token_invalid")
    assert refusal(await talk.say("still me?")) == (401, "token_invalid")
    renewal = await client.post("/v1/sessions", headers=talk.headers)
    assert refusal(renewal) == (401, "token_invalid")


async def test_a_closed_conversation_is_not_joined_again(client: httpx.AsyncClient, store: ConversationStore) -> None:
    first = await open_talk(client, identity=signed({"sub": EMILY}))
    with store.turn() as transaction:
        conversation = transaction.conversation(first.conversation)
        assert conversation is not None
        assert transaction.change_owner(conversation, "closed", now=datetime.now(timezone.utc))
    assert (await open_talk(client, identity=signed({"sub": EMILY}))).conversation != first.conversation


async def test_an_identity_does_not_open_messages(client: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {signed({'sub': EMILY})}"}
    answer = await client.post("/v1/messages", json={"id": str(uuid.uuid4()), "text": "x"}, headers=headers)
    assert refusal(answer) == (401, "token_invalid")


async def test_a_token_signed_by_the_shop_is_no_session_even_with_our_claims(
    client: httpx.AsyncClient, talk: Talk
) -> None:
    claims = {**jwt.decode(talk.token, options={"verify_signature": False}), "exp": 2_000_000_000}
    forged = signed(claims)
    answer = await client.get("/v1/messages", headers={"Authorization": f"Bearer {forged}"})
    assert refusal(answer) == (401, "token_invalid")
