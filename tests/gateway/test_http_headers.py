"""Who may read our answers (CORS), and the headers that keep browsers from guessing, framing and leaking."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from talks import ORIGIN, SHOP_SECRET, Talk, refusal

_ASK = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
_FOREIGN = [
    "https://evil.example",
    "null",
    "http://shop.example",
    "https://shop.example:8443",
    "https://shop.example.evil.example",
]


async def test_a_listed_origin_may_read_and_ask(client: httpx.AsyncClient) -> None:
    asked = await client.options("/v1/messages", headers={"Origin": ORIGIN, **_ASK})
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == ORIGIN
    assert {"authorization", "content-type"} <= set(asked.headers["access-control-allow-headers"].lower().split(", "))
    answer = await client.post("/v1/sessions", headers={"Origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", _FOREIGN)
async def test_no_other_origin_may(client: httpx.AsyncClient, origin: str) -> None:
    asked = await client.options("/v1/messages", headers={"Origin": origin, **_ASK})
    assert asked.status_code == 400
    assert "access-control-allow-origin" not in asked.headers
    answer = await client.post("/v1/sessions", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers


async def test_a_refusal_can_be_read_by_a_listed_origin(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/messages", headers={"Origin": ORIGIN})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == ORIGIN


async def test_any_site_may_load_the_widget(client: httpx.AsyncClient) -> None:
    answer = await client.get("/widget.js", headers={"Origin": "https://any.example"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-type"].startswith("text/javascript")


_PATHS = ["/healthz", "/readyz", "/v1/openapi.json", "/v1/messages", "/nothing/here", "/widget.js", "/demo", "/metrics"]


@pytest.mark.parametrize("path", _PATHS)
async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


async def test_the_demo_page_allows_no_script_but_its_own(client: httpx.AsyncClient) -> None:
    page = await client.get("/demo")
    rules = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "<script>" not in page.text
    assert " onclick=" not in page.text


async def test_answers_of_the_interface_run_nothing_and_are_not_kept(client: httpx.AsyncClient, talk: Talk) -> None:
    answer = await talk.read()
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"


async def test_pages_that_are_not_there_are_refused_in_the_same_form(client: httpx.AsyncClient) -> None:
    assert refusal(await client.get("/nothing/here")) == (404, "not_found")
    assert refusal(await client.get("/widget/../../pyproject.toml")) == (404, "not_found")
    assert refusal(await client.get("/widget/%2e%2e/%2e%2e/pyproject.toml")) == (404, "not_found")
    assert refusal(await client.delete("/v1/messages")) == (405, "method_not_allowed")


async def test_a_crash_tells_nothing_and_keeps_the_headers(
    client: httpx.AsyncClient, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: Any) -> None:
        raise RuntimeError("secret detail in /etc/somewhere")

    monkeypatch.setattr("bot.gateway.pages._products", crash)
    answer = await client.get("/demo/products.json", headers={"Origin": ORIGIN})
    assert refusal(answer) == (500, "internal")
    assert not any(word in answer.text for word in ("Traceback", "RuntimeError", "secret detail", "/etc/"))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == ORIGIN


async def test_once_the_shop_signs_itself_nobody_can_play_a_buyer(client: httpx.AsyncClient) -> None:
    answer = await client.get("/demo/buyers.json")
    assert answer.json() == []
    assert SHOP_SECRET not in answer.text


async def test_the_front_page_leads_to_the_demo(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/demo")
