"""``/v1/ws``: messages as they come. The token travels in the first frame, never in the address."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot.errors import StoreUnavailable
from bot.gateway.faults import Refused
from bot.gateway.messages import LARGEST_SEQ, read_news
from bot.gateway.services import Services, checked_session, services_of
from bot.inbox.ending import end_tasks

BAD_FRAME, TOKEN_REFUSED, NO_FRAME, GOING, TRY_LATER = 4400, 4401, 4408, 1001, 1013
_FIRST_FRAME_SECONDS = 10.0
_LONGEST_FRAME = 8_192
_RECHECK_SECONDS = 60.0


async def open_socket(socket: WebSocket) -> None:
    """Serve one buyer's socket until it closes, the token ends or the gateway goes."""
    services = services_of(socket)
    if not _is_welcome(socket, services):
        await socket.close()  # before it was accepted: the opening is answered 403
        return
    await socket.accept()
    try:
        code = await _serve(socket, services)
    except WebSocketDisconnect:
        return
    except StoreUnavailable:
        code = TRY_LATER
    except Refused as err:
        code = TOKEN_REFUSED if err.status in (401, 404) else BAD_FRAME
    if socket.application_state is not WebSocketState.DISCONNECTED:
        with suppress(WebSocketDisconnect, RuntimeError):  # the buyer was quicker
            await socket.close(code)


def _is_welcome(socket: WebSocket, services: Services) -> bool:
    """Return whether the page that opens the socket is ours or on the list; programs send no origin."""
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    try:
        ours = urlsplit(origin).netloc == socket.headers.get("host")
    except ValueError:
        return False
    return ours or origin.lower() in services.settings.allowed_origins


async def _serve(socket: WebSocket, services: Services) -> int:
    try:
        first = await asyncio.wait_for(read_frame(socket), _FIRST_FRAME_SECONDS)
    except asyncio.TimeoutError:
        return NO_FRAME
    token, after = first.get("token"), first.get("after", 0)
    if not isinstance(token, str) or type(after) is not int or not 0 <= after <= LARGEST_SEQ:
        return BAD_FRAME
    session = await checked_session(services, token)
    async with services.hub.listener(session.conversation_id) as listener:
        reader = asyncio.create_task(_read(socket, services, session.conversation_id))
        waiter: asyncio.Task[dict[str, Any] | None] | None = None
        try:
            after, state = await _send_news(socket, services, session.conversation_id, after, None)
            while True:
                waiter = asyncio.create_task(listener.next(_RECHECK_SECONDS))
                done, _ = await asyncio.wait({reader, waiter}, return_when=asyncio.FIRST_COMPLETED)
                if reader in done:
                    return reader.result()
                event = waiter.result()
                if event is None:
                    await checked_session(services, token)
                elif event["kind"] == "closing":
                    return GOING
                elif event["kind"] == "typing":
                    if event.get("who", "seller") == "seller":
                        await socket.send_json({"typing": bool(event.get("typing"))})
                else:
                    after, state = await _send_news(socket, services, session.conversation_id, after, state)
        finally:
            await end_tasks(*(task for task in (reader, waiter) if task is not None))


async def _send_news(
    socket: WebSocket, services: Services, conversation_id: str, after: int, known: dict[str, Any] | None
) -> tuple[int, dict[str, Any]]:
    """Send what came after ``after``; returns the new mark and the state the buyer knows."""
    while True:
        news = await read_news(services, conversation_id, after)
        messages = news.pop("messages")
        for message in messages:
            await socket.send_json(message)
            after = message["seq"]
        if not messages or len(messages) < 500:
            break
    if news != known:
        await socket.send_json(news)
    return after, news


async def _read(socket: WebSocket, services: Services, conversation_id: str) -> int:
    """Take in what the buyer's program sends: only that somebody types. Returns why to close."""
    while True:
        try:
            frame = await read_frame(socket)
        except WebSocketDisconnect:
            return GOING
        except Refused:
            return BAD_FRAME
        if isinstance(frame.get("typing"), bool):
            await services.inbox.buyer_types(conversation_id, frame["typing"])
            await services.inbox.announce(conversation_id, "typing", typing=frame["typing"], who="buyer")


async def read_frame(socket: WebSocket) -> dict[str, Any]:
    """Return the next frame, a JSON object; raises Refused for anything else, WebSocketDisconnect at the end."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", GOING))
    text = message.get("text")
    if text is None:
        raise Refused(400, "not_text", "Send text frames.")
    if len(text) > _LONGEST_FRAME:
        raise Refused(413, "too_large", "The frame is too long.")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as err:
        raise Refused(400, "not_json", "The frame is no valid JSON.") from err
    if not isinstance(frame, dict):
        raise Refused(400, "not_an_object", "The frame is no JSON object.")
    return frame
