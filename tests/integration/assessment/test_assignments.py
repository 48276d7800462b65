"""Assignments: making them, drafts with history, handing in, late, again, and taking back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import assignments, bank, drafts, handed_in, service, submissions
from eduplatform.domain.assessment.assignments import AssignmentDraft
from eduplatform.domain.assessment.attempts import CannotStart
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.handed_in import Progress
from eduplatform.domain.assessment.models import Assessment, AttemptState
from eduplatform.domain.assessment.schemas import AssessmentDraft, QuestionDraft
from eduplatform.domain.files import service as files
from eduplatform.domain.grading import marks
from eduplatform.domain.grading.marks import Marks
from eduplatform.domain.grading.models import Grade
from eduplatform.domain.messaging.models import Notification
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.state.assignment_builder import AssignmentBuilderState
from eduplatform.state.attempts import late_in_words
from tests.factories.assignments import DUE, EVERYTHING, NOW, make_assignment, make_upload
from tests.factories.world import World, make_world
from tests.harness import Tab

pytestmark = pytest.mark.anyio


async def test_a_text_is_written_handed_in_and_judged(world: World) -> None:
    handout = await make_assignment(world)
    me, teacher = await world.student.principal(), await world.teacher.principal()
    attempt = await handout.hand_in(me, text="Ash fell on the **bread**.")
    assert (attempt.state, attempt.late_seconds, attempt.submitted_by) == ("submitted", 0, me.user)
    async with unit_of_work(teacher) as work:
        asked = await submissions.read_taught(work=work, me=teacher, attempt_id=attempt.id)
        assert asked.text == "Ash fell on the **bread**."
        response = next(iter(await submissions.ResponseRepository(work).asked([attempt.id]))).response
        await marks.save_marks(
            work=work,
            me=teacher,
            attempt_id=attempt.id,
            version=attempt.version,
            marks=[Marks(response_id=response.id, points=Decimal(8))],
        )
    async with unit_of_work(teacher) as work:
        grade = (
            await work.session.exec(select(Grade).where(col(Grade.assessment_id) == handout.assessment_id))
        ).one()
    assert (grade.points, grade.status, grade.released_at) == (Decimal(8), "graded", None)


async def test_late_work_is_late_by_the_policy(world: World) -> None:
    handout = await make_assignment(world, late_percent_per_day=10)
    me = await world.student.principal()
    attempt = await handout.hand_in(me, now=DUE + timedelta(hours=5))
    assert attempt.late_seconds == 5 * 3600


async def test_nothing_or_half_of_what_is_asked_for_is_not_taken(world: World) -> None:
    handout = await make_assignment(world, parts={**EVERYTHING, "require_all": True})
    me = await world.student.principal()
    attempt = await handout.start(me)
    with pytest.raises(Invalid) as caught:
        await handout.submit(me, attempt)
    assert set(caught.value.fields) == {"text", "link", "files"}
    await handout.save(me, attempt, text="Words", link="https://example.org/map")
    with pytest.raises(Invalid) as caught:
        await handout.submit(me, attempt)
    assert set(caught.value.fields) == {"files"}


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x"],
)
async def test_links_that_do_something_are_refused_from_the_first_save(world: World, link: str) -> None:
    handout = await make_assignment(world, parts=EVERYTHING)
    me = await world.student.principal()
    attempt = await handout.start(me)
    with pytest.raises(Invalid):
        await handout.save(me, attempt, link=link)
    assert await handout.answer(me, attempt) is None


@pytest.mark.parametrize(
    "link", ["example", "https://", "//example.org", "https://bank.org@evil.test", "ftp"]
)
async def test_a_half_typed_link_is_kept_and_not_handed_in(world: World, link: str) -> None:
    handout = await make_assignment(world, parts=EVERYTHING)
    me = await world.student.principal()
    attempt = await handout.start(me)
    await handout.save(me, attempt, link=link)
    with pytest.raises(Invalid) as caught:
        await handout.submit(me, attempt)
    assert "link" in caught.value.fields
    async with unit_of_work(me) as work:
        assert (await submissions.read_own(work=work, me=me, attempt_id=attempt.id)).link == ""


async def test_a_text_of_a_megabyte_is_refused_and_the_draft_stays(world: World) -> None:
    handout = await make_assignment(world)
    me = await world.student.principal()
    attempt = await handout.start(me)
    await handout.save(me, attempt, text="Kept")
    with pytest.raises(Invalid):
        await handout.save(me, attempt, text="x" * 1_000_000, base=1)
    assert (await handout.answer(me, attempt))["text"] == "Kept"


async def test_files_must_be_ones_own_of_the_right_kind_and_size(world: World) -> None:
    handout = await make_assignment(world, parts={**EVERYTHING, "max_megabytes": "1"})
    other = await world.add_person("other", Role.STUDENT)
    me, stranger = await world.student.principal(), await other.principal()
    attempt = await handout.start(me)
    for wrong in (await make_upload(stranger), str(uuid4()), await make_upload(me, purpose="message")):
        with pytest.raises(NotFound):
            await handout.save(me, attempt, files=[wrong])
    for problem in (
        await make_upload(me, name="program.py"),
        await make_upload(me, size=1_000_001),
    ):
        with pytest.raises(Invalid):
            await handout.save(me, attempt, files=[problem])
    with pytest.raises(Invalid):
        await handout.save(me, attempt, files=[await make_upload(me) for _ in range(4)])
    assert await handout.answer(me, attempt) is None


async def test_who_may_download_a_handed_in_file(world: World) -> None:
    handout = await make_assignment(world, parts=EVERYTHING)
    me, teacher = await world.student.principal(), await world.teacher.principal()
    fellow = await (await world.add_person("fellow", Role.STUDENT)).principal()
    outsider = await (await world.add_person("outsider", Role.TEACHER)).principal()
    attempt = await handout.start(me)
    file_id = await make_upload(me)
    await handout.save(me, attempt, files=[file_id])

    async def may(who: object) -> bool:
        try:
            async with unit_of_work(who) as work:  # type: ignore[arg-type]
                await files.readable(work=work, me=who, file_id=UUID(file_id))  # type: ignore[arg-type]
            return True
        except NotFound:
            return False

    assert (await may(me), await may(fellow), await may(teacher)) == (True, False, False)
    await handout.submit(me, attempt)
    assert (await may(teacher), await may(outsider), await may(fellow)) == (True, False, False)


async def test_the_history_keeps_what_was_there_before(world: World) -> None:
    handout = await make_assignment(world)
    me, teacher = await world.student.principal(), await world.teacher.principal()
    attempt = await handout.start(me)
    long = "word " * 100
    await handout.save(me, attempt, text="One two three", now=NOW)
    await handout.save(me, attempt, text=long, base=1, now=NOW + timedelta(seconds=20))
    await handout.save(me, attempt, text="", base=2, now=NOW + timedelta(seconds=60))
    await handout.save(me, attempt, text="Again", base=3, now=NOW + timedelta(minutes=10))
    async with unit_of_work(me) as work:
        rows = await drafts.own_history(work=work, me=me, attempt_id=attempt.id)
        lost = await drafts.own_revision(work=work, me=me, attempt_id=attempt.id, revision_id=rows[2].id)
    assert [one.words for one in rows] == [1, 0, 100]
    assert [one.added for one in rows] == [1, -100, 100]
    assert lost.answer["text"].strip() == long.strip()
    async with unit_of_work(teacher) as work:
        seen = await drafts.taught_history(work=work, me=teacher, attempt_id=attempt.id)
    assert [one.words for one in seen] == [1, 0, 100]


async def test_nobody_else_reads_a_history(world: World) -> None:
    handout = await make_assignment(world)
    me = await world.student.principal()
    attempt = await handout.start(me)
    await handout.save(me, attempt, text="Mine")
    fellow = await (await world.add_person("fellow", Role.STUDENT)).principal()
    outsider = await (await world.add_person("outsider", Role.TEACHER)).principal()
    foreign = await (await make_world()).student.principal()
    for who in (fellow, foreign):
        async with unit_of_work(who) as work:
            with pytest.raises(NotFound):
                await drafts.own_history(work=work, me=who, attempt_id=attempt.id)
            with pytest.raises(NotFound):
                await submissions.read_own(work=work, me=who, attempt_id=attempt.id)
    async with unit_of_work(outsider) as work:
        with pytest.raises(NotFound):
            await drafts.taught_history(work=work, me=outsider, attempt_id=attempt.id)
        with pytest.raises(NotFound):
            await submissions.read_taught(work=work, me=outsider, attempt_id=attempt.id)


async def test_another_attempt_begins_with_the_last_text_and_its_files(world: World) -> None:
    handout = await make_assignment(world, attempts_allowed=2, parts=EVERYTHING)
    me = await world.student.principal()
    first = await handout.start(me)
    file_id = await make_upload(me)
    await handout.save(me, first, text="First", files=[file_id])
    await handout.submit(me, first)
    second = await handout.start(me)
    assert second.number == 2
    assert await handout.answer(me, second) == {"text": "First", "link": "", "files": [file_id]}
    await handout.save(me, second, text="Better", files=[file_id])
    async with unit_of_work(me) as work:
        found = await submissions.read_own(work=work, me=me, attempt_id=second.id)
    assert [str(one.id) for one in found.files] == [file_id]
    await handout.submit(me, second)
    with pytest.raises(CannotStart):
        await handout.start(me)


async def test_taking_back_works_until_due_and_until_somebody_has_scored_it(world: World) -> None:
    handout = await make_assignment(world)
    me = await world.student.principal()
    attempt = await handout.hand_in(me)
    assert (await handout.view(me)).may_withdraw(NOW)
    back = await handout.withdraw(me, attempt)
    assert (back.state, back.submitted_at, back.needs_grading) == (AttemptState.IN_PROGRESS, None, False)
    await handout.submit(me, attempt)
    assert not (await handout.view(me)).may_withdraw(DUE)
    with pytest.raises(Conflict):
        await handout.withdraw(me, attempt, now=DUE)


async def test_a_draft_in_which_nothing_was_written_is_missing_and_not_handed_in(world: World) -> None:
    handout = await make_assignment(world, closes_at=DUE + timedelta(days=1), attempts_allowed=2)
    me = await world.student.principal()
    await handout.start(me)
    after = DUE + timedelta(days=2)
    assert (await handout.view(me, now=after)).attempts == []


async def test_an_untouched_second_attempt_is_not_handed_in_at_the_end(world: World) -> None:
    handout = await make_assignment(world, closes_at=DUE + timedelta(days=1), attempts_allowed=2)
    me = await world.student.principal()
    await handout.hand_in(me)
    await handout.start(me)
    after = DUE + timedelta(days=2)
    found = await handout.view(me, now=after)
    assert [(one.number, one.late_seconds) for one in found.attempts] == [(1, 0)]


async def test_the_draft_is_handed_in_when_it_closes(world: World) -> None:
    handout = await make_assignment(world, closes_at=DUE + timedelta(days=1))
    me = await world.student.principal()
    attempt = await handout.start(me)
    await handout.save(me, attempt, text="Nearly done")
    found = await handout.view(me, now=DUE + timedelta(days=2))
    assert found.newest is not None
    assert found.newest.auto_submitted


async def test_the_overview_tells_apart_how_far_everybody_is_and_reminds(world: World) -> None:
    people = {name: await world.add_person(name, Role.STUDENT) for name in ("ina", "jo", "kim", "lou")}
    handout = await make_assignment(world, students=[*people.values()])
    teacher = await world.teacher.principal()
    await handout.hand_in(await people["ina"].principal())
    await handout.hand_in(await people["jo"].principal(), now=DUE + timedelta(hours=1))
    await handout.start(await people["kim"].principal())
    async with unit_of_work(teacher) as work:
        before = await handed_in.read_progress(
            work=work, me=teacher, assessment_id=handout.assessment_id, now=NOW
        )
        after = await handed_in.read_progress(
            work=work,
            me=teacher,
            assessment_id=handout.assessment_id,
            only=Progress.MISSING,
            now=DUE + timedelta(days=1),
        )
        told = await handed_in.remind(work=work, me=teacher, assessment_id=handout.assessment_id, now=NOW)
    assert {one.name.split()[0]: one.progress for one in before.rows} == {
        "Ina": Progress.HANDED_IN,
        "Jo": Progress.LATE,
        "Kim": Progress.DRAFT,
        "Lou": Progress.NOT_BEGUN,
    }
    assert sorted(one.name.split()[0] for one in after.rows) == ["Kim", "Lou"]
    assert told == 2
    async with unit_of_work(teacher) as work:
        sent = (await work.session.exec(select(Notification.recipient_id))).all()
    assert set(sent) == {people["kim"].user_id, people["lou"].user_id}


async def test_an_assignment_has_exactly_one_question(world: World) -> None:
    handout = await make_assignment(world, published=False)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        course_id = handout.taught.course_id
        question = await bank.create_question(
            work=work,
            me=me,
            course_id=course_id,
            draft=QuestionDraft(type="true_false", stem="Yes?", parts={"answer": "true"}),
        )
        with pytest.raises(NotFound):
            await service.add_questions(
                work=work, me=me, assessment_id=handout.assessment_id, question_ids=[question.id]
            )
        with pytest.raises(NotFound):
            await service.remove_item(work=work, me=me, item_id=handout.item_id)
        with pytest.raises(Invalid):
            await service.create_assessment(
                work=work, me=me, course_id=course_id, draft=AssessmentDraft(title="A", kind="assignment")
            )
        with pytest.raises(Invalid):
            await bank.create_question(
                work=work,
                me=me,
                course_id=course_id,
                draft=QuestionDraft(type="submission", stem="Yes?", parts={"text": True}),
            )


async def test_what_students_rely_on_cannot_change_while_it_is_published(world: World) -> None:
    handout = await make_assignment(world)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        built = await assignments.built_assignment(work=work, me=me, assessment_id=handout.assessment_id)
        with pytest.raises(Invalid) as caught:
            await assignments.save_assignment(
                work=work,
                me=me,
                assessment_id=handout.assessment_id,
                draft=AssignmentDraft(title="A", points=Decimal(5), parts={"link": True}),
                version=built.assessment.version,
            )
    assert set(caught.value.fields) == {"points", "parts"}
    async with unit_of_work(me) as work:
        saved = await assignments.save_assignment(
            work=work,
            me=me,
            assessment_id=handout.assessment_id,
            draft=AssignmentDraft(title="A new title", instructions="# More", due_at=DUE),
            version=built.assessment.version,
        )
    assert (saved.title, saved.due_at) == ("A new title", DUE)


async def test_a_draft_of_an_assignment_can_be_deleted_a_published_one_not(world: World) -> None:
    draft, published = await make_assignment(world, published=False), await make_assignment(world)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await assignments.delete_draft(work=work, me=me, assessment_id=draft.assessment_id)
        with pytest.raises(Conflict):
            await assignments.delete_draft(work=work, me=me, assessment_id=published.assessment_id)
    async with unit_of_work(me) as work:
        with pytest.raises(NotFound):
            await assignments.built_assignment(work=work, me=me, assessment_id=draft.assessment_id)


async def test_another_tenant_knows_of_nothing(world: World) -> None:
    handout = await make_assignment(world)
    foreign = await make_world()
    student, teacher = await foreign.student.principal(), await foreign.teacher.principal()
    with pytest.raises(NotFound):
        await handout.view(student)
    with pytest.raises(NotFound):
        await handout.start(student)
    async with unit_of_work(teacher) as work:
        with pytest.raises(NotFound):
            await handed_in.read_progress(work=work, me=teacher, assessment_id=handout.assessment_id)
        with pytest.raises(NotFound):
            await handed_in.remind(work=work, me=teacher, assessment_id=handout.assessment_id)


async def test_the_builder_decides_what_lateness_costs_until_it_is_published(world: World) -> None:
    handout = await make_assignment(world, published=False)
    student = await world.student.principal()
    late = {
        "late_percent_per_day": "10",
        "late_period": "day",
        "late_grace_minutes": "120",
        "late_max_percent": "40",
        "missing_percent": "0",
    }
    path = f"/teach/assignments/{handout.assessment_id}"
    cookie = await world.teacher.sign_in()
    async with Tab(cookie, path=path, route="/teach/assignments/[assessment_id]") as tab:
        await tab.fire(AssignmentBuilderState.load)
        form = {"title": "Essay", "points": "10", "text": True, "attempts_allowed": "1"}
        await tab.fire(AssignmentBuilderState.save({**form, **late, "late_max_percent": "101"}))
        assert list((await tab.state(AssignmentBuilderState)).errors) == ["late_max_percent"]
        await tab.fire(AssignmentBuilderState.save({**form, **late}))
        state = await tab.state(AssignmentBuilderState)
        assert not state.errors
        assert {name: state.settings[name] for name in late} == late  # type: ignore[literal-required]
        await tab.fire(AssignmentBuilderState.publish)
        # What is locked is not sent, and stays.
        await tab.fire(AssignmentBuilderState.save({"title": "Another title", "attempts_allowed": "1"}))
        state = await tab.state(AssignmentBuilderState)
        assert (state.settings["title"], state.settings["late_grace_minutes"]) == ("Another title", "120")
    async with unit_of_work(student) as work:
        assessment = await work.session.get(Assessment, handout.assessment_id)
        assert assessment is not None
        policies = await policies_for(work=work, assessments=[assessment], students=[student.user])
        rules = policies[assessment.id, student.user]
    words = late_in_words(rules, "en")
    assert "10 %" in words
    assert "Never more than 40 %." in words
    assert "2 hours" in words
