"""Which intents a message really asks: small networks over what the whole message and its clauses say.

The classifier scores the whole message, each of its clauses and each pair of neighbours. The networks weigh
these scores against each other (a strong "price" beside a stronger "freight" is often no question of its own)
and return one probability an intent. They are trained on messages the classifier has not seen, therefore the
probabilities are calibrated. The mean of several networks is steadier than any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from sklearn.neural_network import MLPClassifier

from bot.understanding.clauses import Clause, ClauseSplitter, joined
from bot.understanding.intents import IntentModel
from bot.understanding.mixing import Example

MOST_INTENTS = 3
_NETWORKS = 3
_HIDDEN = 128
_WEIGHT_DECAY = 0.1
_MOST_EPOCHS = 40
_JOBS = 2
_MOST_CLAUSES = 7
_LONG_TEXT = 300


@dataclass(frozen=True)
class Evidence:
    """What speaks for each intent: ``values`` for the networks, and the clause that asks it most."""

    values: np.ndarray
    clauses: tuple[Clause, ...]


def evidence(text: str, language: str, *, model: IntentModel, splitter: ClauseSplitter) -> Evidence | None:
    """Return what the classifier says of ``text``; None when it holds no words."""
    parts = splitter.split(text)
    if not parts:
        return None
    count = len(parts)
    texts = [text]
    if count > 1:
        texts += [part.text for part in parts] + [joined(text, parts[i : i + 2]).text for i in range(count - 1)]
    scores = model.scores(texts, language)
    whole = scores[:1]
    single = scores[1 : 1 + count] if count > 1 else whole
    double = scores[1 + count :] if count > 1 else whole
    shape = [min(count, _MOST_CLAUSES) / _MOST_CLAUSES, min(len(text), _LONG_TEXT) / _LONG_TEXT, float(count > 1)]
    values = np.concatenate([
        whole[0], single.max(axis=0), _softmax(single).max(axis=0), _softmax(double).max(axis=0), _softmax(whole)[0],
        shape,
    ])  # fmt: skip
    return Evidence(values, tuple(parts[row] for row in single.argmax(axis=0)))


@dataclass(frozen=True)
class Decider:
    """The networks: centred and scaled inputs, one hidden layer each, one probability an intent.

    Shapes: ``hidden`` networks × inputs × units, ``output`` networks × units × intents.
    """

    mean: np.ndarray
    scale: np.ndarray
    hidden: np.ndarray
    hidden_bias: np.ndarray
    output: np.ndarray
    output_bias: np.ndarray

    @classmethod
    def train(cls, examples: Sequence[Example], *, model: IntentModel, splitter: ClauseSplitter) -> Decider:
        """Learn from ``examples`` that ``model`` has not seen; deterministic."""
        inputs, truth = [], []
        for example in examples:
            found = evidence(example.text, example.language, model=model, splitter=splitter)
            if found is not None:
                inputs.append(found.values)
                truth.append([name in example.intents for name in model.intents])
        matrix = np.array(inputs)
        mean, scale = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
        ready, asked = (matrix - mean) / scale, np.array(truth)
        networks = Parallel(n_jobs=_JOBS)(delayed(_fit)(ready, asked, seed) for seed in range(_NETWORKS))
        return cls(
            mean,
            scale,
            hidden=np.stack([network.coefs_[0] for network in networks]),
            hidden_bias=np.stack([network.intercepts_[0] for network in networks]),
            output=np.stack([network.coefs_[1] for network in networks]),
            output_bias=np.stack([network.intercepts_[1] for network in networks]),
        )

    def probabilities(self, values: np.ndarray) -> np.ndarray:
        """Return the probability that each intent is asked."""
        ready = (values - self.mean) / self.scale
        units = np.maximum(np.einsum("i,niu->nu", ready, self.hidden) + self.hidden_bias, 0)
        odds = np.einsum("nu,nuo->no", units, self.output) + self.output_bias
        result: np.ndarray = (1 / (1 + np.exp(-odds))).mean(axis=0)
        return result


def _fit(inputs: np.ndarray, truth: np.ndarray, seed: int) -> MLPClassifier:
    return MLPClassifier(
        (_HIDDEN,), alpha=_WEIGHT_DECAY, max_iter=_MOST_EPOCHS, early_stopping=True, random_state=seed
    ).fit(inputs, truth)


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return result
