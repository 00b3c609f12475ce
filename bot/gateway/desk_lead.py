"""What a lead looks at: agents with their load, the report, its CSV. Agents see the list of colleagues too."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.desk.accounts import all_agents
from bot.desk.offering import SEEN_SECONDS, loads
from bot.desk.report import report, report_csv
from bot.desk.trail import note_down
from bot.gateway.desk_guard import guarded, lead_only
from bot.gateway.faults import Refused
from bot.gateway.services import Services

_DAYS = 7
_MOST_DAYS = 366


async def list_agents(request: Request) -> JSONResponse:
    """Return everybody who may be given a conversation, with presence and load."""
    services, _ = await guarded(request)
    seen = await services.presence.all_seen()
    edge = datetime.now(timezone.utc).timestamp() - SEEN_SECONDS

    def read() -> list[dict[str, Any]]:
        with services.store.reading() as transaction:
            busy, agents = loads(transaction), all_agents(transaction)
        return [
            {
                "name": agent.name, "display_name": agent.display_name, "role": agent.role,
                "presence": agent.presence if seen.get(agent.name, 0.0) >= edge else "offline",
                "load": busy.get(agent.name, 0), "capacity": agent.capacity, "languages": list(agent.languages),
            }
            for agent in agents
        ]  # fmt: skip

    return JSONResponse(await run_in_threadpool(read))


async def show_report(request: Request) -> JSONResponse:
    """Return the figures from one day to another, both included, in the desk's time zone."""
    services, _ = await lead_only(request)
    since, until = _span(services, request)

    def read() -> dict[str, Any]:
        with services.store.reading() as transaction:
            return report(transaction, since=since, until=until)

    return JSONResponse(await run_in_threadpool(read))


async def export_report(request: Request) -> Response:
    """Return the requests of these days as CSV; that it was taken out is written down."""
    services, session = await lead_only(request)
    since, until = _span(services, request)

    def read() -> str:
        with services.store.turn() as transaction:
            note_down(
                transaction, agent=session.agent.name, action="exported", now=datetime.now(timezone.utc),
                since=since.isoformat(), until=until.isoformat(),
            )  # fmt: skip
            return report_csv(transaction, since=since, until=until)

    headers = {"Content-Disposition": f'attachment; filename="desk-{since:%Y%m%d}.csv"'}
    text = "\ufeff" + await run_in_threadpool(read)
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _span(services: Services, request: Request) -> tuple[datetime, datetime]:
    zone = ZoneInfo(services.desk.people.rules.hours.time_zone)
    today = datetime.now(zone).date()
    last = _day(request, "to", today)
    first = _day(request, "from", last - timedelta(days=_DAYS - 1))
    if not timedelta(0) <= last - first <= timedelta(days=_MOST_DAYS):
        raise Refused(422, "invalid", f"'from' must lie before 'to', at most {_MOST_DAYS} days.", field="from")
    start, end = datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
    return start.astimezone(timezone.utc), end.astimezone(timezone.utc)


def _day(request: Request, name: str, default: date) -> date:
    given = request.query_params.get(name)
    if not given:
        return default
    try:
        return date.fromisoformat(given[:10])
    except ValueError as err:
        raise Refused(422, "invalid", f"'{name}' must be a day as 2026-11-22.", field=name) from err
