"""Who may call the webhook: Meta signs the raw bytes of every call with the app secret."""

from __future__ import annotations

import hashlib
import hmac

_PREFIX = "sha256="


def signature_of(body: bytes, app_secret: str) -> str:
    """Return the value of ``X-Hub-Signature-256`` for ``body``: ``sha256=`` and the HMAC in hex."""
    return _PREFIX + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, signature: str | None, app_secret: str) -> bool:
    """Return whether ``signature`` is that of the bytes as they came; compared in constant time."""
    given = (signature or "").strip().encode("utf-8", errors="replace")
    return hmac.compare_digest(signature_of(body, app_secret).encode(), given)


def answers_challenge(query: dict[str, str], verify_token: str) -> str | None:
    """Return the challenge to be echoed when Meta checks the address, None when the token is not ours."""
    right = hmac.compare_digest(query.get("hub.verify_token", "").encode(), verify_token.encode())
    return query.get("hub.challenge", "") if right and query.get("hub.mode") == "subscribe" else None
