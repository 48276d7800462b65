"""What single words mean, roughly: 64 numbers per word, shipped with the package.

`data/words.npz` holds 28,622 English words, the common ones first, with the vectors that the sentence encoder all-MiniLM-L6-v2
(Apache-2.0) gives each word alone, reduced to 64 dimensions and stored as bytes (``docs/ai-evaluation.md``). The words
are those of the encoder's own vocabulary and those of WordNet 3.1 that occur in its tagged texts. For each word that
may be a noun, WordNet's class of its most frequent sense is kept (substance, body, process, ...): `noun_class`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from eduplatform.agents.grounded.words import STOP_WORDS, Word, stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_FILE = Path(__file__).parent / "data" / "words.npz"
_RARE = 20_000
_STOP_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class _Table:
    matrix: Matrix
    ranks: dict[str, int]
    by_stem: dict[str, int]
    classes: bytes


@lru_cache(maxsize=1)
def _table() -> _Table:
    import numpy as np

    with np.load(_FILE, allow_pickle=False) as stored:
        listed = bytes(stored["words"]).decode().split("\n")
        classes = bytes(stored["classes"])
        matrix = stored["vectors"].astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    by_stem: dict[str, int] = {}
    for rank, word in enumerate(listed):
        by_stem.setdefault(stem(word), rank)
    return _Table(matrix, {word: rank for rank, word in enumerate(listed)}, by_stem, classes)


def weight(word: Word) -> float:
    """How much a word says: near 0.1 for "the", 1 for a word that is rare or unknown."""
    if word.text in STOP_WORDS:
        return _STOP_WEIGHT
    rank = min(_table().ranks.get(word.text, _RARE), _RARE)
    return 0.2 + 0.8 * math.log(2 + rank / 300) / math.log(2 + _RARE / 300)


def vectors(words: Sequence[Word]) -> Matrix:
    """One row per word, of length 1; zeros for a word that is not in the table."""
    import numpy as np

    table = _table()
    rows = np.zeros((len(words), table.matrix.shape[1]), np.float32)
    for number, word in enumerate(words):
        rank = table.ranks.get(word.text, table.by_stem.get(word.stem))
        if rank is not None:
            rows[number] = table.matrix[rank]
    return rows


def noun_class(lemma: str) -> int:
    """WordNet's class of a noun in its most frequent sense, from 1; 0 when the word is not known as a noun."""
    table = _table()
    rank = table.ranks.get(lemma.lower())
    return table.classes[rank] if rank is not None else 0


def commonness(word: str) -> int:
    """Place of a word among the common ones, from 0; a large number for words that are not in the table."""
    return _table().ranks.get(word.lower(), 10 * _RARE)


def similarity(first: Sequence[Word], second: Sequence[Word]) -> float:
    """How near the subjects of two lists of words are, from -1 to 1; 0 when nothing is known of one."""
    import numpy as np

    means = [
        vectors(words).T @ np.array([weight(word) for word in words], np.float32) if words else None
        for words in (first, second)
    ]
    if means[0] is None or means[1] is None:
        return 0.0
    lengths = float(np.linalg.norm(means[0]) * np.linalg.norm(means[1]))
    return float(means[0] @ means[1]) / lengths if lengths else 0.0
