"""Real processes take a while to start: those that may be shared are started once a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import Installation, installation


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, filled_database: Path) -> Iterator[Installation]:
    """Redis, a gateway and two workers."""
    with installation(tmp_path_factory.mktemp("place"), filled_database, workers=2) as made:
        yield made
