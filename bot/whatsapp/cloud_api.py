"""Calls to Meta's Cloud API. What it refuses, what never reached it and what may have reached it are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.errors import LiaisonError
from bot.whatsapp.nodes import optional, whole, word

_TIMEOUT = httpx.Timeout(20.0, connect=5.0)
_METAS_HOSTS = (".facebook.com", ".fbcdn.net", ".fbsbx.com", ".whatsapp.net")


class CloudRefused(LiaisonError):
    """Meta answered with an error; ``code`` is its own, ``status`` that of HTTP."""

    def __init__(self, code: int | None, status: int, reason: str) -> None:
        super().__init__(f"Meta refused it: {reason or 'no reason given'} (code {code}, HTTP {status})")
        self.code, self.status, self.reason = code, status, reason


class CloudUnreachable(LiaisonError):
    """Nothing reached Meta; it may be tried again."""


class CloudUnclear(LiaisonError):
    """The call was made and no answer came: Meta may have acted on it, or not."""


class MediaTooLarge(LiaisonError):
    """A file is larger than what is taken."""


@dataclass(frozen=True)
class MediaPlace:
    """Where a file lies for some minutes. ``size`` is in bytes, None where it was not told."""

    url: str
    mime_type: str
    sha256: str
    size: int | None


class CloudApi:
    """A client for one access token. Every method raises CloudRefused, CloudUnreachable or CloudUnclear."""

    def __init__(self, base: str, token: str, *, client: httpx.AsyncClient | None = None) -> None:
        self._base = base
        self._headers = {"Authorization": f"Bearer {token}"}
        self._client = client or httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def send(self, number: str, payload: dict[str, Any]) -> str:
        """Send a message from ``number`` (phone number id); returns its wamid."""
        answer = await self._call("POST", f"{number}/messages", json=payload)
        sent = answer.get("messages")
        first = sent[0] if isinstance(sent, list) and sent and isinstance(sent[0], dict) else {}
        wamid = word(first.get("id"))
        if not wamid:
            raise CloudUnclear("Meta's answer names no message")
        return wamid

    async def mark_read(self, number: str, wamid: str, *, typing: bool) -> None:
        """Show the buyer that ``wamid`` was read, and for up to 25 seconds that an answer is being written."""
        payload: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
        if typing:
            payload["typing_indicator"] = {"type": "text"}
        await self._call("POST", f"{number}/messages", json=payload)

    async def media_place(self, media_id: str) -> MediaPlace:
        """Return where a buyer's file can be fetched for the next minutes."""
        found = await self._call("GET", media_id)
        return MediaPlace(
            word(found.get("url")),
            word(found.get("mime_type")),
            word(found.get("sha256")),
            whole(found.get("file_size")),
        )

    async def download(self, url: str, *, largest: int) -> bytes:
        """Return a file of at most ``largest`` bytes; raises MediaTooLarge. Our token only goes to Meta's own hosts."""
        if not self._is_metas(url):
            raise CloudRefused(None, 0, "the file lies on a host that is not Meta's")
        content = bytearray()
        try:
            async with self._client.stream("GET", url, headers=self._headers) as answer:
                if answer.status_code != 200:
                    raise CloudRefused(None, answer.status_code, "the file could not be fetched")
                async for piece in answer.aiter_bytes():
                    content.extend(piece)
                    if len(content) > largest:
                        raise MediaTooLarge(f"the file has more than {largest} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            raise CloudUnreachable(f"the file could not be fetched ({type(err).__name__})") from err
        return bytes(content)

    async def upload(self, number: str, content: bytes, *, mime_type: str, name: str) -> str:
        """Leave a file with Meta; returns its media id. Nothing is shown to anybody by it."""
        files = {"file": (name, content, mime_type)}
        data = {"messaging_product": "whatsapp", "type": mime_type}
        try:
            answer = await self._call("POST", f"{number}/media", files=files, data=data)
        except CloudUnclear as err:
            raise CloudUnreachable(str(err)) from err
        media_id = word(answer.get("id"))
        if not media_id:
            raise CloudUnreachable("Meta's answer names no file")
        return media_id

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """Return what stands at ``path``."""
        return await self._call("GET", path, params=query)

    def _is_metas(self, url: str) -> bool:
        parts, own = urlsplit(url), urlsplit(self._base)
        if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
            return True
        return parts.scheme == "https" and (parts.hostname or "").endswith(_METAS_HOSTS)

    async def _call(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            answer = await self._client.request(method, f"{self._base}/{path}", headers=self._headers, **content)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as err:
            raise CloudUnreachable(f"Meta cannot be reached ({type(err).__name__})") from err
        except httpx.HTTPError as err:
            raise CloudUnclear(f"Meta did not answer ({type(err).__name__})") from err
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            if answer.status_code >= 500 or answer.status_code == 200:
                raise CloudUnclear(f"Meta's answer cannot be read (HTTP {answer.status_code})")
            raise CloudRefused(None, answer.status_code, "")
        if answer.status_code != 200 or "error" in found:
            error = optional(found, "error")
            if answer.status_code >= 500 and whole(error.get("code")) is None:
                raise CloudUnclear(f"Meta's answer gives no reason (HTTP {answer.status_code})")
            details = word(optional(error, "error_data").get("details")) or word(error.get("message"))
            raise CloudRefused(whole(error.get("code")), answer.status_code, details[:300])
        return found
