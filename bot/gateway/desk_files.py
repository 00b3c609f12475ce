"""Files at the desk: those of buyers to look at, those of agents to send."""

from __future__ import annotations

from datetime import datetime, timezone

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse

from bot.conversations.store import Upload
from bot.desk.trail import note_down
from bot.gateway.desk_guard import guarded
from bot.gateway.faults import Refused
from bot.gateway.sessions import no_conversation
from bot.gateway.uploads import file_response
from bot.uploads.files import LARGEST_FILE


async def get_upload(request: Request) -> StreamingResponse:
    """Return a file of a conversation."""
    services, session = await guarded(request)
    conversation_id, upload_id = request.path_params["conversation"], request.path_params["upload"]

    def find() -> Upload | None:
        with services.store.turn() as transaction:
            found = transaction.uploads_of(conversation_id, [upload_id]).get(upload_id)
            if found is not None:
                note_down(
                    transaction, agent=session.agent.name, action="saw_file", conversation_id=conversation_id,
                    now=datetime.now(timezone.utc), upload=upload_id,
                )  # fmt: skip
        return found

    found = await run_in_threadpool(find)
    if found is None:
        raise Refused(404, "not_found", "There is no such file.")
    response = file_response(services, found)
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


async def post_upload(request: Request) -> JSONResponse:
    """Check and store a file that a reply will name."""
    services, session = await guarded(request)
    conversation_id = request.query_params.get("conversation") or ""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused(415, "type", "Send the file as multipart/form-data with the field 'file'.")
    async with request.form(max_files=1, max_fields=4) as form:
        given = form.get("file")
        if not isinstance(given, UploadFile):
            raise Refused(422, "missing", "The field 'file' holds no file.", field="file")
        content, name = await given.read(LARGEST_FILE + 1), given.filename or ""

    def keep() -> Upload:
        with services.store.reading() as transaction:
            if transaction.conversation(conversation_id) is None:
                raise no_conversation()
        upload = services.files.keep(content, name=name)
        now = datetime.now(timezone.utc)
        with services.store.turn() as transaction:
            transaction.add_upload(conversation_id, upload, now=now)
            note_down(
                transaction, agent=session.agent.name, action="uploaded", conversation_id=conversation_id, now=now,
                upload=upload.id,
            )  # fmt: skip
        return upload

    upload = await run_in_threadpool(keep)
    return JSONResponse({"upload": upload.id, "type": upload.type, "size": upload.size, "name": upload.name}, 201)
