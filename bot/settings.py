"""Settings from the environment; every one is described in ``docs/settings.md``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigurationError

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds ``config.yml``, ``data/``, ``lexicon/``, ``replies/`` and ``shop/``."""

_ENGINES = frozenset({"sqlite", "postgresql"})


@dataclass(frozen=True)
class Settings:
    """Where things are. ``var_dir`` holds what the product writes; it is made when missing."""

    database_url: str
    var_dir: Path
    project: Path = PROJECT

    @property
    def models_dir(self) -> Path:
        """Where trained models lie."""
        return self.project / "models"


def settings_from(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises ConfigurationError naming setting, value and remedy."""
    values = os.environ if environment is None else environment
    var_dir = Path(values.get("LIAISON_VAR_DIR") or PROJECT / "var").expanduser().resolve()
    if var_dir.exists() and not var_dir.is_dir():
        raise ConfigurationError(f"LIAISON_VAR_DIR={var_dir}: is a file; name a folder that may be written")
    url = values.get("DATABASE_URL") or f"sqlite:///{var_dir / 'liaison.db'}"
    try:
        name = make_url(url).get_backend_name()
    except ArgumentError as err:
        raise ConfigurationError(
            f"DATABASE_URL={url!r}: is no database address; write postgresql+psycopg2://user@host/name"
        ) from err
    if name not in _ENGINES:
        raise ConfigurationError(f"DATABASE_URL: engine {name!r} is not supported; use sqlite or postgresql")
    return Settings(database_url=url, var_dir=var_dir)
