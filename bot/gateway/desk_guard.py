"""Who calls the desk: the session in the cookie, and the token that every change has to carry."""

from __future__ import annotations

import hmac
import ipaddress
from datetime import datetime, timezone
from http.cookies import CookieError, SimpleCookie

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from bot.desk.accounts import SESSION_LIFE, SignedIn, signed_in
from bot.gateway.faults import Refused
from bot.gateway.services import Services, services_of

COOKIE = "liaison_desk"
_PATH = "/desk"
_CSRF = "X-CSRF-Token"


async def session_of_agent(connection: HTTPConnection) -> SignedIn:
    """Return the session of the cookie; raises Refused (401) without a valid one."""
    services = services_of(connection)
    token = cookie_of(connection)

    def read() -> SignedIn | None:
        with services.store.reading() as transaction:
            return signed_in(transaction, token, now=datetime.now(timezone.utc))

    session = await run_in_threadpool(read) if token else None
    if session is None:
        raise Refused(401, "signed_out", "Please sign in.")
    return session


async def guarded(request: Request) -> tuple[Services, SignedIn]:
    """Return services and session; a request that changes something needs the session's CSRF token too."""
    session = await session_of_agent(request)
    if request.method not in ("GET", "HEAD"):
        check_csrf(session, request.headers.get(_CSRF, ""))
    services = services_of(request)
    await services.presence.seen(session.agent.name)
    return services, session


async def lead_only(request: Request) -> tuple[Services, SignedIn]:
    """Like :func:`guarded`, for leads and admins; raises Refused (403) for others."""
    services, session = await guarded(request)
    if not session.agent.leads:
        raise Refused(403, "leads_only", "Only a lead may see this.")
    return services, session


def check_csrf(session: SignedIn, given: str) -> None:
    """Raise Refused (403) unless ``given`` is the session's token."""
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Refused(403, "csrf", f"Send the header {_CSRF} with the value of /desk/api/me.")


def cookie_of(connection: HTTPConnection) -> str:
    """Return the session token of the cookie, '' where there is none."""
    try:
        found = SimpleCookie(connection.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def keep_cookie(request: Request, response: Response, token: str) -> None:
    """Set the session cookie; on any but this machine's own address it travels over HTTPS only."""
    response.set_cookie(
        COOKIE, token, max_age=int(SESSION_LIFE.total_seconds()), path=_PATH, httponly=True, samesite="strict",
        secure=not _is_loopback(request.url.hostname or ""),
    )  # fmt: skip


def drop_cookie(request: Request, response: Response) -> None:
    """Remove the session cookie."""
    secure = not _is_loopback(request.url.hostname or "")
    response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="strict", secure=secure)


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
