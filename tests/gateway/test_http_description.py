"""The OpenAPI description says what the service does: it is tried out against the running service."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import httpx
import pytest
import redis
import yaml
from live_server import LiveServer

from bot.gateway.app import routes
from bot.gateway.hub import Listener
from bot.gateway.limits import Limit
from bot.inbox.keys import Keys
from bot.settings import PROJECT

CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance,content_type_conformance"
_NOT_DESCRIBED = {
    "/v1/openapi.json",
    "/metrics",
    "/",
    "/widget.js",
    "/widget",
    "/demo",
    "/demo/products.json",
    "/demo/buyers.json",
    "/webhooks/whatsapp",
}
"""Pages and figures: for people and Prometheus; and what Meta describes."""


async def test_the_description_served_is_the_file(client: httpx.AsyncClient, project: Path) -> None:
    served = await client.get("/v1/openapi.json")
    assert served.status_code == 200
    assert served.json() == yaml.safe_load((project / "bot/gateway/openapi.yml").read_text(encoding="utf-8"))


async def test_every_route_is_described_and_nothing_else(client: httpx.AsyncClient) -> None:
    described = {
        (path, method.upper()) for path, methods in (await client.get("/v1/openapi.json")).json()["paths"].items()
        for method in methods
    }  # fmt: skip
    served = {
        (route.path, method)
        for route in routes() if route.path not in _NOT_DESCRIBED
        for method in (getattr(route, "methods", None) or {"GET"}) if method != "HEAD"
    }  # fmt: skip
    assert described == served


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for a stranger who asks hundreds of times, and long polls that end at once."""
    plenty = Limit("plenty", size=10**6, rate=10**4)
    for name in (
        "messages.READS_OF_SESSION",
        "messages.MESSAGES_OF_SESSION",
        "uploads.UPLOADS_OF_SESSION",
        "uploads.READS_OF_SESSION",
    ):
        monkeypatch.setattr(f"bot.gateway.{name}", plenty)

    async def nothing_comes(_: Listener, __: float) -> None:
        return None

    monkeypatch.setattr(Listener, "next", nothing_comes)


@pytest.mark.usefixtures("patient")
def test_a_stranger_trying_everything_finds_no_contradiction(
    server: LiveServer, tmp_path: Path, keys: Keys, redis_url: str
) -> None:
    """Schemathesis makes up requests, right and wrong ones. A worker is signed in: without one /readyz is 503."""
    with redis.Redis.from_url(redis_url) as client:
        client.zadd(keys.workers, {"worker": time.time() + 3_600})
    token = httpx.post(f"{server.http}/v1/sessions").json()["token"]
    done = subprocess.run(
        [
            str(PROJECT / ".venv/bin/schemathesis"), "run", f"{server.http}/v1/openapi.json",
            "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1",
            "--exclude-path", "/v1/ws", "-H", f"Authorization: Bearer {token}", "--continue-on-failure",
            "--suppress-health-check", "all", "--warnings", "off", "--no-color",
        ],
        capture_output=True, text=True, timeout=300, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-500:]
    assert "Operations:       7 selected / 8 total" in done.stdout, done.stdout[:1_500]
