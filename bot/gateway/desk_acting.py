"""What agents do: take, reply, note, assign, tag, close, give back. Each is told to everybody who looks on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.conversations.receiving import storable
from bot.desk.steps import Conflict, Unknown
from bot.gateway.desk_guard import guarded
from bot.gateway.faults import Refused
from bot.gateway.limits import REPLIES_OF_AGENT
from bot.gateway.schema import checked_body
from bot.gateway.services import Services

_T = TypeVar("_T")
_WORDS = {
    "taken": "A colleague has this conversation.",
    "closed": "This conversation is closed; the buyer's next message opens it again.",
    "changed": "The conversation changed meanwhile; read it again.",
    "not_waiting": "The bot has this conversation already.",
}


async def take(request: Request) -> JSONResponse:
    """Take a conversation over; 409 with the name of the one who was faster."""
    services, session = await guarded(request)
    body = await checked_body(request, "Seen")
    now = datetime.now(timezone.utc)
    return await _changed(
        services,
        request,
        lambda id_: services.desk.take(session.agent, id_, version=body.get("version"), now=now),
        "human",
    )


async def reply(request: Request) -> JSONResponse:
    """Send a message to the buyer; the same id is sent once."""
    services, session = await guarded(request)
    body = await checked_body(request, "Reply")
    text, uploads = storable(body["text"]).strip(), list(dict.fromkeys(body.get("uploads") or ()))
    if not text and not uploads:
        raise Refused(422, "empty", "Write something or add a file.", field="text")
    await services.limiter.take(REPLIES_OF_AGENT, session.agent.name)
    id_ = request.path_params["conversation"]
    now = datetime.now(timezone.utc)
    sent = await _done(lambda: services.desk.reply(
        session.agent, id_, client_id=body["id"], text=text, uploads=uploads, version=body.get("version"), now=now
    ))  # fmt: skip
    if sent.new:
        await services.presence.draft(session.agent.name, id_, typing=False)
        await services.inbox.announce(id_, "typing", typing=False)
        await services.inbox.announce(id_, "messages")
        await services.inbox.announce(id_, "owner", owner="human")
    return JSONResponse({"seq": sent.seq, "version": sent.version}, 202 if sent.new else 200)


async def typing(request: Request) -> Response:
    """Show the buyer and colleagues that somebody writes."""
    services, session = await guarded(request)
    body = await checked_body(request, "Typing")
    await show_typing(services, session.agent.name, request.path_params["conversation"], typing=body["typing"])
    return Response(status_code=204)


async def show_typing(services: Services, agent: str, conversation_id: str, *, typing: bool) -> None:
    """Tell colleagues that ``agent`` writes, and the buyer if the conversation is with a person."""

    def owner() -> str | None:
        with services.store.reading() as transaction:
            found = transaction.conversation(conversation_id)
        return found.owner if found else None

    with_person = await run_in_threadpool(owner) == "human"
    await services.presence.draft(agent, conversation_id, typing=typing)
    if with_person:
        await services.inbox.announce(conversation_id, "typing", typing=typing)
    await services.inbox.announce(f"desk:{conversation_id}", "drafting", agent=agent, typing=typing)


async def note(request: Request) -> JSONResponse:
    """Add a private note."""
    services, session = await guarded(request)
    body = await checked_body(request, "Note")
    id_, now = request.path_params["conversation"], datetime.now(timezone.utc)
    number = await _done(lambda: services.desk.write_note(session.agent, id_, storable(body["text"]), now=now))
    await services.inbox.announce(f"desk:{id_}", "notes")
    return JSONResponse({"id": number}, 201)


async def assign(request: Request) -> JSONResponse:
    """Give the conversation to a colleague or into a queue."""
    services, session = await guarded(request)
    body = await checked_body(request, "Assign")
    to, queue = body.get("agent"), body.get("queue")
    if (to is None) == (queue is None):
        raise Refused(422, "invalid", "Name an agent or a queue.", field="agent")
    now = datetime.now(timezone.utc)
    return await _changed(
        services, request,
        lambda id_: services.desk.assign(session.agent, id_, to=to, queue=queue, version=body.get("version"), now=now),
        "human" if to else "waiting",
    )  # fmt: skip


async def set_tags(request: Request) -> JSONResponse:
    """Replace the tags."""
    services, session = await guarded(request)
    body = await checked_body(request, "Tags")
    id_, now = request.path_params["conversation"], datetime.now(timezone.utc)
    wanted = [" ".join(storable(tag).split()) for tag in body["tags"]]
    kept = await _done(lambda: services.desk.set_tags(session.agent, id_, wanted, now=now))
    await services.inbox.announce(f"desk:{id_}", "tags")
    return JSONResponse({"tags": kept})


async def close(request: Request) -> JSONResponse:
    """Close the conversation; the buyer is asked how it was."""
    services, session = await guarded(request)
    body = await checked_body(request, "Close")
    now = datetime.now(timezone.utc)
    reason = storable(body["reason"]).strip()
    return await _changed(
        services, request,
        lambda id_: services.desk.close(session.agent, id_, reason=reason, version=body.get("version"), now=now), "closed",
    )  # fmt: skip


async def give_back(request: Request) -> JSONResponse:
    """Give the conversation back to the bot."""
    services, session = await guarded(request)
    body = await checked_body(request, "Seen")
    now = datetime.now(timezone.utc)
    return await _changed(
        services,
        request,
        lambda id_: services.desk.give_back(session.agent, id_, version=body.get("version"), now=now),
        "bot",
    )


async def _changed(services: Services, request: Request, step: Callable[[str], int], owner: str) -> JSONResponse:
    """Do a step that changes the owner, tell everybody, return the new version."""
    id_ = request.path_params["conversation"]
    version = await _done(lambda: step(id_))
    await services.inbox.announce(id_, "messages")
    await services.inbox.announce(id_, "owner", owner=owner)
    return JSONResponse({"version": version})


async def _done(step: Callable[[], _T]) -> _T:
    try:
        return await run_in_threadpool(step)
    except Unknown as err:
        raise Refused(404, "not_found", f"There is no such {err}.") from err
    except Conflict as err:
        raise TakenByAnother(err) from err


class TakenByAnother(Refused):
    """A step that came too late; ``by`` names who has the conversation."""

    def __init__(self, err: Conflict) -> None:
        super().__init__(409, err.code, _WORDS[err.code])
        self.by = err.by

    def response(self) -> JSONResponse:
        """Return the answer with ``by`` beside code and message."""
        error: dict[str, Any] = {"code": self.code, "message": str(self)}
        return JSONResponse(
            {"error": error | ({"by": self.by} if self.by else {}), "code": self.code, "by": self.by}, 409
        )
