"""What a tutor may do at which step, and the words for it when no model is there.

Steps are counted by code, never by a model: question back (1), point at the place (2), partial step (3), and a worked
example of the same kind (4), which for a text is how its neighbour in the course is explained.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from eduplatform.agents.grounded.words import stems
from eduplatform.i18n import N_, translate, translate_plural


class Move(StrEnum):
    """What a turn of the tutor does."""

    ASK = "ask"
    POINT = "point"
    STEP = "step"
    EXAMPLE = "example"
    UNKNOWN = "unknown"
    REFUSE = "refuse"
    ESCALATE = "escalate"


LADDER = (Move.ASK, Move.POINT, Move.STEP, Move.EXAMPLE)
HINTS_ONLY = (Move.ASK, Move.POINT)

INSTRUCTIONS = {
    Move.ASK: "Do not explain yet. Ask one question back that finds out what the student already thinks, and say where to read.",
    Move.POINT: "Point at the one sentence of the sources that matters and ask what is important in it. Do not complete it.",
    Move.STEP: "Give the first step of the thinking only, then ask for the next one.",
    Move.EXAMPLE: "Show how a similar but different case is worked out, with its own result, then ask the student to do theirs.",
}

GAP = "_____"


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence of the course that matters for a question, and where it stands."""

    title: str
    sentence: str


def move_of(hints: int, *, hints_only: bool) -> tuple[Move, int]:
    """The move after so many hints for the same question, and its step from 1."""
    steps = HINTS_ONLY if hints_only else LADDER
    step = min(max(hints, 0), len(steps) - 1)
    return steps[step], step + 1


def masked(sentence: str, keys: Sequence[str], question: str = "") -> str:
    """A sentence with the telling words of the answers left out."""
    hidden = _telling(keys, question)
    parts = re.split(r"(\w+(?:['’]\w+)?)", sentence)
    out = "".join(GAP if set(stems(part)) & hidden else part for part in parts)
    return re.sub(rf"{GAP}(?:\s+{GAP})+", GAP, out)


def _telling(keys: Sequence[str], question: str) -> set[str]:
    """The stems of answers that the question does not say itself; all of them when it says each."""
    said = {one for key in keys for one in stems(key)}
    return said - set(stems(question)) or said


def rule_text(move: Move, question: str, found: Sequence[Found], *, keys: Sequence[str], locale: str) -> str:
    """The words of a move, made from the course's own sentences.

    Args:
        move: A step of the ladder.
        question: What the student wants to know.
        found: What the course says, the best first; at least one.
        keys: Answers that must not be said.
        locale: The student's language; the course's sentences stay as they are.
    """
    told = [Found(one.title, masked(one.sentence, keys, question) if keys else one.sentence) for one in found]
    if move is Move.ASK:
        return translate(
            N_(
                "Let us begin with what you know. Read “{title}” [1] again: what does it say that helps with your question, in your own words?"
            ),
            locale,
            title=told[0].title,
        )
    if move is Move.POINT:
        return translate(
            N_("Look at this sentence of your lesson [1]: “{sentence}” Which part of it helps you here?"),
            locale,
            sentence=told[0].sentence,
        )
    if move is Move.EXAMPLE and len(told) > 2:
        return translate(
            N_(
                "Here is something of the same kind, from “{title}” [3]: “{sentence}” Can you put yours in the same way?"
            ),
            locale,
            title=told[2].title,
            sentence=told[2].sentence,
        )
    if GAP in told[0].sentence:
        return _with_letter(told[0], min(keys, key=len), question, locale)
    if len(told) > 1:
        return translate(
            N_("Put what you have found beside this [2]: “{sentence}” What follows from the two together?"),
            locale,
            sentence=told[1].sentence,
        )
    return translate(
        N_("Take it apart [1]: “{sentence}” Which word of it would you look up first?"),
        locale,
        sentence=told[0].sentence,
    )


def _with_letter(first: Found, key: str, question: str, locale: str) -> str:
    hidden = _telling([key], question)
    left_out = [one for one in key.split() if set(stems(one)) & hidden] or key.split()
    return translate_plural(
        "A part of the way [1]: “{sentence}” The gap is {count} word and begins with “{letter}”. Which idea fits?",
        "A part of the way [1]: “{sentence}” The gap is {count} words and begins with “{letter}”. Which idea fits?",
        len(left_out),
        locale,
        sentence=first.sentence,
        letter=left_out[0].strip("\"'“”‘’([")[:1],
    )
