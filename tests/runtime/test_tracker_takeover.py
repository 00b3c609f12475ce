"""A worker that takes over a conversation goes on where the stored events end, and stores only what is new."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered

from bot.rasa_adapter.tracker_store import LiveTrackerStore


async def turn(store: LiveTrackerStore, text: str) -> list[dict[str, Any]]:
    """Take a turn as Rasa does; returns the events handed on to be stored."""
    tracker = await store.get_or_create_tracker("c1")
    tracker.update(UserUttered(text))
    await store.save(tracker)
    tracker.update(BotUttered(f"re:{text}"))
    tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)
    return store.take_new_events("c1")


def texts(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if event["event"] in ("user", "bot")]


async def test_one_worker_stores_every_event_once() -> None:
    store = LiveTrackerStore(Domain.empty(), load_tail=lambda _id, _most: [])
    assert texts(await turn(store, "one")) == ["one", "re:one"]
    assert texts(await turn(store, "two")) == ["two", "re:two"]


async def test_a_worker_that_takes_over_does_not_store_the_past_again() -> None:
    stored: list[dict[str, Any]] = []

    def tail(_: str, most: int) -> list[dict[str, Any]]:
        return stored[-most:]

    for text in ("one", "two", "three"):
        stored += await turn(LiveTrackerStore(Domain.empty(), load_tail=tail), text)
    assert texts(stored) == ["one", "re:one", "two", "re:two", "three", "re:three"]


async def test_a_turn_that_was_not_stored_leaves_nothing_in_the_next() -> None:
    stored: list[dict[str, Any]] = []
    store = LiveTrackerStore(Domain.empty(), load_tail=lambda _id, most: stored[-most:])
    stored += await turn(store, "one")
    await turn(store, "lost")
    store.forget("c1")
    stored += await turn(store, "two")
    assert texts(stored) == ["one", "re:one", "two", "re:two"]
