"""Order numbers, amounts, quantities, countries, products…: rules, with spans exact in the original text."""

from bot.understanding.entities.entity import Entity
from bot.understanding.entities.extractor import EntityExtractor

__all__ = ["Entity", "EntityExtractor"]
