"""What the routes of the gateway work with, built once a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis as AsyncRedis
from sqlalchemy.engine import Engine
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from bot.conversations.store import ConversationStore
from bot.desk.canned import Canned
from bot.desk.steps import Desk
from bot.gateway.desk_lists import SharedLists
from bot.gateway.desk_orders import OrderCards
from bot.gateway.desk_presence import Presence
from bot.gateway.faults import Refused
from bot.gateway.files import FileStore
from bot.gateway.hub import Hub
from bot.gateway.limits import RateLimiter
from bot.gateway.tokens import Session, SessionTokens
from bot.inbox.keys import Keys
from bot.inbox.producer import Inbox
from bot.settings import Settings
from bot.shop.repository import ShopRepository


@dataclass(frozen=True)
class Services:
    """The parts; routes reach them by :func:`services_of`."""

    settings: Settings
    engine: Engine
    store: ConversationStore
    shop: ShopRepository
    files: FileStore
    redis: AsyncRedis[str]
    keys: Keys
    inbox: Inbox
    hub: Hub
    limiter: RateLimiter
    tokens: SessionTokens
    shop_jwt_secret: str
    demo: bool
    desk: Desk
    presence: Presence
    order_cards: OrderCards
    canned: dict[str, tuple[Canned, ...]]
    shared_lists: SharedLists


def services_of(connection: HTTPConnection) -> Services:
    """Return the services of the app that serves ``connection``."""
    services: Services = connection.app.state.services
    return services


def address_of(connection: HTTPConnection) -> str:
    """Return the address a request came from; uvicorn has put in what trusted proxies said."""
    return connection.client.host if connection.client else "unknown"


def bearer_of(connection: HTTPConnection) -> str | None:
    """Return the bearer token of a request, None where there is none."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


async def session_of(connection: HTTPConnection) -> Session:
    """Return the session of a request; raises Refused (401) without a valid token for an existing conversation."""
    token = bearer_of(connection)
    if token is None:
        raise Refused(401, "token_missing", "Send the session token as 'Authorization: Bearer …'.")
    return await checked_session(services_of(connection), token)


async def checked_session(services: Services, token: str, *, renewing: bool = False) -> Session:
    """Return the session of ``token`` if its conversation still belongs to the same buyer; raises Refused (401)."""
    session = services.tokens.read(token, renewing=renewing)

    def read() -> Any:
        with services.store.reading() as transaction:
            return transaction.conversation(session.conversation_id)

    conversation = await run_in_threadpool(read)
    if conversation is None or conversation.buyer_id != session.buyer_id:
        raise Refused(401, "token_invalid", "The session token is not valid.")
    return session
