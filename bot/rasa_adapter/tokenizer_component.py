"""Rasa component: a tokenizer that loses no script."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.language.scripts import tokenize


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ScriptTokenizer(Tokenizer):  # type: ignore[misc]
    """Han characters one by one, other words whole; Rasa's own tokenizer deletes Chinese."""

    @staticmethod
    def get_default_config() -> dict[str, object]:
        """As Rasa's tokenizers."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of ``attribute``."""
        return [Token(token.text, token.start, token.end) for token in tokenize(message.get(attribute) or "")]
