"""The peer: the pipeline of ``rasa init`` (DIET, TED) trained on the same messages, measured on the same test set.

Training takes up to half an hour and is cached in ``var/stock``; ``STOCK_EPOCHS`` sets its length.
Run in a process of its own, because the peer needs the real TensorFlow.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import time
from pathlib import Path

import psutil
import yaml

from bench.testset import test_messages
from bot.rasa_adapter.models import fingerprint
from bot.settings import settings_from

DEFAULT_EPOCHS = 1


def stock_config(epochs: int) -> dict[str, object]:
    """Return the configuration that ``rasa init`` of 3.6 suggests, with the given number of epochs."""
    return {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True, "random_seed": 7},
            {"name": "EntitySynonymMapper"},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
            {"name": "TEDPolicy", "max_history": 5, "epochs": epochs, "constrain_similarities": True},
        ],
    }


def run() -> None:
    """Train the peer when its data changed, measure it and write ``var/stock.json``."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    settings = settings_from()
    folder = settings.var_dir / "stock"
    epochs = int(os.environ.get("STOCK_EPOCHS", DEFAULT_EPOCHS))
    mark = f"{fingerprint(settings.project)} {epochs}"
    known = folder / "trained.json"
    if not known.exists() or json.loads(known.read_text(encoding="utf-8"))["mark"] != mark:
        seconds = _train(settings.project, folder, epochs)
        known.write_text(json.dumps({"mark": mark, "seconds": seconds, "epochs": epochs}), encoding="utf-8")
    trained = json.loads(known.read_text(encoding="utf-8"))
    figures = asyncio.run(_measure(folder))
    figures |= {"stock.train.seconds": trained["seconds"], "stock.train.epochs": trained["epochs"]}
    (settings.var_dir / "stock.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")
    print(json.dumps(figures, indent=2))


def stock_model() -> Path | None:
    """Return the trained peer, None where there is none."""
    models = sorted((settings_from().var_dir / "stock" / "models").glob("*.tar.gz"))
    return models[-1] if models else None


def _train(project: Path, folder: Path, epochs: int) -> float:
    from rasa.model_training import train

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "config.yml").write_text(yaml.safe_dump(stock_config(epochs), sort_keys=False), encoding="utf-8")
    started = time.monotonic()
    train(
        domain=str(project / "domain"),
        config=str(folder / "config.yml"),
        training_files=[str(project / "data" / part) for part in ("nlu", "rules", "stories")],
        output=str(folder / "models"),
        force_training=True,
    )
    return time.monotonic() - started


async def _measure(folder: Path) -> dict[str, float]:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    agent = Agent.load(str(folder / "models"))
    messages = list(test_messages())
    first: list[bool] = []
    several: list[bool] = []
    times: list[float] = []
    for number, message in enumerate([*messages[:50], *messages]):
        started = time.perf_counter()
        parsed = await agent.processor.parse_message(UserMessage(message.text))
        if number < 50:
            continue
        times.append(time.perf_counter() - started)
        found = parsed["intent"]["name"]
        if found == "nlu_fallback":
            found = parsed["intent_ranking"][1]["name"]
        first.append(found == message.intents[0])
        if len(message.intents) > 1:
            several.append((found,) == message.intents)
    return {
        "stock.nlu.first_intent_accuracy": sum(first) / len(first),
        "stock.nlu.multi_exact": sum(several) / len(several),
        "stock.nlu.parse_p50_ms": statistics.median(times) * 1000,
        "stock.nlu.parse_per_s": len(times) / sum(times),
        "stock.worker.rss_mb": psutil.Process().memory_info().rss / 2**20,
    }
