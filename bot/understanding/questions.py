"""Which of the likely intents a message really asks: a small network over what whole and parts say.

The classifier scores the whole message and each of its clauses. For the likeliest intents the
network weighs both and returns a probability that is calibrated, because it is trained on messages
the classifier has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.neural_network import MLPClassifier

from bot.understanding.clauses import Clause, ClauseSplitter, joined
from bot.understanding.intents import IntentModel
from bot.understanding.mixing import COURTESIES, Example

CANDIDATES = 6
MOST_INTENTS = 3
_COURTESY_HANDICAP = 3.0
_HIDDEN = 24
_SEED = 1
_LONG_TEXT = 300


@dataclass(frozen=True)
class Candidates:
    """The likeliest intents of a message: their columns, what speaks for each, and the clause that asks it."""

    columns: np.ndarray
    evidence: np.ndarray
    clauses: tuple[Clause, ...]


def candidates(text: str, language: str, *, model: IntentModel, splitter: ClauseSplitter) -> Candidates | None:
    """Return the candidates of ``text``; None when it holds no words."""
    parts = splitter.split(text)
    if not parts:
        return None
    count = len(parts)
    texts = [text]
    if count > 1:
        texts += [part.text for part in parts] + [joined(text, parts[i : i + 2]).text for i in range(count - 1)]
    scores = model.scores(texts, language)
    whole = scores[0]
    single = scores[1 : 1 + count] if count > 1 else scores[:1]
    double = scores[1 + count :] if count > 1 else scores[:1]
    courtesy = np.array([name in COURTESIES for name in model.intents])
    lead = np.maximum(whole, single.max(axis=0) - 1) - _COURTESY_HANDICAP * courtesy
    columns = np.argsort(-lead)[:CANDIDATES]
    single_share, double_share = _softmax(single), _softmax(double)
    winners = single_share.argmax(axis=1)
    clear = {int(w) for w, p in zip(winners, single_share.max(axis=1)) if not courtesy[w] and p > 0.5}
    highest = whole[columns].max()
    evidence, places = [], []
    for rank, column in enumerate(columns):
        share = single_share[:, column]
        wins = winners == column
        won = float(share[wins].max()) if wins.any() else 0.0
        odds = 1 / (1 + np.exp(-whole[column]))
        first, second, third = float(rank == 0), float(rank == 1), float(rank == 2)
        evidence.append([
            whole[column], whole[column] - highest, first, second, third, rank / 5, single[:, column].max(),
            share.max(), double_share[:, column].max(), float(wins.any()), won, min(count, 7) / 7, len(clear) / 3,
            float(courtesy[column]), float((~courtesy[columns[:2]]).any()), odds, odds * second, odds * third,
            share.max() * second, share.max() * third, min(len(text), _LONG_TEXT) / _LONG_TEXT,
        ])  # fmt: skip
        places.append(parts[int(single[:, column].argmax())])
    return Candidates(columns, np.array(evidence), tuple(places))


@dataclass(frozen=True)
class Decider:
    """The network: inputs are centred and scaled, one hidden layer, one probability a candidate."""

    mean: np.ndarray
    scale: np.ndarray
    hidden: np.ndarray
    hidden_bias: np.ndarray
    output: np.ndarray
    output_bias: np.ndarray

    @classmethod
    def train(cls, examples: Sequence[Example], *, model: IntentModel, splitter: ClauseSplitter) -> Decider:
        """Learn from ``examples`` that ``model`` has not seen; deterministic."""
        inputs: list[np.ndarray] = []
        truth: list[bool] = []
        for example in examples:
            found = candidates(example.text, example.language, model=model, splitter=splitter)
            if found is not None:
                inputs.append(found.evidence)
                truth.extend(model.intents[column] in example.intents for column in found.columns)
        matrix = np.concatenate(inputs)
        mean, scale = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
        network = MLPClassifier((_HIDDEN,), alpha=1e-3, max_iter=200, early_stopping=True, random_state=_SEED)
        network.fit((matrix - mean) / scale, truth)
        return cls(mean, scale, network.coefs_[0], network.intercepts_[0], network.coefs_[1], network.intercepts_[1])

    def probabilities(self, evidence: np.ndarray) -> np.ndarray:
        """Return the probability that each candidate is asked."""
        hidden = np.maximum((evidence - self.mean) / self.scale @ self.hidden + self.hidden_bias, 0)
        result: np.ndarray = 1 / (1 + np.exp(-(hidden @ self.output + self.output_bias)[:, 0]))
        return result


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return result
