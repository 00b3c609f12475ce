"""Signing in: the cookie, the token of every change, the same words for every failure, the pause after five."""

from __future__ import annotations

import httpx
from desk_people import PASSWORD, AtDesk, Buyer, desk_client
from starlette.applications import Starlette


async def test_five_failures_lock_with_the_same_words_before(app: Starlette, client: httpx.AsyncClient) -> None:
    one = desk_client(app)
    words = set()
    for name in ("ann", "nobody"):
        for _ in range(5):
            answer = await one.post("/desk/api/login", json={"name": name, "password": "wrong wrong"})
            assert answer.status_code == 401
            words.add(answer.text)
        locked = await one.post("/desk/api/login", json={"name": name, "password": PASSWORD})
        assert locked.status_code == 429 and 0 < int(locked.headers["Retry-After"]) <= 900
    assert len(words) == 1


async def test_the_cookie_is_secure_away_from_this_machine(app: Starlette, client: httpx.AsyncClient) -> None:
    body = {"name": "ann", "password": PASSWORD}
    near = (await desk_client(app).post("/desk/api/login", json=body)).headers["set-cookie"].lower()
    far = (await client.post("/desk/api/login", json=body)).headers["set-cookie"].lower()
    assert "secure" not in near and "secure" in far
    assert all(
        "httponly" in cookie and "samesite=strict" in cookie and "path=/desk" in cookie for cookie in (near, far)
    )


async def test_without_session_or_token_nothing_is_done(ann: AtDesk, app: Starlette, buyer: Buyer) -> None:
    buyer.asks()
    assert (await desk_client(app).get("/desk/api/cases")).status_code == 401
    answer = await ann.client.post("/desk/api/conversations/c1/take", json={})
    assert answer.status_code == 403 and buyer.state("c1").owner == "waiting"
    assert (await ann.post("logout")).status_code == 204
    assert (await ann.get("me")).status_code == 401
