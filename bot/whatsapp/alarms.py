"""The alarm state: Meta refuses our key or our account, so nothing more is sent until somebody has looked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.conversations.store import TurnTransaction
from bot.errors import StoreUnavailable
from bot.whatsapp.tables import alarms


@dataclass(frozen=True)
class Alarm:
    """Why a number sends nothing. ``token_mark`` tells under which access token it came up."""

    phone_number_id: str
    code: int
    reason: str
    token_mark: str
    since: datetime


def token_mark(token: str | None) -> str:
    """Return a mark by which a token is known again and that gives nothing of it away."""
    return hashlib.sha256((token or "").encode()).hexdigest()[:16]


def alarms_of(engine: Engine) -> list[Alarm]:
    """Return all alarms; raises StoreUnavailable."""
    try:
        with engine.connect() as connection:
            rows = connection.execute(select(alarms).order_by(alarms.c.phone_number_id)).all()
    except SQLAlchemyError as err:
        raise StoreUnavailable(f"the alarms could not be read ({type(err).__name__})") from err
    return [Alarm(row.phone_number_id, row.code, row.reason, row.token_mark, row.since) for row in rows]


def raise_alarm(transaction: TurnTransaction, alarm: Alarm) -> None:
    """Remember ``alarm``; the first one of a number stays."""
    known = select(alarms.c.code).where(alarms.c.phone_number_id == alarm.phone_number_id)
    if transaction.connection.execute(known).first() is None:
        transaction.connection.execute(insert(alarms).values(**alarm.__dict__))


def end_alarms(transaction: TurnTransaction, *, except_mark: str | None = None) -> int:
    """Forget the alarms, but for those under the token of ``except_mark``; returns how many there were."""
    gone = delete(alarms)
    if except_mark is not None:
        gone = gone.where(alarms.c.token_mark != except_mark)
    return int(transaction.connection.execute(gone).rowcount)
