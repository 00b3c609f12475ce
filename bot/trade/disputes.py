"""The clock of a dispute: from which day the platform may judge, and when it does so by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.trade.model import Dispute, DisputeKind, Order
from bot.trade.rules import DisputeClock, EvidenceRule


@dataclass(frozen=True)
class DisputeDates:
    """Day 1 is the day of the first refund request."""

    escalate_from: date
    escalate_until: date
    automatic_on: date
    evidence_until: date


def dispute_dates(dispute: Dispute, clock: DisputeClock) -> DisputeDates:
    """Return the dates of ``dispute`` by the rules of the platform in ``shop/policies.yml``."""

    def day(number: int) -> date:
        return dispute.requested_on + timedelta(days=number - 1)

    return DisputeDates(
        escalate_from=day(clock.escalate_from_day),
        escalate_until=day(clock.escalate_to_day),
        automatic_on=day(clock.automatic_on_day),
        evidence_until=dispute.requested_on + timedelta(days=clock.evidence_days),
    )


def evidence_for(kind: DisputeKind, rules: EvidenceRule, order: Order | None) -> tuple[str, ...]:
    """Return the ids of what proves a claim of ``kind``; what the tracking says refines "not received"."""
    if kind == "not_received" and order is not None:
        case = {
            "in_customs": "customs_hold",
            "returned_to_sender": "returned_to_sender",
            "delivered": "marked_delivered",
            "shipped": "in_transit",
            "delayed": "in_transit",
        }.get(order.state)
        if case in rules.not_received_cases:
            return rules.not_received_cases[case]
    ids: tuple[str, ...] = getattr(rules, kind)
    return ids


def days_late(order: Order, today: date) -> int:
    """Return by how many days ``order`` has missed its promised date; 0 while it is in time or has arrived."""
    if order.promised_on is None or order.delivered_on is not None:
        return 0
    return max(0, (today - order.promised_on).days)
