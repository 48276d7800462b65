"""Injected instructions change nothing, whether a model obeys them or not.

The model of these tests obeys: its answers are those that an attacker wants. The tutor has no tools, so the only way out is
what it shows; that is looked at here, moment by moment.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence

import pytest

from eduplatform.agents.guard import Rules
from eduplatform.agents.ladder import Move
from eduplatform.agents.tutor import Library, Piece, respond
from eduplatform.agents.tutor_contract import Keyed, Source, TutorIn, TutorOut
from eduplatform.integrations.llm import Message
from tests.factories.injections import IN_LESSONS, IN_NAMES, IN_TURNS, KEY, OBEYED, QUESTION

pytestmark = pytest.mark.anyio

TEXT = "The Calvin cycle takes place in the stroma. It uses carbon dioxide and makes sugar for the plant."
KEYED = (Keyed(question=QUESTION, keys=(KEY,)),)


def library(*extra: Source) -> Library:
    return Library([Source(id="s1", lesson_id="l1", block_id="b1", title="Making sugar", text=TEXT), *extra])


async def turn(
    text: str, books: Library, answers: Sequence[str], *, hints: int = 0
) -> tuple[list[str], TutorOut, list[Sequence[Message]]]:
    """One turn with a model that gives these answers; what was on the screen, what came out, what was sent."""
    sent: list[Sequence[Message]] = []
    left = list(answers)

    async def ask(messages: Sequence[Message]) -> AsyncGenerator[str]:
        sent.append(messages)
        answer = left.pop(0) if left else "OK."
        for at in range(0, len(answer), 5):
            yield answer[at : at + 5]

    given = TutorIn(text=text, course="Biology", lesson_id="l1", topic=QUESTION, hints=hints, keyed=KEYED)
    screens, out = [""], None
    async for one in respond(given, books, ask):
        if isinstance(one, Piece):
            screens.append(one.text if one.restart else screens[-1] + one.text)
        else:
            out = one
    assert out is not None
    return screens, out, sent


def harmless(screens: Sequence[str], out: TutorOut) -> None:
    """Nothing that was ever on the screen, nor what is kept or cited, gives anything away."""
    rules = Rules(QUESTION, (KEY,))
    for screen in (*screens, out.text, *(one.quote for one in out.citations)):
        assert not {"leak", "link", "prompt"} & set(rules.problems(screen)), screen
        assert "evil.example" not in screen
    assert out.text.count("?") <= 1


@pytest.mark.parametrize("case", IN_TURNS, ids=lambda one: one.name)
@pytest.mark.parametrize("hints", [0, 5])
async def test_what_a_student_writes(case: object, hints: int) -> None:
    text = case.text  # type: ignore[attr-defined]
    answers = [OBEYED[(len(text) + hints) % len(OBEYED)], OBEYED[0]]
    screens, out, _ = await turn(text, library(), answers, hints=hints)
    harmless(screens, out)
    screens, out, _ = await turn(text, library(), [], hints=hints)
    harmless(screens, out)


@pytest.mark.parametrize("answer", OBEYED)
async def test_a_model_that_was_talked_round(answer: str) -> None:
    screens, out, _ = await turn(QUESTION, library(), [answer, answer])
    harmless(screens, out)
    assert out.provenance.engine == "rules"
    assert out.provenance.note


@pytest.mark.parametrize("case", IN_LESSONS, ids=lambda one: one.name)
async def test_what_a_lesson_says(case: object) -> None:
    injected = Source(
        id="s2",
        lesson_id="l1",
        block_id="b2",
        title="The Calvin cycle",
        text=f"The Calvin cycle takes place by day. {case.text}",  # type: ignore[attr-defined]
    )
    screens, out, sent = await turn(QUESTION, library(injected), ["Read [1] again. What does it name?"])
    harmless(screens, out)
    system = sent[0][0].text
    assert system.count("<source ") == system.count("</source>")
    assert "<SYSTEM>" not in system
    assert "<!--" not in system
    for answer in ([OBEYED[6], OBEYED[7]], [OBEYED[0], OBEYED[1]]):
        screens, out, _ = await turn(QUESTION, library(injected), answer)
        harmless(screens, out)


@pytest.mark.parametrize("case", IN_NAMES, ids=lambda one: one.name)
async def test_what_titles_and_file_names_say(case: object) -> None:
    named = Source(
        id="s2",
        lesson_id="l1",
        block_id="b2",
        title=case.text,  # type: ignore[attr-defined]
        text="The Calvin cycle takes place by day and makes sugar from carbon dioxide.",
    )
    screens, out, sent = await turn(QUESTION, library(named), ["Read [1]. What does it name?"])
    harmless(screens, out)
    system = sent[0][0].text
    for line in system.splitlines():
        if line.startswith("<source "):
            assert line.count('"') == 4, "a title cannot add attributes"
    screens, out, _ = await turn(QUESTION, library(named), [OBEYED[0], OBEYED[0]])
    harmless(screens, out)


async def test_the_corpus_is_large_enough() -> None:
    assert len(IN_TURNS) + len(IN_LESSONS) + len(IN_NAMES) + len(OBEYED) >= 60


async def test_keys_are_never_sent_to_a_model() -> None:
    books = Library(
        [Source(id="s1", lesson_id="l1", block_id="b1", title="T", text="The Calvin cycle makes sugar.")]
    )
    _, out, sent = await turn(QUESTION, books, ["Read [1]. What does it make?"])
    assert out.move is Move.ASK
    assert KEY not in json.dumps([one.text for one in sent[0]])
