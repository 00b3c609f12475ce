"""Conversations in SQLite and in PostgreSQL: sequence numbers, compare-and-set, cases, failed proofs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from bot.conversations.receiving import storable
from bot.conversations.store import ConversationStore, NewCase
from bot.database import make_engine, migrate

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
POSTGRES = "postgresql+psycopg2://postgres@127.0.0.1:5432/test"


@pytest.fixture(params=["sqlite", "postgresql"])
def any_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated empty database; PostgreSQL in a schema of its own, dropped afterwards."""
    if request.param == "sqlite":
        made = make_engine(f"sqlite:///{tmp_path / 'store.db'}")
        migrate(made)
        yield made
        made.dispose()
        return
    schema = f"liaison_{uuid.uuid4().hex[:12]}"
    admin = create_engine(POSTGRES, future=True)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    made = make_engine(f"{POSTGRES}?options=-csearch_path%3D{schema}")
    migrate(made)
    yield made
    made.dispose()
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@pytest.fixture
def store(any_engine: Engine) -> ConversationStore:
    store = ConversationStore(any_engine)
    with store.turn() as transaction:
        transaction.open(conversation_id="c1", channel="test", buyer_id=None, now=NOW)
    return store


def test_messages_are_numbered_and_a_repeat_keeps_its_number(store: ConversationStore) -> None:
    with store.turn() as transaction:
        first = transaction.append("c1", author="buyer", text="one", now=NOW, client_id="a")
        second = transaction.append("c1", author="bot", text="two 😊", now=NOW)
        again = transaction.append("c1", author="buyer", text="one", now=NOW, client_id="a")
    assert (first, second[0], again) == ((1, True), 2, (1, False))


def test_only_one_of_two_takes_the_conversation(store: ConversationStore) -> None:
    with store.turn() as transaction:
        seen = transaction.conversation("c1")
        assert seen is not None
        assert transaction.change_owner(seen, "waiting", now=NOW)
        assert not transaction.change_owner(seen, "human", now=NOW)


def test_failed_proofs_are_counted_by_key_and_time(store: ConversationStore) -> None:
    for _ in range(3):
        store.record_failure(["conversation:c1", "order:1"], NOW)
    store.record_failure(["order:2"], NOW - timedelta(hours=2))
    assert store.failed_since(["order:1"], NOW - timedelta(hours=1)) == 3
    assert store.failed_since(["order:2"], NOW - timedelta(hours=1)) == 0


def test_cases_come_the_most_urgent_first(store: ConversationStore) -> None:
    with store.turn() as transaction:
        for reason, priority in (("invoice", "normal"), ("risk_safety", "critical"), ("risk_fraud", "high")):
            case = NewCase(reason, "after_sale", priority, True, "de", "…", {"findings": []})
            transaction.add_case("c1", case, now=NOW)
        assert [case["priority"] for case in transaction.open_cases()] == ["critical", "high", "normal"]


def test_texts_no_database_takes_are_made_storable(store: ConversationStore) -> None:
    with store.turn() as transaction:
        transaction.append("c1", author="buyer", text=storable("a\x00b\ud83d"), now=NOW)
        assert transaction.transcript("c1")[-1].text == "ab?"


def test_events_come_back_in_order_and_bounded(store: ConversationStore) -> None:
    with store.turn() as transaction:
        transaction.append_events("c1", [{"n": n} for n in range(30)])
        assert [event["n"] for event in transaction.last_events("c1", most=3)] == [27, 28, 29]
