"""Training by Rasa's own recipe, in this process, without TensorFlow; the model is signed afterwards."""

from __future__ import annotations

import tarfile
import time
from pathlib import Path

from bot.errors import ModelUnavailable
from bot.language.register import load_languages
from bot.rasa_adapter.models import sign
from bot.risk.learning import train_voice
from bot.wiring import make_risk_lexicon


def train(project: Path, models: Path) -> Path:
    """Train the project and return the model's path; older models are removed."""
    started = time.monotonic()
    from rasa.model_training import train as rasa_train

    models.mkdir(parents=True, exist_ok=True)
    result = rasa_train(
        domain=str(project / "domain"),
        config=str(project / "config.yml"),
        training_files=[str(project / "data" / part) for part in ("nlu", "rules", "stories")],
        output=str(models),
        force_training=True,
    )
    if result.code != 0 or not result.model:
        raise ModelUnavailable("training failed; the messages above name the fault")
    path = Path(result.model)
    _unpack_detector(path, models)
    languages = load_languages(project / "lexicon" / "languages.yml")
    train_voice(project, make_risk_lexicon(project, languages), [one.code for one in languages]).write(models)
    sign(path, project, seconds=time.monotonic() - started)
    for other in models.glob("*.tar.gz"):
        if other != path:
            other.unlink()
    return path


def _unpack_detector(model: Path, models: Path) -> None:
    """Put the language detector beside the model, so that the turn can use it without Rasa."""
    with tarfile.open(model) as archive:
        for member in archive.getmembers():
            if member.name.endswith("/language.npz"):
                content = archive.extractfile(member)
                assert content is not None
                (models / "language.npz").write_bytes(content.read())
                return
    raise ModelUnavailable(f"{model}: holds no language detector; check config.yml")
