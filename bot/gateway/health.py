"""``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Iterable
from datetime import datetime, timezone

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import StoreUnavailable
from bot.gateway.faults import Refused
from bot.gateway.services import Services, address_of, bearer_of, services_of
from bot.inbox.consumer import waiting_entries
from bot.inbox.figures import TURN_SECONDS
from bot.inbox.leases import LEASE_SECONDS
from bot.whatsapp.alarms import alarms_of

REGISTRY = CollectorRegistry()
_REQUESTS = Counter("liaison_http_requests", "Requests by route and status", ["route", "status"], registry=REGISTRY)
_SECONDS = Histogram(
    "liaison_http_request_seconds", "Time to answer, without long polls", ["route"], registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)  # fmt: skip


async def health(_: Request) -> JSONResponse:
    """The process lives."""
    return JSONResponse({"status": "ok"})


async def readiness(request: Request) -> JSONResponse:
    """Buyers can be served: the store, Redis and at least one worker answer.

    ``assistants`` counts workers whose model answers; the others hand every conversation to a person.
    """
    services = services_of(request)
    store = await run_in_threadpool(_store_answers, services)
    workers, minds, redis = 0, 0, True
    since = time.time() - LEASE_SECONDS
    try:
        workers = int(await services.redis.zcount(services.keys.workers, since, "+inf"))
        minds = int(await services.redis.zcount(services.keys.minds, since, "+inf"))
    except (RedisError, OSError):
        redis = False
    ready = store and redis and workers > 0
    state = {
        "ready": ready,
        "store": store,
        "redis": redis,
        "workers": workers,
        "assistants": minds,
        **await _whatsapp(services, store),
    }
    return JSONResponse(state, 200 if ready else 503)


async def _whatsapp(services: Services, store: bool) -> dict[str, object]:
    """Return the state of the channel where it is set up: an alarm stops sending, but not the rest."""
    if services.whatsapp is None:
        return {}
    try:
        alarms = await run_in_threadpool(alarms_of, services.engine) if store else []
    except StoreUnavailable:
        alarms = []
    return {"whatsapp": {alarm.phone_number_id: f"{alarm.code}: {alarm.reason}" for alarm in alarms} or "ok"}


def _store_answers(services: Services) -> bool:
    try:
        with services.store.reading() as transaction:
            transaction.conversation("readiness")
    except StoreUnavailable:
        return False
    return True


async def metrics(request: Request) -> Response:
    """Figures for Prometheus; open to this machine and private networks, or to the token of the settings."""
    services = services_of(request)
    wanted = services.settings.metrics_token
    if wanted is not None:
        if not hmac.compare_digest((bearer_of(request) or "").encode(), wanted.encode()):
            raise Refused(401, "token_invalid", "Send the metrics token as 'Authorization: Bearer …'.")
    elif not _is_near(address_of(request)):
        raise Refused(403, "not_from_here", "Metrics are for this machine; set LIAISON_METRICS_TOKEN for others.")
    figures: dict[str, str] = {}
    waiting, workers, oldest = -1, 0, 0.0
    try:
        figures = await services.redis.hgetall(services.keys.figures)
        waiting = await waiting_entries(services.redis, services.keys)
        workers = int(await services.redis.zcount(services.keys.workers, time.time() - LEASE_SECONDS, "+inf"))
    except (RedisError, OSError):
        pass
    try:
        oldest = await run_in_threadpool(_oldest_unhandled, services)
    except StoreUnavailable:
        oldest = -1.0
    live = CollectorRegistry()
    live.register(_Live(figures, waiting, workers, oldest, services.hub.listeners))
    return Response(generate_latest(REGISTRY) + generate_latest(live), media_type="text/plain; version=0.0.4")


def _oldest_unhandled(services: Services) -> float:
    now = datetime.now(timezone.utc)
    with services.store.reading() as transaction:
        since = transaction.oldest_unhandled()
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _is_near(address: str) -> bool:
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        return False
    return host.is_loopback or host.is_private


class _Live(Collector):
    """What is read at the moment of asking."""

    def __init__(self, figures: dict[str, str], waiting: int, workers: int, oldest: float, listeners: int) -> None:
        self._figures, self._listeners = figures, listeners
        self._gauges = {
            "liaison_inbox_entries": ("Entries in the inbox, -1 when Redis is away", float(waiting)),
            "liaison_workers": ("Workers alive", float(workers)),
            "liaison_oldest_unhandled_seconds": ("Age of the oldest unhandled message, -1 when SQL is away", oldest),
            "liaison_listeners": ("Open sockets and long polls", float(listeners)),
        }

    def collect(self) -> Iterable[Metric]:
        """Yield gauges, and the counters of all workers."""
        for name, (text, value) in self._gauges.items():
            yield GaugeMetricFamily(name, text, value=value)
        turns = CounterMetricFamily("liaison_turns", "Turns taken", labels=["language", "owner"])
        cases = CounterMetricFamily("liaison_cases", "Cases opened", labels=["queue", "reason"])
        counts: dict[str, float] = {}
        for name, figure in self._figures.items():
            kind, _, rest = name.partition(":")
            if kind in ("turns", "cases"):
                (turns if kind == "turns" else cases).add_metric(rest.split(":", 1), float(figure))
            elif kind == "bucket":
                counts[rest] = float(figure)
        buckets, total = [], 0.0
        for bound in (*(str(bound) for bound in TURN_SECONDS), "+Inf"):
            total += counts.get(bound, 0.0)
            buckets.append((bound, total))
        yield turns
        yield cases
        yield HistogramMetricFamily(
            "liaison_turn_seconds", "Time of a turn in the worker", buckets=buckets,
            sum_value=float(self._figures.get("seconds", 0)),
        )  # fmt: skip


class Measured:
    """Counts requests by route and status; addresses that no route knows are counted as one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", None) or "other"
            _REQUESTS.labels(route, str(status)).inc()
            if b"wait=" not in scope.get("query_string", b""):
                _SECONDS.labels(route).observe(time.perf_counter() - started)
