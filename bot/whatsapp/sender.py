"""Sending: one contact after the other in its own order, different contacts side by side."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.conversations.store import Upload
from bot.errors import LiaisonError, StoreUnavailable
from bot.uploads.files import FileGone, FileStore
from bot.whatsapp.alarms import Alarm, alarms_of, raise_alarm, token_mark
from bot.whatsapp.cloud_api import CloudApi, CloudRefused, CloudUnclear, CloudUnreachable
from bot.whatsapp.contacts import Contact
from bot.whatsapp.outbox import Outbox, Sending
from bot.whatsapp.pacing import Pace
from bot.whatsapp.pictures import NotSendable, sendable
from bot.whatsapp.rendering import limit_fault, payload_of, template_payload
from bot.whatsapp.verdicts import judge, wait_before

log = logging.getLogger(__name__)
_SIDE_BY_SIDE = 16
_UNREACHABLE = timedelta(seconds=5)

Clock = Callable[[], datetime]
Announce = Callable[[str], Awaitable[None]]
"""Tells those who look at a conversation that the state of a delivery changed."""


@dataclass
class Sender:
    """Sends what is due. ``engine`` and ``outbox`` share a database; ``token`` is only used to mark alarms."""

    outbox: Outbox
    api: CloudApi
    files: FileStore
    engine: Any
    token: str
    clock: Clock
    announce: Announce
    pace: Pace = field(default_factory=Pace)
    _tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _paused: dict[str, float] = field(default_factory=dict)
    _limit: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_SIDE_BY_SIDE))

    async def look(self) -> int:
        """Start on every contact for whom something is due; returns how many. Raises StoreUnavailable."""
        silent = {alarm.phone_number_id for alarm in await asyncio.to_thread(alarms_of, self.engine)}
        silent |= {number for number, until in self._paused.items() if until > time.monotonic()}
        due = await asyncio.to_thread(self.outbox.due, self.clock(), paused=silent)
        for contact_id in due:
            if contact_id not in self._tasks:
                task = asyncio.create_task(self._attend(contact_id))
                self._tasks[contact_id] = task
                task.add_done_callback(self._done(contact_id))
        return len(due)

    def _done(self, contact_id: int) -> Callable[[asyncio.Task[None]], object]:
        return lambda _: self._tasks.pop(contact_id, None)

    async def rest(self) -> None:
        """Wait until everything under way is done."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _attend(self, contact_id: int) -> None:
        async with self._limit:
            try:
                await self._read(contact_id)
                await asyncio.to_thread(self.outbox.plan, contact_id, self.clock())
                while sending := await asyncio.to_thread(self.outbox.claim, contact_id, self.clock()):
                    if not await self._send(sending):
                        return
            except StoreUnavailable as err:
                log.warning("whatsapp.store_away %s", err)
            except Exception:  # one broken message must not end the others; it turns unclear and is looked at again
                log.exception("whatsapp.send_broken", extra={"contact": contact_id})

    async def _read(self, contact_id: int) -> None:
        mark = await asyncio.to_thread(self.outbox.to_read, contact_id)
        if mark is None:
            return
        try:
            await self.api.mark_read(mark.contact.phone_number_id, mark.wamid, typing=mark.typing)
        except CloudRefused as err:
            log.info("whatsapp.not_marked_read", extra={"contact": contact_id, "code": err.code})
            if judge(err.code, err.status) == "alarm":
                await self._alarm(mark.contact, err)
        except LiaisonError:
            log.info("whatsapp.not_marked_read", extra={"contact": contact_id})

    async def _send(self, sending: Sending) -> bool:
        """Send one part; returns whether the next one may follow."""
        wait = self.pace.wait_for_pair(sending.contact.id, time.monotonic())
        if wait > 0:
            due = self.clock() + timedelta(seconds=wait)
            await asyncio.to_thread(self.outbox.later, sending, due, self.clock(), counts=False)
            return False
        while (wait := self.pace.wait_for_number(sending.contact.phone_number_id, time.monotonic())) > 0:
            await asyncio.sleep(wait)
        try:
            payload = await self._payload(sending)
            if fault := limit_fault(payload):
                raise NotSendable(fault)
            wamid = await self.api.send(sending.contact.phone_number_id, payload)
        except (NotSendable, FileGone) as err:
            return await self._end(sending, "failed", None, str(err))
        except CloudUnreachable:
            await asyncio.to_thread(self.outbox.later, sending, self.clock() + _UNREACHABLE, self.clock(), counts=False)
            return False
        except CloudUnclear as err:
            log.warning("whatsapp.unclear", extra={"delivery": sending.id, "reason": str(err)})
            await asyncio.to_thread(self.outbox.unclear, sending, self.clock())
            return False
        except CloudRefused as err:
            return await self._refused(sending, err)
        await asyncio.to_thread(self.outbox.sent, sending, wamid, self.clock())
        await self.announce(sending.conversation_id)
        return True

    async def _payload(self, sending: Sending) -> dict[str, Any]:
        part = sending.part
        if sending.template:
            body = template_payload(part, sending.template.template, sending.template.code)
        else:
            media_id = None
            if part.get("upload"):
                media_id = await self._upload(sending.contact, part)
            body = payload_of(part, media_id=media_id)
        contact = sending.contact
        to = {"to": contact.wa_id} if contact.wa_id else {"recipient": contact.user_id}
        return {
            "messaging_product": "whatsapp", "recipient_type": "individual", **to, **body,
            "biz_opaque_callback_data": sending.tag,
        }  # fmt: skip

    async def _upload(self, contact: Contact, part: dict[str, Any]) -> str:
        upload = Upload(part["upload"], part["type"], 0, "", part["name"])
        content = await asyncio.to_thread(lambda: b"".join(self.files.read(upload.id)))
        content, kind = await asyncio.to_thread(sendable, content, upload.type)
        return await self.api.upload(contact.phone_number_id, content, mime_type=kind, name=upload.name)

    async def _refused(self, sending: Sending, err: CloudRefused) -> bool:
        verdict, now = judge(err.code, err.status), self.clock()
        log.warning("whatsapp.refused", extra={"delivery": sending.id, "code": err.code, "verdict": verdict})
        if verdict == "alarm":
            await self._alarm(sending.contact, err)
            await asyncio.to_thread(
                self.outbox.later, sending, now, now, code=err.code, reason=err.reason, counts=False
            )
            return False
        if verdict == "template" and sending.template is None:
            await asyncio.to_thread(self.outbox.window_closed, sending, now)
            return True
        wait = wait_before(verdict, sending.tries)
        if wait is None:
            given_up = verdict in ("slow_down", "slow_down_pair", "few_tries")
            return await self._end(sending, "parked" if given_up else "failed", err.code, err.reason)
        if verdict == "slow_down":
            self._paused[sending.contact.phone_number_id] = time.monotonic() + wait.total_seconds()
        await asyncio.to_thread(self.outbox.later, sending, now + wait, now, code=err.code, reason=err.reason)
        return False

    async def _end(self, sending: Sending, state: str, code: int | None, reason: str) -> bool:
        await asyncio.to_thread(self.outbox.ended, sending, state, self.clock(), code=code, reason=reason)
        await self.announce(sending.conversation_id)
        return True

    async def _alarm(self, contact: Contact, err: CloudRefused) -> None:
        log.error("whatsapp.alarm", extra={"number": contact.phone_number_id, "code": err.code})
        alarm = Alarm(contact.phone_number_id, err.code or 0, err.reason, token_mark(self.token), self.clock())

        def store() -> None:
            with self.outbox.store.turn() as transaction:
                raise_alarm(transaction, alarm)

        await asyncio.to_thread(store)
