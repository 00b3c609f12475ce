"""The one file a shop loads: small, and made of the sources beside it."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

LARGEST = 20 * 1024


def _packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_widget_with_its_longest_texts_is_at_most_20_kb(project: Path) -> None:
    strings = {path.stem: _packed(path) for path in (project / "widget" / "strings").glob("*.json")}
    assert len(strings) == 8
    script = _packed(project / "widget" / "widget.js")
    assert script + max(strings.values()) <= LARGEST, (script, strings)


def test_the_bundle_is_made_of_the_sources_as_they_are_now(project: Path) -> None:
    # As `cat widget/src/*.js | sha256sum` counts.
    sources = sorted((project / "widget" / "src").glob("*.js"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    with (project / "widget" / "widget.js").open(encoding="utf-8") as bundle:
        first = bundle.readline()
    assert digest in first, "widget/widget.js is older than widget/src: run `make widget`"
