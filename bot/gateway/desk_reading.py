"""What agents read: the list, a conversation, the suggested reply, canned answers."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.conversations.requests import open_request
from bot.conversations.store import Conversation, TurnTransaction
from bot.desk.accounts import Agent, agent_named
from bot.desk.canned import filled
from bot.desk.lists import MOST_CASES, Wanted, unread_of
from bot.desk.trail import note_down
from bot.desk.views import mark_read, shown_messages, talk
from bot.gateway.desk_guard import guarded
from bot.gateway.faults import Refused
from bot.gateway.messages import LARGEST_SEQ, shown_message
from bot.gateway.schema import whole_number
from bot.gateway.services import Services
from bot.gateway.sessions import no_conversation
from bot.trade.model import Buyer
from bot.trade.routing import QUEUES

_WINDOW = timedelta(hours=24)
_LONGEST_SEARCH = 100


async def list_cases(request: Request) -> JSONResponse:
    """Return one page of open requests, how many there are by queue, and the state of the list."""
    services, session = await guarded(request)
    wanted = _wanted(request)
    started = time.perf_counter()

    shared = await services.shared_lists.read((wanted, session.agent.name if wanted.mine else ""), session.agent.name)
    ids = [row["conversation"] for row in shared["cases"]]

    def read() -> dict[str, int]:
        with services.store.reading() as transaction:
            return unread_of(transaction, ids, session.agent.name)

    unread = await run_in_threadpool(read)
    rows = [{**row, "unread": unread.get(row["conversation"], 0)} for row in shared["cases"]]
    found = {**shared, "cases": rows}
    last = found["cases"][-1]["request"] if len(found["cases"]) == wanted.limit else None
    headers = {"Server-Timing": f"list;dur={(time.perf_counter() - started) * 1000:.1f}"}
    return JSONResponse({**found, "next": last}, headers=headers)


def _wanted(request: Request) -> Wanted:
    query = request.query_params
    queue, state = query.get("queue") or None, query.get("state") or None
    if queue is not None and queue not in QUEUES:
        raise Refused(422, "invalid", f"'queue' must be one of {', '.join(QUEUES)}.", field="queue")
    if state is not None and state not in ("waiting", "human"):
        raise Refused(422, "invalid", "'state' must be waiting or human.", field="state")
    after = whole_number(request, "after", default=0, highest=LARGEST_SEQ)
    return Wanted(
        queue=queue,
        state=state,
        mine=query.get("mine") in ("1", "true", "yes"),
        search=(query.get("search") or "").strip()[:_LONGEST_SEARCH],
        limit=max(1, whole_number(request, "limit", default=100, highest=MOST_CASES)),
        after=after or None,
    )


async def read_conversation(request: Request) -> JSONResponse:
    """Return a conversation with all an agent needs; that it was seen is written down."""
    services, session = await guarded(request)
    conversation_id = request.path_params["conversation"]

    def read() -> dict[str, Any]:
        with services.store.reading() as transaction:
            conversation = _found(transaction, conversation_id)
            buyer = buyer_of(services, conversation)
            found = talk(
                transaction, conversation, people=services.desk.people, buyer=buyer, show=shown_to_agent,
                now=datetime.now(timezone.utc),
            )  # fmt: skip
            _name_files(transaction, conversation_id, found["messages"])
        order = services.order_cards.order_of(found.pop("order_number"), buyer)
        if order is not None:
            found["order"] = services.order_cards.card(order, session.agent.interface)
        if conversation.channel == "whatsapp":
            found["whatsapp_window_ends"] = _window_ends(found["messages"])
        _saw(services, session.agent, conversation)
        return found

    found = await run_in_threadpool(read)
    names = await services.presence.viewers(conversation_id)
    drafting = await services.presence.drafting(conversation_id)
    shown = await run_in_threadpool(_display_names, services, [*names, *([drafting] if drafting else [])])
    found["viewers"] = [shown[name] for name in names if name != session.agent.name and name in shown]
    if drafting and drafting != session.agent.name and drafting in shown:
        found["drafting"] = shown[drafting]
    return JSONResponse(found)


async def read_messages(request: Request) -> JSONResponse:
    """Return the messages after ``after`` with owner and version."""
    services, session = await guarded(request)
    conversation_id = request.path_params["conversation"]
    after = whole_number(request, "after", default=0, highest=LARGEST_SEQ)

    def read() -> dict[str, Any]:
        with services.store.reading() as transaction:
            conversation = _found(transaction, conversation_id)
            new = transaction.messages_after(conversation_id, after)
            cases = transaction.cases_of(conversation_id)
            messages = shown_messages(transaction, conversation_id, cases, new, shown_to_agent)
            _name_files(transaction, conversation_id, messages)
            request_ = open_request(transaction, conversation_id)
        _saw(services, session.agent, conversation)
        return {
            "messages": messages,
            "owner": conversation.owner,
            "version": conversation.version,
            "assignee": request_.assignee if request_ else None,
            "language": conversation.language or "en",
        }

    return JSONResponse(await run_in_threadpool(read))


async def suggestion(request: Request) -> JSONResponse:
    """Return what the bot would have said to the last message; empty when it has nothing."""
    services, _ = await guarded(request)
    conversation_id = request.path_params["conversation"]

    def read() -> dict[str, Any]:
        with services.store.reading() as transaction:
            conversation = _found(transaction, conversation_id)
            found = open_request(transaction, conversation_id)
        said = (found.suggestion if found else None) or {}
        return {"text": said.get("text", ""), "language": said.get("language") or conversation.language or "en"}

    return JSONResponse(await run_in_threadpool(read))


async def canned_answers(request: Request) -> JSONResponse:
    """Return the canned answers of a language, filled from the conversation's order where one is named."""
    services, session = await guarded(request)
    language = request.query_params.get("language") or "en"
    answers = services.canned.get(language) or services.canned["en"]
    conversation_id = request.query_params.get("conversation")

    def read() -> list[dict[str, Any]]:
        buyer: Buyer | None = None
        number: str | None = None
        if conversation_id:
            with services.store.reading() as transaction:
                conversation = _found(transaction, conversation_id)
                cases = transaction.cases_of(conversation_id)
            buyer = buyer_of(services, conversation)
            number = next((o["number"] for c in reversed(cases) if (o := c["packet"].get("order"))), None)
        cards = services.order_cards
        order = cards.order_of(number, buyer) if conversation_id else None
        values = cards.values(order, buyer, language, session.agent.display_name)
        return [filled(answer, values, interface=session.agent.interface) for answer in answers]

    return JSONResponse(await run_in_threadpool(read))


def shown_to_agent(message: Any) -> dict[str, Any]:
    """Return a message as agents see it: with the delivery state where the channel knows one."""
    shown = shown_message(message)
    if message.author == "human":
        shown["agent"] = message.data.get("agent")
        shown["id"] = message.client_id.partition(":")[2]
    if message.data.get("delivery"):
        shown["delivery"] = message.data["delivery"]
    return shown


def buyer_of(services: Services, conversation: Conversation) -> Buyer | None:
    """Return the shop's buyer of a conversation."""
    return services.shop.buyer(conversation.buyer_id) if conversation.buyer_id else None


def _found(transaction: TurnTransaction, conversation_id: str) -> Conversation:
    conversation = transaction.conversation(conversation_id)
    if conversation is None:
        raise no_conversation()
    return conversation


def _name_files(transaction: TurnTransaction, conversation_id: str, messages: list[dict[str, Any]]) -> None:
    ids = [upload["upload"] for message in messages for upload in message["uploads"]]
    files = transaction.uploads_of(conversation_id, ids)
    for message in messages:
        for upload in message["uploads"]:
            if file := files.get(upload["upload"]):
                upload |= {"type": file.type, "size": file.size, "name": file.name}


def _saw(services: Services, agent: Agent, conversation: Conversation) -> None:
    """Write down that ``agent`` saw the conversation, once for every new state of it."""
    with services.store.turn() as transaction:
        if mark_read(transaction, agent.name, conversation.id, conversation.last_seq):
            note_down(
                transaction, agent=agent.name, action="saw", conversation_id=conversation.id, seq=conversation.last_seq,
                now=datetime.now(timezone.utc),
            )  # fmt: skip


def _window_ends(messages: list[dict[str, Any]]) -> str | None:
    last = next((message for message in reversed(messages) if message["author"] == "buyer"), None)
    return (datetime.fromisoformat(last["created_at"]) + _WINDOW).isoformat() if last else None


def _display_names(services: Services, names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    with services.store.reading() as transaction:
        found = [agent_named(transaction, name) for name in names]
    return {agent.name: agent.display_name for agent in found if agent is not None}
