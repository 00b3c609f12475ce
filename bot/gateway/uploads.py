"""``/v1/uploads``: files of a buyer, in and out."""

from __future__ import annotations

from datetime import datetime, timezone
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse

from bot.conversations.store import Upload
from bot.gateway.faults import Refused
from bot.gateway.limits import READS_OF_SESSION, UPLOADS_OF_SESSION
from bot.gateway.services import Services, services_of, session_of
from bot.gateway.tokens import Session
from bot.uploads.files import IMAGE_TYPES, LARGEST_FILE

LARGEST_BODY = LARGEST_FILE + 64 * 1024
"""The file and what multipart adds to it."""


async def post_upload(request: Request) -> JSONResponse:
    """Check and store one file; it is sent by naming it in a message."""
    services, session = services_of(request), await session_of(request)
    await services.limiter.take(UPLOADS_OF_SESSION, session.conversation_id)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused(415, "type", "Send the file as multipart/form-data with the field 'file'.")
    async with request.form(max_files=1, max_fields=4) as form:
        given = form.get("file")
        if not isinstance(given, UploadFile):
            raise Refused(422, "missing", "The field 'file' holds no file.", field="file")
        content, name = await given.read(LARGEST_FILE + 1), given.filename or ""
    upload = await run_in_threadpool(_keep, services, session, content, name)
    return JSONResponse({"upload": upload.id, "type": upload.type, "size": upload.size}, 201)


def _keep(services: Services, session: Session, content: bytes, name: str) -> Upload:
    upload = services.files.keep(content, name=name)
    with services.store.turn() as transaction:
        transaction.add_upload(session.conversation_id, upload, now=datetime.now(timezone.utc))
    return upload


async def get_upload(request: Request) -> StreamingResponse:
    """Return a file of the session's own conversation."""
    services, session = services_of(request), await session_of(request)
    await services.limiter.take(READS_OF_SESSION, session.conversation_id)
    upload_id = request.path_params["upload"]

    def find() -> Upload | None:
        with services.store.reading() as transaction:
            return transaction.uploads_of(session.conversation_id, [upload_id]).get(upload_id)

    found = await run_in_threadpool(find)
    if found is None:
        raise Refused(404, "not_found", "There is no such file.")
    return file_response(services, found)


def file_response(services: Services, upload: Upload) -> StreamingResponse:
    """Return the content of ``upload`` so that a browser shows pictures and saves everything else."""
    way = "inline" if upload.type in IMAGE_TYPES else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(upload.name, safe='')}",
        "Content-Length": str(upload.size),
        "Cache-Control": "private, max-age=86400, immutable",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return StreamingResponse(services.files.read(upload.id), media_type=upload.type, headers=headers)
