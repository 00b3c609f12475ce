"""Meta's side for tests: a Cloud API that runs as a real HTTP server, refuses what Meta refuses, and fails on command."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from webhooks import NUMBER, TOKEN

VERSION = "v21.0"
_ids = itertools.count(1)


@dataclass
class Fault:
    """What happens to the next call instead of an answer.

    ``hang``: no answer for so long; ``taken``: the message counts as sent all the same.
    """

    code: int | None = None
    status: int = 400
    hang: float = 0.0
    taken: bool = False
    body: bytes | None = None


@dataclass
class Cloud:
    """Everything Meta knows: what was sent, what was read, which files lie there."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploaded: dict[str, bytes] = field(default_factory=dict)
    wamids: deque[str] = field(default_factory=deque)
    """Ids of the next messages, where a test has to know them beforehand."""
    base: str = ""

    def app(self) -> Starlette:
        """Return the server."""
        return Starlette(
            routes=[
                Route(f"/{VERSION}/{{number}}/messages", self._messages, methods=["POST"]),
                Route(f"/{VERSION}/{{number}}/media", self._upload, methods=["POST"]),
                Route(f"/{VERSION}/{{object}}", self._object, methods=["GET"]),
                Route("/files/{name}", self._file, methods=["GET"]),
            ]
        )

    def put_file(self, content: bytes, *, mime_type: str = "image/jpeg", **wrong: Any) -> str:
        """Let a buyer's file lie at Meta; ``wrong`` values replace what Meta tells about it. Returns its id."""
        media_id = f"media-{next(_ids)}"
        told = {"mime_type": mime_type, "sha256": hashlib.sha256(content).hexdigest(), "file_size": len(content)}
        self.files[media_id] = {"content": content, "told": {**told, **wrong}}
        return media_id

    @property
    def texts(self) -> list[str]:
        """Return the bodies of everything sent."""
        return [body_of(payload) for payload in self.sent]

    async def _messages(self, request: Request) -> Response:
        self.calls.append(f"POST {request.url.path}")
        if refused := self._refusal(request):
            return refused
        payload = await request.json()
        if "status" in payload:
            self.marks.append(payload)
            return JSONResponse({"success": True})
        if self.faults:
            fault = self.faults.popleft()
            if fault.taken:
                self._take(payload)
            if fault.hang:
                await asyncio.sleep(fault.hang)
            if fault.body is not None:
                return Response(fault.body, fault.status)
            if fault.code is not None:
                return error(fault.code, fault.status)
            if not fault.taken:
                return error(1, 500)
        if fault_text := fault_of(payload):
            return error(100, 400, fault_text)
        wamid = self._take(payload)
        to = payload.get("to") or payload.get("recipient")
        return JSONResponse(
            {"messaging_product": "whatsapp", "contacts": [{"input": to, "wa_id": to}], "messages": [{"id": wamid}]}
        )

    def _take(self, payload: dict[str, Any]) -> str:
        wamid = self.wamids.popleft() if self.wamids else f"wamid.OUT{next(_ids)}"
        self.sent.append({**payload, "wamid": wamid})
        return wamid

    async def _upload(self, request: Request) -> Response:
        self.calls.append(f"POST {request.url.path}")
        if refused := self._refusal(request):
            return refused
        async with request.form() as form:
            content = await form["file"].read()  # type: ignore[union-attr]
        media_id = f"up-{next(_ids)}"
        self.uploaded[media_id] = content
        return JSONResponse({"id": media_id})

    async def _object(self, request: Request) -> Response:
        self.calls.append(f"GET {request.url.path}")
        if refused := self._refusal(request):
            return refused
        name = request.path_params["object"]
        if name == NUMBER:
            return JSONResponse(
                {
                    "id": NUMBER,
                    "display_phone_number": "+1 555 078 3881",
                    "verified_name": "Lotus Bridge",
                    "quality_rating": "GREEN",
                }
            )
        if name not in self.files:
            return error(100, 400, "Unsupported get request.")
        return JSONResponse(
            {
                "id": name,
                "messaging_product": "whatsapp",
                "url": f"{self.base}/files/{name}",
                **self.files[name]["told"],
            }
        )

    async def _file(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        found = self.files.get(request.path_params["name"])
        if found is None or found.get("gone"):
            return Response(status_code=404)
        if found.get("slips", 0) > 0:
            found["slips"] -= 1
            return Response(status_code=503)
        return Response(found["content"], media_type="application/octet-stream")

    def _refusal(self, request: Request) -> Response | None:
        right = request.headers.get("authorization") == f"Bearer {TOKEN}"
        return None if right else error(190, 401, "Invalid OAuth access token.")


def error(code: int, status: int, details: str = "details") -> JSONResponse:
    """Return an error as Meta writes it."""
    inner = {"message": f"(#{code}) failed", "type": "OAuthException", "code": code, "error_data": {"details": details}}
    return JSONResponse({"error": inner}, status)


def body_of(payload: dict[str, Any]) -> str:
    """Return the words of a payload."""
    kind = payload["type"]
    if kind == "text":
        return str(payload["text"]["body"])
    if kind == "interactive":
        return str(payload["interactive"]["body"]["text"])
    return str(payload.get(kind, {}).get("caption") or payload.get(kind, {}).get("name", ""))


def fault_of(payload: dict[str, Any]) -> str | None:
    """Return what Meta would refuse in ``payload``."""
    kind = payload.get("type")
    if payload.get("messaging_product") != "whatsapp" or not (payload.get("to") or payload.get("recipient")):
        return "recipient"
    if len(payload.get("biz_opaque_callback_data", "")) > 512:
        return "callback data"
    if kind == "text":
        return None if 0 < len(payload["text"]["body"]) <= 4096 else "text length"
    if kind in ("image", "document"):
        node = payload[kind]
        return None if ("id" in node) != ("link" in node) and len(node.get("caption", "")) <= 1024 else kind
    if kind == "template":
        return None if payload["template"]["name"] and payload["template"]["language"]["code"] else "template"
    node = payload["interactive"]
    if not 0 < len(node["body"]["text"]) <= 1024:
        return "body length"
    if node["type"] == "button":
        titles = [button["reply"]["title"] for button in node["action"]["buttons"]]
        right = (
            0 < len(titles) <= 3 and all(0 < len(title) <= 20 for title in titles) and len(set(titles)) == len(titles)
        )
        return None if right else "buttons"
    rows = [row for section in node["action"]["sections"] for row in section["rows"]]
    right = 0 < len(rows) <= 10 and all(0 < len(r["title"]) <= 24 and len(r.get("description", "")) <= 72 for r in rows)
    return None if right and 0 < len(node["action"]["button"]) <= 20 else "list"
