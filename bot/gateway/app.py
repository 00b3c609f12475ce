"""The gateway as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute

from bot.conversations.people import People
from bot.conversations.store import ConversationStore
from bot.desk.canned import load_canned
from bot.desk.steps import Desk
from bot.gateway import desk_clock, desk_routes, health, messages, pages, sessions, uploads
from bot.gateway.desk_lists import SharedLists
from bot.gateway.desk_orders import OrderCards
from bot.gateway.desk_presence import Presence
from bot.gateway.faults import HANDLERS, Crashes, Refused
from bot.gateway.files import FileStore
from bot.gateway.hub import Hub, State
from bot.gateway.limits import RateLimiter
from bot.gateway.schema import openapi
from bot.gateway.security import BodyLimit, SecurityHeaders
from bot.gateway.services import Services
from bot.gateway.socket import open_socket
from bot.gateway.tokens import SessionTokens, kept_secret
from bot.inbox.keys import Keys
from bot.inbox.producer import Inbox
from bot.inbox.server import connect
from bot.language.register import load_languages
from bot.replies.texts import Replies, load_replies
from bot.settings import Settings
from bot.shop.desk import load_desk_rules
from bot.shop.opening import prepared_engine
from bot.shop.repository import ShopRepository
from bot.shop.rules import load_rules


def make_app(settings: Settings, *, engine: Engine | None = None, keys: Keys | None = None) -> Starlette:
    """Return the gateway; raises ConfigurationError or StoreUnavailable naming what is wrong."""
    services = make_services(settings, engine=engine or prepared_engine(settings), keys=keys or Keys())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with services.hub.running(), desk_clock.running(services):
            yield
        await services.redis.close()

    app = Starlette(
        routes=[*routes(), *desk_routes.routes()],
        exception_handlers=HANDLERS,  # type: ignore[arg-type]
        lifespan=lifespan,
        middleware=[
            Middleware(health.Measured),
            Middleware(SecurityHeaders),
            Middleware(
                CORSMiddleware,
                allow_origins=list(settings.allowed_origins),
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type"],
                expose_headers=["Retry-After"],
                max_age=600,
            ),
            Middleware(BodyLimit, largest_for=_largest_body),
            Middleware(Crashes),
        ],
    )
    app.state.services = services
    return app


def make_services(settings: Settings, *, engine: Engine, keys: Keys) -> Services:
    """Build what the routes work with."""
    redis: Any = connect(settings)
    store = ConversationStore(engine)
    shop = ShopRepository(engine)
    languages = load_languages(settings.project / "lexicon" / "languages.yml")
    replies = load_replies(settings.project / "replies", languages)
    folder = settings.project / "shop"
    rules = load_rules(folder, today=date.today())
    desk_rules = load_desk_rules(folder / "desk.yml")

    def replies_in(code: str | None) -> Replies:
        return replies.get(code or "en", replies["en"])

    demo = settings.shop_jwt_secret is None
    return Services(
        settings=settings,
        engine=engine,
        store=store,
        shop=shop,
        files=FileStore(settings.uploads_dir),
        redis=redis,
        keys=keys,
        inbox=Inbox(redis, keys),
        hub=Hub(redis, keys, changed_since=_changed_since(store)),
        limiter=RateLimiter(redis, keys, factor=settings.rate_factor),
        tokens=SessionTokens(settings.secrets or (kept_secret(settings.var_dir, "session.secret"),)),
        shop_jwt_secret=settings.shop_jwt_secret or kept_secret(settings.var_dir, "demo-shop.secret"),
        demo=demo,
        desk=Desk(store, People(replies_in, desk_rules)),
        shared_lists=SharedLists(store, desk_rules.clock),
        presence=Presence(redis, keys),
        order_cards=OrderCards(shop, rules, replies_in),
        canned=load_canned(folder / "canned", [language.code for language in languages]),
    )


def routes() -> list[Any]:
    """Return every address for buyers and their programs; those of the desk are in ``desk_routes``."""
    return [
        Route("/v1/sessions", sessions.create_session, methods=["POST"]),
        Route("/v1/messages", messages.post_message, methods=["POST"]),
        Route("/v1/messages", messages.get_messages, methods=["GET"]),
        Route("/v1/uploads", uploads.post_upload, methods=["POST"]),
        Route("/v1/uploads/{upload}", uploads.get_upload, methods=["GET"]),
        Route("/v1/openapi.json", describe, methods=["GET"]),
        WebSocketRoute("/v1/ws", open_socket),
        Route("/v1/ws", upgrade_needed, methods=["GET"]),
        Route("/healthz", health.health, methods=["GET"]),
        Route("/readyz", health.readiness, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
        Route("/", pages.front_page, methods=["GET"]),
        Route("/widget.js", pages.widget_script, methods=["GET"]),
        Mount("/widget", pages.WidgetFiles(directory=pages.WIDGET)),
        Route("/demo", pages.demo_page, methods=["GET"]),
        Route("/demo/products.json", pages.demo_products, methods=["GET"]),
        Route("/demo/buyers.json", pages.demo_buyers, methods=["GET"]),
        Mount("/demo", pages.WidgetFiles(directory=pages.WIDGET / "demo")),
    ]


async def describe(_: Request) -> JSONResponse:
    """Return the OpenAPI description."""
    return JSONResponse(openapi())


async def upgrade_needed(_: Request) -> JSONResponse:
    """Answer a plain request to the socket's address."""
    response = Refused(426, "upgrade_required", "Open a WebSocket here.").response()
    response.headers["Upgrade"] = "websocket"
    return response


def _largest_body(path: str) -> int | None:
    return uploads.LARGEST_BODY if path in ("/v1/uploads", "/desk/api/uploads") else None


def _changed_since(store: ConversationStore) -> Any:
    async def changed_since(moment: datetime) -> dict[str, State]:
        def read() -> dict[str, State]:
            with store.reading() as transaction:
                return transaction.changed_since(moment)

        return await run_in_threadpool(read)

    return changed_since
