"""Trained models: made here, marked with a hash, loaded only when the mark fits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from bot.errors import ModelUnavailable

_INPUTS = (
    "config.yml", "domain", "data", "lexicon/concepts.yml", "lexicon/connectors.yml", "lexicon/languages.yml",
    "bot/language", "bot/understanding", "bot/risk/voice.py", "bot/risk/learning.py",
    *(f"bot/rasa_adapter/{name}.py" for name in (
        "training", "language_component", "tokenizer_component", "entity_component", "intent_component",
    )),
)  # fmt: skip
_LEXICON = "lexicon/*/*.yml"


def fingerprint(project: Path) -> str:
    """Return the hash of everything a model is made of: data, lexicon, pipeline and its code."""
    digest = hashlib.sha256()
    for path in sorted(_files(project)):
        digest.update(str(path.relative_to(project)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(project: Path) -> Iterable[Path]:
    for name in _INPUTS:
        place = project / name
        yield from (p for p in place.rglob("*") if p.suffix in {".yml", ".py"}) if place.is_dir() else (place,)
    yield from project.glob(_LEXICON)


def sign(model: Path, project: Path, *, seconds: float) -> None:
    """Write beside ``model`` what it was made of, its own hash and how many seconds it took."""
    mark = {"model": model.name, "sha256": _sha256(model), "inputs": fingerprint(project), "seconds": round(seconds, 1)}
    _mark(model.parent).write_text(json.dumps(mark, indent=2), encoding="utf-8")


def is_current(models: Path, project: Path) -> bool:
    """Return whether the signed model was made of the files as they stand now."""
    try:
        mark = json.loads(_mark(models).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (models / mark["model"]).exists() and mark["inputs"] == fingerprint(project)


def newest_model(models: Path) -> Path:
    """Return the signed model; raises ModelUnavailable when it is missing or was changed."""
    try:
        mark = json.loads(_mark(models).read_text(encoding="utf-8"))
    except OSError as err:
        raise ModelUnavailable(f"{models}: there is no trained model; run `make train`") from err
    except ValueError as err:
        raise ModelUnavailable(f"{_mark(models)}: is broken; run `make train`") from err
    path = models / mark["model"]
    if not path.exists():
        raise ModelUnavailable(f"{path}: is missing; run `make train`")
    if _sha256(path) != mark["sha256"]:
        raise ModelUnavailable(f"{path}: was changed after training; run `make train`")
    return path


def _mark(models: Path) -> Path:
    return models / "model.json"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
