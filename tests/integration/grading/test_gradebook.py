"""The gradebook: the whole class at a glance, entries against a version, excuses, totals."""

from __future__ import annotations

import asyncio
import pickle
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole
from eduplatform.domain.grading import anonymity, categories, gradebook, totals
from eduplatform.domain.grading.categories import CategoryDraft, ManualDraft
from eduplatform.domain.grading.course_models import Method, MissingRule
from eduplatform.domain.grading.letter_schemes import PRESET_OF
from eduplatform.domain.grading.models import Grade
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from eduplatform.state.course_totals import ChildTotalsState, OwnTotalsState, TotalLine
from eduplatform.state.gradebook import GradebookState
from eduplatform.state.gradebook_panels import GradebookPanelState
from eduplatform.state.gradebook_rows import Answer, CellLine
from eduplatform.state.gradebook_rules import GradingRulesState
from tests.factories.assessment import NOW
from tests.factories.assignments import make_assignment, make_groups
from tests.factories.courses import make_course
from tests.factories.grading import Desk, link_guardian, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

BOOK = "/teach/courses/[course_id]/gradebook"


async def _tab(desk: Desk, person: Person, page: str = "") -> Tab:
    path = f"/teach/courses/{desk.quiz.course_id}/gradebook{page}"
    return Tab(await person.sign_in(), path=path, route=BOOK + page)


async def _desk(world: World) -> Desk:
    """Due on the day of the factories' clock, so that what was not handed in is missing by now."""
    draft = AssessmentDraft(title="Quick", attempts_allowed=2, due_at=NOW + timedelta(hours=2))
    return await make_desk(world, "true_false", draft=draft)


def _cells(state: GradebookState) -> dict[str, CellLine]:
    return {row["name"].split()[0]: row["cells"][0] for row in state.rows}


async def _enter(
    tab: Tab, desk: Desk, student: Principal, text: str, version: int, *, column: object = None
) -> Answer:
    await tab.fire(
        GradebookState.enter(
            f"op-{text}", str(student.user), str(column or desk.assessment_id), text, version
        )
    )
    return (await tab.state(GradebookState)).answers[-1]


async def _manual(desk: Desk, title: str = "Talk", points: str = "20") -> str:
    async with unit_of_work(desk.teacher) as work:
        row = await categories.save_manual(
            work=work,
            me=desk.teacher,
            course_id=desk.quiz.course_id,
            draft=ManualDraft(title=title, points=Decimal(points)),
        )
    return str(row.id)


async def _own_total(world: World) -> TotalLine:
    """What the student sees; in a task of its own, since a tab takes its task over."""
    async with Tab(await world.student.sign_in(), path="/learn/grades") as tab:
        with count_statements() as seen:
            await tab.fire(OwnTotalsState.load)
        assert len(seen) <= 8
        return (await tab.state(OwnTotalsState)).courses[0]["totals"][0]


async def test_every_status_is_told_in_words(world: World) -> None:
    desk = await _desk(world)
    await desk.hand_in(desk.quiz.student, {"true_false": {"answer": False}})
    late = await desk.add_student("lena")
    await desk.hand_in(late, {"true_false": {"answer": True}}, now=NOW + timedelta(hours=3))
    await desk.add_student("max")
    ill = await desk.add_student("ida")
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        await tab.fire(GradebookPanelState.open_cell(str(ill.user), str(desk.assessment_id)))
        await tab.fire(GradebookPanelState.excuse({"reason": " "}))
        assert list((await tab.state(GradebookPanelState)).errors) == ["reason"]
        await tab.fire(GradebookPanelState.excuse({"reason": "Ill"}))
        state = await tab.state(GradebookState)
        cells = _cells(state)
        assert {name: (one["score"], one["status"]) for name, one in cells.items()} == {
            "Student": ("0", "graded"),
            "Lena": ("1", "late"),
            "Max": ("", "missing"),
            "Ida": ("", "excused"),
        }
        assert {row["name"].split()[0]: row["total"] for row in state.rows} == {
            "Student": "0 %",
            "Lena": "100 %",
            "Max": "0 %",
            "Ida": "",
        }
        assert state.columns[0]["average"] == "50%"
        await tab.fire(GradebookPanelState.open_cell(str(ill.user), str(desk.assessment_id)))
        panel = await tab.state(GradebookPanelState)
        assert [one["reason"] for one in panel.events] == ["Ill"]
        await tab.fire(GradebookPanelState.excuse({"reason": "Was here after all"}))
        assert _cells(await tab.state(GradebookState))["Ida"]["status"] == "missing"
        await tab.fire(GradebookPanelState.open_column(str(desk.assessment_id)))
        panel = await tab.state(GradebookPanelState)
        assert panel.chart_rows[0] == ["0–10 %", "1"]
        assert panel.chart_rows[-1] == ["≥ 90 %", "1"]
        assert "<svg" in panel.chart
        assert not tab.errors


async def test_an_entry_takes_the_place_of_the_attempts_until_it_is_taken_back(world: World) -> None:
    desk = await _desk(world)
    student = desk.quiz.student
    await desk.hand_in(student, {"true_false": {"answer": False}})
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        version = _cells(await tab.state(GradebookState))["Student"]["version"]
        with count_statements() as seen:
            answer = await _enter(tab, desk, student, "75%", version)
        assert len(seen) <= 8 + 6, "the entry, then the row"
        assert answer["kind"] == "saved"
        cell = _cells(await tab.state(GradebookState))["Student"]
        assert (cell["score"], cell["text"], cell["status"]) == ("0.75", "0.75", "graded")
        # Another attempt does not push the teacher's number away.
        await desk.hand_in(student, {"true_false": {"answer": True}})
        grade = await desk.grade(student)
        assert grade is not None
        assert grade.points == Decimal("0.75")
        assert (await _enter(tab, desk, student, "", grade.version))["kind"] == "saved"
        cell = _cells(await tab.state(GradebookState))["Student"]
        assert (cell["score"], cell["text"]) == ("1", "")
        assert [one.kind for one in await desk.events(student)][-2:] == ["entered", "entry_cleared"]
        assert not tab.errors


@pytest.mark.parametrize(
    ("text", "status", "total"), [("EX", "excused", ""), ("mi", "missing", "0 %"), ("1,5", "graded", "150 %")]
)
async def test_what_can_be_entered(world: World, text: str, status: str, total: str) -> None:
    desk = await _desk(world)
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        assert (await _enter(tab, desk, desk.quiz.student, text, 0))["kind"] == "saved"
        row = (await tab.state(GradebookState)).rows[0]
        assert (row["cells"][0]["status"], row["total"]) == (status, total)


@pytest.mark.parametrize("text", ["abc", "-1", "1.234", "=1", "1e3", "10000000", "²", "NaN", "5 5", "9999%"])
async def test_nonsense_is_named_and_changes_nothing(world: World, text: str) -> None:
    desk = await _desk(world)
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        answer = await _enter(tab, desk, desk.quiz.student, text, 0)
        assert answer["kind"] == "invalid"
        assert answer["text"]
        assert await desk.grade(desk.quiz.student) is None
        assert not tab.errors


async def test_a_second_teacher_is_told_and_overwrites_nothing(world: World) -> None:
    desk = await _desk(world)
    student = desk.quiz.student
    other = world.people["colleague"] = await world.add_person("colleague", Role.TEACHER)
    async with unit_of_work(desk.teacher) as work:
        await work.add(
            Enrollment(section_id=desk.quiz.section_id, user_id=other.user_id, role=EnrollmentRole.TEACHER)
        )
    async with await _tab(desk, world.teacher) as mine:
        await mine.fire(GradebookState.load)
        assert (await _enter(mine, desk, student, "1", 0))["kind"] == "saved"
    async with await _tab(desk, other) as theirs:
        await theirs.fire(GradebookState.load)
        answer = await _enter(theirs, desk, student, "0.5", 0)
        assert answer["kind"] == "conflict"
        assert "to 1 meanwhile" in answer["text"]
        assert _cells(await theirs.state(GradebookState))["Student"]["score"] == "1"
        # Whoever has seen the other value may still put another one.
        assert (await _enter(theirs, desk, student, "0.5", answer["version"]))["kind"] == "saved"
        # Clearing is guarded in the same way.
        assert (await _enter(theirs, desk, student, "", 1))["kind"] == "conflict"
    grade = await desk.grade(student)
    assert grade is not None
    assert grade.points == Decimal("0.5")
    assert [one.kind for one in await desk.events(student)] == ["entered", "entered"]


async def test_two_first_entries_at_once_make_one_grade(world: World) -> None:
    desk = await _desk(world)

    async def enter(text: str) -> Answer:
        async with await _tab(desk, world.teacher) as tab:
            await tab.fire(GradebookState.load)
            return await _enter(tab, desk, desk.quiz.student, text, 0)

    answers = await asyncio.gather(enter("1"), enter("0"))
    assert sorted(answer["kind"] for answer in answers) == ["conflict", "saved"]
    assert len(await desk.events(desk.quiz.student)) == 1


async def test_a_column_of_ones_own_waits_for_its_release(world: World) -> None:
    desk = await _desk(world)
    student = desk.quiz.student
    column = await _manual(desk)
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        assert [one["title"] for one in (await tab.state(GradebookState)).columns] == ["Quick", "Talk"]
        assert (await _enter(tab, desk, student, "15", 0, column=column))["kind"] == "saved"
        row = (await tab.state(GradebookState)).rows[0]
        assert (row["cells"][1]["hidden"], row["total"]) == (True, "71.43 %")
        total = await asyncio.create_task(_own_total(world))
        assert total["percent"] == "0 %", "the missing quiz, and nothing of the hidden talk"
        assert "Not graded yet, does not count: Talk" in total["steps"]
        await tab.fire(GradebookPanelState.open_column(column))
        assert (await tab.state(GradebookPanelState)).column["unreleased"] == 1
        await tab.fire(GradebookPanelState.release_column)
        assert (await asyncio.create_task(_own_total(world)))["percent"] == "71.43 %"
    path = f"/family/{student.user}"
    await link_guardian(desk, student)
    async with Tab(await world.guardian.sign_in(), path=path, route="/family/[student_id]") as family:
        await family.fire(ChildTotalsState.load)
        assert (await family.state(ChildTotalsState)).courses[0]["totals"][0]["percent"] == "71.43 %"


async def test_a_stranger_reads_no_totals_of_a_child(world: World) -> None:
    desk = await _desk(world)
    path = f"/family/{desk.quiz.student.user}"
    async with Tab(await world.guardian.sign_in(), path=path, route="/family/[student_id]") as family:
        await family.fire(ChildTotalsState.load)
        state = await family.state(ChildTotalsState)
        assert (state.failure, state.courses) == ("not_found", [])


async def test_rules_change_totals_at_once(world: World) -> None:
    desk = await _desk(world)
    student = desk.quiz.student
    await desk.hand_in(student, {"true_false": {"answer": True}})
    column = await _manual(desk)
    async with await _tab(desk, world.teacher, "/rules") as rules:
        await rules.fire(GradingRulesState.load)
        for name, weight in (("Quizzes", "25"), ("Talks", "75")):
            await rules.fire(GradingRulesState.edit_category(""))
            await rules.fire(GradingRulesState.save_category({"name": name, "weight": weight}))
        state = await rules.state(GradingRulesState)
        assert [one["weight_text"] for one in state.categories] == ["25 %", "75 %"]
        assert state.loose == 2
        quizzes, talks = (one["id"] for one in state.categories)
        await rules.fire(GradingRulesState.set_category_of(str(desk.assessment_id), quizzes))
        await rules.fire(GradingRulesState.set_category_of(column, talks))
        await rules.fire(GradingRulesState.save_method({"method": "weighted", "missing": "ignore"}))
        await rules.fire(GradingRulesState.use_preset("letters"))
        state = await rules.state(GradingRulesState)
        await rules.fire(GradingRulesState.save_scheme({"bands": state.bands}))
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        await _enter(tab, desk, student, "10", 0, column=column)
        row = (await tab.state(GradebookState)).rows[0]
        assert (row["total"], row["letter"]) == ("62.5 %", "D")
        await tab.fire(GradebookPanelState.open_total(str(student.user)))
        assert (await tab.state(GradebookPanelState)).steps == [
            "Quizzes: 1 of 1 points, 100 %, with a weight of 25",
            "Talks: 10 of 20 points, 50 %, with a weight of 75",
            "Total: 62.5 %",
            "D is given from 60 %",
        ]
    async with await _tab(desk, world.teacher, "/rules") as rules:
        await rules.fire(GradingRulesState.load)
        await rules.fire(GradingRulesState.edit_category(talks))
        await rules.fire(GradingRulesState.save_category({"name": "quizzes", "weight": "1000"}))
        assert sorted((await rules.state(GradingRulesState)).errors) == ["name", "weight"]
        await rules.fire(GradingRulesState.remove_category)
        assert not rules.errors
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        assert (await tab.state(GradebookState)).rows[0]["total"] == "100 %"
        assert not tab.errors


async def test_periods_have_totals_of_their_own(world: World) -> None:
    desk = await _desk(world)
    student = desk.quiz.student
    await desk.hand_in(student, {"true_false": {"answer": True}})
    day = NOW.date().isoformat()
    async with await _tab(desk, world.teacher, "/rules") as rules:
        await rules.fire(GradingRulesState.load)
        await rules.fire(GradingRulesState.add_period({"name": "Spring", "starts_on": day, "ends_on": ""}))
        assert list((await rules.state(GradingRulesState)).errors) == ["ends_on"]
        await rules.fire(GradingRulesState.add_period({"name": "Spring", "starts_on": day, "ends_on": day}))
        period = (await rules.state(GradingRulesState)).periods[0]["id"]
    column = await _manual(desk)
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        await _enter(tab, desk, student, "0", 0, column=column)
        await tab.fire(GradebookState.choose_period(period))
        state = await tab.state(GradebookState)
        assert ([one["title"] for one in state.columns], state.rows[0]["total"]) == (["Quick"], "100 %")
        await tab.fire(GradebookState.choose_period(""))
        assert (await tab.state(GradebookState)).rows[0]["total"] == "4.76 %"
    async with Tab(await world.student.sign_in(), path="/learn/grades") as theirs:
        await theirs.fire(OwnTotalsState.load)
        found = (await theirs.state(OwnTotalsState)).courses[0]["totals"]
        assert [one["name"] for one in found] == ["Whole course", "Spring"]


async def test_a_teachers_total_has_a_reason_a_trail_and_a_version(world: World) -> None:
    desk = await _desk(world)
    student = desk.quiz.student
    await desk.hand_in(student, {"true_false": {"answer": True}})
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        with count_statements() as seen:
            await tab.fire(GradebookPanelState.open_total(str(student.user)))
        assert len(seen) <= 8
        await tab.fire(GradebookPanelState.enter_total({"percent": "300", "reason": "Because"}))
        assert list((await tab.state(GradebookPanelState)).errors) == ["percent"]
        await tab.fire(GradebookPanelState.enter_total({"percent": "88,5", "reason": " "}))
        assert list((await tab.state(GradebookPanelState)).errors) == ["reason"]
        await tab.fire(GradebookPanelState.enter_total({"percent": "88,5", "reason": "A long illness"}))
        row = (await tab.state(GradebookState)).rows[0]
        assert (row["total"], row["entered"]) == ("88.5 %", True)
        total = await asyncio.create_task(_own_total(world))
        assert (total["percent"], total["reason"]) == ("88.5 %", "A long illness")
        # The panel is older than the entry: nothing is overwritten.
        await tab.fire(GradebookPanelState.enter_total({"percent": "90", "reason": "Again"}))
        assert (await tab.state(GradebookState)).rows[0]["total"] == "88.5 %"
        await tab.fire(GradebookPanelState.open_total(str(student.user)))
        await tab.fire(GradebookPanelState.take_back_total({"reason": "A mistake"}))
        assert (await tab.state(GradebookState)).rows[0]["total"] == "100 %"
        await tab.fire(GradebookPanelState.open_total(str(student.user)))
        trail = (await tab.state(GradebookPanelState)).trail
        assert [one["reason"] for one in trail] == ["A mistake", "A long illness"]
        assert not tab.errors


async def test_the_cost_does_not_grow_with_the_class(world: World) -> None:
    desk = await _desk(world)
    costs: list[int] = []
    for names in (("a",), ("b", "c", "d")):
        for name in names:
            await desk.hand_in(await desk.add_student(name), {"true_false": {"answer": True}})
        async with await _tab(desk, world.teacher) as tab:
            await tab.fire(GradebookState.load)
            with count_statements() as seen:
                await tab.fire(GradebookState.refresh)
            assert (await tab.state(GradebookState)).loaded
        costs.append(len(seen))
    assert costs[0] == costs[1]
    assert costs[0] <= 8


async def test_order_filter_and_window(world: World) -> None:
    desk = await _desk(world)
    for name, answer in (("anna", True), ("bert", False), ("cleo", True)):
        await desk.hand_in(await desk.add_student(name), {"true_false": {"answer": answer}})

    def names(state: GradebookState) -> list[str]:
        return [row["name"].split()[0] for row in state.rows]

    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        assert names(await tab.state(GradebookState)) == ["Anna", "Bert", "Cleo", "Student"]
        await tab.fire(GradebookState.order_by("name"))
        assert names(await tab.state(GradebookState)) == ["Student", "Cleo", "Bert", "Anna"]
        await tab.fire(GradebookState.order_by(str(desk.assessment_id)))
        assert names(await tab.state(GradebookState)) == ["Anna", "Cleo", "Bert", "Student"]
        await tab.fire(GradebookState.order_by("total"))
        assert names(await tab.state(GradebookState))[:2] == ["Anna", "Cleo"]
        await tab.fire(GradebookState.order_by("name"))
        await tab.fire(GradebookState.order_by("name"))
        await tab.fire(GradebookState.window(2, 1, 0, 5))
        state = await tab.state(GradebookState)
        assert (names(state), state.first_row, state.total_rows) == (["Bert"], 2, 4)
        await tab.fire(GradebookState.window(-5, 10**30, -1, 10**30))
        assert len((await tab.state(GradebookState)).rows) == 4
        await tab.fire(GradebookState.search_for("LE"))
        assert names(await tab.state(GradebookState)) == ["Cleo"]
        await tab.fire(GradebookState.search_for("%"))
        assert names(await tab.state(GradebookState)) == []
        assert not tab.errors


async def test_only_teachers_of_the_course_open_it(world: World) -> None:
    desk = await _desk(world)
    stranger = await world.add_person("stranger", Role.TEACHER)
    async with await _tab(desk, stranger) as tab:
        await tab.fire(GradebookState.load)
        state = await tab.state(GradebookState)
        assert state.failure == "not_found"
        await tab.fire(GradebookPanelState.open_cell(str(desk.quiz.student.user), str(desk.assessment_id)))
        assert (await tab.state(GradebookPanelState)).events == []
        answer = await _enter(tab, desk, desk.quiz.student, "1", 0)
        assert answer["kind"] == "invalid"
        await tab.fire(GradebookPanelState.enter_total({"percent": "1", "reason": "No"}))
        await tab.fire(GradingRulesState.save_method({"method": "points", "missing": "zero"}))
    assert await desk.grade(desk.quiz.student) is None


async def test_a_student_of_another_course_gets_no_grade(world: World) -> None:
    desk = await _desk(world)
    outsider = await (await world.add_person("outsider", Role.STUDENT)).principal()
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        assert (await _enter(tab, desk, outsider, "1", 0))["kind"] == "invalid"


async def test_a_column_with_grades_is_not_removed(world: World) -> None:
    desk = await _desk(world)
    column = await _manual(desk)
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        saved = await _enter(tab, desk, desk.quiz.student, "3", 0, column=column)

    async def remove() -> int:
        async with await _tab(desk, world.teacher, "/rules") as rules:
            await rules.fire(GradingRulesState.load)
            await rules.fire(GradingRulesState.edit_manual(column))
            await rules.fire(GradingRulesState.remove_manual)
            return (await rules.state(GradingRulesState)).total

    assert await asyncio.create_task(remove()) == 2
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        await _enter(tab, desk, desk.quiz.student, "", saved["version"], column=column)
    assert await asyncio.create_task(remove()) == 1


async def test_the_state_of_a_tab_stays_small(world: World) -> None:
    desk = await _desk(world)
    for number in range(15):
        await _manual(desk, f"Column number {number} with a long title")
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        await tab.fire(GradebookState.window(0, 60, 0, 24))
        state = await tab.state(GradebookState)
        one = len(pickle.dumps([state.rows, state.columns]))
        cell = len(pickle.dumps(state.rows)) / (len(state.rows) * len(state.columns))
        assert one + 59 * len(state.columns) * cell < 64_000


async def test_services_refuse_what_is_out_of_range(world: World) -> None:
    desk = await _desk(world)
    course = desk.quiz.course_id
    async with unit_of_work(desk.teacher) as work:
        await categories.save_method(
            work=work, me=desk.teacher, course_id=course, method=Method.WEIGHTED, missing=MissingRule.ZERO
        )
        await categories.save_scheme(
            work=work, me=desk.teacher, course_id=course, scheme=PRESET_OF["pass"].scheme, preset="pass"
        )
        await categories.save_category(
            work=work,
            me=desk.teacher,
            course_id=course,
            draft=CategoryDraft(name="Work", weight=Decimal(100)),
        )
    async with unit_of_work(desk.teacher) as work:
        rules = await categories.rules_for_editing(work=work, me=desk.teacher, course_id=course)
        assert (rules.weighted, rules.scheme) == (True, PRESET_OF["pass"].scheme)
        found = await totals.read_total(
            work=work, me=desk.teacher, course_id=course, user_id=desk.quiz.student.user
        )
        assert found.total.percent is None, "no column has a category"


async def test_a_planned_release_shows_and_hidden_names_stay_hidden(world: World) -> None:
    desk = await _desk(world)
    attempt = await desk.hand_in(desk.quiz.student, {"true_false": {"answer": True}})
    student, soon = str(desk.quiz.student.user), utc_now() + timedelta(days=1)
    async with unit_of_work(desk.teacher) as work:
        grade = (await work.session.exec(select(Grade))).one()
        grade.released_at = soon
    async with await _tab(desk, world.teacher) as tab:
        await tab.fire(GradebookState.load)
        cell = (await tab.state(GradebookState)).rows[0]["cells"][0]
        assert (cell["score"], cell["hidden"], cell["planned"][:13]) == ("1", False, "Visible from ")
        await tab.fire(GradebookPanelState.open_cell(student, str(desk.assessment_id)))
        panel = (await tab.state(GradebookPanelState)).cell
        assert (panel["planned"], str(attempt.id) in panel["href"]) == (cell["planned"], True)
        async with unit_of_work(desk.teacher) as work:
            await anonymity.set_anonymous(
                work=work, me=desk.teacher, assessment_id=desk.assessment_id, on=True
            )
        await tab.fire(GradebookState.load)
        row = (await tab.state(GradebookState)).rows[0]
        cell = row["cells"][0]
        assert (cell["score"], cell["status"], cell["planned"][:13]) == ("", "anonymous", "Visible from ")
        assert row["total"] == ""
        await tab.fire(GradebookPanelState.open_cell(student, str(desk.assessment_id)))
        state = await tab.state(GradebookPanelState)
        assert (state.cell["href"], state.cell["anonymous"], state.events) == ("", True, [])
        assert state.cell["planned"] == cell["planned"]
        async with unit_of_work(desk.teacher) as work:
            (await work.session.exec(select(Grade))).one().released_at = utc_now()
        await tab.fire(GradebookState.load)
        assert (await tab.state(GradebookState)).rows[0]["cells"][0]["score"] == "1"


async def test_the_cell_of_every_member_leads_to_the_work_of_the_group(world: World) -> None:
    other = await world.add_person("other", Role.STUDENT)
    taught = await make_course(world, students=[world.student, other])
    set_id, _groups = await make_groups(world, taught, [world.student, other])
    handout = await make_assignment(world, taught=taught, group_set_id=set_id)
    attempt = await handout.hand_in(await world.student.principal())
    me = await world.teacher.principal()
    for person in (world.student, other):
        assert person.user_id is not None
        async with unit_of_work(me) as work:
            found = await gradebook.cell_facts(
                work=work, me=me, assessment_id=handout.assessment_id, user_id=person.user_id
            )
        assert found.attempt_id == attempt.id


async def test_categories_are_put_in_order_by_dragging_and_by_buttons(world: World) -> None:
    desk = await _desk(world)
    async with await _tab(desk, world.teacher, "/rules") as tab:
        await tab.fire(GradingRulesState.load)
        for name in ("Quizzes", "Projects", "Exams"):
            await tab.fire(GradingRulesState.save_category({"name": name, "weight": "10"}))

        async def order() -> list[str]:
            return [one["name"] for one in (await tab.state(GradingRulesState)).categories]

        ids = {one["name"]: one["id"] for one in (await tab.state(GradingRulesState)).categories}
        await tab.fire(GradingRulesState.move_category(ids["Exams"], True))
        assert await order() == ["Quizzes", "Exams", "Projects"]
        await tab.fire(GradingRulesState.move_category(ids["Quizzes"], False))
        assert await order() == ["Exams", "Quizzes", "Projects"]
        await tab.fire(GradingRulesState.move_category(ids["Exams"], True))
        await tab.fire(GradingRulesState.move_category(ids["Projects"], False))
        assert await order() == ["Exams", "Quizzes", "Projects"]
        await tab.fire(GradingRulesState.place_category("category", ids["Projects"], "x", ids["Exams"]))
        await tab.fire(GradingRulesState.place_category("category", ids["Exams"], "x", ""))
        assert await order() == ["Projects", "Quizzes", "Exams"]
        assert not tab.errors
