"""Refusals of a request and how they look outside: a status and ``{"error": {code, message, field?}}``."""

from __future__ import annotations

import logging
import math

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import LiaisonError, StoreUnavailable
from bot.uploads.files import FileGone, FileRefused

log = logging.getLogger(__name__)
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_RETRY_SECONDS = 2
_FILE_REFUSED = {"too_large": (413, "too_large"), "type": (415, "type"), "too_many_pixels": (422, "too_large")}


class Refused(LiaisonError):
    """A request that is answered with an error. ``retry_after`` is in seconds."""

    def __init__(
        self, status: int, code: str, message: str, *, field: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.field, self.retry_after = status, code, field, retry_after

    def response(self) -> JSONResponse:
        """Return the answer."""
        headers = {}
        if self.retry_after is not None:
            headers["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        body = {"code": self.code, "message": str(self)} | ({"field": self.field} if self.field else {})
        return JSONResponse({"error": body}, self.status, headers)


async def on_refused(_: Request, err: Exception) -> Response:
    """Answer a :class:`Refused`."""
    assert isinstance(err, Refused)
    return err.response()


async def on_file_refused(_: Request, err: Exception) -> Response:
    """A file was not taken: 413, 415 or 422 with the reason."""
    assert isinstance(err, FileRefused)
    status, code = _FILE_REFUSED.get(err.code, (422, err.code))
    return Refused(status, code, str(err), field="file").response()


async def on_file_gone(_: Request, err: Exception) -> Response:
    """A file is not there."""
    return Refused(404, "not_found", str(err)).response()


async def on_store_unavailable(_: Request, err: Exception) -> Response:
    """The store did not answer: nothing was stored, and the same request may be sent again."""
    log.error("gateway.store_unavailable %s", err)
    return Refused(
        503, "unavailable", "Nothing was stored. Please send it again.", retry_after=_RETRY_SECONDS
    ).response()


async def on_http_exception(_: Request, err: Exception) -> Response:
    """Answer what the framework itself refuses."""
    assert isinstance(err, HTTPException)
    response = Refused(err.status_code, _CODES.get(err.status_code, "refused"), str(err.detail)).response()
    response.headers.update(err.headers or {})
    return response


class Crashes:
    """Answers what nobody expected, without telling more than that it happened; inside the other middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; a crash before the answer began becomes a 500."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as err:
            if scope["type"] != "http" or begun:
                raise
            log.error("gateway.crash %s %s", scope["path"], type(err).__name__, exc_info=err)
            refused = Refused(500, "internal", "Something went wrong on our side. Please try again.")
            await refused.response()(scope, receive, send)


HANDLERS = {
    Refused: on_refused,
    FileRefused: on_file_refused,
    FileGone: on_file_gone,
    StoreUnavailable: on_store_unavailable,
    HTTPException: on_http_exception,
}
