"""Which passages of a text answer a question: ranked by words, without a model.

The score is BM25 over stems (Robertson and Zaragoza 2009) plus the same over pairs of neighbouring words, since
questions repeat phrases of what they ask about. When passages follow each other in one text, words of the passage before
and after count a little too: a passage that says "he" was introduced by name just before. Whether they do follow each
other is read off the texts (`_neighbours_share_words`), so that a shuffled collection is not harmed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from eduplatform.agents.grounded.words import Span, sentences, stems

_SATURATION = 0.9
"""BM25's k1: how soon repeating a word stops to count."""
_LENGTH = 0.5
"""BM25's b: how much long passages are held back."""
_NEIGHBOUR = 0.1
"""What a word counts that stands in the passage before or after."""
_PAIR = 0.3
"""What a pair of words counts beside single ones."""
_BACKGROUND = 20
"""Passages that are imagined beside the given ones where the share of a question is computed."""
_FOLLOWING = 1.3
"""From which ratio of shared words, neighbours to strangers, passages are taken to follow each other."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that may be found, for example a section of a lesson."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found.

    Attributes:
        id: The passage.
        score: Higher is better; comparable within one search only.
        coverage: Share of the question that the passage speaks of, from 0 to 1: its words, rare ones counting more.
    """

    id: str
    score: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim sentence of a passage: ``text == passage.text[start:end]``."""

    passage: str
    start: int
    end: int
    text: str
    coverage: float


@dataclass
class _Postings:
    """Where each term stands, how often, with the length of each passage taken into account."""

    total: int
    weights: dict[str, dict[int, float]] = field(default_factory=dict[str, dict[int, float]])
    known: dict[str, int] = field(default_factory=dict[str, int])

    def rarity(self, term: str) -> float:
        """BM25's inverse document frequency, above zero; highest for a term that stands nowhere."""
        count = self.known.get(term, 0)
        return math.log(1 + (self.total - count + 0.5) / (count + 0.5))

    def general_rarity(self, term: str) -> float:
        """The same as if the text were part of a larger one, so that a share means much the same in short and long courses."""
        count = self.known.get(term, 0)
        return math.log(1 + (self.total + _BACKGROUND - count + 0.5) / (count + 0.5))

    def add_scores(self, terms: Mapping[str, float], scores: dict[int, float]) -> None:
        """Add what each passage earns for the terms."""
        for term, weight in terms.items():
            found = self.weights.get(term)
            if found:
                weight *= self.rarity(term)
                for number, value in found.items():
                    scores[number] = scores.get(number, 0.0) + weight * value


class PassageIndex:
    """Passages prepared for search. Small, picklable, and cheap to build again: about a millisecond per passage."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        """Prepare passages.

        Args:
            passages: In the order of the text, where there is one.
        """
        self._passages = list(passages)
        self._by_id = {passage.id: passage for passage in self._passages}
        terms = [stems(passage.text) for passage in self._passages]
        self._terms = [frozenset(each) for each in terms]
        counts = [Counter(each) for each in terms]
        neighbour = _NEIGHBOUR if _neighbours_share_words(counts) else 0.0
        self._single = _postings(counts, neighbour)
        self._pairs = _postings([Counter(_pairs(each)) for each in terms], 0.0)

    def __len__(self) -> int:
        return len(self._passages)

    def passage(self, passage_id: str) -> Passage:
        """The passage with an id; KeyError if there is none."""
        return self._by_id[passage_id]

    def search(self, question: str, limit: int = 5) -> list[Hit]:
        """Passages that speak of what a question asks, best first; those without any of its words are left out."""
        asked = stems(question)
        single = dict.fromkeys(asked, 1.0)
        scores: dict[int, float] = {}
        self._single.add_scores(single, scores)
        self._pairs.add_scores(dict.fromkeys(_pairs(asked), _PAIR), scores)
        best = sorted(scores, key=lambda number: (-scores[number], number))[:limit]
        return [
            Hit(self._passages[number].id, scores[number], self._coverage(single, number)) for number in best
        ]

    def quotes(self, question: str, hits: Sequence[Hit], limit: int = 3) -> list[Quote]:
        """The sentences of found passages that say most about the question, best first."""
        asked = set(stems(question))
        found: list[tuple[float, int, Quote]] = []
        for rank, hit in enumerate(hits):
            for span in sentences(self._by_id[hit.id].text):
                shared = asked.intersection(stems(span.text))
                value = self._share(shared, asked)
                if shared:
                    # A later passage must say clearly more to come before an earlier one.
                    found.append((value - 0.1 * rank, -rank, _quote(hit.id, span, value)))
        found.sort(key=lambda each: each[:2], reverse=True)
        return [quote for _, _, quote in found[:limit]]

    def _coverage(self, asked: Mapping[str, float], number: int) -> float:
        return self._share(self._terms[number].intersection(asked), asked)

    def _share(self, there: Iterable[str], asked: Iterable[str]) -> float:
        whole = sum(map(self._single.general_rarity, asked))
        return sum(map(self._single.general_rarity, there)) / whole if whole else 0.0


def _quote(passage_id: str, span: Span, coverage: float) -> Quote:
    return Quote(passage_id, span.start, span.end, span.text, coverage)


def _pairs(terms: Sequence[str]) -> list[str]:
    return [f"{first} {second}" for first, second in pairwise(terms)]


def _postings(counts: Sequence[Counter[str]], neighbour: float) -> _Postings:
    postings = _Postings(total=len(counts))
    lengths = [sum(each.values()) for each in counts]
    average = sum(lengths) / len(lengths) if lengths else 1.0
    for each in counts:
        for term in each:
            postings.known[term] = postings.known.get(term, 0) + 1
    for number, own in enumerate(counts):
        seen: dict[str, float] = dict(own)
        if neighbour:
            for other in (*counts[max(0, number - 1) : number], *counts[number + 1 : number + 2]):
                for term, count in other.items():
                    seen[term] = seen.get(term, 0.0) + neighbour * count
        held_back = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[number] / (average or 1.0))
        for term, count in seen.items():
            value = count * (_SATURATION + 1) / (count + held_back)
            postings.weights.setdefault(term, {})[number] = value
    return postings


def _neighbours_share_words(counts: Sequence[Counter[str]]) -> bool:
    """Whether passages next to each other share clearly more rare words than passages far apart."""
    total = len(counts)
    if total < 4:
        return False
    spread: Counter[str] = Counter()
    for each in counts:
        spread.update(each.keys())
    rare = [{term for term in each if spread[term] <= max(2, total // 10)} for each in counts]
    near = sum(_shared(rare[n], rare[n + 1]) for n in range(total - 1)) / (total - 1)
    far = sum(_shared(rare[n], rare[(n + total // 2) % total]) for n in range(total)) / total
    return near > _FOLLOWING * far


def _shared(first: set[str], second: set[str]) -> float:
    return len(first & second) / (min(len(first), len(second)) or 1)
