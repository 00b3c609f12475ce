"""``/desk/api/ws``: tells a console that something changed; what it is, the console reads by itself."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot.conversations.tables import requests
from bot.desk.accounts import SignedIn
from bot.errors import StoreUnavailable
from bot.gateway.desk_acting import show_typing
from bot.gateway.desk_guard import check_csrf, session_of_agent
from bot.gateway.faults import Refused
from bot.gateway.hub import EVERYTHING, Listener
from bot.gateway.services import Services, services_of
from bot.gateway.socket import BAD_FRAME, GOING, NO_FRAME, TOKEN_REFUSED, TRY_LATER, read_frame
from bot.inbox.ending import end_tasks

_FIRST_FRAME_SECONDS = 10.0
_RECHECK_SECONDS = 20.0
_LIST_SECONDS = 0.25
"""The list is told of at most this often."""
_OPEN = frozenset({"waiting", "human"})


async def open_desk_socket(socket: WebSocket) -> None:
    """Serve one console until it closes or its session ends. Only pages of this host may open it."""
    services = services_of(socket)
    try:
        session = await session_of_agent(socket)
    except (Refused, StoreUnavailable):
        session = None
    if session is None or not _is_ours(socket):
        await socket.close()
        return
    await socket.accept()
    try:
        first = await asyncio.wait_for(read_frame(socket), _FIRST_FRAME_SECONDS)
        check_csrf(session, str(first.get("csrf", "")))
        code = await _Console(socket, services, session).serve()
    except asyncio.TimeoutError:
        code = NO_FRAME
    except WebSocketDisconnect:
        return
    except StoreUnavailable:
        code = TRY_LATER
    except Refused as err:
        code = TOKEN_REFUSED if err.status in (401, 403) else BAD_FRAME
    if socket.application_state is not WebSocketState.DISCONNECTED:
        await socket.close(code)


def _is_ours(socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == socket.headers.get("host")
    except ValueError:
        return False


@dataclass
class _Console:
    """One open console."""

    socket: WebSocket
    services: Services
    session: SignedIn
    viewing: str | None = None
    _open: set[str] = field(default_factory=set)
    _list_due: float | None = None

    async def serve(self) -> int:
        """Pass on what happens until the end; returns why to close."""
        async with self.services.hub.listener(EVERYTHING) as listener:
            self._open = set(await run_in_threadpool(_open_conversations, self.services))
            await self.socket.send_json(_list_frame())
            reader = asyncio.create_task(self._read())
            sender = asyncio.create_task(self._send(listener))
            try:
                done, _ = await asyncio.wait({reader, sender}, return_when=asyncio.FIRST_COMPLETED)
                return next(iter(done)).result()
            finally:
                await end_tasks(reader, sender)
                await self._look_at(None)

    async def _send(self, listener: Listener) -> int:
        checked = time.monotonic()
        while True:
            pause = _RECHECK_SECONDS if self._list_due is None else self._list_due - time.monotonic()
            event = await listener.next(max(0.0, pause))
            if event is not None and event["kind"] == "closing":
                return GOING
            if event is not None:
                await self._pass_on(event)
            if self._list_due is not None and time.monotonic() >= self._list_due:
                self._list_due = None
                await self.socket.send_json(_list_frame())
            if time.monotonic() - checked >= _RECHECK_SECONDS:
                checked = time.monotonic()
                await session_of_agent(self.socket)
                await self.services.presence.seen(self.session.agent.name)
                if self.viewing:
                    await self.services.presence.view(self.session.agent.name, self.viewing, looking=True)

    async def _pass_on(self, event: dict[str, Any]) -> None:
        kind, name = event["kind"], str(event.get("conversation", ""))
        conversation_id = name.removeprefix("desk:")
        if kind == "typing":
            if conversation_id == self.viewing and event.get("who") == "buyer":
                await self._tell(conversation_id, "typing", typing=bool(event.get("typing")), who="buyer")
            return
        listed = conversation_id in self._open
        if kind == "owner" and event.get("owner") in _OPEN:
            self._open.add(conversation_id)
            listed = True
        elif kind == "owner":
            self._open.discard(conversation_id)
        if (listed and kind in ("messages", "owner")) or kind in ("offer", "tags", "agents"):
            self._list_due = self._list_due or time.monotonic() + _LIST_SECONDS
        if kind == "offer" and event.get("assignee") == self.session.agent.name:
            await self._tell(conversation_id, "offer", stage=event.get("stage"))
        if conversation_id == self.viewing:
            if kind == "drafting":
                if event.get("agent") != self.session.agent.name:
                    await self._tell(conversation_id, "viewers")
            elif kind != "agents":
                await self._tell(conversation_id, {"offer": "owner", "tags": "notes"}.get(kind, kind))

    async def _tell(self, conversation_id: str, what: str, **facts: Any) -> None:
        await self.socket.send_json({"kind": "conversation", "conversation": conversation_id, "what": what, **facts})

    async def _read(self) -> int:
        while True:
            try:
                frame = await read_frame(self.socket)
            except WebSocketDisconnect:
                return GOING
            except Refused:
                return BAD_FRAME
            if "viewing" in frame:
                viewing = frame["viewing"]
                await self._look_at(viewing if isinstance(viewing, str) and len(viewing) <= 64 else None)
            if isinstance(frame.get("typing"), bool) and isinstance(frame.get("conversation"), str):
                name = self.session.agent.name
                await show_typing(self.services, name, frame["conversation"][:64], typing=frame["typing"])

    async def _look_at(self, conversation_id: str | None) -> None:
        before, self.viewing = self.viewing, conversation_id
        for one, looking in ((before, False), (conversation_id, True)):
            if one and before != conversation_id:
                await self.services.presence.view(self.session.agent.name, one, looking=looking)
                await self.services.inbox.announce(f"desk:{one}", "viewers")


def _list_frame() -> dict[str, Any]:
    return {"kind": "cases", "version": int(time.time() * 1000)}


def _open_conversations(services: Services) -> list[str]:
    with services.store.reading() as transaction:
        query = select(requests.c.conversation_id).where(requests.c.ended_at.is_(None))
        return list(transaction.connection.execute(query).scalars())
