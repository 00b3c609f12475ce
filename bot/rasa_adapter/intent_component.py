"""Rasa component: one to three questions of a message, each with a calibrated intent."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_adapter.training import labelled, read_several
from bot.settings import PROJECT
from bot.understanding.clauses import ClauseSplitter
from bot.understanding.concepts import ConceptLexicon, read_concepts
from bot.understanding.reader import MessageReader
from bot.understanding.slang import read_all_slang

FALLBACK_INTENT = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ClauseIntents(GraphComponent):  # type: ignore[misc]
    """Sets ``intent``, ``intent_ranking`` and ``clauses`` (a list, in the order asked)."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, reader: MessageReader | None = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._reader = reader

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Folders relative to the project: the lexicon, and messages that ask several things."""
        return {"lexicon": "lexicon", "several": "data/multi"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClauseIntents:
        """Return an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifier on all languages together."""
        examples = labelled(training_data)
        languages = sorted({example.language for example in examples})
        folder = PROJECT / self._config["lexicon"]
        forms = read_concepts(folder / "concepts.yml", folder, languages)
        slang = read_all_slang(folder, languages)
        several = read_several(PROJECT / self._config["several"], languages)
        self._reader = MessageReader.train(
            examples, several, concepts=ConceptLexicon(forms, slang), splitter=_splitter(self._config)
        )
        with self._storage.write_to(self._resource) as target:
            self._reader.write(target)
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> ClauseIntents:  # fmt: skip
        """Return the trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, MessageReader.read_from(folder, splitter=_splitter(config)))

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message; needs ``language`` from the component before."""
        assert self._reader is not None
        concepts = self._reader.model.concepts
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
                    "concepts": sorted({c.name for c in concepts.find(clause.text, language)}),
                }
                for clause in clauses
            ]
            message.set("clauses", found, add_to_output=True)
            ranking = _ranking(found)
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _splitter(config: dict[str, Any]) -> ClauseSplitter:
    return ClauseSplitter.from_file(PROJECT / config["lexicon"] / "connectors.yml")


def _ranking(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not found:
        return [{"name": FALLBACK_INTENT, "confidence": 0.0}]
    return [{"name": clause["name"], "confidence": clause["confidence"]} for clause in found]
