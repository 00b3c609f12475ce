"""Buyers under a stopwatch: closed loops and open loops against our gateway, closed loops against a Rasa server."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
import uuid
from collections.abc import Awaitable, Callable

import aiohttp

QUESTIONS = (
    "How much is the bridal lace for 100 yards?", "precio de las bisagras por 200?", "Was kostet der Versand nach Wien?",
    "Do you have the wig in 60 cm?", "quanto demora pra chegar em Curitiba?", "Livrez-vous au Canada?",
    "Можно скидку на 50 штук?", "这个插座是220V的吗？", "هل الشحن مجاني؟", "Can I pay with PayPal?",
    "Is the watch original?", "¿Cómo pido una muestra?", "Welche Größen gibt es?", "Do I pay customs?",
)  # fmt: skip
"""Complete questions of eight languages, so that nobody waits for the rest of a burst."""

Ask = Callable[[str], Awaitable[None]]


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def closed_loop(asks: list[Ask], *, turns: int) -> tuple[float, list[float]]:
    """Let every buyer ask ``turns`` times, one after the other; returns turns a second and each turn's seconds."""
    times: list[float] = []

    async def buyer(ask: Ask, offset: int) -> None:
        for number in range(turns):
            started = time.perf_counter()
            await ask(QUESTIONS[(number + offset) % len(QUESTIONS)])
            times.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(buyer(ask, place) for place, ask in enumerate(asks)))
    return len(times) / (time.perf_counter() - started), times


async def open_loop(asks: list[Ask], *, a_second: float, seconds: float) -> list[float]:
    """Ask at random moments, ``a_second`` on average, whoever of the buyers is free; returns each turn's seconds."""
    rng = random.Random(5)
    times: list[float] = []
    free: asyncio.Queue[Ask] = asyncio.Queue()
    for ask in asks:
        free.put_nowait(ask)
    running: set[asyncio.Task[None]] = set()

    async def turn(text: str, due: float) -> None:
        ask = await free.get()
        await ask(text)
        times.append(time.perf_counter() - due)
        free.put_nowait(ask)

    begin = due = time.perf_counter()
    texts = itertools.cycle(QUESTIONS)
    while due < begin + seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(turn(next(texts), due))
        running.add(task)
        task.add_done_callback(running.discard)
        due += rng.expovariate(a_second)
    await asyncio.gather(*running)
    return times


class WidgetBuyer:
    """One buyer as the widget is one: posts over HTTP, hears over the WebSocket."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self._http, self._base = http, base
        self._headers: dict[str, str] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def enter(self) -> WidgetBuyer:
        """Open a session and the socket."""
        async with self._http.post(f"{self._base}/v1/sessions", json={}) as answer:
            token = (await answer.json())["token"]
        self._headers = {"Authorization": f"Bearer {token}"}
        self._socket = await self._http.ws_connect(f"{self._base}/v1/ws")
        await self._socket.send_json({"token": token, "after": 0})
        return self

    async def ask(self, text: str) -> None:
        """Send ``text`` and wait for the answer to it."""
        assert self._socket is not None
        body = {"id": str(uuid.uuid4()), "text": text}
        async with self._http.post(f"{self._base}/v1/messages", json=body, headers=self._headers) as answer:
            seq = (await answer.json())["seq"]
        while True:
            frame = json.loads((await self._socket.receive(timeout=60)).data)
            if frame.get("author") == "bot" and frame["seq"] > seq:
                return


class RestBuyer:
    """One buyer of a Rasa server: its REST channel answers in the same request."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self._http, self._base = http, base
        self._sender = uuid.uuid4().hex

    async def ask(self, text: str) -> None:
        """Send ``text`` and wait for the answer."""
        body = {"sender": self._sender, "message": text}
        async with self._http.post(f"{self._base}/webhooks/rest/webhook", json=body) as answer:
            await answer.json()
