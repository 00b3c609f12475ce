"""Session tokens: issued by us, bound to one conversation, renewable, replaceable secrets."""

from __future__ import annotations

import base64
import dataclasses
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import jwt
import pytest
from sqlalchemy.engine import Engine
from talks import SECRET, Talk, open_talk, refusal, running

from bot.gateway.app import make_app
from bot.gateway.tokens import Session, SessionTokens
from bot.inbox.keys import Keys
from bot.settings import Settings

NEW_SECRET = "n" * 40


def token_for(talk: Talk, *, ended: timedelta, secret: str = SECRET) -> str:
    """Return the token of ``talk`` as it was issued so long ago that it ended ``ended`` before now."""
    claims = jwt.decode(talk.token, options={"verify_signature": False})
    claims["exp"] = datetime.now(timezone.utc) - ended
    return jwt.encode(claims, secret, "HS256")


def without_signature(talk: Talk) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{head}.{talk.token.split('.')[1]}."


def with_wrong_signature(talk: Talk) -> str:
    head, body, signature = talk.token.split(".")
    return f"{head}.{body}.{signature[::-1]}"


def for_another_conversation(talk: Talk) -> str:
    head, body, signature = talk.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    claims["sub"] = "0" * 32
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{changed}.{signature}"


async def test_a_session_is_a_new_conversation_and_a_token_that_ends(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/sessions", json={"locale": "es-MX"})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"conversation", "token", "expires_at"}
    left = datetime.fromisoformat(body["expires_at"]) - datetime.now(timezone.utc)
    assert timedelta(days=6) < left <= timedelta(days=7)
    assert (await open_talk(client)).conversation != body["conversation"]


async def test_a_session_needs_no_body(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/sessions")).status_code == 201


async def test_the_client_cannot_choose_the_conversation(client: httpx.AsyncClient, talk: Talk) -> None:
    answer = await client.post("/v1/sessions", json={"conversation": talk.conversation})
    assert refusal(answer) == (422, "invalid")


async def test_a_bearer_token_is_renewed_for_the_same_conversation(client: httpx.AsyncClient, talk: Talk) -> None:
    again = await open_talk(client, bearer=talk.token)
    assert again.conversation == talk.conversation
    assert again.token != talk.token
    assert (await again.say("hello")).status_code == 202


@pytest.mark.parametrize("days", [0.001, 29.9])
async def test_an_ended_token_is_renewable_for_thirty_days_and_good_for_nothing_else(
    client: httpx.AsyncClient, talk: Talk, days: float
) -> None:
    old = token_for(talk, ended=timedelta(days=days))
    read = await client.get("/v1/messages", headers={"Authorization": f"Bearer {old}"})
    assert refusal(read) == (401, "token_expired")
    assert read.headers["www-authenticate"] == "Bearer"
    assert (await open_talk(client, bearer=old)).conversation == talk.conversation


async def test_after_thirty_days_an_ended_token_is_refused(client: httpx.AsyncClient, talk: Talk) -> None:
    old = token_for(talk, ended=timedelta(days=30, minutes=1))
    answer = await client.post("/v1/sessions", headers={"Authorization": f"Bearer {old}"})
    assert refusal(answer) == (401, "token_expired")


@pytest.mark.parametrize(
    ("forged", "code"),
    [
        (with_wrong_signature, "token_invalid"),
        (without_signature, "token_invalid"),
        (for_another_conversation, "token_invalid"),
        (lambda talk: token_for(talk, ended=-timedelta(days=1), secret="o" * 40), "token_invalid"),
        (lambda talk: talk.token[:-20], "token_invalid"),
        (lambda _: "none of this", "token_invalid"),
        (lambda _: "ÿ.ÿ.ÿ", "token_invalid"),
        (lambda _: "", "token_missing"),
    ],
    ids=["signature", "alg none", "claims", "other secret", "cut", "no token", "no ASCII", "empty"],
)
async def test_a_forged_token_opens_nothing(client: httpx.AsyncClient, talk: Talk, forged: Any, code: str) -> None:
    headers = [(b"authorization", b"Bearer " + forged(talk).encode("latin-1"))]
    for method, path in (("GET", "/v1/messages"), ("POST", "/v1/messages"), ("POST", "/v1/uploads")):
        body = {"id": "0" * 32, "text": "x"} if path == "/v1/messages" and method == "POST" else None
        answer = await client.request(method, path, headers=headers, json=body)
        assert refusal(answer) == (401, code), path


async def test_no_token_and_other_schemes_are_refused(client: httpx.AsyncClient, talk: Talk) -> None:
    assert refusal(await client.get("/v1/messages")) == (401, "token_missing")
    basic = await client.get("/v1/messages", headers={"Authorization": f"Basic {talk.token}"})
    assert refusal(basic) == (401, "token_missing")
    in_the_address = await client.get("/v1/messages", params={"token": talk.token})
    assert refusal(in_the_address) == (401, "token_missing")


async def test_a_token_for_a_conversation_that_never_was_is_refused(client: httpx.AsyncClient) -> None:
    token, _ = SessionTokens((SECRET,)).issue(Session("f" * 32, None), now=datetime.now(timezone.utc))
    answer = await client.get("/v1/messages", headers={"Authorization": f"Bearer {token}"})
    assert refusal(answer) == (401, "token_invalid")


async def test_secrets_rotate_without_ending_sessions(
    client: httpx.AsyncClient, talk: Talk, settings: Settings, engine: Engine, keys: Keys
) -> None:
    def with_secrets(*secrets: str) -> Any:
        return make_app(dataclasses.replace(settings, secrets=secrets), engine=engine, keys=keys)

    both, only_new = with_secrets(NEW_SECRET, SECRET), with_secrets(NEW_SECRET)
    async with running(both) as after:
        assert (await after.get("/v1/messages", headers=talk.headers)).status_code == 200
        renewed = await open_talk(after, bearer=talk.token)
    assert renewed.conversation == talk.conversation
    assert refusal(await client.get("/v1/messages", headers=renewed.headers)) == (401, "token_invalid")
    async with running(only_new) as late:
        assert (await late.get("/v1/messages", headers=renewed.headers)).status_code == 200
        assert refusal(await late.get("/v1/messages", headers=talk.headers)) == (401, "token_invalid")
