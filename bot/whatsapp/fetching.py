"""Fetching the files of buyers from Meta: found by id, loaded, checked, stored, and added to their message."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from bot.conversations.store import ConversationStore, TurnTransaction, Upload
from bot.conversations.tables import messages
from bot.errors import LiaisonError, StoreUnavailable
from bot.replies.texts import Replies
from bot.uploads.files import SOUND_AND_VIDEO_TYPES, TYPES, FileRefused, FileStore
from bot.whatsapp.alarms import Alarm, raise_alarm, token_mark
from bot.whatsapp.cloud_api import CloudApi, CloudRefused, MediaTooLarge
from bot.whatsapp.payloads import Media
from bot.whatsapp.tables import contacts, tasks, threads
from bot.whatsapp.verdicts import judge

log = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024
LARGEST = {"image": 5, "sticker": 1, "audio": 16, "video": 16, "document": 100}
"""Megabytes (Meta, supported media types)."""
_MOST_TRIES = 4
_WHILE_FETCHING = timedelta(minutes=3)
_SIDE_BY_SIDE = 4

Put = Callable[[str], Awaitable[object]]
"""Queues a conversation for an answer."""


class NotTaken(LiaisonError):
    """A file cannot be had; the text is the key of what the buyer is told."""


@dataclass(frozen=True)
class Task:
    """One file to be fetched for the message ``seq``."""

    id: int
    conversation_id: str
    seq: int
    media: Media
    tries: int


@dataclass
class Fetcher:
    """Takes media tasks; each is claimed, so that two processes never fetch the same file."""

    store: ConversationStore
    api: CloudApi
    files: FileStore
    replies_in: Callable[[str | None], Replies]
    token: str
    clock: Callable[[], datetime]
    put: Put

    async def look(self) -> int:
        """Fetch what is due, a few side by side; returns how many."""
        found = await asyncio.to_thread(self._claim, self.clock())
        await asyncio.gather(*(self._fetch(task) for task in found))
        return len(found)

    def _claim(self, now: datetime) -> list[Task]:
        query = select(tasks).where(tasks.c.state == "open", tasks.c.kind == "media", tasks.c.due_at <= now)
        with self.store.reading() as transaction:
            if transaction.connection.execute(query.limit(1)).first() is None:
                return []
        claimed = []
        with self.store.turn() as transaction:
            for row in transaction.connection.execute(query.order_by(tasks.c.id).limit(_SIDE_BY_SIDE)).all():
                mine = update(tasks).where(tasks.c.id == row.id, tasks.c.due_at == row.due_at)
                done = transaction.connection.execute(mine.values(due_at=now + _WHILE_FETCHING, tries=row.tries + 1))
                if done.rowcount:
                    claimed.append(Task(row.id, row.conversation_id, row.seq, Media(**row.data), row.tries + 1))
        return claimed

    async def _fetch(self, task: Task) -> None:
        try:
            upload = await self._load(task.media)
            await asyncio.to_thread(self._attach, task, upload)
        except (NotTaken, FileRefused) as err:
            key = str(err) if isinstance(err, NotTaken) else _told(err)
            await asyncio.to_thread(self._give_up, task, key)
        except StoreUnavailable as err:
            log.warning("whatsapp.store_away %s", err)
            return
        except CloudRefused as err:
            if not await self._refused(task, err):
                return
        except LiaisonError:
            if not await self._again(task):
                return
        await self.put(task.conversation_id)

    async def _load(self, media: Media) -> Upload:
        """Return the stored file; raises NotTaken, FileRefused, or what the call raised."""
        place = await self.api.media_place(media.id)
        largest = LARGEST[media.kind] * MEGABYTE
        if place.size is not None and place.size > largest:
            raise NotTaken("whatsapp.file_too_large")
        try:
            content = await self.api.download(place.url, largest=largest)
        except MediaTooLarge as err:
            raise NotTaken("whatsapp.file_too_large") from err
        for told in (media.sha256, place.sha256):
            if told and not is_digest_of(content, told):
                raise LiaisonError("the file does not fit its checksum")
        types = TYPES if media.kind in ("image", "sticker") else (*TYPES, *SOUND_AND_VIDEO_TYPES)
        name = media.filename or media.kind
        return await asyncio.to_thread(self.files.keep, content, name=name, types=types, largest=largest)

    def _attach(self, task: Task, upload: Upload) -> None:
        """Add the file to its message; when that was answered meanwhile, it becomes a message of its own."""
        now = self.clock()
        with self.store.turn() as transaction:
            transaction.add_upload(task.conversation_id, upload, now=now)
            data, conversation = self._data(transaction, task), transaction.conversation(task.conversation_id)
            media = {"kind": task.media.kind, "state": "kept"}
            if conversation is not None and conversation.handled_seq >= task.seq and not data.get("silent"):
                transaction.add_data(task.conversation_id, task.seq, media=media)
                more = {"uploads": [upload.id], "file_of": task.seq, "type": task.media.kind}
                transaction.append(
                    task.conversation_id, author="buyer", text="", now=now, client_id=f"file:{task.id}", data=more
                )
            else:
                transaction.add_data(task.conversation_id, task.seq, media=media, uploads=[upload.id])
            self._close(transaction, task)

    def _give_up(self, task: Task, key: str) -> None:
        """Say clearly that the file has to be sent again; a message that was nothing but the file needs no more."""
        now = self.clock()
        with self.store.turn() as transaction:
            data, conversation = self._data(transaction, task), transaction.conversation(task.conversation_id)
            text = transaction.connection.execute(
                select(messages.c.text).where(
                    messages.c.conversation_id == task.conversation_id, messages.c.seq == task.seq
                )
            ).scalar()
            news: dict[str, Any] = {"media": {"kind": task.media.kind, "state": "lost", "reason": key}}
            if not text:
                news["silent"] = True
            transaction.add_data(task.conversation_id, task.seq, **news)
            if not data.get("silent"):
                replies = self.replies_in(conversation.language if conversation else None)
                values = {"size": LARGEST[task.media.kind]} if key == "whatsapp.file_too_large" else {}
                transaction.append(
                    task.conversation_id, author="bot", text=replies.render(key, values), now=now,
                    client_id=f"lost:{task.id}", data={"notice": True},
                )  # fmt: skip
            transaction.settle(task.conversation_id)
            self._close(transaction, task)
        log.info("whatsapp.file_lost", extra={"task": task.id, "reason": key})

    async def _refused(self, task: Task, err: CloudRefused) -> bool:
        """Meta refused: a wrong token is not the file's fault, a missing file is final; returns whether it is over."""
        verdict = judge(err.code, err.status) if err.code is not None else "few_tries"
        if verdict == "alarm":
            await asyncio.to_thread(self._alarm, task, err)
            return False
        if verdict == "refuse" or (err.code is None and err.status == 404 and task.tries > 1):
            await asyncio.to_thread(self._give_up, task, "whatsapp.file_expired")
            return True
        return await self._again(task)

    async def _again(self, task: Task) -> bool:
        """Try once more a little later, or give up; returns whether it is over."""
        if task.tries >= _MOST_TRIES:
            await asyncio.to_thread(self._give_up, task, "whatsapp.file_expired")
            return True
        seconds = 3 ** (task.tries - 1) * (0.5 + 0.5 * random.random())
        await asyncio.to_thread(self._wait, task, self.clock() + timedelta(seconds=seconds), task.tries)
        return False

    def _wait(self, task: Task, due_at: datetime, tries: int) -> None:
        with self.store.turn() as transaction:
            transaction.connection.execute(
                update(tasks).where(tasks.c.id == task.id).values(due_at=due_at, tries=tries)
            )

    def _alarm(self, task: Task, err: CloudRefused) -> None:
        now = self.clock()
        with self.store.turn() as transaction:
            number = transaction.connection.execute(
                select(contacts.c.phone_number_id)
                .join(threads, threads.c.contact_id == contacts.c.id)
                .where(threads.c.conversation_id == task.conversation_id)
            ).scalar()
            raise_alarm(transaction, Alarm(number or "", err.code or 0, err.reason, token_mark(self.token), now))
            later = now + timedelta(minutes=1)
            transaction.connection.execute(
                update(tasks).where(tasks.c.id == task.id).values(due_at=later, tries=task.tries - 1)
            )

    def _data(self, transaction: TurnTransaction, task: Task) -> dict[str, Any]:
        here = (messages.c.conversation_id == task.conversation_id, messages.c.seq == task.seq)
        return dict(transaction.connection.execute(select(messages.c.data).where(*here)).scalar() or {})

    def _close(self, transaction: TurnTransaction, task: Task) -> None:
        transaction.connection.execute(update(tasks).where(tasks.c.id == task.id).values(state="done"))


def is_digest_of(content: bytes, told: str) -> bool:
    """Return whether ``told`` is the SHA-256 of ``content``: webhooks write it in base64, the media call in hex."""
    digest = hashlib.sha256(content).digest()
    return told.strip().lower() == digest.hex() or told.strip() == base64.b64encode(digest).decode()


def _told(err: FileRefused) -> str:
    return "whatsapp.file_too_large" if err.code == "too_large" else "whatsapp.file_refused"
