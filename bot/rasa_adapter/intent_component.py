"""Rasa component: one to three questions of a message, each with a calibrated intent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_adapter.training import labelled
from bot.settings import PROJECT
from bot.understanding.clauses import ClauseSplitter
from bot.understanding.concepts import ConceptLexicon, read_concepts
from bot.understanding.intents import IntentModel
from bot.understanding.reader import MessageReader
from bot.understanding.segmentation import Segmenter

FALLBACK_INTENT = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ClauseIntents(GraphComponent):  # type: ignore[misc]
    """Sets ``intent``, ``intent_ranking`` and ``clauses`` (a list, in the order asked)."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: IntentModel | None = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._reader = self._make_reader(model) if model else None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Paths are relative to the project; costs as in :class:`bot.understanding.segmentation.Segmenter`."""
        return {"lexicon": "lexicon", "split_cost": Segmenter.split_cost, "least_confidence": Segmenter.least_confidence}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> ClauseIntents:
        """Return an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifier on all languages together."""
        examples = labelled(training_data)
        folder = PROJECT / self._config["lexicon"]
        forms = read_concepts(folder / "concepts.yml", folder, sorted({e.language for e in examples}))
        self._model = IntentModel.train(examples, concepts=ConceptLexicon(forms))
        self._reader = self._make_reader(self._model)
        with self._storage.write_to(self._resource) as target:
            save_model(self._model, forms, target)
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> ClauseIntents:  # fmt: skip
        """Return the trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load_model(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message; needs ``language`` from the component before."""
        assert self._reader is not None and self._model is not None
        for message in messages:
            text, language = message.get("text") or "", message.get("language") or "en"
            clauses = self._reader.read(text, language)
            found = [
                {
                    "name": clause.intent,
                    "confidence": round(clause.confidence, 4),
                    "second": clause.second,
                    "start": clause.start,
                    "end": clause.end,
                    "text": clause.text,
                    "concepts": sorted({c.name for c in self._model.concepts.find(clause.text, language)}),
                }
                for clause in clauses
            ]
            message.set("clauses", found, add_to_output=True)
            ranking = _ranking(found)
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _make_reader(self, model: IntentModel) -> MessageReader:
        segmenter = Segmenter(
            split_cost=float(self._config["split_cost"]), least_confidence=float(self._config["least_confidence"])
        )
        splitter = ClauseSplitter.from_file(PROJECT / self._config["lexicon"] / "connectors.yml")
        return MessageReader(model=model, splitter=splitter, segmenter=segmenter)


def _ranking(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not found:
        return [{"name": FALLBACK_INTENT, "confidence": 0.0}]
    return [{"name": clause["name"], "confidence": clause["confidence"]} for clause in found]


def save_model(model: IntentModel, forms: dict[str, dict[str, list[str]]], folder: Path) -> None:
    """Write the model as plain arrays and JSON; nothing that can hold code."""
    assert model.features.weights is not None
    np.savez(
        folder / "intents.npz",
        weights=model.features.weights,
        coefficients=model.coefficients,
        intercepts=model.intercepts,
        intents=np.array(model.intents),
        temperature=np.array(model.temperature),
    )
    (folder / "concepts.json").write_text(json.dumps(forms, ensure_ascii=False), encoding="utf-8")


def load_model(folder: Path) -> IntentModel:
    """Read what :func:`save_model` wrote; the meanings are those the model was trained with."""
    forms = json.loads((folder / "concepts.json").read_text(encoding="utf-8"))
    with np.load(folder / "intents.npz", allow_pickle=False) as data:
        return IntentModel(
            intents=[str(name) for name in data["intents"]],
            weights=data["weights"],
            coefficients=data["coefficients"],
            intercepts=data["intercepts"],
            temperature=float(data["temperature"]),
            concepts=ConceptLexicon(forms),
        )
