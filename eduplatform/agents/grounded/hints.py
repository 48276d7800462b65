"""The hint ladder: help that grows with the student's tries, is founded on the course, and never says the answer.

A question back, the place in the material, part of the sentence with the answer missing, a similar example that is solved in
the material. One question per turn, each quote verbatim with its place. Whatever a turn says passes `leaks` before it is
returned; a rung that would leak is left out, and where the sources say nothing the tutor says that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eduplatform.agents.grounded.leaks import leaks
from eduplatform.agents.grounded.retrieval import PassageIndex, Quote
from eduplatform.agents.grounded.words import STOP_WORDS, words

Move = Literal["ask", "point", "step", "example", "unknown", "decline"]

_FOUNDED = 0.34
"""Share of a question that the material must speak of before anything is said from it."""
_STRONG = 0.5
_GAP = "_____"
_DEMAND = re.compile(
    r"\b(?:(?:just )?(?:tell|give|show|send|reveal|say) (?:me |us )?(?:the |your )?(?:\w+ )?(?:answer|solution|result|key)"
    r"|what(?:'s| is) the (?:\w+ )?(?:answer|solution|key)|solve it(?: for me)?|do it for me|answer key"
    r"|ignore (?:\w+ )?(?:instructions|rules)|system prompt|is (?:it|the answer) \w+\?)",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"\b(?:for example|for instance|worked example|such as|example)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the tutor says.

    Attributes:
        move: Which rung it is; "decline" answers a demand for the solution, "unknown" a question the sources do not speak of.
        text: The words, with exactly one question unless the move is "unknown".
        quotes: Verbatim sentences of the material that it rests on; sentences that would reveal the answer are not among them.
    """

    move: Move
    text: str
    quotes: tuple[Quote, ...] = ()


def next_turn(
    index: PassageIndex, *, said: str, question: str = "", key: str = "", hints_given: int = 0
) -> Turn:
    """The tutor's next turn.

    Args:
        index: The material of the course.
        said: What the student just wrote.
        question: The item that the student works on; empty when the student asks freely.
        key: Its answer, which is never said; empty when there is none to guard.
        hints_given: Hints on this question so far: they decide how far the ladder goes.
    """
    about = question or said
    hits = index.search(about, 4)
    quotes = index.quotes(about, hits, 6)
    if not quotes or max(hit.coverage for hit in hits) < _FOUNDED or quotes[0].coverage < _FOUNDED / 2:
        return Turn("unknown", _UNKNOWN)
    safe = [quote for quote in quotes if not _reveals(about, key, quote.text)]
    if not key:
        return _free_answer(quotes, hints_given)
    declined = _DEMAND.search(said) is not None
    for move in _LADDER[min(hints_given, len(_LADDER) - 1) :: -1]:
        text, used = _rung(move, about, key, quotes, safe)
        if text and declined:
            text = f"{_DECLINE} {text}"
        if text and not leaks(question=about, key=key, turn=text):
            return Turn("decline" if declined else move, text, used)
    return Turn("decline" if declined else "ask", _CANNED)


_LADDER: tuple[Move, ...] = ("ask", "point", "step", "example")
_UNKNOWN = "I don't know: your course material does not seem to speak of this. Put it in other words, or ask your teacher."
_DECLINE = "I won't say the answer, because finding it is what helps you."
_CANNED = "Read the question once more, slowly. Which word in it tells you what you have to find?"


def _reveals(question: str, key: str, text: str) -> bool:
    return bool(key) and leaks(question=question, key=key, turn=text)


def _free_answer(quotes: Sequence[Quote], given: int) -> Turn:
    """Without an answer to guard the material itself may speak; the student is asked to go on from there."""
    best = quotes[: 1 if quotes[0].coverage >= _STRONG else 2]
    said = " ".join(f"“{_flat(quote.text)}”" for quote in best)
    ask = _FOLLOW_UPS[given % len(_FOLLOW_UPS)]
    return Turn("point", f"Your material says: {said} {ask}", tuple(best))


_FOLLOW_UPS = (
    "How would you say that in your own words?",
    "Which part of that answers what you asked?",
    "What would be an example of it?",
)


def _rung(
    move: Move, question: str, key: str, quotes: Sequence[Quote], safe: Sequence[Quote]
) -> tuple[str, tuple[Quote, ...]]:
    topic = _topic(question, key)
    if move == "ask":
        return f"What do you already know about {topic}?", ()
    if move == "point":
        place = next((q for quote in quotes[:2] if (q := _beginning(quote, question, key))), None)
        if place is not None:
            return (
                f"Find the sentence in your material that begins “{_flat(place.text)} …” What does it tell you?",
                (place,),
            )
        if not safe:
            return "", ()
        return (
            f"Look at this place in your material: “{_flat(safe[0].text)}” What does it tell you about {topic}?",
            (safe[0],),
        )
    if move == "step":
        masked = next((text for quote in quotes if (text := _masked(quote.text, question, key))), "")
        return (f"Part of the way: “{masked}” Which idea belongs in the gap, and why?" if masked else ""), ()
    example = next(
        (quote for quote in safe if _EXAMPLE.search(quote.text)),
        next((q for q in safe[1:] if q.coverage >= _FOUNDED / 2), None),
    )
    if example is None:
        return "", ()
    return (
        f"Here is something similar from your material: “{_flat(example.text)}” How is your question like it?",
        (example,),
    )


def _topic(question: str, key: str) -> str:
    """The words of the question that name its subject, in its own order; never words of the key."""
    hidden = {word.stem for word in words(key)}
    content = [
        word
        for word in words(question)
        if word.text not in STOP_WORDS and word.stem not in hidden and word.text not in _TASK
    ]
    if not content:
        return "this question"
    # The longest run of words that stand next to each other reads best.
    runs = [[content[0]]]
    for word in content[1:]:
        if question[runs[-1][-1].end : word.start].strip(" -") == "":
            runs[-1].append(word)
        else:
            runs.append([word])
    best = max(runs, key=lambda run: (len(run), sum(len(word.text) for word in run)))
    return f"“{question[best[0].start : best[-1].end]}”"


_TASK = frozenset(
    """
    explain describe name state give list define compare calculate find write show tell say happen happens mean means
    many much each question answer option true false complete completes sentence following best please help know take takes took place occur occurs use uses used
    make makes made become became called work works does do did work improve
    """.split()  # noqa: SIM905
)


def _beginning(quote: Quote, question: str, key: str) -> Quote | None:
    """A sentence up to the first word of the key, where that leaves enough to find it by; whole if it tells nothing."""
    hidden = _hidden(question, key)
    first = next((word for word in words(quote.text) if word.stem in hidden), None)
    if first is None:
        return None
    text = quote.text[: first.start].rstrip(' ,;:(“"')
    if len(words(text)) < 2 or _reveals(question, key, text):
        return None
    return Quote(quote.passage, quote.start, quote.start + len(text), text, quote.coverage)


def _hidden(question: str, key: str) -> set[str]:
    """Stems that must not be shown: what the key says and the question does not."""
    asked = {word.stem for word in words(question)}
    return {word.stem for word in words(key) if word.text not in STOP_WORDS} - asked


def _masked(text: str, question: str, key: str) -> str:
    """A sentence with the words of the key left out; empty when nothing of the key is in it or enough would still show."""
    hidden = _hidden(question, key)
    found = [word for word in words(text) if word.stem in hidden]
    if not found:
        return ""
    pieces: list[str] = []
    at = 0
    for word in found:
        pieces.append(text[at : word.start])
        at = word.end
    masked = _GAP.join([*pieces, text[at:]])
    masked = re.sub(rf"{_GAP}(?:[\s,-]+{_GAP})+", _GAP, _flat(masked))
    return "" if leaks(question=question, key=key, turn=masked) else masked


def _flat(text: str) -> str:
    return " ".join(text.split())
