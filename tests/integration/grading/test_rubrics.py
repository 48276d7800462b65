"""Rubrics: made, changed and copied by teachers; scores that exist never change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.courses import objectives
from eduplatform.domain.grading import marks as marking
from eduplatform.domain.grading import rubrics
from eduplatform.domain.grading.marks import Marks
from eduplatform.domain.grading.rubrics import CriterionDraft, LevelDraft, RubricDraft
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.state.base import NoticeState
from eduplatform.state.grading_desk import GradingDeskState
from eduplatform.state.rubrics import RubricEditorState, RubricsState
from tests.factories.grading import Desk, chosen, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


async def _list_tab(desk: Desk, world: World) -> Tab:
    path = f"/teach/courses/{desk.quiz.course_id}/rubrics"
    return Tab(await world.teacher.sign_in(), path=path, route="/teach/courses/[course_id]/rubrics")


async def _editor(world: World, rubric_id: object) -> Tab:
    path = f"/teach/rubrics/{rubric_id}"
    return Tab(await world.teacher.sign_in(), path=path, route="/teach/rubrics/[rubric_id]")


def _form(state: RubricEditorState) -> dict[str, Any]:
    """What the editor's form sends when nothing was typed."""
    form: dict[str, Any] = {"title": state.title, "description": state.description}
    for criterion in state.criteria:
        form[f"title-{criterion['key']}"] = criterion["title"]
        form[f"description-{criterion['key']}"] = criterion["description"]
        for level in criterion["levels"]:
            for name in ("title", "points", "description"):
                form[f"{name}-{level['key']}"] = level[name]
    return form


async def _score(desk: Desk) -> Attempt:
    attempt = await desk.hand_in(desk.quiz.student, {"essay": {"text": "Because."}})
    response = await desk.response(attempt.id)
    async with unit_of_work(desk.teacher) as work:
        return await marking.save_marks(
            work=work,
            me=desk.teacher,
            attempt_id=attempt.id,
            version=attempt.version,
            marks=[Marks(response_id=response.id, levels=chosen(desk, 0, 1))],
        )


async def test_a_rubric_is_made_changed_and_ordered_in_its_editor(world: World) -> None:
    desk = await make_desk(world, rubric=False)
    async with await _list_tab(desk, world) as tab:
        await tab.fire(RubricsState.load)
        await tab.fire(RubricsState.create({"title": " "}))
        assert list((await tab.state(RubricsState)).errors) == ["title"]
        await tab.fire(RubricsState.create({"title": "Lab report"}))
        (target,) = tab.redirects()
    async with await _editor(world, target.rpartition("/")[2]) as tab:
        await tab.fire(RubricEditorState.load)
        await tab.fire(RubricEditorState.add_criterion)
        state = await tab.state(RubricEditorState)
        first, second = state.criteria
        form = _form(state)
        await tab.fire(RubricEditorState.save(form))
        assert list((await tab.state(RubricEditorState)).errors) == ["criterion-2-title"]
        form[f"title-{second['key']}"] = "Units"
        form[f"points-{second['levels'][0]['key']}"] = "2,5"
        await tab.fire(RubricEditorState.move_criterion(second["key"], "up"))
        await tab.fire(RubricEditorState.save(form))
        state = await tab.state(RubricEditorState)
        assert state.errors == {}
        assert [one["title"] for one in state.criteria] == ["Units", first["title"]]
        assert (state.total, state.version) == ("6.5 points", 2)
        await tab.fire(RubricEditorState.drop_criterion(state.criteria[0]["key"]))
        await tab.fire(RubricEditorState.save(_form(await tab.state(RubricEditorState))))
        state = await tab.state(RubricEditorState)
        assert [one["title"] for one in state.criteria] == [first["title"]]
        assert not tab.errors


async def test_editing_a_rubric_that_work_was_scored_with_makes_a_version_and_keeps_the_score(
    world: World,
) -> None:
    desk = await make_desk(world)
    attempt = await _score(desk)
    assert desk.rubric is not None
    async with await _editor(world, desk.rubric.family_id) as tab:
        await tab.fire(RubricEditorState.load)
        state = await tab.state(RubricEditorState)
        assert (state.scored, state.version) == (1, 1)
        await tab.fire(RubricEditorState.save(_form(state)))
        assert (await tab.state(RubricEditorState)).version == 1  # nothing changed, so nothing is new
        facts = state.criteria[0]
        form = _form(state)
        form[f"points-{facts['levels'][0]['key']}"] = "9"
        form[f"title-{facts['key']}"] = "The facts"
        await tab.fire(RubricEditorState.save(form))
        state = await tab.state(RubricEditorState)
        assert (state.errors, state.criteria[0]["title"], state.version) == ({}, "The facts", 2)
        assert [(one["number"], one["scored"], one["current"]) for one in state.versions] == [
            (2, 0, True),
            (1, 1, False),
        ]
        await tab.fire(RubricEditorState.show_version(1))
        state = await tab.state(RubricEditorState)
        assert [one["title"] for one in state.old] == ["Facts", "Reasons"]
        await tab.fire(RubricEditorState.restore)
        state = await tab.state(RubricEditorState)
        assert (state.version, state.criteria[0]["title"]) == (3, "Facts")
        await tab.fire(RubricEditorState.duplicate)
        (copy,) = tab.redirects()
        assert not tab.errors
    async with await _editor(world, copy.rpartition("/")[2]) as tab:
        await tab.fire(RubricEditorState.load)
        state = await tab.state(RubricEditorState)
        assert (state.title, state.scored, state.version) == ("Explaining (copy)", 0, 1)
        assert [len(one["levels"]) for one in state.criteria] == [3, 3]
    # The score still means what the grader chose; the desk offers the newest version and does not impose it.
    path = f"/teach/grading/{desk.assessment_id}"
    async with Tab(await world.teacher.sign_in(), path=path, route="/teach/grading/[assessment_id]") as tab:
        await tab.fire(GradingDeskState.load)
        desk_state = await tab.state(GradingDeskState)
        answer = desk_state.answers[0]
        assert answer["rubric"] == str(desk.rubric.id)
        assert answer["newest"] not in ("", answer["rubric"])
        assert answer["chosen"] == {str(key): str(level) for key, level in chosen(desk, 0, 1).items()}
        assert desk_state.totals[answer["response_id"]] == "4 / 6"
        await tab.fire(GradingDeskState.use_newest(answer["response_id"]))
        fresh = (await tab.state(GradingDeskState)).answers[0]
        assert fresh["rubric"] == answer["newest"]
        levels = (await tab.state(GradingDeskState)).rubrics[fresh["rubric"]]
        form = {
            "attempt_id": str(attempt.id),
            "version": str(attempt.version),
            f"comment-{answer['response_id']}": "",
            f"points-{answer['response_id']}": "",
            **{f"level-{answer['response_id']}-{one['id']}": one["levels"][0]["id"] for one in levels},
        }
        await tab.fire(GradingDeskState.save(form))
        state = await tab.state(GradingDeskState)
        assert (state.errors, state.answers[0]["newest"]) == ({}, "")
        assert state.answers[0]["score"] == "6 / 6"
        assert not tab.errors


async def test_a_rubric_is_copied_into_another_course_with_its_objectives_by_code(world: World) -> None:
    desk, other = await make_desk(world), await make_desk(world, rubric=False)
    me = desk.teacher
    levels = [LevelDraft(title="Good", points=Decimal(2)), LevelDraft(title="Not yet", points=Decimal(0))]
    async with unit_of_work(me) as work:
        there = await objectives.add_objective(
            work=work, me=me, course_id=other.quiz.course_id, code="1.1", statement="Explains"
        )
        here = await objectives.add_objective(
            work=work, me=me, course_id=desk.quiz.course_id, code="1.1", statement="Explains"
        )
    draft = RubricDraft(
        title="Whole",
        kind="holistic",
        criteria=[CriterionDraft(title="", levels=levels, objective_id=here.id)],
    )
    async with unit_of_work(me) as work:
        made = await rubrics.create_rubric(work=work, me=me, course_id=desk.quiz.course_id, draft=draft)
    with count_statements() as seen:
        async with unit_of_work(me) as work:
            copy = await rubrics.copy_rubric(
                work=work, me=me, rubric_id=made.family_id, course_id=other.quiz.course_id
            )
    assert len(seen) <= 8
    async with unit_of_work(me) as work:
        found = await rubrics.edited_rubric(work=work, me=me, rubric_id=copy.family_id)
    (criterion,) = found.criteria
    assert (found.rubric.kind, criterion.criterion.title) == ("holistic", "Whole")
    assert criterion.criterion.objective_id == there.id
    stranger = await (await world.add_person("elsewhere", Role.TEACHER)).principal()
    with pytest.raises(NotFound):
        async with unit_of_work(stranger) as work:
            await rubrics.copy_rubric(
                work=work, me=stranger, rubric_id=made.family_id, course_id=other.quiz.course_id
            )
    with pytest.raises(Invalid) as caught:
        async with unit_of_work(me) as work:
            await rubrics.create_rubric(work=work, me=me, course_id=other.quiz.course_id, draft=draft)
    assert list(caught.value.fields) == ["criterion-1-objective"]


async def test_a_rubric_in_use_is_not_deleted_and_the_message_says_where(world: World) -> None:
    desk = await make_desk(world)
    assert desk.rubric is not None
    async with await _list_tab(desk, world) as tab:
        with count_statements() as seen:
            await tab.fire(RubricsState.load)
        assert len(seen) <= 8
        await tab.fire(RubricsState.ask_remove(str(desk.rubric.id)))
        await tab.fire(RubricsState.remove)
        assert "Cells" in (await tab.state(NoticeState)).notices[-1]["text"]
        (row,) = (await tab.state(RubricsState)).rows
        assert (row["criteria"], row["total"], row["uses"]) == (2, "6 points", 1)


async def test_two_authors_do_not_overwrite_each_other(world: World) -> None:
    desk = await make_desk(world)
    me = desk.teacher
    assert desk.rubric is not None
    draft = RubricDraft(title="Mine")
    async with unit_of_work(me) as work:
        await rubrics.save_rubric(work=work, me=me, rubric_id=desk.rubric.id, version=1, draft=draft)
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await rubrics.save_rubric(work=work, me=me, rubric_id=desk.rubric.id, version=1, draft=draft)


@pytest.mark.parametrize("points", ["NaN", "-1", "1001", "0.001", "Infinity"])
async def test_impossible_points_are_refused(world: World, points: str) -> None:
    desk = await make_desk(world, rubric=False)
    levels = [LevelDraft(title="A", points=Decimal(points)), LevelDraft(title="B", points=Decimal(0))]
    draft = RubricDraft(title="R", criteria=[CriterionDraft(title="C", levels=levels)])
    with pytest.raises(Invalid) as caught:
        async with unit_of_work(desk.teacher) as work:
            await rubrics.create_rubric(
                work=work, me=desk.teacher, course_id=desk.quiz.course_id, draft=draft
            )
    assert list(caught.value.fields) == ["level-1-1-points"]


async def test_others_do_not_know_of_the_rubric(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    desk = await make_desk(world)
    assert desk.rubric is not None
    rubric_id: UUID = desk.rubric.id
    stranger = await world.add_person("stranger", Role.TEACHER)
    for person in (stranger, (await new_world()).teacher, world.student):
        me = await person.principal()
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await rubrics.edited_rubric(work=work, me=me, rubric_id=rubric_id)
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await rubrics.delete_rubric(work=work, me=me, rubric_id=rubric_id)
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await rubrics.copy_rubric(work=work, me=me, rubric_id=rubric_id, title="Mine now")
