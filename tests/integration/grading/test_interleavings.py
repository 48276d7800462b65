"""A grader who is faster than the server: whatever the order of keys and answers, each score stays with its student."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.models import Attempt, Response
from eduplatform.domain.grading.models import CriterionScore
from eduplatform.state.grading_desk import GradingDeskState
from tests.factories.grading import Desk, make_desk
from tests.factories.world import World, make_world
from tests.harness import Tab

STUDENTS = 3

KEYS = st.lists(
    st.one_of(
        st.tuples(st.just("level"), st.integers(0, 1), st.integers(0, 2)),
        st.tuples(st.just("save"), st.booleans()),
        st.tuples(st.just("next"), st.booleans()),
        st.tuples(st.just("previous"), st.booleans()),
        st.tuples(st.just("go on"), st.booleans()),
    ),
    min_size=2,
    max_size=12,
)


class Grader:
    """Hands and eyes: the form on the screen, what was entered into it, and events that are not waited for."""

    def __init__(self, desk: Desk, tab: Tab) -> None:
        self.desk, self.tab = desk, tab
        self.levels: dict[UUID, UUID] = {}
        self.shown = ""
        self.pending: list[asyncio.Task[None]] = []
        self.sent: dict[str, list[dict[UUID, UUID]]] = {}

    async def look(self) -> GradingDeskState:
        """The screen as it is now; another form begins with what is stored for it."""
        state = await self.tab.state(GradingDeskState)
        if state.form_id != self.shown:
            self.shown = state.form_id
            self.levels = {UUID(k): UUID(v) for one in state.answers for k, v in one["chosen"].items()}
        return state

    async def press(self, key: tuple[Any, ...]) -> None:
        state = await self.look()
        if not state.answers:
            await self.rest()
            return
        response = state.answers[0]["response_id"]
        if key[0] == "level":
            criterion = self.desk.criteria[key[1]]
            level = self.desk.levels[criterion.id][key[2]]
            self.levels[criterion.id] = level.id
            self.send(GradingDeskState.choose(response, str(criterion.id), str(level.id)))
            return
        if key[0] in ("save", "go on"):
            form: dict[str, Any] = {"attempt_id": state.attempt_id, "version": str(state.version)}
            form |= {f"level-{response}-{c}": str(level) for c, level in self.levels.items()}
            form |= {f"{name}-{response}": "" for name in ("points", "reason", "comment")}
            self.sent.setdefault(response, []).append(dict(self.levels))
            if key[0] == "go on":
                self.send(GradingDeskState.go_on_after_saving)
            self.send(GradingDeskState.save(form))
        else:
            target = state.next_id if key[0] == "next" else state.previous_id
            if target:
                self.send(GradingDeskState.show(target))
        if key[1]:
            await self.rest()

    def send(self, event: Any) -> None:
        self.pending.append(asyncio.ensure_future(self.tab.fire(event)))

    async def rest(self) -> None:
        await asyncio.gather(*self.pending)
        self.pending.clear()


async def stored(desk: Desk) -> dict[str, dict[UUID, UUID]]:
    async with unit_of_work(desk.teacher) as work:
        rows = await work.session.exec(
            select(CriterionScore)
            .join(Response, col(Response.id) == col(CriterionScore.response_id))
            .join(Attempt, col(Attempt.id) == col(Response.attempt_id))
            .where(col(Attempt.assessment_id) == desk.assessment_id)
        )
        found: dict[str, dict[UUID, UUID]] = {}
        for row in rows.all():
            found.setdefault(str(row.response_id), {})[row.criterion_id] = row.level_id
        return found


@pytest.mark.anyio
async def test_no_interleaving_moves_a_score_to_another_student(database: None) -> None:
    desk = await make_desk(await make_world(), "essay")
    people = [desk.quiz.student, *[await desk.add_student(f"s{number}") for number in range(STUDENTS - 1)]]
    for one in people:
        await desk.hand_in(one, {"essay": {"text": "Because."}})
    cookie = await desk.quiz.world.teacher.sign_in()
    path = f"/teach/grading/{desk.assessment_id}"

    async def play(keys: list[tuple[Any, ...]]) -> None:
        before = await stored(desk)
        async with Tab(cookie, path=path, route="/teach/grading/[assessment_id]") as tab:
            await tab.fire(GradingDeskState.load)
            grader = Grader(desk, tab)
            for key in keys:
                await grader.press(key)
            await grader.rest()
            assert not tab.errors
        # Of two saves of one version the first counts, and one that came too late is refused as a whole.
        for response, levels in (await stored(desk)).items():
            assert levels in [before.get(response), *grader.sent.get(response, [])]

    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(KEYS)
    def run(keys: list[tuple[Any, ...]]) -> None:
        anyio.from_thread.run(play, keys)

    await anyio.to_thread.run_sync(run)


async def _form(tab: Tab, points: str) -> dict[str, str]:
    state = await tab.state(GradingDeskState)
    response = state.answers[0]["response_id"]
    return {
        "attempt_id": state.attempt_id,
        "version": str(state.version),
        f"points-{response}": points,
        f"reason-{response}": "As agreed.",
        f"comment-{response}": "",
    }


@pytest.mark.anyio
async def test_undo_right_after_saving_takes_back_what_was_just_saved(world: World) -> None:
    desk = await make_desk(world, "essay")
    attempt = await desk.hand_in(desk.quiz.student, {"essay": {"text": "Because."}})
    path = f"/teach/grading/{desk.assessment_id}"
    async with Tab(await world.teacher.sign_in(), path=path, route="/teach/grading/[assessment_id]") as tab:
        await tab.fire(GradingDeskState.load)
        for entered, left in (("1", None), ("1.5", Decimal("1.5")), ("0.5", Decimal("1.5"))):
            form = await _form(tab, entered)
            first = asyncio.ensure_future(tab.fire(GradingDeskState.save(form)))
            if entered != "1.5":
                await asyncio.gather(first, tab.fire(GradingDeskState.undo))
            await first
            state = await tab.state(GradingDeskState)
            assert (await desk.response(attempt.id)).points == left
            assert state.answers[0]["points"] == ("" if left is None else str(left))
        assert not tab.errors


@pytest.mark.anyio
async def test_undo_leaves_the_form_of_the_next_student_alone(world: World) -> None:
    desk = await make_desk(world, "essay")
    other = await desk.add_student("next")
    for one in (desk.quiz.student, other):
        await desk.hand_in(one, {"essay": {"text": "Because."}})
    path = f"/teach/grading/{desk.assessment_id}"
    async with Tab(await world.teacher.sign_in(), path=path, route="/teach/grading/[assessment_id]") as tab:
        await tab.fire(GradingDeskState.load)
        await tab.fire(GradingDeskState.save(await _form(tab, "1")))
        state = await tab.state(GradingDeskState)
        behind = state.next_id
        await asyncio.gather(tab.fire(GradingDeskState.undo), tab.fire(GradingDeskState.show(behind)))
        state = await tab.state(GradingDeskState)
        assert (state.attempt_id, state.sheet) == (behind, 0)
