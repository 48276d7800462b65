"""What a student reads, and how far they have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, func, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.courses import outline, policy, unlocking
from eduplatform.domain.courses.blocks import BlockKind
from eduplatform.domain.courses.lesson_repository import (
    LessonHead,
    LessonProgressRepository,
    LessonRepository,
)
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    Lesson,
    LessonProgress,
    LessonVersion,
    Module,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.outline import ModuleOutline
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.courses.unlocking import Lock
from eduplatform.errors import Forbidden, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

LOCKED = N_("This lesson is not open to you yet.")


@dataclass(frozen=True, slots=True)
class TakenCourse:
    """A course as its student sees it in a list; lessons are the published ones."""

    course: Course
    section_name: str
    lessons: int
    read: int


@dataclass(frozen=True, slots=True)
class AssessmentHead:
    """A published assessment with what one student has done of it."""

    id: UUID
    course_id: UUID
    kind: str
    title: str
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    submitted: int
    running: int


@dataclass(frozen=True, slots=True)
class CourseForStudent:
    """A course with everything on its page; ``locks`` says what keeps its modules closed."""

    course: Course
    modules: list[ModuleOutline]
    assessments: list[AssessmentHead]
    locks: dict[UUID, list[Lock]]

    @property
    def next(self) -> LessonHead | None:
        """Where to read on: the lesson that was left last, or the first one that is open and not read."""
        left = [
            one
            for module in self.modules
            if module.module.id not in self.locks
            for one in module.lessons
            if not one.read
        ]
        seen = [one for one in left if one.seen_at is not None]
        return max(seen, key=_last_seen) if seen else next(iter(left), None)


def _last_seen(head: LessonHead) -> datetime:
    return head.seen_at or datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LessonForReading:
    """A lesson with its place in the course. Of a locked one there is the title and what keeps it closed."""

    course: Course
    module: Module
    lesson: Lesson
    version: LessonVersion | None
    locks: list[Lock]
    quizzes: dict[UUID, AssessmentHead]
    previous: LessonHead | None
    next: LessonHead | None
    number: int
    total: int
    read_count: int
    read: bool
    place: UUID | None


async def list_taken(*, work: Work, me: Principal) -> list[TakenCourse]:
    """The published courses that the person takes, by title; one statement."""
    rows = await fetch(work, _taken(), tenant=work.tenant_id, me=me.user)
    return [TakenCourse(*row) for row in rows]


@cache
def _taken() -> Any:
    lessons = (
        select(func.count(col(Lesson.id)))
        .where(col(Lesson.course_id) == col(Course.id), col(Lesson.status) == PublicationStatus.PUBLISHED)
        .correlate(Course)
        .scalar_subquery()
    )
    read = (
        select(func.count(col(LessonProgress.id)))
        .join(Lesson, col(Lesson.id) == col(LessonProgress.lesson_id))
        .where(
            col(Lesson.course_id) == col(Course.id),
            col(Lesson.status) == PublicationStatus.PUBLISHED,
            col(LessonProgress.user_id) == bindparam("me"),
            col(LessonProgress.completed_at).is_not(None),
        )
        .correlate(Course)
        .scalar_subquery()
    )
    return (
        select(Course, Section.name, lessons, read)
        .join(Section, col(Section.course_id) == col(Course.id))
        .join(Enrollment, col(Enrollment.section_id) == col(Section.id))
        .where(
            col(Course.tenant_id) == bindparam("tenant"),
            col(Course.status) == PublicationStatus.PUBLISHED,
            col(Enrollment.user_id) == bindparam("me"),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        )
        .order_by(col(Course.title), col(Course.id))
        .limit(50)
    )


async def read_course(*, work: Work, me: Principal, course_id: UUID) -> CourseForStudent:
    """A course with its published modules, lessons and assessments; six statements.

    Raises:
        NotFound: It is not published, or the person is not enrolled.
    """
    course, _section = await policy.require_student(work=work, me=me, course_id=course_id)
    modules = await outline.read_outline(work=work, me=me, course_id=course_id, published_only=True)
    heads = [one for module in modules for one in module.lessons]
    closed = await unlocking.locks_of(work=work, me=me, course_id=course_id, heads=heads)
    assessments = await assessments_of(work=work, me=me, course_ids=[course_id])
    return CourseForStudent(course, modules, assessments, closed)


async def assessments_of(*, work: Work, me: Principal, course_ids: Sequence[UUID]) -> list[AssessmentHead]:
    """The published assessments of some courses with the person's own attempts, by due date; one statement.

    For callers that checked access.
    """
    rows = await fetch(work, _heads(), tenant=work.tenant_id, me=me.user, courses=course_ids)
    return [AssessmentHead(*row) for row in rows]


@cache
def _heads() -> Any:
    # Counted once for all of them: a count per assessment would walk through the same attempts again and again.
    own = (
        select_columns(
            col(Attempt.assessment_id),
            func.count().filter(col(Attempt.state) == AttemptState.SUBMITTED).label("submitted"),
            func.count().filter(col(Attempt.state) == AttemptState.IN_PROGRESS).label("running"),
        )
        .where(col(Attempt.tenant_id) == bindparam("tenant"), belongs_to(bindparam("me", type_=Uuid())))
        .group_by(col(Attempt.assessment_id))
        .subquery()
    )
    columns: tuple[Any, ...] = (
        Assessment.id,
        Assessment.course_id,
        Assessment.kind,
        Assessment.title,
        Assessment.opens_at,
        Assessment.due_at,
        Assessment.closes_at,
        func.coalesce(own.c.submitted, 0),
        func.coalesce(own.c.running, 0),
    )
    return (
        select_columns(*columns)
        .select_from(Assessment)
        .outerjoin(own, own.c.assessment_id == col(Assessment.id))
        .where(
            col(Assessment.tenant_id) == bindparam("tenant"),
            col(Assessment.course_id).in_(bindparam("courses", expanding=True)),
            col(Assessment.status) == PublicationStatus.PUBLISHED,
        )
        .order_by(col(Assessment.due_at).asc().nulls_last(), col(Assessment.title))
        .limit(50)
    )


async def open_lesson(
    *, work: Work, me: Principal, lesson_id: UUID, now: datetime | None = None
) -> LessonForReading:
    """A published lesson to read; that it was opened is recorded. A locked one comes without its content.

    Args:
        work: The open unit of work.
        me: The student.
        lesson_id: The lesson.
        now: When it is opened; the server's clock by default.

    Raises:
        NotFound: It is not published, or the person does not take the course.
    """
    moment = now or utc_now()
    lesson, course, module = await _lesson_of_student(work, me, lesson_id)
    heads = await LessonRepository(work).heads(course_id=course.id, user_id=me.user, published_only=True)
    closed = await unlocking.locks_of(work=work, me=me, course_id=course.id, heads=heads, now=moment)
    at = next(number for number, one in enumerate(heads) if one.id == lesson_id)
    version, quizzes, place = None, dict[UUID, AssessmentHead](), None
    if module.id not in closed:
        version, place = await _opened(work, me, lesson, moment)
        if any(one["kind"] == BlockKind.QUIZ for one in version.blocks):
            found = await assessments_of(work=work, me=me, course_ids=[course.id])
            quizzes = {one.id: one for one in found}
    before, after = outline.neighbours([one for one in heads if one.module_id not in closed], lesson_id)
    return LessonForReading(
        course=course,
        module=module,
        lesson=lesson,
        version=version,
        locks=closed.get(module.id, []),
        quizzes=quizzes,
        previous=before,
        next=after,
        number=at + 1,
        total=len(heads),
        read_count=sum(one.read for one in heads),
        read=heads[at].read,
        place=place,
    )


async def _opened(
    work: Work, me: Principal, lesson: Lesson, now: datetime
) -> tuple[LessonVersion, UUID | None]:
    """The version that students read, and where this one stopped; the opening is recorded."""
    statement = (
        select_columns(LessonVersion, LessonProgress)
        .outerjoin(
            LessonProgress,
            (col(LessonProgress.lesson_id) == col(LessonVersion.lesson_id))
            & (col(LessonProgress.user_id) == me.user),
        )
        .where(
            col(LessonVersion.tenant_id) == work.tenant_id,
            col(LessonVersion.lesson_id) == lesson.id,
            col(LessonVersion.number) == lesson.published_number,
        )
    )
    rows = await fetch(work, statement)
    if not rows:
        raise NotFound
    version, progress = rows[0]
    if progress is None:
        await LessonProgressRepository(work).open(lesson_id=lesson.id, user_id=me.user, now=now)
        return version, None
    progress.seen_at = now
    return version, progress.place


async def reach(
    *, work: Work, me: Principal, lesson_id: UUID, block_id: UUID, now: datetime | None = None
) -> None:
    """Remember where in a lesson a student is; a lesson that was never opened is left alone.

    Raises:
        NotFound: The student does not take its course, or it is not published.
    """
    await _lesson_of_student(work, me, lesson_id)
    progress = await _progress(work, me, lesson_id)
    if progress is not None:
        progress.place, progress.seen_at = block_id, now or utc_now()


async def mark_lesson(
    *, work: Work, me: Principal, lesson_id: UUID, read: bool = True, now: datetime | None = None
) -> None:
    """Mark a lesson as read, or take the mark back.

    Args:
        work: The open unit of work.
        me: The student.
        lesson_id: The lesson.
        read: The mark.
        now: When; the server's clock by default.

    Raises:
        NotFound: It is not published, or the person does not take the course.
        Forbidden: Its module is locked.
    """
    moment = now or utc_now()
    await require_open(work=work, me=me, lesson_id=lesson_id, now=moment)
    progress = await _progress(work, me, lesson_id)
    if progress is None:
        progress = await LessonProgressRepository(work).add(
            LessonProgress(lesson_id=lesson_id, user_id=me.user, opened_at=moment, seen_at=moment)
        )
    if read != (progress.completed_at is not None):
        progress.completed_at = moment if read else None
        await work.flush()


async def require_open(*, work: Work, me: Principal, lesson_id: UUID, now: datetime | None = None) -> Lesson:
    """A published lesson whose module is open to the student.

    Raises:
        NotFound: It is not published, or the person does not take the course.
        Forbidden: Its module is locked.
    """
    lesson, course, module = await _lesson_of_student(work, me, lesson_id)
    heads = await LessonRepository(work).heads(course_id=course.id, user_id=me.user, published_only=True)
    closed = await unlocking.locks_of(work=work, me=me, course_id=course.id, heads=heads, now=now)
    if module.id in closed:
        raise Forbidden(LOCKED)
    return lesson


async def _progress(work: Work, me: Principal, lesson_id: UUID) -> LessonProgress | None:
    return await LessonProgressRepository(work).first(
        col(LessonProgress.lesson_id) == lesson_id, col(LessonProgress.user_id) == me.user
    )


async def _lesson_of_student(work: Work, me: Principal, lesson_id: UUID) -> tuple[Lesson, Course, Module]:
    lesson, module = await LessonRepository(work).with_module(lesson_id)
    course, _section = await policy.require_student(work=work, me=me, course_id=lesson.course_id)
    if lesson.status != PublicationStatus.PUBLISHED:
        raise NotFound
    return lesson, course, module
