"""How much of a reference answer a short answer says, without a model.

The score is a logistic regression over a few measures of agreement (`_COEFFICIENTS`); it orders answers for a
teacher and is no judgement. Separately, an answer is *confirmed* when it says a whole reference in its own order with nothing that could turn
its meaning round: only then is `Grade.confidence` at least `CONFIRMED`. Nothing is ever confirmed to be wrong.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from eduplatform.agents.grounded.vectors import similarity, vectors, weight
from eduplatform.agents.grounded.words import NEGATIONS, STOP_WORDS, Span, Word, sentences, words

CONFIRMED = 0.9
"""Confidence from which a high score may be offered for acceptance in bulk."""

Flag = Literal[
    "blank",
    "too_short",
    "copied_question",
    "negation",
    "direction",
    "numbers",
    "hedged",
    "keyword_list",
    "instructions",
    "off_topic",
    "no_reference",
]

# A logistic regression (C = 0.02 on scaled measures) fitted once on the 8,910 answers of SemEval-2013 Task 7, training part,
# target "correct", SciEntsBank and Beetle weighing the same. Measured on questions it had not seen: docs/ai-evaluation.md.
_COEFFICIENTS: Mapping[str, float] = {
    "cov": 0.59,
    "prec": 1.035,
    "cos": 1.363,
    "lcs": 1.472,
    "neg": -0.856,
    "len": 0.749,
    "nnew": -1.242,
}
_INTERCEPT = -3.539

_NEAR = 0.45
"""Cosine from which two words begin to count as saying the same."""
_ASKED = 0.25
"""What a word counts that the question itself already says."""
_MOST = 120
"""Words of a reference or sentences of an answer that are compared; longer texts are no short answers."""
_DIRECTIONS = frozenset(
    "before after up down over under above below off without against toward towards away into out".split()  # noqa: SIM905
)
_DOUBTS = frozenset(
    """
    myth lie deny denies disagree doubt unlikely opposite instead except barely rarely seldom unless if maybe perhaps
    possibly probably might guess supposedly allegedly pretend contrary refuse refuses prevents stops cannot
    """.split()  # noqa: SIM905
)
_INSTRUCTIONS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}\b(?:instruction|prompt|rubric|previous|above|rules?|criteria)"
    r"|\b(?:give|award|assign|grant)\b[^.!?\n]{0,30}\b(?:full|maximum|max|highest|all|top|perfect|\d+)\b[^.!?\n]{0,20}"
    r"\b(?:marks?|points?|scores?|grades?|credits?)"
    r"|\b(?:you are|act as|as an?)\b[^.!?\n]{0,20}\b(?:ai|grader|language model|assistant|system)\b"
    r"|\b(?:system|assistant|developer)\s*(?:prompt|message|:)|\bmark (?:this|me|it)\b[^.!?\n]{0,20}\b(?:correct|right|full)"
    r"|\b(?:this|my) answer (?:is|should be) (?:graded|marked|scored|accepted|considered)|</?(?:system|grade|score)>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Grade:
    """What the rules say about an answer.

    Attributes:
        score: Share of the reference that the answer seems to say, from 0 to 1.
        confidence: From 0 to 1; at least `CONFIRMED` only for answers that may be accepted in bulk.
        flags: What a person should know before trusting the score.
        evidence: The piece of the answer that earned the score, verbatim; None when nothing did.
        reference: The reference that the answer is nearest to.
    """

    score: float
    confidence: float
    flags: tuple[Flag, ...]
    evidence: Span | None
    reference: str

    @property
    def confirmed(self) -> bool:
        """Whether the answer says a whole reference and nothing against it."""
        return self.confidence >= CONFIRMED


@dataclass(frozen=True, slots=True)
class _Text:
    """A text taken apart once."""

    all: list[Word]
    content: list[Word]

    @classmethod
    def of(cls, text: str) -> _Text:
        found = words(text)[:_MOST]
        return cls(found, [word for word in found if word.text not in STOP_WORDS])


def split_references(references: str) -> list[str]:
    """Reference answers that were written in one line with `` || `` between them."""
    return [each.strip() for each in references.split("||") if each.strip()]


def grade(*, question: str, references: Sequence[str], answer: str) -> Grade:
    """Compare a short answer with its references.

    Args:
        question: What was asked; words of it earn little.
        references: Answers that would be right, each on its own.
        answer: What the student wrote.
    """
    instructed = _INSTRUCTIONS.search(answer) is not None
    scored = (
        " ".join(s.text for s in sentences(answer) if not _INSTRUCTIONS.search(s.text))
        if instructed
        else answer
    )
    asked, said = _Text.of(question), _Text.of(scored)
    if not said.all:
        flags: tuple[Flag, ...] = ("instructions",) if instructed else ("blank",)
        return Grade(0.0, 0.0, flags, None, references[0] if references else "")
    if not references:
        return Grade(0.0, 0.0, ("no_reference",), None, "")
    candidates = [(each, _Text.of(each)) for each in references]
    measured = [(measures(asked, wanted, said), text, wanted) for text, wanted in candidates]
    values, reference, wanted = max(
        measured, key=lambda each: each[0]["cov"] + each[0]["prec"] + each[0]["cos"]
    )
    found = _flags(asked, wanted, said, values, instructed=instructed)
    score = _probability(values) * _DISCOUNT.get(next((f for f in found if f in _DISCOUNT), ""), 1.0)
    sure = not found and any(_says_whole(asked, each, said) for _, each in candidates)
    confidence = max(CONFIRMED, 0.9 + 0.1 * score) if sure else min(0.85, abs(2 * score - 1))
    return Grade(max(score, 0.9) if sure else score, confidence, found, _evidence(answer, wanted), reference)


_DISCOUNT: Mapping[str, float] = {"copied_question": 0.5}
"""What a score is multiplied by. Bags of words and negations are flagged and never confirmed, but people often call such answers right."""


def measures(asked: _Text, wanted: _Text, said: _Text) -> dict[str, float]:
    """Measures of agreement between an answer and one reference.

    Returns:
        ``cov`` and ``covh``: share of the reference that is said, in words near its own or its very words; ``prec``: share
        of the answer that is in the reference; ``cos``: nearness of their subjects; ``lcs``: share of the reference said in its
        order; ``neg``: 1 if one of them denies and the other does not; ``len``: logarithm of the answer's words; ``nnew``:
        tenths of words in the reference that the question had not said.
    """
    import numpy as np

    known = {word.stem for word in asked.all}
    wanted_weights = np.array([weight(w) * (_ASKED if w.stem in known else 1) for w in wanted.content])
    said_weights = np.array([weight(w) * (_ASKED if w.stem in known else 1) for w in said.content])
    alike = vectors(wanted.content) @ vectors(said.content).T
    for row, word in enumerate(wanted.content):
        for column, other in enumerate(said.content):
            if word.stem == other.stem:
                alike[row, column] = 1.0
    said_stems = {word.stem for word in said.content}
    wanted_order = [word.stem for word in wanted.all]
    said_order = [word.stem for word in said.all]

    def share(values: object, weights: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float(np.dot(np.asarray(values), weights) / weights.sum()) if weights.sum() else 0.0

    def soft(axis: int) -> object:
        best = alike.max(axis) if alike.size else np.zeros(alike.shape[1 - axis])
        return np.clip((best - _NEAR) / (1 - _NEAR), 0, 1)

    return {
        "cov": share(soft(1), wanted_weights),
        "covh": share([word.stem in said_stems for word in wanted.content], wanted_weights),
        "prec": share(soft(0), said_weights),
        "cos": _mean_similarity(wanted.content, said.content, known),
        "lcs": _common_order(wanted_order, said_order) / max(1, len(wanted_order)),
        "neg": float((_negations(wanted) > 0) != (_negations(said) > 0)),
        "len": math.log1p(len(said.all)),
        "nnew": min(10, sum(word.stem not in known for word in wanted.content)) / 10,
    }


def _mean_similarity(wanted: Sequence[Word], said: Sequence[Word], known: set[str]) -> float:
    fresh = [[w for w in each if w.stem not in known] or list(each) for each in (wanted, said)]
    return similarity(fresh[0], fresh[1])


def _common_order(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    before = [0] * (len(second) + 1)
    for one in first:
        now = [0]
        for at, other in enumerate(second):
            now.append(before[at] + 1 if one == other else max(before[at + 1], now[at]))
        before = now
    return before[-1]


def _negations(text: _Text) -> int:
    return sum(word.text in NEGATIONS or word.text.endswith("n't") for word in text.all)


def _probability(values: Mapping[str, float]) -> float:
    total = _INTERCEPT + sum(factor * values[name] for name, factor in _COEFFICIENTS.items())
    return 1 / (1 + math.exp(-total))


def _flags(
    asked: _Text, wanted: _Text, said: _Text, values: Mapping[str, float], *, instructed: bool
) -> tuple[Flag, ...]:
    found: list[Flag] = []
    if instructed:
        found.append("instructions")
    if len(said.content) < 2 <= len(wanted.content) - 2:
        found.append("too_short")
    asked_stems = {word.stem for word in asked.content}
    fresh = {word.stem for word in said.content} - asked_stems
    if len(said.content) >= 4 and len(fresh) <= len(said.content) // 8 and values["covh"] < 0.9:
        found.append("copied_question")
    if _negations(wanted) % 2 != _negations(said) % 2:
        found.append("negation")
    if values["covh"] > 0.6 and _directions(wanted) != _directions(said):
        found.append("direction")
    if _numbers(said) - _numbers(asked) - _numbers(wanted):
        found.append("numbers")
    if ({word.text for word in said.all} - {word.text for word in wanted.all}) & _DOUBTS:
        found.append("hedged")
    if _is_bag(wanted, said, values):
        found.append("keyword_list")
    if values["covh"] < 0.05 and values["cov"] < 0.1 and values["cos"] < 0.2:
        found.append("off_topic")
    return tuple(found)


def _directions(text: _Text) -> Counter[str]:
    return Counter(word.text for word in text.all if word.text in _DIRECTIONS)


def _numbers(text: _Text) -> set[str]:
    return {word.text for word in text.all if word.text[0].isdigit()}


def _is_bag(wanted: _Text, said: _Text, values: Mapping[str, float]) -> bool:
    """Whether an answer lists the words of the reference without making sentences of them."""
    if values["covh"] < 0.6 or len(wanted.content) < 3:
        return False
    if (
        len(said.all) >= 6
        and len(said.content) > 0.9 * len(said.all)
        and len(wanted.content) < 0.85 * len(wanted.all)
    ):
        return True
    return len(said.all) >= 5 and values["lcs"] < 0.55 and _shared_pairs(wanted, said) < 0.2


def _shared_pairs(wanted: _Text, said: _Text) -> float:
    pairs = [set(pairwise(word.stem for word in each.all)) for each in (wanted, said)]
    return len(pairs[0] & pairs[1]) / max(1, len(pairs[0]))


def _says_whole(asked: _Text, wanted: _Text, said: _Text) -> bool:
    """Whether an answer is a reference in nearly its own words and order, and hardly anything more."""
    if len(wanted.all) < 4 or len(wanted.content) < 2:
        return False
    wanted_stems, said_stems = ({word.stem for word in each.content} for each in (wanted, said))
    extra = said_stems - wanted_stems - {word.stem for word in asked.content}
    if not wanted_stems <= said_stems or len(extra) > 1 or len(said.all) > 2 * len(wanted.all) + 2:
        return False
    if _negations(wanted) != _negations(said) or _directions(wanted) != _directions(said):
        return False
    order = _common_order([w.stem for w in wanted.all], [w.stem for w in said.all])
    content = _common_order([w.stem for w in wanted.content], [w.stem for w in said.content])
    return (
        content == len(wanted.content)
        and order >= 0.8 * len(wanted.all)
        and _shared_pairs(wanted, said) >= 0.7
        and _numbers(wanted) <= _numbers(said)
    )


def _evidence(answer: str, wanted: _Text) -> Span | None:
    """From the first to the last word of the reference, in the sentence of the answer that says most of it."""
    stems = {word.stem for word in wanted.content}
    best: tuple[float, Span] | None = None
    for sentence in sentences(answer)[:_MOST]:
        if _INSTRUCTIONS.search(sentence.text):
            continue
        hits = [word for word in words(sentence.text) if word.stem in stems and word.text not in STOP_WORDS]
        if hits:
            value = sum(weight(word) for word in hits)
            start, end = sentence.start + hits[0].start, sentence.start + hits[-1].end
            if best is None or value > best[0]:
                best = value, Span(start, end, answer[start:end])
    return best[1] if best else None
