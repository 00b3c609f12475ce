"""The questions of one message, each with its intent; trained and stored as a whole."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.understanding.augment import with_typo
from bot.understanding.clauses import ClauseSplitter
from bot.understanding.concepts import ConceptLexicon
from bot.understanding.counting import counted_features
from bot.understanding.intents import IntentModel
from bot.understanding.mixing import COURTESIES, Example, mixed
from bot.understanding.questions import MOST_INTENTS, Decider, evidence

_SEED = 7
_HELD_OUT = 0.15
_DRAFT_EPOCHS = 6
_MIXED_A_LANGUAGE = 2_000
_ASKED_FROM = 0.5
_ASKED_IN_SAME_CLAUSE_FROM = 0.7
"""A further intent counts from these probabilities on; higher where one clause would have to ask both."""


@dataclass(frozen=True)
class ReadClause:
    """One question of a message: its intent, the next likely one, and the clause that asks it."""

    intent: str
    confidence: float
    second: str
    start: int
    end: int
    text: str


class MessageReader:
    """Names one to three questions of a message, in the order asked."""

    def __init__(self, *, model: IntentModel, decider: Decider, splitter: ClauseSplitter) -> None:
        self.model = model
        self.decider = decider
        self._splitter = splitter

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        several: Sequence[Example],
        *,
        concepts: ConceptLexicon,
        splitter: ClauseSplitter,
    ) -> MessageReader:
        """Learn from single questions and from messages with ``several``; deterministic.

        The decider needs messages the classifier has not seen, so a first classifier is trained without
        a part of the examples; the final one sees all.
        """
        rng = random.Random(_SEED)
        shuffled = list(examples)
        rng.shuffle(shuffled)
        cut = int(len(shuffled) * _HELD_OUT)
        held, kept = shuffled[:cut], shuffled[cut:]
        typos = [Example(with_typo(e.text, rng), e.intents, e.language) for e in shuffled]
        mix = mixed(kept, a_language=_MIXED_A_LANGUAGE, rng=rng)
        material = [*shuffled, *typos, *mix, *several]
        counts = counted_features(material, concepts)
        asked = [example.intents for example in material]
        every = len(shuffled)
        unknown = {*range(cut), *range(every, every + cut), *range(len(material) - len(several), len(material))}
        known = [row for row in range(len(material)) if row not in unknown]
        draft = IntentModel.train(counts[known], [asked[row] for row in known], concepts=concepts, epochs=_DRAFT_EPOCHS)
        decider = Decider.train([*held, *several], model=draft, splitter=splitter)
        final = IntentModel.train(counts, asked, concepts=concepts)
        return cls(model=final, decider=decider, splitter=splitter)

    def read(self, text: str, language: str) -> list[ReadClause]:
        """Return the questions of ``text``; none for a message without words."""
        found = evidence(text, language, model=self.model, splitter=self._splitter)
        if found is None:
            return []
        chances = self.decider.probabilities(found.values)
        ranked = [int(place) for place in np.argsort(-chances)]
        names = self.model.intents
        chosen = ranked[:1]
        for i in ranked[1:MOST_INTENTS]:
            own_clause = all(found.clauses[i] != found.clauses[j] for j in chosen)
            needed = _ASKED_FROM if own_clause else _ASKED_IN_SAME_CLAUSE_FROM
            if chances[i] >= needed and not COURTESIES & {names[i], names[chosen[0]]}:
                chosen.append(i)
        others = [i for i in ranked if i not in chosen]
        questions = [
            ReadClause(
                intent=names[i],
                confidence=float(chances[i]),
                second=names[others[0]],
                start=found.clauses[i].start if len(chosen) > 1 else 0,
                end=found.clauses[i].end if len(chosen) > 1 else len(text),
                text=found.clauses[i].text if len(chosen) > 1 else text,
            )
            for i in chosen
        ]
        return sorted(questions, key=lambda question: question.start)

    def write(self, folder: Path) -> None:
        """Store as plain arrays and JSON; nothing that can hold code."""
        assert self.model.features.weights is not None
        np.savez(
            folder / "intents.npz",
            weights=self.model.features.weights,
            coefficients=self.model.coefficients,
            intercepts=self.model.intercepts,
            intents=np.array(self.model.intents),
            **{f"decider_{name}": value for name, value in self.decider.__dict__.items()},
        )
        words = {"forms": self.model.concepts.forms, "slang": self.model.concepts.slang}
        (folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read_from(cls, folder: Path, *, splitter: ClauseSplitter) -> MessageReader:
        """Load what :meth:`write` stored."""
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        with np.load(folder / "intents.npz", allow_pickle=False) as data:
            model = IntentModel(
                intents=[str(name) for name in data["intents"]],
                weights=data["weights"],
                coefficients=data["coefficients"],
                intercepts=data["intercepts"],
                concepts=ConceptLexicon(words["forms"], words["slang"]),
            )
            decider = Decider(**{name: data[f"decider_{name}"] for name in Decider.__dataclass_fields__})
        return cls(model=model, decider=decider, splitter=splitter)
