"""Rasa component: entities by rules, with exact spans, and the language as an entity that fills its slot."""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.understanding.entities import EntityExtractor
from bot.wiring import make_extractor


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TradeEntities(GraphComponent):  # type: ignore[misc]
    """Adds ``entities``; products are those of the shop at the time the model is loaded."""

    def __init__(self, extractor: EntityExtractor) -> None:
        self._extractor = extractor

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TradeEntities:
        """Return the component with the shop's catalogue."""
        return cls(make_extractor())

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the entities of each message."""
        today = date.today()
        for message in messages:
            text = message.get("text") or ""
            found = [
                {
                    "entity": entity.entity,
                    "value": entity.value,
                    "start": entity.start,
                    "end": entity.end,
                    "confidence_entity": entity.score,
                    "extractor": "TradeEntities",
                }
                for entity in self._extractor.extract(text, today=today)
            ]
            language = message.get("language")
            if language and message.get("language_confidence", 0) > 0:
                found.append(
                    {"entity": "language", "value": language, "start": 0, "end": 0, "extractor": "BuyerLanguage"}
                )
            message.set("entities", message.get("entities", []) + found, add_to_output=True)
        return messages
