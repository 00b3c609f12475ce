"""Rasa component: the language of a message, with the conversation's language as prior."""

from __future__ import annotations

from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.detector import LanguageDetector, read_detector, write_detector
from bot.rasa_adapter.training import labelled
from bot.settings import PROJECT


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class BuyerLanguage(GraphComponent):  # type: ignore[misc]
    """Sets ``language`` and ``language_confidence`` and adds an entity ``language`` that fills the slot."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        detector: LanguageDetector | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self.detector = detector

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``other`` names the file with messages of languages that are not spoken."""
        return {"other": "data/languages/other.yml"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BuyerLanguage:
        """Return an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the language named beside every training example."""
        examples = labelled(training_data)
        spoken = sorted({example.language for example in examples})
        messages = [(example.text, example.language) for example in examples]
        path = PROJECT / self._config["other"]
        for language, texts in yaml.safe_load(path.read_text(encoding="utf-8"))["languages"].items():
            messages.extend((text, language) for text in texts)
        self.detector = LanguageDetector.train(messages, supported=spoken)
        with self._storage.write_to(self._resource) as folder:
            write_detector(self.detector, folder)
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> BuyerLanguage:  # fmt: skip
        """Return the trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, read_detector(folder))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples name their language themselves."""
        return training_data

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Detect the language of each message."""
        assert self.detector is not None
        prior = tracker.get_slot("language") if tracker else None
        for message in messages:
            found = self.detector.detect(message.get("text") or "", prior=prior)
            message.set("language", found.code, add_to_output=True)
            message.set("language_confidence", round(found.confidence, 4), add_to_output=True)
        return messages
