"""The gradebook: the whole class at a glance, and excuses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.security.permissions import Role
from eduplatform.state.gradebook import CellLine, GradebookState
from tests.factories.assessment import NOW
from tests.factories.grading import Desk, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


async def _tab(desk: Desk, person: Person) -> Tab:
    path = f"/teach/courses/{desk.quiz.course_id}/gradebook"
    return Tab(await person.sign_in(), path=path, route="/teach/courses/[course_id]/gradebook")


async def _desk(world: World) -> Desk:
    """Due on the day of the factories' clock, so that what was not handed in is missing by now."""
    draft = AssessmentDraft(title="Quick", attempts_allowed=2, due_at=NOW + timedelta(hours=2))
    return await make_desk(world, "true_false", draft=draft)


def _cells(state: GradebookState) -> dict[str, CellLine]:
    return {row["name"].split()[0]: row["cells"][0] for row in state.rows}


async def test_every_status_is_told_in_words(world: World) -> None:
    desk = await _desk(world)
    await desk.hand_in(desk.quiz.student, {"true_false": {"answer": False}})
    late = await desk.add_student("lena")
    await desk.hand_in(late, {"true_false": {"answer": True}}, now=NOW + timedelta(hours=3))
    await desk.add_student("max")
    ill = await desk.add_student("ida")
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        await tab.fire(GradebookState.open_cell(str(ill.user), str(desk.assessment_id)))
        await tab.fire(GradebookState.excuse({"reason": " "}))
        assert list((await tab.state(GradebookState)).errors) == ["reason"]
        await tab.fire(GradebookState.excuse({"reason": "Ill"}))
        state = await tab.state(GradebookState)
        cells = _cells(state)
        assert {name: (one["score"], one["status"]) for name, one in cells.items()} == {
            "Student": ("0", "graded"),
            "Lena": ("1", "late"),
            "Max": ("", "missing"),
            "Ida": ("", "excused"),
        }
        assert cells["Lena"]["attempt"]
        assert not cells["Max"]["attempt"]
        assert state.chart_rows == [["Quick", "50%", "2"]]
        assert "<svg" in state.chart
        await tab.fire(GradebookState.open_cell(str(ill.user), str(desk.assessment_id)))
        state = await tab.state(GradebookState)
        assert [one["reason"] for one in state.events] == ["Ill"]
        await tab.fire(GradebookState.excuse({"reason": "Was here after all"}))
        assert _cells(await tab.state(GradebookState))["Ida"]["status"] == "missing"
        assert not tab.errors


async def test_the_cost_does_not_grow_with_the_class(world: World) -> None:
    desk = await _desk(world)
    costs: list[int] = []
    for names in (("a",), ("b", "c", "d")):
        for name in names:
            await desk.hand_in(await desk.add_student(name), {"true_false": {"answer": True}})
        async with await _tab(desk, world.teacher) as tab:
            with count_statements() as seen:
                await tab.fire(GradebookState.load)
            assert (await tab.state(GradebookState)).loaded
        costs.append(len(seen))
    assert costs[0] == costs[1]
    assert costs[0] <= 8


async def test_only_teachers_of_the_course_open_it(world: World) -> None:
    desk = await _desk(world)
    stranger = await world.add_person("stranger", Role.TEACHER)
    async with await _tab(desk, stranger) as tab:
        await tab.fire(GradebookState.load)
        state = await tab.state(GradebookState)
        assert state.failure == "not_found"
        await tab.fire(GradebookState.open_cell(str(desk.quiz.student.user), str(desk.assessment_id)))
        assert (await tab.state(GradebookState)).events == []
