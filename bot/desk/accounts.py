"""Accounts of agents, their sign-ins and sessions. Passwords are kept as argon2id hashes, session tokens as SHA-256."""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import regex
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.conversations.store import ConversationStore, TurnTransaction
from bot.conversations.tables import requests
from bot.desk.tables import agents, sessions, sign_in_failures
from bot.errors import ConfigurationError

Role = Literal["agent", "lead", "admin"]
ROLES: tuple[Role, ...] = ("agent", "lead", "admin")
PRESENCES = ("online", "away", "offline")
INTERFACES = ("en", "zh")
SESSION_LIFE = timedelta(hours=12)
MOST_FAILURES, LOCKED_FOR = 5, timedelta(minutes=15)
_MOST_FAILURES_OF_ADDRESS = 30
LEAST_PASSWORD, LONGEST_PASSWORD = 10, 200
_NAME = regex.compile(r"[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]|[a-z0-9]")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's least parameters for argon2id: 19 MiB, two passes."""


@dataclass(frozen=True)
class Agent:
    """One who answers buyers."""

    name: str
    display_name: str
    role: Role
    languages: tuple[str, ...]
    interface: str
    presence: str
    capacity: int

    @property
    def leads(self) -> bool:
        """Whether the agent may act on what colleagues hold."""
        return self.role in ("lead", "admin")


@dataclass(frozen=True)
class SignedIn:
    """A session: whose, and the token every change has to carry."""

    agent: Agent
    csrf: str
    token_hash: str


class LockedOut(Exception):
    """Too many failures; ``seconds`` until the next try."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many failures")
        self.seconds = seconds


def add_agent(
    store: ConversationStore, *, name: str, password: str, role: str, languages: Sequence[str], now: datetime,
    display_name: str = "", interface: str = "en", capacity: int = 6,
) -> None:  # fmt: skip
    """Store a new account; raises ConfigurationError naming what is wrong with it."""
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"user {name!r}: use 1 to 64 of a-z, 0-9, '.', '-' and '_'")
    if role not in ROLES:
        raise ConfigurationError(f"role {role!r}: use {', '.join(ROLES)}")
    if interface not in INTERFACES:
        raise ConfigurationError(f"interface {interface!r}: use {', '.join(INTERFACES)}")
    row = {
        "name": name, "display_name": display_name or name, "role": role, "languages": list(languages),
        "interface": interface, "password_hash": hashed(password), "presence": "online", "capacity": capacity,
        "created_at": now,
    }  # fmt: skip
    with store.turn() as transaction:
        if _agent_row(transaction, name) is not None:
            raise ConfigurationError(f"user {name!r}: exists already; choose another name or remove it first")
        try:
            transaction.connection.execute(insert(agents).values(**row))
        except IntegrityError as err:
            raise ConfigurationError(f"user {name!r}: exists already; choose another name") from err


def remove_agent(store: ConversationStore, name: str) -> None:
    """Delete an account with its sessions; what it held waits for others. Raises ConfigurationError for no such user."""
    with store.turn() as transaction:
        transaction.connection.execute(delete(sessions).where(sessions.c.agent == name))
        if not transaction.connection.execute(delete(agents).where(agents.c.name == name)).rowcount:
            raise ConfigurationError(f"user {name!r}: there is none; `liaison desk users` lists them")
        transaction.connection.execute(
            update(requests).where(requests.c.assignee == name, requests.c.ended_at.is_(None), requests.c.taken_at.is_(None))
            .values(assignee=None, offered_at=None)
        )  # fmt: skip


def all_agents(transaction: TurnTransaction) -> list[Agent]:
    """Return every account by name."""
    return [_agent(row) for row in transaction.connection.execute(select(agents).order_by(agents.c.name))]


def agent_named(transaction: TurnTransaction, name: str) -> Agent | None:
    """Return the account of that name."""
    row = _agent_row(transaction, name)
    return _agent(row) if row is not None else None


def sign_in(
    store: ConversationStore, *, name: str, password: str, address: str, now: datetime
) -> tuple[str, SignedIn] | None:
    """Return a session token and its session, None for a wrong name or password; raises LockedOut after five failures.

    An unknown name takes as long as a wrong password.
    """
    keys = (f"name:{name[:64]}", f"address:{address}")
    with store.reading() as transaction:
        for key, most in zip(keys, (MOST_FAILURES, _MOST_FAILURES_OF_ADDRESS)):
            _check_lock(transaction, key, most, now)
        row = _agent_row(transaction, name)
    right = verified(row.password_hash if row is not None else _nobodys_hash(), password)
    with store.turn() as transaction:
        if row is None or not right:
            transaction.connection.execute(insert(sign_in_failures), [{"key": key, "at": now} for key in keys])
            return None
        transaction.connection.execute(delete(sign_in_failures).where(sign_in_failures.c.key == keys[0]))
        transaction.connection.execute(delete(sessions).where(sessions.c.expires_at < now))
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        session = {"token_hash": _digest(token), "agent": row.name, "csrf": csrf, "created_at": now}
        transaction.connection.execute(insert(sessions).values(**session, expires_at=now + SESSION_LIFE))
    return token, SignedIn(_agent(row), csrf, _digest(token))


def signed_in(transaction: TurnTransaction, token: str, *, now: datetime) -> SignedIn | None:
    """Return the session of ``token``, None for an unknown or ended one."""
    query = (
        select(agents, sessions.c.csrf, sessions.c.token_hash)
        .join(sessions, sessions.c.agent == agents.c.name)
        .where(sessions.c.token_hash == _digest(token), sessions.c.expires_at > now)
    )
    row = transaction.connection.execute(query).first()
    return SignedIn(_agent(row), row.csrf, row.token_hash) if row is not None else None


def sign_out(store: ConversationStore, token_hash: str) -> None:
    """End a session."""
    with store.turn() as transaction:
        transaction.connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def change_agent(store: ConversationStore, name: str, **values: Any) -> None:
    """Write ``values`` (presence, interface, languages, capacity) into an account."""
    with store.turn() as transaction:
        transaction.connection.execute(update(agents).where(agents.c.name == name).values(**values))


def change_password(store: ConversationStore, session: SignedIn, *, old: str, new: str) -> bool:
    """Set a new password and end all other sessions; False when ``old`` is wrong."""
    with store.reading() as transaction:
        row = _agent_row(transaction, session.agent.name)
    if row is None or not verified(row.password_hash, old):
        return False
    fresh = hashed(new)
    with store.turn() as transaction:
        transaction.connection.execute(update(agents).where(agents.c.name == row.name).values(password_hash=fresh))
        others = (sessions.c.agent == row.name, sessions.c.token_hash != session.token_hash)
        transaction.connection.execute(delete(sessions).where(*others))
    return True


def hashed(password: str) -> str:
    """Return the hash of ``password``; raises ConfigurationError for one that is too short or too long."""
    if not LEAST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ConfigurationError(f"password: use {LEAST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return _HASHER.hash(password)


def verified(password_hash: str, password: str) -> bool:
    """Return whether ``password`` is the one of the hash."""
    try:
        return bool(_HASHER.verify(password_hash, password[:LONGEST_PASSWORD]))
    except (VerificationError, InvalidHashError):
        return False


@functools.lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def _check_lock(transaction: TurnTransaction, key: str, most: int, now: datetime) -> None:
    query = select(func.count(), func.max(sign_in_failures.c.at)).where(
        sign_in_failures.c.key == key, sign_in_failures.c.at > now - LOCKED_FOR
    )
    count, newest = transaction.connection.execute(query).one()
    if count >= most:
        raise LockedOut((newest + LOCKED_FOR - now).total_seconds())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _agent_row(transaction: TurnTransaction, name: str) -> Any:
    return transaction.connection.execute(select(agents).where(agents.c.name == name)).first()


def _agent(row: Any) -> Agent:
    return Agent(row.name, row.display_name, row.role, tuple(row.languages), row.interface, row.presence, row.capacity)
