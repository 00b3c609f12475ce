"""How quickly the webhook acknowledges under 200 messages a second: the real gateway process, SQLite, Redis."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.report import show
from bot.settings import PROJECT
from bot.whatsapp.signature import signature_of

_SECRET, _NUMBER = "bench-app-secret", "106540352242922"
_PER_SECOND, _BATCH, _SECONDS, _WARM_UP = 200, 10, 20, 3
_BUYERS = 500
_START_SECONDS = 120.0


def measure_webhook() -> dict[str, float]:
    """Return milliseconds of the webhook: median, 99th percentile, worst; batches of ten messages."""
    with _gateway() as address:
        times = sorted(asyncio.run(_load(address)))
    p50, p99, worst = times[len(times) // 2], times[int(len(times) * 0.99)], times[-1]
    title = f"WhatsApp webhook: {_PER_SECOND} messages a second in batches of {_BATCH}, {len(times)} calls"
    show(title, ("p50 ms", "p99 ms", "worst ms"), [(p50, p99, worst)])
    return {"whatsapp.webhook_p50_ms": p50, "whatsapp.webhook_p99_ms": p99}


async def _load(address: str) -> list[float]:
    every, number = _BATCH / _PER_SECOND, (_SECONDS + _WARM_UP) * _PER_SECOND // _BATCH
    bodies = [_body(n) for n in range(number)]
    times: list[float] = []
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        started = time.perf_counter()
        calls = []
        for index, (body, headers) in enumerate(bodies):
            await asyncio.sleep(max(0.0, started + index * every - time.perf_counter()))
            calls.append(asyncio.create_task(_call(client, body, headers)))
        times = list(await asyncio.gather(*calls))
    return times[_WARM_UP * _PER_SECOND // _BATCH :]


async def _call(client: httpx.AsyncClient, body: bytes, headers: dict[str, str]) -> float:
    started = time.perf_counter()
    answer = await client.post("/webhooks/whatsapp", content=body, headers=headers)
    answer.raise_for_status()
    return (time.perf_counter() - started) * 1000


def _body(batch: int) -> tuple[bytes, dict[str, str]]:
    people = [f"1650{(batch * _BATCH + n) % _BUYERS:07d}" for n in range(_BATCH)]
    messages = [
        {"from": person, "id": f"wamid.bench{batch}.{n}", "timestamp": str(int(time.time())), "type": "text",
         "text": {"body": f"How much is the lace number {n}, and how long does it take to Chile?"}}
        for n, person in enumerate(people)
    ]  # fmt: skip
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": _NUMBER},
        "contacts": [{"profile": {"name": "Pat"}, "wa_id": person} for person in people],
        "messages": messages,
    }
    content = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }
    body = json.dumps(content).encode()
    return body, {"X-Hub-Signature-256": signature_of(body, _SECRET), "Content-Type": "application/json"}


@contextmanager
def _gateway() -> Iterator[str]:
    with socket.socket() as probe, tempfile.TemporaryDirectory(prefix="liaison-bench-") as folder:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        settings = {
            "LIAISON_VAR_DIR": folder, "LIAISON_PORT": str(port), "LIAISON_WHATSAPP_APP_SECRET": _SECRET,
            "LIAISON_WHATSAPP_VERIFY_TOKEN": "bench", "LIAISON_WHATSAPP_PHONE_NUMBER_IDS": _NUMBER,
        }  # fmt: skip
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith("LIAISON_") and k not in ("DATABASE_URL", "REDIS_URL")
        }
        processes = []
        try:
            for name in ("redis", "gateway"):
                with (Path(folder) / f"{name}.log").open("wb") as log:
                    command = [sys.executable, "-m", "bot.cli.main", name]
                    processes.append(
                        subprocess.Popen(command, cwd=PROJECT, env=kept | settings, stdout=log, stderr=log)
                    )
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            yield address
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait(20)


def _wait(address: str) -> None:
    ends = time.monotonic() + _START_SECONDS
    while True:
        try:
            if httpx.get(f"{address}/readyz", timeout=5).json()["redis"]:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > ends:
            raise TimeoutError(f"the gateway did not start in {_START_SECONDS:.0f} s")
        time.sleep(0.3)
