"""Shared pieces of the tests: a fresh database with the demo shop, and the languages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.cli.quiet import prepare

prepare()

from sqlalchemy.engine import Engine  # noqa: E402

from bot.database import make_engine, migrate  # noqa: E402
from bot.language.register import Language, load_languages  # noqa: E402
from bot.replies.texts import Replies, load_replies  # noqa: E402
from bot.risk.lexicon import RiskLexicon  # noqa: E402
from bot.settings import PROJECT  # noqa: E402
from bot.shop.demo import load_demo  # noqa: E402
from bot.wiring import make_risk_lexicon  # noqa: E402


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def languages(project: Path) -> tuple[Language, ...]:
    return load_languages(project / "lexicon" / "languages.yml")


@pytest.fixture(scope="session")
def lexicon(project: Path, languages: tuple[Language, ...]) -> RiskLexicon:
    return make_risk_lexicon(project, languages)


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A SQLite file with the demo shop, made once and copied for every test."""
    path = tmp_path_factory.mktemp("shop") / "filled.db"
    made = make_engine(f"sqlite:///{path}")
    migrate(made)
    load_demo(made.execution_options(writing=True), project / "shop", today=date.today())
    with made.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    made.dispose()
    return path


@pytest.fixture
def engine(tmp_path: Path, filled_database: Path) -> Iterator[Engine]:
    path = tmp_path / "test.db"
    shutil.copy(filled_database, path)
    made = make_engine(f"sqlite:///{path}")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def all_replies(project: Path, languages: tuple[Language, ...]) -> dict[str, Replies]:
    return load_replies(project / "replies", languages)
