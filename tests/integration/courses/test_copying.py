"""A copy of a course has all that is taught and asked, its own ids, moved dates, and nobody's work."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlmodel import col, select

from eduplatform.db.unit_of_work import identity_work, unit_of_work
from eduplatform.domain.assessment.models import Assessment, AssessmentItem, Attempt, QuestionVersion
from eduplatform.domain.courses import copying, outline, publishing, unlocking, writing
from eduplatform.domain.courses.blocks import BlockKind
from eduplatform.domain.courses.models import (
    Block,
    Course,
    Lesson,
    LessonVersion,
    Module,
    PublicationStatus,
    Section,
    UnlockKind,
    UnlockRule,
)
from eduplatform.domain.courses.unlocking import RuleDraft
from eduplatform.domain.grading.models import Rubric
from eduplatform.domain.tenants.models import Tenant
from eduplatform.errors import NotFound
from eduplatform.security.permissions import Role
from eduplatform.state.course_copy import CourseCopyState
from tests.factories.assessment import Quiz, make_quiz
from tests.factories.rows import tenant_classes
from tests.factories.statements import count_statements
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio

DUE = datetime(2026, 3, 20, 22, 59, tzinfo=UTC)  # 23:59 in Madrid, nine days before its clocks change


async def original(world: World, *, lessons: int = 1) -> Quiz:
    """A course with a quiz that is due, a module after another, and a lesson that leads to the quiz."""
    async with identity_work() as work:
        tenant = (await work.session.exec(select(Tenant).where(col(Tenant.id) == world.tenant_id))).one()
        tenant.timezone = "Europe/Madrid"
    quiz = await make_quiz(world, "single_choice", "essay")
    me = quiz.teacher
    async with unit_of_work(me) as work:
        assessment = (
            await work.session.exec(select(Assessment).where(col(Assessment.id) == quiz.assessment_id))
        ).one()
        assessment.due_at, assessment.opens_at = DUE, None
        await work.add(Rubric(course_id=quiz.course_id, title="Essay"))
        modules = [
            await outline.add_module(work=work, me=me, course_id=quiz.course_id, title=title)
            for title in ("Cells", "Energy")
        ]
        await unlocking.set_rules(
            work=work,
            me=me,
            module_id=modules[1].id,
            rules=[
                RuleDraft(UnlockKind.MODULE, required_module_id=modules[0].id),
                RuleDraft(UnlockKind.SCORE, assessment_id=quiz.assessment_id, percent=50),
                RuleDraft(UnlockKind.DATE, opens_at=DUE),
            ],
        )
        for number in range(lessons):
            lesson = await outline.add_lesson(
                work=work, me=me, module_id=modules[0].id, title=f"Lesson {number}", body="## Text"
            )
            block, _ = await writing.add_block(work=work, me=me, lesson_id=lesson.id, kind=BlockKind.QUIZ)
            values = {"assessment_id": str(quiz.assessment_id)}
            await writing.save_block(work=work, me=me, block_id=block.id, based_on=[1], values=values)
            await publishing.publish(work=work, me=me, lesson_id=lesson.id, note="First")
            await writing.save_block(
                work=work, me=me, block_id=block.id, based_on=[2], values={"note": "Draft"}
            )
    await quiz.start()
    return quiz


async def copy(quiz: Quiz, code: str, starts_on: date | None) -> UUID:
    async with unit_of_work(quiz.teacher) as work:
        made = await copying.copy_course(
            work=work,
            me=quiz.teacher,
            course_id=quiz.course_id,
            code=code,
            title="Again",
            starts_on=starts_on,
        )
        return made.id


async def rows(quiz: Quiz, model: type, *conditions: object) -> list:
    async with unit_of_work(quiz.teacher) as work:
        return list((await work.session.exec(select(model).where(*conditions))).all())


async def test_all_that_is_taught_and_asked_goes_along_and_nobody(world: World) -> None:
    quiz = await original(world)
    course_id = await copy(quiz, "BIO-2", None)
    (course,) = await rows(quiz, Course, col(Course.id) == course_id)
    assert (course.status, course.owner_id) == (PublicationStatus.DRAFT, quiz.teacher.user)
    modules = await rows(quiz, Module, col(Module.course_id) == course_id)
    assert [one.title for one in sorted(modules, key=lambda one: one.position)] == ["Cells", "Energy"]
    (assessment,) = await rows(quiz, Assessment, col(Assessment.course_id) == course_id)
    assert assessment.id != quiz.assessment_id
    assert assessment.due_at == DUE
    items = await rows(quiz, AssessmentItem, col(AssessmentItem.assessment_id) == assessment.id)
    assert len(items) == 2
    versions = await rows(
        quiz, QuestionVersion, col(QuestionVersion.id).in_([one.question_version_id for one in items])
    )
    assert {one.type for one in versions} == {"single_choice", "essay"}
    assert not {one.question_id for one in items} & set(quiz.questions.values())
    assert len(await rows(quiz, Rubric, col(Rubric.course_id) == course_id)) == 1
    assert await rows(quiz, Section, col(Section.course_id) == course_id) == []
    assert await rows(quiz, Attempt, col(Attempt.assessment_id) == assessment.id) == []
    rules = await rows(quiz, UnlockRule, col(UnlockRule.module_id).in_([one.id for one in modules]))
    assert {one.kind: (one.required_module_id, one.assessment_id) for one in rules} == {
        "module": (next(one.id for one in modules if one.title == "Cells"), None),
        "score": (None, assessment.id),
        "date": (None, None),
    }


async def test_the_copy_of_a_lesson_leads_to_the_copy_of_its_quiz(world: World) -> None:
    quiz = await original(world)
    course_id = await copy(quiz, "BIO-2", None)
    (lesson,) = await rows(quiz, Lesson, col(Lesson.course_id) == course_id)
    (assessment,) = await rows(quiz, Assessment, col(Assessment.course_id) == course_id)
    (version,) = await rows(quiz, LessonVersion, col(LessonVersion.lesson_id) == lesson.id)
    blocks = await rows(quiz, Block, col(Block.lesson_id) == lesson.id)
    draft = next(one for one in blocks if one.kind == BlockKind.QUIZ)
    assert draft.data == {"assessment_id": str(assessment.id), "note": "Draft"}
    published = next(one for one in version.blocks if one["kind"] == BlockKind.QUIZ)
    assert published["data"] == {"assessment_id": str(assessment.id), "note": ""}
    assert {one["id"] for one in version.blocks} == {str(one.id) for one in blocks}
    assert (version.number, lesson.published_number, lesson.changed) == (1, 1, True)


async def test_dates_move_by_whole_days_and_keep_the_time_of_the_clock(world: World) -> None:
    quiz = await original(world)
    async with unit_of_work(quiz.teacher) as work:
        plan = await copying.plan(
            work=work, me=quiz.teacher, course_id=quiz.course_id, starts_on=date(2026, 4, 10)
        )
    assert (plan.first_day, plan.days) == (date(2026, 3, 20), 21)
    wanted = datetime(2026, 4, 10, 21, 59, tzinfo=UTC)  # 23:59 in Madrid's summer
    assert [(one.what, one.after) for one in plan.dates] == [("Due", wanted), ("Opens", wanted)]
    course_id = await copy(quiz, "BIO-2", date(2026, 4, 10))
    (assessment,) = await rows(quiz, Assessment, col(Assessment.course_id) == course_id)
    assert assessment.due_at == wanted
    (rule,) = await rows(
        quiz,
        UnlockRule,
        col(UnlockRule.kind) == "date",
        col(UnlockRule.module_id).in_(select(Module.id).where(col(Module.course_id) == course_id)),
    )
    assert rule.opens_at == wanted
    (source,) = await rows(quiz, Assessment, col(Assessment.id) == quiz.assessment_id)
    assert source.due_at == DUE


async def test_the_page_shows_the_new_dates_before_it_copies(world: World) -> None:
    quiz = await original(world)
    path = f"/teach/courses/{quiz.course_id}/copy"
    async with Tab(await world.teacher.sign_in(), path=path, route="/teach/courses/[course_id]/copy") as tab:
        await tab.fire(CourseCopyState.load)
        state = await tab.state(CourseCopyState)
        assert state.first_day == "2026-03-20"
        assert state.shift_text == "The dates stay as they are."
        await tab.fire(CourseCopyState.preview("2026-04-10"))
        state = await tab.state(CourseCopyState)
        assert state.shift_text == "All dates move 21 days later."
        assert len(state.dates) == 2
        form = {"code": state.course["code"], "title": "Again", "starts_on": "2026-04-10"}
        await tab.fire(CourseCopyState.copy(form))
        assert set((await tab.state(CourseCopyState)).errors) == {"code"}
        await tab.fire(CourseCopyState.copy({**form, "code": "NEW", "starts_on": "2099-04-10"}))
        assert set((await tab.state(CourseCopyState)).errors) == {"starts_on"}
        await tab.fire(CourseCopyState.copy({**form, "code": "NEW"}))
        assert tab.redirects()[-1].startswith("/teach/courses/")
        assert not tab.errors


async def test_costs_do_not_grow_with_lessons(world: World) -> None:
    small, large = await original(world), await original(world, lessons=6)
    costs: list[int] = []
    for number, quiz in enumerate((small, large)):
        with count_statements() as seen:
            await copy(quiz, f"N-{number}", date(2026, 9, 1))
        costs.append(len(seen))
    assert costs[0] == costs[1]


async def test_only_who_teaches_the_original_copies_it(world: World) -> None:
    quiz = await original(world)
    colleague = await (await world.add_person("colleague", Role.TEACHER)).principal()
    with pytest.raises(NotFound):
        async with unit_of_work(colleague) as work:
            await copying.copy_course(
                work=work, me=colleague, course_id=quiz.course_id, code="X", title="Mine", starts_on=None
            )


def test_each_table_of_a_course_goes_along_or_stays_behind_on_purpose() -> None:
    copied = {one.model.__tablename__ for one in copying.TABLES}
    reached = {"course"}
    tables = {cls.__table__.name: cls.__table__ for cls in tenant_classes()}
    while True:
        more = {
            name
            for name, table in tables.items()
            for key in table.foreign_keys
            if key.column.table.name in reached and key.column.table.name not in copying.LEFT_OUT
        }
        if more <= reached:
            break
        reached |= more
    assert reached - {"course"} - copied - copying.LEFT_OUT == set()
