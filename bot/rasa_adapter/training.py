"""Rasa's training data as the classifiers' own examples."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.errors import DataFault, Fault
from bot.understanding.mixing import Example


def labelled(training_data: TrainingData) -> list[Example]:
    """Return text, intent and language of every NLU example.

    The language stands in ``metadata: {language: xx}`` of the intent's block. Raises DataFault where it is missing.
    """
    examples, faults = [], []
    for message in training_data.intent_examples:
        metadata = (message.get("metadata") or {}).get("intent") or {}
        language = metadata.get("language")
        if not language:
            faults.append(
                Fault(
                    "data/nlu",
                    f"intent {message.get('intent')}: no language",
                    "add 'metadata: {language: xx}' to its block",
                )
            )
            continue
        examples.append(Example(message.get("text"), (message.get("intent"),), language))
    if faults:
        raise DataFault(faults[:20])
    return examples


def read_several(folder: Path, languages: Iterable[str]) -> list[Example]:
    """Return the messages of ``folder/<lang>.yml`` that ask two or three things."""
    return [
        Example(entry["text"], tuple(entry["intents"]), language)
        for language in languages
        for entry in yaml.safe_load((folder / f"{language}.yml").read_text(encoding="utf-8"))["messages"]
    ]
