"""The one place where parts are built and put together."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.engine import Engine

from bot.conversations.store import ConversationStore
from bot.language.register import Language, load_languages
from bot.replies.texts import Replies, load_replies
from bot.risk.lexicon import RiskLexicon
from bot.settings import Settings, settings_from
from bot.shop.desk import load_desk_rules
from bot.shop.opening import prepared_engine
from bot.shop.repository import ShopRepository
from bot.shop.rules import load_rules
from bot.trade.desk import DeskRules
from bot.trade.model import Product
from bot.trade.rules import ShopRules
from bot.understanding.entities import EntityExtractor
from bot.understanding.entities.extractor import CatalogueName

_CATALOGUE_SECONDS = 30.0
_MOST_SKUS_A_NAME = 6


class CachedShop(ShopRepository):
    """The repository with the catalogue kept for half a minute; orders and buyers are always read fresh."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._products: tuple[Product, ...] = ()
        self._served: tuple[str, ...] = ()
        self._read_at = float("-inf")

    def products(self) -> tuple[Product, ...]:
        """Return the catalogue, at most 30 seconds old."""
        self._refresh()
        return self._products

    def served_countries(self) -> tuple[str, ...]:
        """Return the countries goods are sent to, at most 30 seconds old."""
        self._refresh()
        return self._served

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at > _CATALOGUE_SECONDS:
            self._products, self._served = super().products(), super().served_countries()
            self._read_at = time.monotonic()


@dataclass(frozen=True)
class Parts:
    """Everything the actions and the turn need, built once a process."""

    settings: Settings
    engine: Engine
    languages: tuple[Language, ...]
    replies: dict[str, Replies]
    rules: ShopRules
    shop: CachedShop
    conversations: ConversationStore
    desk: DeskRules

    def replies_in(self, code: str | None) -> Replies:
        """Return the texts of ``code``, of English where it is not spoken."""
        return self.replies.get(code or "en", self.replies["en"])

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages by their own names."""
        return tuple(language.native for language in self.languages)


@functools.lru_cache(maxsize=1)
def parts() -> Parts:
    """Return the parts of this process, built at first use from the environment."""
    return make_parts(settings_from())


def make_parts(settings: Settings) -> Parts:
    """Build all parts; raises ConfigurationError or DataFault naming what is wrong."""
    engine = prepared_engine(settings)
    languages = load_languages(settings.project / "lexicon" / "languages.yml")
    return Parts(
        settings=settings,
        engine=engine,
        languages=languages,
        replies=load_replies(settings.project / "replies", languages),
        rules=load_rules(settings.project / "shop", today=date.today()),
        shop=CachedShop(engine),
        conversations=ConversationStore(engine),
        desk=load_desk_rules(settings.project / "shop" / "desk.yml"),
    )


def make_risk_lexicon(project: Path, languages: tuple[Language, ...]) -> RiskLexicon:
    """Return the alarm words of all languages."""
    return RiskLexicon.load(
        project / "lexicon",
        languages=[language.code for language in languages],
        question_words=[word for language in languages for word in language.question_words],
    )


def make_extractor() -> EntityExtractor:
    """Return the entity rules with the names of the shop's products."""
    settings = settings_from()
    languages = load_languages(settings.project / "lexicon" / "languages.yml")
    names: defaultdict[str, list[str]] = defaultdict(list)
    for product in ShopRepository(prepared_engine(settings)).products():
        words = [*product.names.values(), *(alias for aliases in product.aliases.values() for alias in aliases)]
        for word in dict.fromkeys(words):
            names[word].append(product.sku)
    catalogue = [CatalogueName(",".join(skus[:_MOST_SKUS_A_NAME]), (name,)) for name, skus in names.items()]
    return EntityExtractor.from_file(
        settings.project / "lexicon" / "entities.yml",
        locales=[language.locale for language in languages],
        catalogue=catalogue,
    )
