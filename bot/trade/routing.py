"""Which queue a request for a person joins, whom it is offered to, and when somebody else is asked.

Teams of 1 + 3 + N: one lead, the queues of pre-sale, after-sale and logistics, and an overflow that everybody
helps with. Pure functions; times are seconds, moments are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Queue = Literal["pre_sale", "after_sale", "logistics", "overflow"]
Priority = Literal["critical", "high", "normal"]
Level = Literal["ok", "warn", "late"]
Stage = Literal["offered", "warned", "reassigned", "everybody"]

QUEUES: tuple[Queue, ...] = ("pre_sale", "after_sale", "logistics", "overflow")
RANKS: dict[str, int] = {"critical": 0, "high": 1, "normal": 2}

_QUEUE_BY_INTENT: dict[str, Queue] = {
    **dict.fromkeys(
        ("ask_price", "ask_discount", "ask_wholesale", "ask_sample", "ask_product", "ask_stock", "ask_authenticity",
         "place_order", "ask_protection", "ask_payment_methods"), "pre_sale"),
    **dict.fromkeys(("ask_shipping_cost", "ask_shipping_time", "ask_customs", "track_order", "not_received"), "logistics"),
    **dict.fromkeys(
        ("change_order", "cancel_order", "payment_slip", "payment_problem", "ask_invoice", "item_damaged", "item_mismatch",
         "ask_refund", "refund_status", "ask_dispute", "usage_help", "ask_review", "complaint"), "after_sale"),
}  # fmt: skip


@dataclass(frozen=True)
class DeskClock:
    """After how many seconds an offer is warned about and given to somebody else."""

    warn_seconds: int = 100
    reassign_seconds: int = 170


@dataclass(frozen=True)
class AgentState:
    """An agent as routing sees one. ``load`` counts open conversations; ``reserve`` is room for alarms alone."""

    name: str
    languages: tuple[str, ...]
    online: bool
    load: int
    capacity: int
    reserve: int = 1

    def has_room(self, priority: str) -> bool:
        """Return whether one more fits; critical ones may use the reserved lane."""
        return self.online and self.load < self.capacity + (self.reserve if priority == "critical" else 0)


@dataclass(frozen=True)
class Waiting:
    """A request that waits. ``offered_at`` is when ``assignee`` got it; ``tried`` are those who let it lie."""

    id: int
    priority: str
    language: str
    requested_at: datetime
    stage: Stage
    assignee: str | None = None
    offered_at: datetime | None = None
    tried: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offer:
    """What is to be done with a request: ``stage`` it comes to, and who has it then (None: everybody may)."""

    request: int
    stage: Stage
    assignee: str | None


def queue_for(*, reason: str, queue: str, intents: Sequence[str]) -> Queue:
    """Return the queue of a request: alarms keep theirs, an unspecific wish follows what was asked before it."""
    if reason.startswith("risk_") and queue in QUEUES:
        return queue  # type: ignore[return-value]
    for intent in intents:
        if intent in _QUEUE_BY_INTENT and (queue not in QUEUES or queue == "overflow"):
            return _QUEUE_BY_INTENT[intent]
    return queue if queue in QUEUES else "overflow"  # type: ignore[return-value]


def level(seconds: float, clock: DeskClock) -> Level:
    """Return how urgent a wait of so many seconds has become."""
    if seconds >= clock.reassign_seconds:
        return "late"
    return "warn" if seconds >= clock.warn_seconds else "ok"


def choose(
    agents: Iterable[AgentState],
    *,
    language: str,
    priority: str,
    not_to: Iterable[str] = (),
    any_language: bool = False,
) -> str | None:
    """Return the least busy agent with room who speaks ``language``; equals by name. None when there is none."""
    barred = frozenset(not_to)
    fit = [
        agent for agent in agents
        if agent.name not in barred and agent.has_room(priority) and (any_language or language in agent.languages)
    ]  # fmt: skip
    chosen = min(
        fit,
        key=lambda agent: (language not in agent.languages, agent.load / max(1, agent.capacity), agent.name),
        default=None,
    )
    return chosen.name if chosen else None


def decide(
    waiting: Sequence[Waiting], agents: Sequence[AgentState], *, now: datetime, clock: DeskClock, most: int = 100
) -> list[Offer]:
    """Return what to do now, at most ``most`` steps, the most urgent request first; every offer counts into the load."""
    state: dict[str, AgentState] = {agent.name: agent for agent in agents}
    offers: list[Offer] = []
    for request in sorted(waiting, key=lambda one: (RANKS.get(one.priority, 2), one.requested_at, one.id)):
        offer = _next(request, state, now, clock)
        if offer is None:
            continue
        offers.append(offer)
        if len(offers) >= most:
            break
        if offer.assignee != request.assignee:
            _move(state, request.assignee, -1)
            _move(state, offer.assignee, +1)
    return offers


def _move(state: dict[str, AgentState], name: str | None, by: int) -> None:
    agent = state.get(name or "")
    if agent is not None:
        state[agent.name] = AgentState(
            agent.name, agent.languages, agent.online, max(0, agent.load + by), agent.capacity, agent.reserve
        )


def _next(request: Waiting, state: Mapping[str, AgentState], now: datetime, clock: DeskClock) -> Offer | None:
    if request.stage == "everybody":
        return None
    if request.assignee is None:
        chosen = choose(state.values(), language=request.language, priority=request.priority, not_to=request.tried)
        if chosen:
            return Offer(request.id, request.stage, chosen)
        alone = (now - request.requested_at).total_seconds() >= clock.reassign_seconds
        return Offer(request.id, "everybody", None) if alone else None
    lying = (now - (request.offered_at or request.requested_at)).total_seconds()
    holder = state.get(request.assignee)
    if holder is None or not holder.online or lying >= clock.reassign_seconds:
        return _elsewhere(request, state)
    if lying >= clock.warn_seconds and request.stage == "offered":
        return Offer(request.id, "warned", request.assignee)
    return None


def _elsewhere(request: Waiting, state: Mapping[str, AgentState]) -> Offer:
    """Offer it to one other agent, whatever the language where nobody else speaks it; after that to everybody."""
    if request.stage == "reassigned":
        return Offer(request.id, "everybody", None)
    barred = (*request.tried, request.assignee or "")
    for any_language in (False, True):
        chosen = choose(
            state.values(),
            language=request.language,
            priority=request.priority,
            not_to=barred,
            any_language=any_language,
        )
        if chosen:
            return Offer(request.id, "reassigned", chosen)
    return Offer(request.id, "everybody", None)
