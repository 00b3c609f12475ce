"""Session tokens signed by us, and identity tokens signed by the shop."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import jwt

from bot.errors import ConfigurationError
from bot.gateway.faults import Refused

SESSION_LIFE = timedelta(days=7)
RENEWABLE = timedelta(days=30)
"""How long after its end a token may still be exchanged for a new one."""
_ALGORITHM = "HS256"
_AUDIENCE = "liaison-session"
_LONGEST_IDENTITY = 4_096
_LONGEST_CLAIM = 64
_LEEWAY_SECONDS = 30


@dataclass(frozen=True)
class Session:
    """Who speaks in which conversation. ``buyer_id`` is None for an anonymous buyer."""

    conversation_id: str
    buyer_id: str | None


@dataclass(frozen=True)
class Identity:
    """What the shop vouches for."""

    subject: str
    email: str | None
    phone: str | None


class SessionTokens:
    """Makes and checks session tokens. The first secret signs; the others are still accepted, so that secrets can change."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys

    def issue(self, session: Session, *, now: datetime) -> tuple[str, datetime]:
        """Return a token for ``session`` and when it ends."""
        ends = (now + SESSION_LIFE).replace(microsecond=0)
        claims = {
            "aud": _AUDIENCE,
            "sub": session.conversation_id,
            "iat": now,
            "exp": ends,
            "jti": secrets.token_hex(8),
        }
        if session.buyer_id is not None:
            claims["buyer"] = session.buyer_id
        return jwt.encode(claims, self._keys[0], _ALGORITHM), ends

    def read(self, token: str, *, renewing: bool = False) -> Session:
        """Return the session of ``token``; raises Refused (401). ``renewing`` accepts one that ended not long ago."""
        leeway = RENEWABLE if renewing else timedelta(0)
        if not token.isascii():
            raise Refused(401, "token_invalid", "The session token is not valid.")
        for key in self._keys:
            try:
                claims = jwt.decode(
                    token, key, algorithms=[_ALGORITHM], audience=_AUDIENCE, leeway=leeway,
                    options={"require": ["exp", "sub", "iat"]},
                )  # fmt: skip
            except jwt.ExpiredSignatureError as err:
                raise Refused(401, "token_expired", "The session has ended; ask for a new token.") from err
            except jwt.InvalidTokenError:
                continue
            return Session(claims["sub"], claims.get("buyer"))
        raise Refused(401, "token_invalid", "The session token is not valid.")


def read_identity(token: str, secret: str) -> Identity:
    """Return whom the shop's ``token`` names; raises Refused when it is not signed with the shop's secret or has ended."""
    if len(token) > _LONGEST_IDENTITY:
        raise Refused(422, "identity_invalid", "The identity token is too long.", field="identity")
    if not token.isascii():
        raise Refused(401, "identity_invalid", "The identity token is not valid.", field="identity")
    try:
        claims = jwt.decode(
            token, secret, algorithms=[_ALGORITHM], leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "sub"], "verify_aud": False},
        )  # fmt: skip
    except jwt.ExpiredSignatureError as err:
        raise Refused(
            401, "identity_expired", "The identity token has ended; sign a new one.", field="identity"
        ) from err
    except jwt.InvalidTokenError as err:
        raise Refused(401, "identity_invalid", "The identity token is not valid.", field="identity") from err
    subject, email, phone = claims["sub"], claims.get("email"), claims.get("phone")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_CLAIM or not subject.isprintable():
        raise Refused(422, "identity_invalid", "'sub' has to be a buyer id of 1 to 64 characters.", field="identity")
    return Identity(subject, email if isinstance(email, str) else None, phone if isinstance(phone, str) else None)


def demo_identity(buyer_id: str, secret: str, *, now: datetime | None = None) -> str:
    """Return an identity token as a shop would sign it, for the demo page and tests."""
    ends = (now or datetime.now(timezone.utc)) + timedelta(days=1)
    return jwt.encode({"sub": buyer_id, "exp": ends}, secret, _ALGORITHM)


def kept_secret(var_dir: Path, name: str) -> str:
    """Return the secret kept in ``var_dir``, made at first use; only its owner may read it."""
    path = var_dir / name
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii").strip()
        if not kept:
            raise ConfigurationError(f"{path}: is empty; remove it") from None
        return kept
    except OSError as err:
        raise ConfigurationError(f"LIAISON_VAR_DIR={var_dir}: cannot be written ({err.strerror})") from err
    secret = secrets.token_urlsafe(48)
    with os.fdopen(made, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
