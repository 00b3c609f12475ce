"""The texts a buyer sees: one file a language, values formatted the way the buyer's region writes them."""

from bot.replies.texts import Replies, load_replies
from bot.replies.values import Days, Money, Names, Percent

__all__ = ["Days", "Money", "Names", "Percent", "Replies", "load_replies"]
