"""Whatever comes, signed or not: nothing raises, and the sound message beside it is read and stored."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapes import SHAPES
from sqlalchemy import func, select
from webhooks import envelope, message, status, text, value

from bot.conversations.store import ConversationStore
from bot.conversations.tables import messages
from bot.whatsapp.intake import Intake
from bot.whatsapp.parsing import parse, parse_body

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800\x00"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
SHAPE = st.sampled_from([shape for _, shape, _ in SHAPES] + [status("wamid.s", "read")])
KEYS = sorted({key for _, shape, _ in SHAPES for key in shape})


def places(thing: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value inside ``thing``."""
    found = [path] if path else []
    items = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, inner in items:
        found.extend(places(inner, (*path, key)))
    return found


def replaced(thing: Any, path: tuple[Any, ...], news: Any) -> Any:
    """Return a copy of ``thing`` with another value at ``path``."""
    made = copy.deepcopy(thing)
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = news
    return made


@given(ANYTHING)
@settings(max_examples=150, deadline=None)
def test_any_json_is_read_without_an_error(content: Any) -> None:
    parse(content)
    parse(envelope(content))
    parse(envelope(value([content], contacts=[content], errors=[content])))
    parse(envelope(value(statuses=[content])))


@given(st.binary(max_size=200))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_read_without_an_error(body: bytes) -> None:
    parse_body(body)


@given(SHAPE, st.data())
@settings(max_examples=200, deadline=None)
def test_a_damaged_item_never_breaks_its_neighbour(shape: dict[str, Any], data: st.DataObject) -> None:
    damaged = replaced(shape, data.draw(st.sampled_from(places(shape))), data.draw(ANYTHING))
    read = parse(envelope(value([damaged, text("sound")], contacts=[])))
    assert "sound" in [m.text for m in read.changes[0].messages]


@given(st.lists(SHAPE, min_size=1, max_size=3), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_truncated_body_is_broken_as_a_whole(shapes: list[dict[str, Any]], share: float) -> None:
    body = json.dumps(envelope(value(shapes))).encode()
    read = parse_body(body[: int(share * (len(body) - 1))])
    assert (read.changes, len(read.odd)) == ((), 1)


@pytest.fixture
def stored_sounds(intake: Intake, store: ConversationStore) -> Any:
    def count() -> int:
        with store.reading() as transaction:
            return int(transaction.connection.execute(
                select(func.count()).select_from(messages).where(messages.c.text == "sound")
            ).scalar_one())  # fmt: skip

    return count


def test_what_is_read_can_be_stored(intake: Intake, stored_sounds: Any) -> None:
    taken = 0

    @given(SHAPE, st.data())
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def check(shape: dict[str, Any], data: st.DataObject) -> None:
        nonlocal taken
        damaged = replaced(shape, data.draw(st.sampled_from(places(shape))), data.draw(ANYTHING))
        body = json.dumps(envelope(value([damaged, text("sound")], [status("w", "sent")]))).encode()
        intake.take(parse_body(body), now=datetime.now(timezone.utc))
        taken += 1
        assert stored_sounds() == taken

    check()


@pytest.mark.parametrize("huge", ["9" * 400, "x" * 70_000, "\x00\ud83d", "'; drop table messages; --"])
def test_monstrous_values_are_cut_or_set_aside(intake: Intake, stored_sounds: Any, huge: str) -> None:
    shape = message("text", sender=huge, user_id=huge, text={"body": huge})
    shape["timestamp"] = huge
    intake.take(parse(envelope(value([shape, text("sound")], contacts=[]))), now=datetime.now(timezone.utc))
    assert stored_sounds() == 1
