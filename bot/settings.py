"""Settings from the environment; every one is described in ``docs/settings.md``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigurationError

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds ``config.yml``, ``data/``, ``lexicon/``, ``replies/`` and ``shop/``."""

_ENGINES = frozenset({"sqlite", "postgresql"})
_REDIS_SCHEMES = frozenset({"redis", "rediss", "unix"})
_LEAST_SECRET = 32
_DEFAULT_PORT = 8000
_MOST_WORKERS = 64
_WHATSAPP = ("TOKEN", "APP_SECRET", "VERIFY_TOKEN", "PHONE_NUMBER_IDS", "API_BASE", "TEMPLATES")
_DOOR = {
    "APP_SECRET": "copy the app secret from Meta's app dashboard (App settings → Basic)",
    "VERIFY_TOKEN": "invent a long random word and enter the same one in Meta's webhook settings",
}


@dataclass(frozen=True)
class WhatsAppSettings:
    """Access to Meta's WhatsApp Cloud API. Without ``token`` messages come in, but nothing goes out."""

    app_secret: str
    """Signs every webhook; without it none can be trusted."""
    verify_token: str
    token: str | None = None
    phone_number_ids: tuple[str, ...] = ()
    """Our own numbers; webhooks of others are stored and ignored. Empty: all are ours."""
    api_base: str = "https://graph.facebook.com/v21.0"
    """Address and version, without a slash at the end."""
    templates: Path = PROJECT / "shop" / "whatsapp.yml"


@dataclass(frozen=True)
class Settings:
    """Where things are and who may come in. ``var_dir`` holds what the product writes; it is made when missing."""

    database_url: str
    var_dir: Path
    redis_url: str | None = None
    """None: a redis-server of our own under ``var_dir``."""
    host: str = "127.0.0.1"
    port: int = _DEFAULT_PORT
    workers: int = 1
    secrets: tuple[str, ...] = ()
    """Sign session tokens; the first signs, all are accepted. Empty: one is made and kept in ``var_dir``."""
    shop_jwt_secret: str | None = None
    allowed_origins: tuple[str, ...] = ()
    metrics_token: str | None = None
    burst_seconds: float = 1.0
    rate_factor: float = 1.0
    """Multiplies every rate limit."""
    whatsapp: WhatsAppSettings | None = None
    """None: the channel is not used."""
    project: Path = PROJECT

    @property
    def models_dir(self) -> Path:
        """Where trained models lie."""
        return self.project / "models"

    @property
    def uploads_dir(self) -> Path:
        """Where files of buyers lie; no folder that is served."""
        return self.var_dir / "uploads"


def settings_from(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises ConfigurationError naming setting, value and remedy."""
    values = os.environ if environment is None else environment
    var_dir = Path(values.get("LIAISON_VAR_DIR") or PROJECT / "var").expanduser().resolve()
    if var_dir.exists() and not var_dir.is_dir():
        raise ConfigurationError(f"LIAISON_VAR_DIR={var_dir}: is a file; name a folder that may be written")
    return Settings(
        database_url=_database_url(values.get("DATABASE_URL") or f"sqlite:///{var_dir / 'liaison.db'}"),
        var_dir=var_dir,
        redis_url=_redis_url(values.get("REDIS_URL")),
        host=values.get("LIAISON_HOST") or "127.0.0.1",
        port=int(_number(values, "LIAISON_PORT", default=_DEFAULT_PORT, low=1, high=65_535)),
        workers=int(_number(values, "LIAISON_WORKERS", default=1, low=1, high=_MOST_WORKERS)),
        secrets=tuple(_secret("LIAISON_SECRET", part) for part in _list(values.get("LIAISON_SECRET"))),
        shop_jwt_secret=_optional_secret(values, "LIAISON_SHOP_JWT_SECRET"),
        allowed_origins=tuple(_origin(part) for part in _list(values.get("LIAISON_ALLOWED_ORIGINS"))),
        metrics_token=values.get("LIAISON_METRICS_TOKEN") or None,
        rate_factor=_number(values, "LIAISON_RATE_FACTOR", default=1.0, low=0.01, high=10_000.0),
        burst_seconds=_number(values, "LIAISON_BURST_SECONDS", default=1.0, low=0.0, high=10.0),
        whatsapp=_whatsapp(values),
    )


def _database_url(url: str) -> str:
    try:
        name = make_url(url).get_backend_name()
    except ArgumentError as err:
        raise ConfigurationError(
            f"DATABASE_URL={url!r}: is no database address; write postgresql+psycopg2://user@host/name"
        ) from err
    if name not in _ENGINES:
        raise ConfigurationError(f"DATABASE_URL: engine {name!r} is not supported; use sqlite or postgresql")
    return url


def _redis_url(url: str | None) -> str | None:
    if not url:
        return None
    scheme = urlsplit(url).scheme
    if scheme not in _REDIS_SCHEMES:
        raise ConfigurationError(f"REDIS_URL={url!r}: is no Redis address; write redis://host:6379/0")
    return url


def _number(values: Mapping[str, str], name: str, *, default: float, low: float, high: float) -> float:
    given = values.get(name)
    if not given:
        return default
    try:
        number = float(given) if isinstance(default, float) else int(given)
    except ValueError as err:
        raise ConfigurationError(f"{name}={given!r}: is no number; write one from {low} to {high}") from err
    if not low <= number <= high:
        raise ConfigurationError(f"{name}={given!r}: is out of range; write a number from {low} to {high}")
    return number


def _list(given: str | None) -> list[str]:
    return [part.strip() for part in (given or "").split(",") if part.strip()]


def _secret(name: str, secret: str) -> str:
    if len(secret) < _LEAST_SECRET:
        raise ConfigurationError(
            f"{name}: holds a secret of {len(secret)} characters; use at least {_LEAST_SECRET}, for instance "
            "the output of `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`"
        )
    return secret


def _optional_secret(values: Mapping[str, str], name: str) -> str | None:
    given = values.get(name)
    return _secret(name, given) if given else None


def _origin(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query or "*" in given:
        raise ConfigurationError(
            f"LIAISON_ALLOWED_ORIGINS: {given!r} is no origin; write the scheme and host of your shop without a path, "
            "for instance https://shop.example"
        )
    return given.lower()


def _whatsapp(values: Mapping[str, str]) -> WhatsAppSettings | None:
    """Return the channel's settings; raises ConfigurationError when one is set and those that close the door are not."""
    given = {name: value.strip() for name in _WHATSAPP if (value := values.get(f"LIAISON_WHATSAPP_{name}", "")).strip()}
    if not given:
        return None
    for name, remedy in _DOOR.items():
        if name not in given:
            raise ConfigurationError(f"LIAISON_WHATSAPP_{name}: is missing although WhatsApp is set up; {remedy}")
    ids = tuple(_list(given.get("PHONE_NUMBER_IDS")))
    for number in ids:
        if not (number.isascii() and number.isdigit()):
            raise ConfigurationError(
                f"LIAISON_WHATSAPP_PHONE_NUMBER_IDS: {number!r} is no phone number ID; copy the digits shown beside the "
                "number in Meta's WhatsApp settings (not the phone number itself)"
            )
    base = WhatsAppSettings("", "")
    return WhatsAppSettings(
        app_secret=given["APP_SECRET"],
        verify_token=given["VERIFY_TOKEN"],
        token=given.get("TOKEN"),
        phone_number_ids=ids,
        api_base=_api_base(given.get("API_BASE") or base.api_base),
        templates=Path(given["TEMPLATES"]).expanduser() if "TEMPLATES" in given else base.templates,
    )


def _api_base(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError(
            f"LIAISON_WHATSAPP_API_BASE={given!r}: is no address; write it with its version, "
            "for instance https://graph.facebook.com/v21.0"
        )
    return given.rstrip("/")
