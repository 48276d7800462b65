"""The panel beside a lesson, through the real event processor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eduplatform.integrations.llm import gateway
from eduplatform.integrations.llm.breaker import Breaker
from eduplatform.state.tutor import AskForm, TutorState
from tests.factories.providers import ScriptedProvider, Turn
from tests.factories.tutoring import Tutored, make_tutored, use_model
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

ROUTE = "/learn/lessons/[lesson_id]"


@pytest.fixture(autouse=True)
def _fresh_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "BREAKER", Breaker())


@pytest.fixture
def server() -> Iterator[ScriptedProvider]:
    with ScriptedProvider() as one:
        yield one


@pytest.fixture
async def tutored(world: World) -> Tutored:
    return await make_tutored(world)


async def test_a_student_asks_and_sees_the_answer_grow(tutored: Tutored, server: ScriptedProvider) -> None:
    await use_model(tutored.world, server)
    said = "Read the first part again [1]. Which membrane does it name, and what happens there?"
    server.script = [Turn(said, drip=0.02)]
    async with Tab(
        await tutored.world.student.sign_in(), path=f"/learn/lessons/{tutored.lesson_id}", route=ROUTE
    ) as tab:
        await tab.fire(TutorState.show)
        state = await tab.state(TutorState)
        assert (state.open, state.loaded, state.closed, state.watched) == (True, True, "", True)
        tab.deltas.clear()
        await tab.fire(TutorState.ask({"text": "Where do the light reactions happen?"}))
        state = await tab.state(TutorState)
        grown = [
            value
            for delta in tab.deltas
            for values in delta.values()
            for name, value in values.items()
            if name.startswith("answer") and value
        ]
        assert len(grown) > 2
        assert all(said.startswith(one) for one in grown)
        assert [one["speaker"] for one in state.talk] == ["student", "tutor"]
        assert state.talk[1]["text"] == said
        assert "AI model" in state.talk[1]["label"]
        assert state.talk[1]["citations"][0]["href"].startswith("#b-")
        assert (state.busy, state.answer) == (False, "")
        assert state.said == [
            "Read the first part again [1].",
            "Which membrane does it name, and what happens there?",
        ]
        assert not tab.errors


async def test_without_a_model_the_label_says_so(tutored: Tutored) -> None:
    async with Tab(
        await tutored.world.student.sign_in(), path=f"/learn/lessons/{tutored.lesson_id}", route=ROUTE
    ) as tab:
        await tab.fire(TutorState.show)
        await tab.fire(TutorState.begin("Where does the Calvin cycle take place?"))
        state = await tab.state(TutorState)
        assert state.talk[1]["label"] == "Built from your text by rules (no AI model)"
        assert state.talk[1]["step"] == "Hint 1 of 4"
        await tab.fire(TutorState.ask({"text": "x" * 1200}))
        assert "1000" in (await tab.state(TutorState)).errors["text"]
        await tab.fire(TutorState.start_handing)
        assert (await tab.state(TutorState)).hand_text == "Where does the Calvin cycle take place?"
        await tab.fire(TutorState.hand_over({"question": "Why there?"}))
        assert (await tab.state(TutorState)).handed
        await tab.fire(TutorState.forget)
        assert (await tab.state(TutorState)).talk == []


async def test_an_empty_question_is_refused_beside_the_field(tutored: Tutored) -> None:
    async with Tab(
        await tutored.world.student.sign_in(), path=f"/learn/lessons/{tutored.lesson_id}", route=ROUTE
    ) as tab:
        await tab.fire(TutorState.ask({"text": "  "}))
        state = await tab.state(TutorState)
        assert state.errors["text"]
        assert not state.busy
    assert AskForm().text == ""
