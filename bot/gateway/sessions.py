"""``POST /v1/sessions``: a conversation and the token for it."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.conversations.store import TurnTransaction
from bot.gateway.faults import Refused
from bot.gateway.limits import SESSIONS_OF_ADDRESS
from bot.gateway.schema import checked_body
from bot.gateway.services import Services, address_of, bearer_of, checked_session, services_of
from bot.gateway.tokens import Identity, Session, read_identity

CHANNEL = "widget"


async def create_session(request: Request) -> JSONResponse:
    """Start or join a conversation.

    With an identity token of the shop: the buyer's own conversation, the same on phone and computer. With the
    bearer token of a session: that conversation again, under a fresh token. With both: what was said before
    signing in stays, unless the buyer has a conversation already.
    """
    services = services_of(request)
    await services.limiter.take(SESSIONS_OF_ADDRESS, address_of(request))
    body = await checked_body(request, "NewSession")
    given = bearer_of(request)
    before = await checked_session(services, given, renewing=True) if given else None
    buyer_id: str | None = None
    if body.get("identity"):
        buyer_id = await run_in_threadpool(
            _buyer_id, services, read_identity(body["identity"], services.shop_jwt_secret)
        )
    now = datetime.now(timezone.utc)
    session = await run_in_threadpool(_join, services, before, buyer_id, body.get("locale"), now)
    token, ends = services.tokens.issue(session, now=now)
    answer = {"conversation": session.conversation_id, "token": token, "expires_at": ends.isoformat()}
    return JSONResponse(answer, 201)


def _buyer_id(services: Services, identity: Identity) -> str:
    """Return the shop's buyer that ``identity`` means: by id, else by e-mail or phone, else the id as it stands."""
    known = services.shop.buyer(identity.subject)
    if known is None and identity.email:
        known = services.shop.buyer_by_email(identity.email)
    if known is None and identity.phone:
        known = services.shop.buyer_by_phone(identity.phone)
    return known.id if known else identity.subject


def _join(
    services: Services, before: Session | None, buyer_id: str | None, locale: str | None, now: datetime
) -> Session:
    with services.store.turn() as transaction:
        if buyer_id is None:
            if before is not None:
                return before
            return Session(_open(services, transaction, None, locale, now), None)
        if before is not None and before.buyer_id not in (None, buyer_id):
            before = None  # somebody else used this browser
        reopens = now - services.desk.people.rules.reopens_for
        known = transaction.newest_of(buyer_id, CHANNEL, reopens_since=reopens)
        if known is not None:
            return Session(known.id, buyer_id)
        if before is not None and transaction.set_buyer(before.conversation_id, buyer_id):
            return Session(before.conversation_id, buyer_id)
        return Session(_open(services, transaction, buyer_id, locale, now), buyer_id)


def _open(
    services: Services, transaction: TurnTransaction, buyer_id: str | None, locale: str | None, now: datetime
) -> str:
    made = transaction.open(conversation_id=uuid.uuid4().hex, channel=CHANNEL, buyer_id=buyer_id, now=now)
    language = (locale or "").replace("_", "-").split("-")[0].lower()
    if language in services.spoken:
        transaction.set_language(made.id, language)
    return made.id


def no_conversation() -> Refused:
    """Return the refusal for a conversation that is not there."""
    return Refused(404, "not_found", "There is no such conversation.")
