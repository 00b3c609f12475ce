"""Offering waiting requests to agents: reads the state, lets the pure rules decide, writes by compare-and-set."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update

from bot.conversations.store import ConversationStore, TurnTransaction
from bot.conversations.tables import conversations, requests
from bot.desk.accounts import all_agents
from bot.desk.trail import note_down
from bot.trade.desk import DeskRules
from bot.trade.routing import AgentState, Offer, Waiting, decide

SEEN_SECONDS = 60.0
"""How long an agent counts as there after the last sign of life."""
_MOST_AT_ONCE = 5_000
_OF_ONE_TRANSACTION, _PAUSE_SECONDS = 10, 0.03
"""Few at once, and room for others in between: an agent who takes over must not wait for the clock."""


def loads(transaction: TurnTransaction) -> dict[str, int]:
    """Return how many open conversations each agent holds or was offered."""
    query = (
        select(requests.c.assignee, func.count().label("number"))
        .where(requests.c.ended_at.is_(None), requests.c.assignee.isnot(None))
        .group_by(requests.c.assignee)
    )
    return {row.assignee: row.number for row in transaction.connection.execute(query)}


def agent_states(
    transaction: TurnTransaction, *, seen: Mapping[str, float], now: datetime, rules: DeskRules
) -> list[AgentState]:
    """Return the agents as routing sees them; ``seen`` is the time (seconds) of each one's last sign of life."""
    busy = loads(transaction)
    edge = now.timestamp() - SEEN_SECONDS
    return [
        AgentState(
            agent.name, agent.languages, agent.presence == "online" and seen.get(agent.name, 0.0) >= edge,
            busy.get(agent.name, 0), agent.capacity, rules.alarm_reserve,
        )
        for agent in all_agents(transaction)
    ]  # fmt: skip


def offer_round(
    store: ConversationStore, *, seen: Mapping[str, float], now: datetime, rules: DeskRules
) -> list[tuple[str, Offer]]:
    """Do one round; returns the conversations that were offered, warned about or opened to everybody."""
    with store.reading() as transaction:
        waiting = _waiting(transaction)
        agents = agent_states(transaction, seen=seen, now=now, rules=rules) if waiting else []
    offers = decide(list(waiting.values()), agents, now=now, clock=rules.clock)
    done: list[tuple[str, Offer]] = []
    for start in range(0, len(offers), _OF_ONE_TRANSACTION):
        if start:
            time.sleep(_PAUSE_SECONDS)
        with store.turn() as transaction:
            for offer in offers[start : start + _OF_ONE_TRANSACTION]:
                conversation_id = _apply(transaction, waiting[offer.request], offer, now)
                if conversation_id is not None:
                    done.append((conversation_id, offer))
    return done


def _waiting(transaction: TurnTransaction) -> dict[int, Waiting]:
    query = (
        select(requests)
        .join(conversations, conversations.c.id == requests.c.conversation_id)
        .where(requests.c.ended_at.is_(None), requests.c.taken_at.is_(None), requests.c.stage != "everybody")
        .where(conversations.c.owner == "waiting")
        .order_by(requests.c.rank, requests.c.requested_at)
        .limit(_MOST_AT_ONCE)
    )
    return {
        row.id: Waiting(
            row.id,
            row.priority,
            row.language,
            row.requested_at,
            row.stage,
            row.assignee,
            row.offered_at,
            tuple(row.tried),
        )
        for row in transaction.connection.execute(query)
    }


def _apply(transaction: TurnTransaction, before: Waiting, offer: Offer, now: datetime) -> str | None:
    """Write one offer; None when the request changed meanwhile."""
    moved = offer.assignee != before.assignee
    tried = [*before.tried, before.assignee] if moved and before.assignee else list(before.tried)
    same = requests.c.assignee.is_(None) if before.assignee is None else requests.c.assignee == before.assignee
    done = transaction.connection.execute(
        update(requests)
        .where(requests.c.id == offer.request, requests.c.ended_at.is_(None), requests.c.taken_at.is_(None), same)
        .values(
            stage=offer.stage, assignee=offer.assignee, tried=tried,
            **({"offered_at": now if offer.assignee else None} if moved else {}),
        )
    )  # fmt: skip
    if not done.rowcount:
        return None
    row = transaction.connection.execute(select(requests).where(requests.c.id == offer.request)).one()
    transaction.connection.execute(
        update(conversations).where(conversations.c.id == row.conversation_id).values(updated_at=now)
    )
    action = offer.stage if offer.stage != "offered" else "offered"
    note_down(
        transaction, agent="clock", action=action, conversation_id=row.conversation_id, now=now, to=offer.assignee
    )
    return str(row.conversation_id)
