"""``/desk/api/login``, ``logout`` and ``me``."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.desk.accounts import LockedOut, SignedIn, change_agent, change_password, sign_in, sign_out
from bot.desk.trail import note_down
from bot.gateway.desk_guard import drop_cookie, guarded, keep_cookie
from bot.gateway.faults import Refused
from bot.gateway.limits import SIGN_INS_OF_ADDRESS
from bot.gateway.schema import checked_body
from bot.gateway.services import Services, address_of, services_of


async def login(request: Request) -> JSONResponse:
    """Sign in; a wrong name and a wrong password get the same words, five failures a pause."""
    services = services_of(request)
    await services.limiter.take(SIGN_INS_OF_ADDRESS, address_of(request))
    body = await checked_body(request, "SignIn")
    name = body["name"].strip().lower()
    now = datetime.now(timezone.utc)
    try:
        found = await run_in_threadpool(
            sign_in, services.store, name=name, password=body["password"], address=address_of(request), now=now
        )
    except LockedOut as err:
        raise Refused(
            429, "locked", "Too many failed tries. Please wait before the next one.", retry_after=err.seconds
        ) from err
    if found is None:
        raise Refused(401, "sign_in_failed", "Name or password is wrong.")
    token, session = found
    await run_in_threadpool(_note, services, session, "signed_in")
    await services.presence.seen(session.agent.name)
    response = JSONResponse({"me": shown_agent(session), **shown_agent(session)})
    keep_cookie(request, response, token)
    return response


async def logout(request: Request) -> Response:
    """End the session."""
    services, session = await guarded(request)
    await run_in_threadpool(sign_out, services.store, session.token_hash)
    await run_in_threadpool(_note, services, session, "signed_out")
    await services.presence.gone(session.agent.name)
    response = Response(status_code=204)
    drop_cookie(request, response)
    return response


async def me(request: Request) -> JSONResponse:
    """Return who is signed in."""
    _, session = await guarded(request)
    return JSONResponse(shown_agent(session))


async def change_me(request: Request) -> JSONResponse:
    """Change presence, interface, languages or password."""
    services, session = await guarded(request)
    body = await checked_body(request, "AgentChange")
    if password := body.pop("password", None):
        done = await run_in_threadpool(
            change_password, services.store, session, old=password["old"], new=password["new"]
        )
        if not done:
            raise Refused(422, "wrong_password", "The old password is wrong.", field="password.old")
    if body:
        await run_in_threadpool(change_agent, services.store, session.agent.name, **body)
        await services.inbox.announce("desk:", "agents")
    _, changed = await guarded(request)
    return JSONResponse(shown_agent(changed))


def shown_agent(session: SignedIn) -> dict[str, Any]:
    """Return the signed-in agent as the console sees it."""
    agent = session.agent
    return {
        "name": agent.name, "display_name": agent.display_name, "role": agent.role, "languages": list(agent.languages),
        "interface": agent.interface, "csrf": session.csrf, "presence": agent.presence, "capacity": agent.capacity,
    }  # fmt: skip


def _note(services: Services, session: SignedIn, action: str) -> None:
    with services.store.turn() as transaction:
        note_down(transaction, agent=session.agent.name, action=action, now=datetime.now(timezone.utc))
