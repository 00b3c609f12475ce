"""The webhook as Meta calls it: who may, what is stored before 200, and nothing twice."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import httpx
import pytest
from shapes import SHAPES
from sqlalchemy import select
from sqlalchemy.engine import Engine
from talks import running
from webhooks import APP_SECRET, BUYER, VERIFY_TOKEN, envelope, message, now, post, say, signed, status, text, value

from bot.conversations.store import ConversationStore, Message
from bot.conversations.tables import conversations, messages
from bot.errors import ConfigurationError
from bot.gateway.app import make_app
from bot.inbox.keys import Keys
from bot.settings import Settings, settings_from
from bot.whatsapp.tables import contacts, receipts, tasks

PATH = "/webhooks/whatsapp"


def stored(store: ConversationStore, *, buyer: str = BUYER) -> list[Message]:
    """Return the messages of the conversation of one number."""
    from bot.whatsapp.tables import threads

    with store.reading() as transaction:
        query = (
            select(threads.c.conversation_id)
            .join(contacts, contacts.c.id == threads.c.contact_id)
            .where(contacts.c.wa_id == buyer)
        )
        return transaction.transcript(transaction.connection.execute(query).scalar_one())


def rows(engine: Engine, table: Any) -> list[dict[str, Any]]:
    """Return all rows of a table."""
    with engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"},
            (200, "1158201444"),
        ),
        ({"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1"}, (403, None)),
        ({"hub.mode": "other", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1"}, (403, None)),
        ({"hub.mode": "subscribe", "hub.verify_token": "vérify", "hub.challenge": "1"}, (403, None)),
        ({}, (403, None)),
    ],
)
async def test_the_address_is_verified(client: httpx.AsyncClient, query: dict[str, str], expected: Any) -> None:
    answer = await client.get(PATH, params=query)
    assert (answer.status_code, answer.text if answer.status_code == 200 else None) == expected


async def test_a_wrong_signature_is_refused_and_counted(client: httpx.AsyncClient, engine: Engine) -> None:
    body, headers = signed(envelope(value([text("hi")])))
    before = await _refused(client)
    for wrong in (
        {},
        {**headers, "X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha1=x"},
        {"X-Hub-Signature-256": b"sha256=\xe9"},
    ):
        assert (await client.post(PATH, content=body, headers=wrong)).status_code == 401
    assert (await client.post(PATH, content=body + b" ", headers=headers)).status_code == 401
    assert await _refused(client) == before + 5
    assert rows(engine, receipts) == []


async def _refused(client: httpx.AsyncClient) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    name = 'liaison_whatsapp_webhooks_total{outcome="signature_wrong"}'
    return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0.0)


async def test_the_signature_is_over_the_raw_bytes(client: httpx.AsyncClient, store: ConversationStore) -> None:
    raw = json.dumps(envelope(value([text("¿Dónde está? 🙂")])), ensure_ascii=True, indent=3).encode()
    assert b"\\u00bf" in raw
    assert (await post(client, raw)).status_code == 200
    assert [m.text for m in stored(store)] == ["¿Dónde está? 🙂"]


async def test_without_settings_there_is_no_webhook(settings: Settings, engine: Engine, keys: Keys) -> None:
    app = make_app(dataclasses.replace(settings, whatsapp=None), engine=engine, keys=keys)
    async with running(app) as client:
        assert (await client.get(PATH)).status_code == 404
        assert (await post(client, envelope(value([text("hi")])))).status_code == 404


@pytest.mark.parametrize("missing", ["APP_SECRET", "VERIFY_TOKEN"])
def test_without_its_secrets_the_channel_refuses_to_start(missing: str) -> None:
    given = {"TOKEN": "t", "APP_SECRET": "s", "VERIFY_TOKEN": "v", "PHONE_NUMBER_IDS": "1,2"}
    environment = {f"LIAISON_WHATSAPP_{name}": value for name, value in given.items()}
    whatsapp = settings_from(environment).whatsapp
    assert whatsapp is not None
    assert whatsapp.phone_number_ids == ("1", "2")
    del environment[f"LIAISON_WHATSAPP_{missing}"]
    with pytest.raises(ConfigurationError, match=f"LIAISON_WHATSAPP_{missing}"):
        settings_from(environment)


async def test_every_type_is_stored_under_its_id(client: httpx.AsyncClient, engine: Engine) -> None:
    shapes = [shape for name, shape, _ in SHAPES if not name.startswith("changed number")]
    answer = await post(client, envelope(value(shapes)))
    assert answer.status_code == 200
    known = {row["client_id"] for row in rows(engine, messages)}
    assert {shape["id"] for shape in shapes} <= known
    assert (
        sum(row["data"]["kind"] in ("image", "document", "audio", "video", "sticker") for row in rows(engine, tasks))
        == 5
    )


async def test_what_is_stored_waits_for_a_turn(client: httpx.AsyncClient, engine: Engine, app: Any) -> None:
    await say(client, text("where is my order"))
    (conversation,) = rows(engine, conversations)
    assert (conversation["channel"], conversation["last_buyer_seq"], conversation["handled_seq"]) == ("whatsapp", 1, 0)
    services = app.state.services
    from bot.inbox.consumer import waiting_entries

    assert await waiting_entries(services.redis, services.keys) == 1


async def test_the_same_webhook_again_changes_nothing(client: httpx.AsyncClient, engine: Engine, app: Any) -> None:
    content = envelope(value([text("one"), text("two")], [status("wamid.x", "sent")]))
    for _ in range(3):
        assert (await post(client, content)).status_code == 200
    assert [row["text"] for row in rows(engine, messages)] == ["one", "two"]


async def test_a_message_twice_in_one_batch_is_stored_once(client: httpx.AsyncClient, engine: Engine) -> None:
    same = text("one")
    await post(client, envelope(value([same, same]), value([same])))
    assert [row["text"] for row in rows(engine, messages)] == ["one"]


async def test_the_same_webhook_many_times_at_once_is_stored_once(client: httpx.AsyncClient, engine: Engine) -> None:
    content = envelope(value([text(f"message {n}") for n in range(4)]))
    answers = await asyncio.gather(*(post(client, content) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(row["text"] for row in rows(engine, messages)) == [f"message {n}" for n in range(4)]


async def test_a_shuffled_burst_is_ordered_by_time(client: httpx.AsyncClient, store: ConversationStore) -> None:
    moments = [now() - 50 + n for n in range(5)]
    burst = [text(f"part {n}") | {"timestamp": str(at)} for n, at in enumerate(moments)]
    await say(client, burst[3], burst[0], burst[4], burst[1], burst[2])
    assert [m.text for m in stored(store)] == [f"part {n}" for n in range(5)]


async def test_batches_of_many_buyers_go_to_their_own_conversations(client: httpx.AsyncClient, engine: Engine) -> None:
    batch = [text(f"from {n}", sender=f"1650555{n:04d}") for n in range(20)]
    await say(client, *batch, *[text("more", sender=f"1650555{n:04d}") for n in range(20)])
    assert len(rows(engine, conversations)) == 20
    assert {(row["last_seq"], row["last_buyer_seq"]) for row in rows(engine, conversations)} == {(2, 2)}


async def test_numbers_that_are_not_ours_are_set_aside(client: httpx.AsyncClient, engine: Engine) -> None:
    await post(client, envelope(value([text("for others")], number="999"), value([text("for us")])))
    assert [row["text"] for row in rows(engine, messages)] == ["for us"]
    assert [row["name"] for row in rows(engine, receipts) if row["kind"] == "field"] == ["foreign"]


async def test_broken_and_unknown_items_are_stored_and_counted(client: httpx.AsyncClient, engine: Engine) -> None:
    await post(client, envelope(value([{"id": 1}, text("sound"), message("hologram")], contacts=[])))
    assert [row["text"] for row in rows(engine, messages) if row["author"] == "buyer"] == ["sound", ""]
    assert sorted(row["kind"] for row in rows(engine, receipts)) == ["broken", "message", "message"]
    metrics = (await client.get("/metrics")).text
    assert 'liaison_whatsapp_items_total{kind="unknown"}' in metrics
    assert 'liaison_whatsapp_items_total{kind="broken"}' in metrics


async def test_a_type_nobody_knows_is_answered_kindly_and_once(
    client: httpx.AsyncClient, store: ConversationStore
) -> None:
    await say(client, message("hologram"), message("unsupported", errors=[{"code": 131051}]))
    found = stored(store)
    assert [m.author for m in found] == ["buyer", "bot", "buyer"]
    assert "write it as text" in found[1].text


async def test_nothing_is_acknowledged_that_is_not_stored(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def fails(*_: Any, **__: Any) -> None:
        raise OperationalError("insert", {}, Exception("disk full"))

    monkeypatch.setattr("bot.conversations.store.TurnTransaction.append_all", fails)
    content = envelope(value([text("important")]))
    assert (await post(client, content)).status_code == 503
    monkeypatch.undo()
    assert (await post(client, content)).status_code == 200


async def test_it_is_stored_when_redis_is_away(
    settings: Settings, engine: Engine, keys: Keys, store: ConversationStore
) -> None:
    settings = dataclasses.replace(settings, redis_url="redis://127.0.0.1:1/0")
    async with running(make_app(settings, engine=engine, keys=keys)) as client:
        await say(client, text("hello"))
    assert [m.text for m in stored(store)] == ["hello"]


async def test_a_body_that_is_no_json_is_kept_and_not_sent_again(client: httpx.AsyncClient, engine: Engine) -> None:
    assert (await post(client, b"{nonsense")).status_code == 200
    assert [row["kind"] for row in rows(engine, receipts)] == ["broken"]


async def test_another_secret_is_no_secret(client: httpx.AsyncClient) -> None:
    assert (await post(client, envelope(value([text("hi")])), secret=APP_SECRET + "x")).status_code == 401
