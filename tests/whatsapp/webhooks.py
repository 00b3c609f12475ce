"""Webhooks as Meta sends them: shapes from its reference, non-ASCII escaped, signed over the raw bytes."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import httpx

from bot.whatsapp.signature import signature_of

APP_SECRET, VERIFY_TOKEN, TOKEN = "app-secret-of-the-test", "verify-me", "EAAG-token"
NUMBER = "106540352242922"
BUYER = "16505551234"
_count = itertools.count(1)


def wamid() -> str:
    """Return a fresh message id."""
    return f"wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQ{next(_count):012d}"


def now() -> int:
    """Return the present in seconds."""
    return int(time.time())


def message(
    kind: str = "text", *, sender: str | None = BUYER, user_id: str | None = None, **nodes: Any
) -> dict[str, Any]:
    """Return one message; ``nodes`` are its fields."""
    made: dict[str, Any] = {"id": wamid(), "timestamp": str(now()), "type": kind}
    if sender:
        made["from"] = sender
    if user_id:
        made["from_user_id"] = user_id
    return {**made, **nodes}


def text(body: str, **more: Any) -> dict[str, Any]:
    """Return a text message."""
    return message("text", text={"body": body}, **more)


def status(of: str, name: str, **more: Any) -> dict[str, Any]:
    """Return a status."""
    return {"id": of, "status": name, "timestamp": str(now()), "recipient_id": BUYER, **more}


def failure(of: str, code: int, **more: Any) -> dict[str, Any]:
    """Return a status that tells of a failure."""
    error = {"code": code, "title": "failed", "message": "failed", "error_data": {"details": f"because of {code}"}}
    return status(of, "failed", errors=[error], **more)


def _people(messages: list[Any], name: str) -> list[dict[str, Any]]:
    people: dict[str, dict[str, Any]] = {}
    for one in messages:
        ids = {"wa_id": one.get("from"), "user_id": one.get("from_user_id")} if isinstance(one, dict) else {}
        people[repr(ids)] = {"profile": {"name": name}} | {key: given for key, given in ids.items() if given}
    return list(people.values())


def value(
    messages: list[Any] | None = None, statuses: list[Any] | None = None, *, number: str = NUMBER, name: str = "Pat",
    contacts: list[Any] | None = None, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """Return the value of a change."""
    made: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": number},
    }
    if messages is not None:
        made["contacts"] = _people(messages, name) if contacts is None else contacts
        made["messages"] = messages
    if statuses is not None:
        made["statuses"] = statuses
    return {**made, **more}


def envelope(*values: Any, field: str = "messages") -> dict[str, Any]:
    """Return a webhook of one entry a value."""
    changes = [{"value": one, "field": field} for one in values]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [c]} for c in changes],
    }


def signed(content: Any, *, secret: str = APP_SECRET) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a call."""
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=True).encode()
    return body, {"X-Hub-Signature-256": signature_of(body, secret), "Content-Type": "application/json"}


async def post(client: httpx.AsyncClient, content: Any, **more: Any) -> httpx.Response:
    """Call the webhook."""
    body, headers = signed(content, **more)
    return await client.post("/webhooks/whatsapp", content=body, headers=headers)


async def say(client: httpx.AsyncClient, *messages: dict[str, Any], **more: Any) -> httpx.Response:
    """Call the webhook with ``messages`` in one batch; it has to be taken."""
    answer = await post(client, envelope(value(list(messages), **more)))
    assert answer.status_code == 200, answer.text
    return answer
