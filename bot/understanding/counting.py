"""Features of many training messages, counted on all cores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, vstack

from bot.language.hashing import counted
from bot.understanding.concepts import ConceptLexicon
from bot.understanding.intents import COLUMNS, feature_row
from bot.understanding.mixing import Example

_BATCH = 12_000
_JOBS = 2


def counted_features(examples: Sequence[Example], concepts: ConceptLexicon) -> csr_matrix:
    """Return how often each hashed feature stands in each example (examples × columns)."""
    batches = [examples[start : start + _BATCH] for start in range(0, len(examples), _BATCH)]
    if len(batches) == 1:
        return _count(examples, concepts)
    words = (concepts.forms, concepts.slang)
    return vstack(Parallel(n_jobs=_JOBS)(delayed(_count_apart)(batch, *words) for batch in batches), format="csr")


def _count(examples: Sequence[Example], concepts: ConceptLexicon) -> csr_matrix:
    return counted([feature_row(example.text, example.language, concepts) for example in examples], columns=COLUMNS)


def _count_apart(
    examples: Sequence[Example], forms: Mapping[str, Any], slang: Mapping[str, Mapping[str, str]]
) -> csr_matrix:
    """Count in another process, which needs a lexicon of its own."""
    return _count(examples, ConceptLexicon(forms, slang))
