"""Whether a tutor's turn gives the answer away.

A wide rule on purpose: a false alarm costs one rewrite, a leak costs the exercise. It knows the key as a number (in digits
or words), as a short text, and as an idea said in other words; and it notices turns that finish the problem for the
student, with whatever result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from eduplatform.agents.grounded.numbers import Number, equal, numbers
from eduplatform.agents.grounded.words import NEGATIONS, STOP_WORDS, words

Reason = Literal["number", "text", "idea", "letter", "conclusion"]


@dataclass(frozen=True, slots=True)
class Leak:
    """What gives the answer away: why, and the verbatim piece of the turn."""

    reason: Reason
    start: int
    end: int
    text: str


_AMOUNT = r"[$£€]?\d[\d,.]*"
_BEFORE_RESULT = re.compile(
    r"(?:=|equals?|answer|total|final|result|correct|would be|should be|which (?:is|means|gives)|gives?|giving|making"
    r"|makes|leaves?|left|there (?:are|is|would be))[^.?!\n]{0,25}$",
    re.IGNORECASE,
)
_OPERAND = re.compile(r"\s*(?:[\w$%]+\s+){0,3}?(?:\)\s*)?[x×*+/÷-]\s*[$\d(]")
_CONCLUDES = re.compile(
    r"\b(?:so|therefore|thus|hence|making|meaning)\b(?:[^.?!]|\.\d)*?(?:=|\bis\b|\bare\b|\bbe\b|\bit\b|\bhave\b|equals)\s*"
    rf"(?:(?:simply|actually|only|just|approximately|about|again)\s+)*{_AMOUNT}(?:\s+[\w/%]+){{0,4}}\s*[.!]",
    re.IGNORECASE,
)
_AGREES = re.compile(
    r"(?:found|got|get|that|makes?)[^.?!]{0,60}\d[^.?!]{0,60}that['’]s (?:correct|right)"
    r"|correct (?:number|total|answer|result|amount)(?:[^.?!]|\.\d){0,70}?(?:\bis\b|\bof\b) " + _AMOUNT,
    re.IGNORECASE,
)
_IDEA_SHARE = 0.75
_CHOICE = re.compile(r"\(?([A-H])\)?[.)]?")


def find_leak(*, question: str, key: str, turn: str) -> Leak | None:
    """The first thing in a turn that reveals the answer, or None.

    Args:
        question: What the student works on; what it says itself is no secret.
        key: The answer; of a worked solution the last number of the last line counts.
        turn: What the tutor is about to say.
    """
    key = key.strip()
    if not key or not turn.strip():
        return None
    last = key.splitlines()[-1].strip()
    choice = _CHOICE.fullmatch(last)
    if choice:
        return _letter(choice[1], turn)
    amounts = numbers(last)
    if amounts and _is_numeric(last, key):
        return (
            _number(question, amounts[-1].value, turn)
            or _pattern(_CONCLUDES, turn)
            or _pattern(_AGREES, turn)
        )
    return _verbatim(question, key, turn) or _idea(question, key, turn)


def leaks(*, question: str, key: str, turn: str) -> bool:
    """Whether a turn reveals the answer."""
    return find_leak(question=question, key=key, turn=turn) is not None


def _is_numeric(last: str, key: str) -> bool:
    """Whether the key is an amount, or a solution that ends in one, rather than a sentence that mentions a number."""
    content = [w for w in words(last) if w.text not in STOP_WORDS and not numbers(w.text)]
    return len(content) <= 2 or "=" in last or ("\n" in key.strip() and len(content) <= 4)


def _number(question: str, wanted: float, turn: str) -> Leak | None:
    given = any(equal(number.value, wanted) for number in numbers(_without_solution(question)))
    for number in numbers(turn):
        if not equal(number.value, wanted) or _OPERAND.match(turn[number.end :]):
            continue
        if given and not _BEFORE_RESULT.search(turn[: number.start]):
            continue
        return _leak("number", turn, number)
    return None


def _without_solution(question: str) -> str:
    """The problem alone, where a whole conversation was given as the question."""
    problem = re.search(r"question is:(.*?)(?:\n|\xa0)", question, re.DOTALL)
    return problem[1] if problem else re.split(r"\n\s*(?:student|user)\s*:", question, flags=re.IGNORECASE)[0]


def _leak(reason: Reason, turn: str, place: Number) -> Leak:
    return Leak(reason, place.start, place.end, turn[place.start : place.end])


def _pattern(pattern: re.Pattern[str], turn: str) -> Leak | None:
    match = pattern.search(turn)
    return Leak("conclusion", match.start(), match.end(), match.group()) if match else None


def _letter(letter: str, turn: str) -> Leak | None:
    match = re.search(
        rf"\b(?:option|answer|choice|choose|pick|select|is|it'?s)\b[^.?!\n]{{0,20}}?(?<![\w'])\(?{letter}\)?(?=[\s.,;!?)]|$)",
        turn,
    )
    return Leak("letter", match.start(), match.end(), match.group()) if match else None


def _verbatim(question: str, key: str, turn: str) -> Leak | None:
    """The key's content words in a row; a word that the question itself uses does not count alone."""
    wanted = [word.stem for word in words(key) if word.text not in STOP_WORDS] or [w.stem for w in words(key)]
    asked = {word.stem for word in words(question)}
    if not wanted or all(stem in asked for stem in wanted):
        return None
    said = [word for word in words(turn) if word.text not in STOP_WORDS or word.stem in wanted]
    for at in range(len(said) - len(wanted) + 1):
        if [word.stem for word in said[at : at + len(wanted)]] == wanted:
            start, end = said[at].start, said[at + len(wanted) - 1].end
            return Leak("text", start, end, turn[start:end])
    return None


def _idea(question: str, key: str, turn: str) -> Leak | None:
    """Most of what the key adds to the question, in any order, also in words near its own."""
    from eduplatform.agents.grounded.vectors import vectors, weight

    asked = {word.stem for word in words(question)}
    wanted = [
        word
        for word in words(key)
        if (word.text not in STOP_WORDS or word.text in NEGATIONS) and word.stem not in asked
    ]
    said = [word for word in words(turn) if word.text not in STOP_WORDS or word.text in NEGATIONS]
    if not wanted or not said:
        return None
    alike = vectors(wanted) @ vectors(said).T
    heard = 0.0
    places: list[int] = []
    for row, word in enumerate(wanted):
        same = [at for at, other in enumerate(said) if other.stem == word.stem]
        nearest = same[0] if same else int(alike[row].argmax())
        if same or float(alike[row, nearest]) >= 0.8:
            heard += weight(word)
            places.append(nearest)
    if heard < _IDEA_SHARE * sum(map(weight, wanted)):
        return None
    start, end = said[min(places)].start, said[max(places)].end
    return Leak("idea", start, end, turn[start:end])
