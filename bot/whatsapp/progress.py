"""How far each message of a conversation has come, for the desk and the messages API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from bot.conversations.store import TurnTransaction
from bot.whatsapp.states import ENDS, shown
from bot.whatsapp.tables import deliveries

_AGAIN = 100
"""From this part on a part stands for an earlier one that failed and is sent once more."""


def progress_of(transaction: TurnTransaction, conversation_id: str, seqs: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return ``{"state", "code"?, "reason"?}`` for those of ``seqs`` that are sent or to be sent."""
    if not seqs:
        return {}
    query = select(deliveries).where(
        deliveries.c.conversation_id == conversation_id,
        deliveries.c.last_seq >= min(seqs), deliveries.c.first_seq <= max(seqs),
    )  # fmt: skip
    by_seq: defaultdict[int, dict[int, Any]] = defaultdict(dict)
    for row in transaction.connection.execute(query.order_by(deliveries.c.part)):
        for seq in range(row.first_seq, row.last_seq + 1):
            by_seq[seq][row.part % _AGAIN] = row
    return {seq: _progress(list(by_seq[seq].values())) for seq in seqs if seq in by_seq}


def _progress(rows: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"state": shown([row.state for row in rows])}
    wrong = next((row for row in rows if row.state in ENDS or row.code is not None), None)
    if wrong is not None:
        found |= {"reason": wrong.reason} | ({"code": wrong.code} if wrong.code is not None else {})
    return found
