"""What a student reads, and how far they have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import col, func, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.ownership import belongs_to
from eduplatform.domain.courses import outline, policy
from eduplatform.domain.courses.lesson_repository import (
    LessonHead,
    LessonProgressRepository,
    LessonRepository,
    ModuleRepository,
)
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    Lesson,
    LessonProgress,
    Module,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.outline import ModuleOutline
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.errors import Conflict, NotFound
from eduplatform.security.principal import Principal


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
    """A course with everything on its page."""

    course: Course
    modules: list[ModuleOutline]
    assessments: list[AssessmentHead]


@dataclass(frozen=True, slots=True)
class LessonForReading:
    """A lesson with its place in the course; ``read`` is when the student marked it."""

    course: Course
    module: Module
    lesson: Lesson
    previous: LessonHead | None
    next: LessonHead | None
    number: int
    total: int
    read_count: int
    read: bool


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
    """A course with its published modules, lessons and assessments; five statements.

    Raises:
        NotFound: It is not published, or the person is not enrolled.
    """
    course, _section = await policy.require_student(work=work, me=me, course_id=course_id)
    modules = await outline.read_outline(work=work, me=me, course_id=course_id, published_only=True)
    return CourseForStudent(course, modules, await assessments_of(work=work, me=me, course_ids=[course_id]))


async def assessments_of(*, work: Work, me: Principal, course_ids: Sequence[UUID]) -> list[AssessmentHead]:
    """The published assessments of some courses with the person's own attempts, by due date; one statement.

    For callers that checked access.
    """
    rows = await fetch(work, _heads(), tenant=work.tenant_id, me=me.user, courses=course_ids)
    return [AssessmentHead(*row) for row in rows]


@cache
def _heads() -> Any:
    def attempts(state: AttemptState) -> Any:
        return (
            select(func.count(col(Attempt.id)))
            .where(
                col(Attempt.assessment_id) == col(Assessment.id),
                belongs_to(bindparam("me", type_=Uuid())),
                col(Attempt.state) == state,
            )
            .correlate(Assessment)
            .scalar_subquery()
        )

    columns: tuple[Any, ...] = (
        Assessment.id,
        Assessment.course_id,
        Assessment.kind,
        Assessment.title,
        Assessment.opens_at,
        Assessment.due_at,
        Assessment.closes_at,
        attempts(AttemptState.SUBMITTED),
        attempts(AttemptState.IN_PROGRESS),
    )
    return (
        select_columns(*columns)
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
    """A published lesson to read; that it was opened is recorded.

    Args:
        work: The open unit of work.
        me: The student.
        lesson_id: The lesson.
        now: When it is opened; the server's clock by default.

    Raises:
        NotFound: It is not published, or the person does not take the course.
    """
    lesson, course = await _lesson_of_student(work, me, lesson_id)
    module = await ModuleRepository(work).get(lesson.module_id)
    heads = await LessonRepository(work).heads(course_id=course.id, user_id=me.user, published_only=True)
    at = next(number for number, one in enumerate(heads) if one.id == lesson_id)
    if not heads[at].opened:
        await _record_opening(work, me, lesson_id, now or utc_now())
    before, after = outline.neighbours(heads, lesson_id)
    return LessonForReading(
        course=course,
        module=module,
        lesson=lesson,
        previous=before,
        next=after,
        number=at + 1,
        total=len(heads),
        read_count=sum(one.read for one in heads),
        read=heads[at].read,
    )


async def _record_opening(work: Work, me: Principal, lesson_id: UUID, now: datetime) -> None:
    try:
        # The savepoint keeps the page when a second tab has opened the lesson at the same moment.
        async with work.session.begin_nested():
            await work.add(LessonProgress(lesson_id=lesson_id, user_id=me.user, opened_at=now))
    except Conflict:
        return


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
    """
    await _lesson_of_student(work, me, lesson_id)
    rows = LessonProgressRepository(work)
    progress = await rows.first(
        col(LessonProgress.lesson_id) == lesson_id, col(LessonProgress.user_id) == me.user
    )
    moment = now or utc_now()
    if progress is None:
        progress = await rows.add(LessonProgress(lesson_id=lesson_id, user_id=me.user, opened_at=moment))
    if read != (progress.completed_at is not None):
        progress.completed_at = moment if read else None
        await work.flush()


async def _lesson_of_student(work: Work, me: Principal, lesson_id: UUID) -> tuple[Lesson, Course]:
    lesson = await LessonRepository(work).get(lesson_id)
    course, _section = await policy.require_student(work=work, me=me, course_id=lesson.course_id)
    if lesson.status != PublicationStatus.PUBLISHED:
        raise NotFound
    return lesson, course
