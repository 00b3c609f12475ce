"""Who is offered a request, and when somebody else is asked."""

from __future__ import annotations

from datetime import timedelta

from desk_people import NOW

from bot.trade.routing import AgentState, DeskClock, Offer, Waiting, decide, queue_for

CLOCK = DeskClock()


def agent(name: str, *languages: str, load: int = 0, capacity: int = 2) -> AgentState:
    return AgentState(name, languages, True, load, capacity, 1)


def waiting(number: int = 1, *, priority: str = "normal", language: str = "de", **more: object) -> Waiting:
    return Waiting(number, priority, language, NOW, "offered" if "stage" not in more else more.pop("stage"), **more)  # type: ignore[arg-type]


def at(seconds: int, *requests: Waiting, agents: list[AgentState]) -> list[Offer]:
    return decide(requests, agents, now=NOW + timedelta(seconds=seconds), clock=CLOCK)


def test_the_least_busy_who_speaks_the_language_is_asked() -> None:
    agents = [agent("a", "de", load=1), agent("b", "de"), agent("c", "en")]
    assert at(0, waiting(), agents=agents) == [Offer(1, "offered", "b")]


def test_critical_ones_go_first_and_use_the_reserved_lane() -> None:
    full = [agent("a", "de", load=2)]
    assert at(0, waiting(1), waiting(2, priority="critical"), agents=full) == [Offer(2, "offered", "a")]


def test_warned_at_100_moved_at_170_then_everybody() -> None:
    agents = [agent("a", "de", load=1), agent("b", "de")]
    mine = {"assignee": "a", "offered_at": NOW}
    assert at(99, waiting(**mine), agents=agents) == []
    assert at(100, waiting(**mine), agents=agents) == [Offer(1, "warned", "a")]
    assert at(170, waiting(**mine, stage="warned"), agents=agents) == [Offer(1, "reassigned", "b")]
    moved = {"assignee": "b", "offered_at": NOW, "stage": "reassigned", "tried": ("a",)}
    assert at(170, waiting(**moved), agents=agents) == [Offer(1, "everybody", None)]


def test_with_nobody_for_the_language_everybody_may_after_170() -> None:
    assert at(169, waiting(), agents=[agent("c", "en")]) == []
    assert at(170, waiting(), agents=[agent("c", "en")]) == [Offer(1, "everybody", None)]


def test_an_unspecific_wish_follows_what_was_asked() -> None:
    assert queue_for(reason="asked_for_person", queue="overflow", intents=["ask_human", "track_order"]) == "logistics"
    assert queue_for(reason="risk_fraud", queue="after_sale", intents=["ask_price"]) == "after_sale"
