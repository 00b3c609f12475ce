"""``/v1/messages``: what a buyer sends, and what is new for a buyer."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.conversations.receiving import Incoming, receive
from bot.conversations.store import Conversation, Message, TurnTransaction
from bot.gateway.faults import Refused
from bot.gateway.limits import MESSAGES_OF_ADDRESS, MESSAGES_OF_SESSION, READS_OF_SESSION
from bot.gateway.schema import checked_body, whole_number
from bot.gateway.services import Services, address_of, services_of, session_of
from bot.gateway.sessions import CHANNEL, no_conversation
from bot.gateway.tokens import Session
from bot.whatsapp.contacts import CHANNEL as WHATSAPP
from bot.whatsapp.progress import progress_of

LONGEST_WAIT = 25
_MOST_AT_ONCE = 500
_BUTTONS_LOOKED_AT = 30
LARGEST_SEQ = 2**31 - 1


async def post_message(request: Request) -> JSONResponse:
    """Store and queue a message; only then it is acknowledged. The same id again answers the same seq."""
    services, session = services_of(request), await session_of(request)
    body = await checked_body(request, "NewMessage")
    await services.limiter.take(MESSAGES_OF_SESSION, session.conversation_id)
    await services.limiter.take(MESSAGES_OF_ADDRESS, address_of(request))
    seq, new = await run_in_threadpool(_store, services, session, body)
    if new:
        await services.inbox.put(session.conversation_id)
    return JSONResponse({"seq": seq}, 202 if new else 200)


def _store(services: Services, session: Session, body: dict[str, Any]) -> tuple[int, bool]:
    uploads = tuple(dict.fromkeys(body.get("uploads") or ()))
    choice, text = body.get("quick_reply"), body.get("text") or ""
    with services.store.reading() as transaction:
        known = transaction.uploads_of(session.conversation_id, uploads)
        title = _title_of(transaction, session.conversation_id, choice) if choice else None
        sent_before = transaction.seq_of(session.conversation_id, body["id"])
    if sent_before is not None:
        return sent_before, False
    missing = [upload for upload in uploads if upload not in known]
    if missing:
        raise Refused(422, "upload_unknown", f"The file {missing[0]!r} was not uploaded here.", field="uploads")
    if choice and title is None:
        raise Refused(422, "quick_reply_unknown", "That choice was not offered here.", field="quick_reply")
    incoming = Incoming(
        session.conversation_id, title or text, body["id"], CHANNEL, session.buyer_id, choice, uploads
    )  # fmt: skip
    return receive(services.store, incoming, now=datetime.now(timezone.utc))


def _title_of(transaction: TurnTransaction, conversation_id: str, choice: str) -> str | None:
    """Return the words on the button ``choice``; None when it was not offered lately."""
    for message in reversed(transaction.transcript(conversation_id, most=_BUTTONS_LOOKED_AT)):
        for button in message.data.get("quick_replies", ()):
            if button["id"] == choice:
                return str(button["title"])
    return None


async def get_messages(request: Request) -> JSONResponse:
    """Return what came after ``after``; waits up to ``wait`` seconds when there is nothing yet."""
    services, session = services_of(request), await session_of(request)
    await services.limiter.take(READS_OF_SESSION, session.conversation_id)
    after = whole_number(request, "after", default=0, highest=LARGEST_SEQ)
    wait = whole_number(request, "wait", default=0, highest=LONGEST_WAIT)
    ends = time.monotonic() + wait
    async with services.hub.listener(session.conversation_id) as listener:
        news = await read_news(services, session.conversation_id, after)
        owner = news["owner"]
        while not news["messages"] and news["owner"] == owner and time.monotonic() < ends:
            event = await listener.next(ends - time.monotonic())
            if event is None or event["kind"] == "closing":
                break
            if event["kind"] != "typing":
                news = await read_news(services, session.conversation_id, after)
            else:
                await asyncio.sleep(0)
    return JSONResponse(news)


async def read_news(services: Services, conversation_id: str, after: int) -> dict[str, Any]:
    """Return messages after ``after``, owner and language; raises Refused (404) for an unknown conversation."""

    def read() -> dict[str, Any]:
        with services.store.reading() as transaction:
            conversation = transaction.conversation(conversation_id)
            if conversation is None:
                raise no_conversation()
            found = transaction.messages_after(conversation_id, after, most=_MOST_AT_ONCE)
            shown = [shown_message(message) for message in found]
            ids = [upload["upload"] for message in shown for upload in message["uploads"]]
            files = transaction.uploads_of(conversation_id, ids)
            progress = _progress(transaction, conversation, found)
        for message in shown:
            if message["seq"] in progress:
                message["delivery"] = progress[message["seq"]]
            for upload in message["uploads"]:
                if file := files.get(upload["upload"]):
                    upload |= {"type": file.type, "size": file.size, "name": file.name}
        return {"messages": shown, **_state(conversation)}

    return await run_in_threadpool(read)


def _progress(transaction: TurnTransaction, conversation: Conversation, found: list[Message]) -> dict[int, Any]:
    if conversation.channel != WHATSAPP:
        return {}
    return progress_of(transaction, conversation.id, [message.seq for message in found if message.author != "buyer"])


def _state(conversation: Conversation) -> dict[str, Any]:
    return {"owner": conversation.owner, "language": conversation.language or "en"}


def shown_message(message: Message) -> dict[str, Any]:
    """Return ``message`` as buyers' programs see it."""
    shown = {
        "seq": message.seq,
        "author": message.author,
        "text": message.text,
        "quick_replies": message.data.get("quick_replies", []),
        "cards": message.data.get("cards", []),
        "uploads": [{"upload": upload} for upload in message.data.get("uploads", [])],
        "created_at": message.created_at.isoformat(),
    }
    if message.author == "buyer":
        shown["id"] = message.client_id
    if message.author == "human" and message.data.get("name"):
        shown["name"] = message.data["name"]
    return shown
