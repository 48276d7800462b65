"""The pages of bank, builder and sitting, through the real event processor and gate."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select, update

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import identity_work, unit_of_work
from eduplatform.domain.assessment import attempts, bank_filing
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.tenants.models import Tenant
from eduplatform.state.assessments import AssessmentsState
from eduplatform.state.attempts import AttemptPageState, LearnAssessmentsState, LearnAssessmentState
from eduplatform.state.bank import BankState
from eduplatform.state.bank_filing import BankFilingState
from eduplatform.state.builder import BuilderState
from eduplatform.state.question import QuestionState
from eduplatform.state.question_preview import PreviewState
from tests.factories.assessment import PLANTED, Quiz, make_course, make_quiz
from tests.factories.statements import count_statements
from tests.factories.world import Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

MOST_STATEMENTS = 8


async def _tab(person: Person, route: str, **parts: object) -> Tab:
    path = route
    for name, value in parts.items():
        path = path.replace(f"[{name}]", str(value))
    return Tab(await person.sign_in(), path=path, route=route)


def _choice_form(**other: object) -> dict[str, Any]:
    options = [{"text": "three"}, {"text": "four", "correct": True}]
    return {"stem": "What is $2+2$?", "points": "1,5", "options": json.dumps(options), "feedback": ""} | other


async def test_new_question_is_written_saved_and_opened(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    async with await _tab(
        world.teacher, "/teach/courses/[course_id]/bank/new", course_id=quiz.course_id
    ) as tab:
        await tab.fire(QuestionState.load_new)
        await tab.fire(QuestionState.choose("single_choice"))
        await tab.fire(QuestionState.save(_choice_form()))
        (target,) = tab.redirects()
        await tab.go(target, "/teach/questions/[question_id]")
        await tab.fire(QuestionState.load)
        state = await tab.state(QuestionState)
        assert (state.loaded, state.points, state.version, state.seen) == (True, "1.5", 1, False)
        assert [(one["text"], one["correct"]) for one in json.loads(state.parts["options"])] == [
            ("three", False),
            ("four", True),
        ]


async def test_first_question_of_a_course_goes_to_the_course_not_to_a_bank_of_ones_own(world: World) -> None:
    me = await world.teacher.principal()
    course_id, _section = await make_course(world, teacher=me, student=await world.student.principal())
    async with unit_of_work(me) as work:
        await bank_filing.create_bank(work=work, me=me, course_id=None, name="Drafts")
    async with await _tab(world.teacher, "/teach/courses/[course_id]/bank/new", course_id=course_id) as tab:
        await tab.fire(QuestionState.load_new)
        state = await tab.state(QuestionState)
        assert [one["label"] for one in state.places] == ["Biology", "Drafts (only you)"]
        await tab.fire(QuestionState.choose("single_choice"))
        await tab.fire(QuestionState.save(_choice_form(place=state.place)))
        assert tab.redirects()
        await tab.go(f"/teach/courses/{course_id}/bank", "/teach/courses/[course_id]/bank")
        await tab.fire(BankState.load)
        assert (await tab.state(BankState)).total == 1


async def test_list_is_narrowed_ticked_and_filed(world: World) -> None:
    quiz = await make_quiz(world)
    route = "/teach/courses/[course_id]/bank"
    async with await _tab(world.teacher, route, course_id=quiz.course_id) as tab:
        await tab.fire(BankState.load)
        state = await tab.state(BankState)
        bank_id = state.banks[0]["id"]
        await tab.fire(BankState.choose_bank(bank_id))
        await tab.fire(BankFilingState.open("folder"))
        await tab.fire(BankFilingState.add_folder({"name": "Cells"}))
        await tab.fire(BankState.filter("numeric"))
        await tab.fire(BankState.select_page(True))
        await tab.fire(BankFilingState.open("place"))
        place = (await tab.state(BankFilingState)).options[1]["value"]
        await tab.fire(BankFilingState.place({"place": place}))
        await tab.fire(BankFilingState.open_for("tags", str(quiz.questions["numeric"])))
        await tab.fire(BankFilingState.tag({"add": "x" * 41}))
        assert (await tab.state(BankFilingState)).errors["tags"]
        await tab.fire(BankFilingState.tag({"add": "Length, units"}))
        await tab.fire(BankState.filter(""))
        await tab.fire(BankState.choose_folder(place.partition(":")[2]))
        state = await tab.state(BankState)
        assert [(row["id"], row["tags"]) for row in state.rows] == [
            (str(quiz.questions["numeric"]), ["length", "units"])
        ]
        assert state.selected == []
        await tab.fire(PreviewState.open(str(quiz.questions["numeric"])))
        await tab.fire(PreviewState.check({"text": "31337.25 m"}))
        assert (await tab.state(PreviewState)).result["status"] == "Right"
        assert not tab.errors


async def test_preview_left_open_does_not_cover_the_next_page(world: World) -> None:
    quiz = await make_quiz(world, "numeric")
    async with await _tab(world.teacher, "/teach/courses/[course_id]/bank", course_id=quiz.course_id) as tab:
        for load in (BankState.load, BankState.load_own, QuestionState.load_new, QuestionState.load_new_own):
            await tab.fire(PreviewState.open(str(quiz.questions["numeric"])))
            assert (await tab.state(PreviewState)).showing
            await tab.fire(load)
            assert not (await tab.state(PreviewState)).showing
        assert not tab.errors


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stem": ""}, "stem"),
        ({"points": "many"}, "points"),
        ({"options": "{"}, "options"),
        ({"options": "[" * 5000}, "options"),
        ({"options": "[]"}, "options"),
        ({"options": json.dumps([{"text": "a", "correct": True}, {"text": "a"}])}, "options.1.text"),
        ({"answer_key": "x"}, "answer_key"),
        ({"stem": "x" * 1_000_000}, "stem"),
    ],
)
async def test_refused_question_has_its_message_at_the_field(
    world: World, change: dict[str, object], field: str
) -> None:
    quiz = await make_quiz(world, "essay")
    async with await _tab(
        world.teacher, "/teach/courses/[course_id]/bank/new", course_id=quiz.course_id
    ) as tab:
        await tab.fire(QuestionState.load_new)
        await tab.fire(QuestionState.choose("single_choice"))
        await tab.fire(QuestionState.save(_choice_form(**change)))
        assert (await tab.state(QuestionState)).errors.get(field)
        assert not tab.redirects()


async def test_saving_a_seen_question_says_so_and_counts_up(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    route = "/teach/questions/[question_id]"
    async with await _tab(world.teacher, route, question_id=quiz.questions["essay"]) as tab:
        await tab.fire(QuestionState.load)
        assert (await tab.state(QuestionState)).seen
        await tab.fire(QuestionState.save({"stem": "Better words.", "points": "5", "notes": "n"}))
        state = await tab.state(QuestionState)
        assert (state.version, state.seen, state.errors) == (2, False, {})


async def test_preview_holds_no_key(world: World) -> None:
    quiz = await make_quiz(world, "numeric")
    async with await _tab(
        world.teacher, "/teach/questions/[question_id]", question_id=quiz.questions["numeric"]
    ) as tab:
        await tab.fire(QuestionState.load)
        form = {
            "stem": "Long?",
            "points": "1",
            "value": "31337.25",
            "unit_rule": "required",
            "unit": "furlongsecret",
        }
        await tab.fire(QuestionState.show_preview(form))
        shown = json.dumps((await tab.state(PreviewState)).shown)
    assert "Long?" in shown
    assert not [planted for planted in PLANTED if planted in shown]


async def test_due_time_is_meant_on_the_organisations_wall_clock(world: World) -> None:
    async with identity_work() as work:
        await work.session.exec(  # type: ignore[call-overload]
            update(Tenant).where(col(Tenant.id) == world.tenant_id).values(timezone="Europe/Madrid")
        )
    quiz = await make_quiz(world, "essay", published=False)
    async with await _tab(
        world.teacher, "/teach/assessments/[assessment_id]", assessment_id=quiz.assessment_id
    ) as tab:
        await tab.fire(BuilderState.load)
        await tab.fire(
            BuilderState.save(
                {
                    "title": "Clocks",
                    "kind": "exam",
                    "opens_at": "2026-10-25T02:30",
                    "due_at": "2026-10-25T02:30",
                    "closes_at": "2026-07-01T09:00",
                    "attempts_allowed": "1",
                    "scoring": "best",
                }
            )
        )
        state = await tab.state(BuilderState)
        assert state.errors == {}
        assert (state.settings["due_at"], state.zone) == ("2026-10-25T02:30", "Europe/Madrid")
    async with unit_of_work(quiz.teacher) as work:
        one = (
            await work.session.exec(select(Assessment).where(col(Assessment.id) == quiz.assessment_id))
        ).one()
    assert one.opens_at is not None
    assert one.due_at is not None
    assert one.closes_at is not None
    # The hour that the clock shows twice: it opens at the first and is due at the second.
    assert [moment.hour for moment in (one.opens_at, one.due_at, one.closes_at)] == [0, 1, 7]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"due_at": "tomorrow"}, "due_at"),
        ({"due_at": "0001-01-01T00:00"}, "due_at"),
        ({"time_limit_minutes": "-5"}, "time_limit_minutes"),
        ({"time_limit_minutes": "99999"}, "time_limit_minutes"),
        ({"attempts_allowed": "many"}, "attempts_allowed"),
        ({"late_percent_per_day": "101"}, "late_percent_per_day"),
        ({"scoring": "worst"}, "scoring"),
        ({"kind": "party"}, "kind"),
        ({"module_id": "x"}, "module_id"),
        ({"module_id": str(uuid4())}, "module_id"),
        ({"status": "published"}, "status"),
    ],
)
async def test_refused_setting_has_its_message_at_the_field(
    world: World, change: dict[str, str], field: str
) -> None:
    quiz = await make_quiz(world, "essay", published=False)
    async with await _tab(
        world.teacher, "/teach/assessments/[assessment_id]", assessment_id=quiz.assessment_id
    ) as tab:
        await tab.fire(BuilderState.load)
        await tab.fire(BuilderState.save({"title": "Fine", "kind": "quiz", "scoring": "best"} | change))
        state = await tab.state(BuilderState)
        assert state.errors.get(field), state.errors
        assert state.settings["version"] == 1


async def test_builder_adds_orders_and_publishes(world: World) -> None:
    quiz = await make_quiz(world, "true_false", "numeric", published=False)
    async with await _tab(
        world.teacher, "/teach/courses/[course_id]/assessments", course_id=quiz.course_id
    ) as tab:
        await tab.fire(AssessmentsState.load)
        await tab.fire(AssessmentsState.create({"title": "Second", "kind": "quiz"}))
        (target,) = tab.redirects()
        await tab.go(target, "/teach/assessments/[assessment_id]")
        await tab.fire(BuilderState.load)
        assert (await tab.state(BuilderState)).problems
        await tab.fire(BuilderState.open_picker)
        found = (await tab.state(BuilderState)).found
        for row in found:
            await tab.fire(BuilderState.pick(row["id"], True))
        await tab.fire(BuilderState.add_picked)
        items = (await tab.state(BuilderState)).items
        assert [one["question_id"] for one in items] == [one["id"] for one in found]
        await tab.fire(BuilderState.move(items[1]["id"], "up"))
        await tab.fire(BuilderState.set_points(items[0]["id"], "4"))
        await tab.fire(BuilderState.set_points(items[0]["id"], "lots"))
        state = await tab.state(BuilderState)
        assert state.errors[f"points-{items[0]['id']}"]
        assert [(one["id"], one["points"]) for one in state.items] == [
            (items[1]["id"], items[1]["points"]),
            (items[0]["id"], "4"),
        ]
        await tab.fire(BuilderState.publish)
        assert (await tab.state(BuilderState)).settings["published"]


async def test_student_finds_rules_begins_and_sees_the_result(world: World) -> None:
    quiz = await make_quiz(world, "true_false", "essay")
    async with await _tab(
        world.student, "/learn/courses/[course_id]/assessments", course_id=quiz.course_id
    ) as tab:
        await tab.fire(LearnAssessmentsState.load)
        assert [one["title"] for one in (await tab.state(LearnAssessmentsState)).rows] == ["Cells"]
        await tab.go(f"/learn/assessments/{quiz.assessment_id}", "/learn/assessments/[assessment_id]")
        await tab.fire(LearnAssessmentState.load)
        before = await tab.state(LearnAssessmentState)
        assert before.may_start
        assert any("30 minutes" in rule["text"] for rule in before.rules)
        assert any("0 of 2 used" in rule["text"] for rule in before.rules)
        await tab.fire(LearnAssessmentState.start)
        (target,) = tab.redirects()
        await tab.go(target, "/learn/attempts/[attempt_id]")
        await tab.fire(AttemptPageState.load)
        running = await tab.state(AttemptPageState)
        assert (running.running, running.questions) == (True, [])
        attempt = await quiz.start(now=utc_now())
        await quiz.save(attempt, "true_false", {"answer": True}, now=utc_now())
        await quiz.save(attempt, "essay", {"text": "Because."}, now=utc_now())
        await quiz.submit(attempt, now=utc_now())
        await tab.fire(AttemptPageState.refresh)
        after = await tab.state(AttemptPageState)
        assert (after.running, after.waiting) == (False, True)
        assert [(one["status"], one["points"]) for one in after.questions] == [
            ("Right", "1 / 1"),
            ("Waiting for your teacher", ""),
        ]
        sent = json.dumps(tab.deltas, default=str)
    assert not [planted for planted in PLANTED if planted in sent]


async def test_others_find_nothing(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    attempt = await quiz.start(now=utc_now())
    other = await world.add_person("other", *((await world.student.principal()).roles))
    student_pages = (
        (LearnAssessmentsState, "/learn/courses/[course_id]/assessments", {"course_id": quiz.course_id}),
        (LearnAssessmentState, "/learn/assessments/[assessment_id]", {"assessment_id": quiz.assessment_id}),
        (AttemptPageState, "/learn/attempts/[attempt_id]", {"attempt_id": attempt.id}),
        (AttemptPageState, "/learn/attempts/[attempt_id]", {"attempt_id": "../../etc"}),
    )
    for state, route, parts in student_pages:
        async with await _tab(other, route, **parts) as tab:
            await tab.fire(state.load)
            assert (await tab.state(state)).failure == "not_found"
    async with await _tab(
        world.student, "/teach/assessments/[assessment_id]", assessment_id=quiz.assessment_id
    ) as tab:
        await tab.fire(BuilderState.load)
        assert (await tab.state(BuilderState)).failure == "forbidden"


async def _cost(tab: Tab, spec: Any) -> int:
    with count_statements() as seen:
        await tab.fire(spec)
    assert not tab.errors
    return len(seen)


async def _costs(quiz: Quiz) -> dict[str, int]:
    teacher, student = quiz.world.teacher, quiz.world.student
    costs: dict[str, int] = {}
    course = {"course_id": quiz.course_id}
    async with await _tab(teacher, "/teach/courses/[course_id]/bank", **course) as tab:
        costs["bank"] = await _cost(tab, BankState.load)
    async with await _tab(teacher, "/teach/courses/[course_id]/assessments", **course) as tab:
        costs["list"] = await _cost(tab, AssessmentsState.load)
    route = "/teach/assessments/[assessment_id]"
    async with await _tab(teacher, route, assessment_id=quiz.assessment_id) as tab:
        costs["builder"] = await _cost(tab, BuilderState.load)
        costs["picker"] = await _cost(tab, BuilderState.open_picker)
    async with await _tab(student, "/learn/courses/[course_id]/assessments", **course) as tab:
        costs["student list"] = await _cost(tab, LearnAssessmentsState.load)
    route = "/learn/assessments/[assessment_id]"
    async with await _tab(student, route, assessment_id=quiz.assessment_id) as tab:
        costs["student one"] = await _cost(tab, LearnAssessmentState.load)
        costs["start"] = await _cost(tab, LearnAssessmentState.start)
    attempt = await quiz.start(now=utc_now())
    await quiz.submit(attempt, now=utc_now())
    async with await _tab(student, "/learn/attempts/[attempt_id]", attempt_id=attempt.id) as tab:
        costs["result"] = await _cost(tab, AttemptPageState.load)
    return costs


async def test_pages_cost_few_statements_however_many_rows(world: World, new_world: Any) -> None:
    small = await _costs(await make_quiz(world, "true_false"))
    large = await _costs(await make_quiz(await new_world()))
    assert small == large
    assert {name: cost for name, cost in large.items() if cost > MOST_STATEMENTS} == {}


async def test_the_page_of_a_new_attempt_asks_the_database_for_nothing_and_the_next_visit_reads(
    world: World,
) -> None:
    quiz = await make_quiz(world, "short_text")
    route = "/learn/assessments/[assessment_id]"
    async with await _tab(world.student, route, assessment_id=quiz.assessment_id) as tab:
        await tab.fire(LearnAssessmentState.load)
        await tab.fire(LearnAssessmentState.start)
        (target,) = tab.redirects()
        await tab.go(target, "/learn/attempts/[attempt_id]")
        with count_statements() as statements:
            await tab.fire(AttemptPageState.load)
        state = await tab.state(AttemptPageState)
        assert (len(statements), state.loaded, state.running, state.number) == (0, True, True, 1)
        assert (state.title, state.course_id) == ("Cells", str(quiz.course_id))
        async with unit_of_work(quiz.student) as work:
            attempt_id = UUID(target.rpartition("/")[2])
            await attempts.submit(work=work, me=quiz.student, attempt_id=attempt_id)
        await tab.fire(AttemptPageState.load)
        assert not (await tab.state(AttemptPageState)).running


async def test_what_was_known_at_the_beginning_fills_no_other_attempts_page(world: World) -> None:
    quiz, other = await make_quiz(world, "short_text"), await make_quiz(world, "essay")
    finished = await other.start(now=utc_now())
    await other.submit(finished, now=utc_now())
    route = "/learn/assessments/[assessment_id]"
    async with await _tab(world.student, route, assessment_id=quiz.assessment_id) as tab:
        await tab.fire(LearnAssessmentState.load)
        await tab.fire(LearnAssessmentState.start)
        await tab.go(f"/learn/attempts/{finished.id}", "/learn/attempts/[attempt_id]")
        await tab.fire(AttemptPageState.load)
        state = await tab.state(AttemptPageState)
        assert (state.attempt_id, state.running) == (str(finished.id), False)
