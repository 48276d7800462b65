"""The two start pages: what waits for a teacher, and what a student does next and why. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, func, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.courses import learning, service, unlocking
from eduplatform.domain.courses.learning import AssessmentHead, TakenCourse
from eduplatform.domain.courses.lesson_repository import UnlockRuleRepository
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
from eduplatform.domain.courses.repository import (
    ACTIVE,
    SectionRepository,
    SectionRow,
    TaughtCourse,
    fetch,
    select_columns,
    taught_by,
)
from eduplatform.domain.grading.models import Grade, visible_grade
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal

HOME_COURSES = 12
HOME_ROWS = 8
TEACHER_HORIZON = timedelta(days=21)
STUDENT_HORIZON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ComingDue:
    """A published assessment that ends soon, with how many of the class have handed in."""

    id: UUID
    title: str
    kind: str
    due_at: datetime
    course_id: UUID
    course_title: str
    handed_in: int
    students: int


@dataclass(frozen=True, slots=True)
class TeacherOverview:
    """What a teacher sees first; ``to_grade`` counts over all courses shown."""

    courses: list[TaughtCourse]
    total: int
    sections: list[SectionRow]
    due: list[ComingDue]

    @property
    def to_grade(self) -> int:
        """How many attempts wait for a person."""
        return sum(one.to_grade for one in self.courses)


@dataclass(frozen=True, slots=True)
class NextLesson:
    """The first lesson of a course that the student has not marked as read."""

    id: UUID
    title: str
    minutes: int
    course_id: UUID
    course_title: str
    module_title: str
    opened: bool


@dataclass(frozen=True, slots=True)
class NewGrade:
    """A released grade that the student has not looked at."""

    id: UUID
    title: str
    course_title: str
    points: Decimal | None
    possible: Decimal
    released_at: datetime


@dataclass(frozen=True, slots=True)
class RunningAttempt:
    """An attempt that has begun and is not handed in."""

    id: UUID
    assessment_id: UUID
    kind: str
    title: str
    course_title: str
    deadline_at: datetime | None


@dataclass(frozen=True, slots=True)
class StudentOverview:
    """What a student sees first."""

    courses: list[TakenCourse]
    running: list[RunningAttempt]
    due: list[AssessmentHead]
    grades: list[NewGrade]
    lessons: list[NextLesson]


async def teacher_overview(*, work: Work, me: Principal, now: datetime | None = None) -> TeacherOverview:
    """What waits for a teacher; four statements."""
    courses, total = await service.list_taught(work=work, me=me, size=HOME_COURSES)
    if not courses:
        return TeacherOverview([], total, [], [])
    sections = await SectionRepository(work).of_courses([one.course.id for one in courses])
    return TeacherOverview(courses, total, sections, await _coming_due(work, me, now or utc_now()))


async def _coming_due(work: Work, me: Principal, now: datetime) -> list[ComingDue]:
    rows = await fetch(
        work, _due_soon(), tenant=work.tenant_id, me=me.user, now=now, until=now + TEACHER_HORIZON
    )
    return [ComingDue(*row) for row in rows]


@cache
def _due_soon() -> Any:
    handed_in = (
        select(func.count(func.distinct(col(Attempt.user_id))))
        .where(col(Attempt.assessment_id) == col(Assessment.id), col(Attempt.state) == AttemptState.SUBMITTED)
        .correlate(Assessment)
        .scalar_subquery()
    )
    students = (
        select(func.count(func.distinct(col(Enrollment.user_id))))
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            col(Section.course_id) == col(Course.id),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        )
        .correlate(Course)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Assessment.id,
        Assessment.title,
        Assessment.kind,
        Assessment.due_at,
        Course.id,
        Course.title,
        handed_in,
        students,
    )
    return (
        select_columns(*columns)
        .select_from(Assessment)
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(
            col(Assessment.tenant_id) == bindparam("tenant"),
            taught_by(bindparam("me", type_=Uuid())),
            col(Assessment.status) == PublicationStatus.PUBLISHED,
            col(Assessment.due_at).between(bindparam("now"), bindparam("until")),
        )
        .order_by(col(Assessment.due_at), col(Assessment.id))
        .limit(HOME_ROWS)
    )


async def student_overview(*, work: Work, me: Principal, now: datetime | None = None) -> StudentOverview:
    """What a student does next; six statements."""
    me.require(Permission.COURSE_READ)
    moment = now or utc_now()
    courses = await learning.list_taken(work=work, me=me)
    if not courses:
        return StudentOverview([], [], [], [], [])
    ids = [one.course.id for one in courses]
    soon = (moment, moment + STUDENT_HORIZON)
    assessments = await learning.assessments_of(work=work, me=me, course_ids=ids, due=soon)
    open_now = [
        one
        for one in assessments
        if one.due_at is not None
        and moment <= one.due_at <= moment + STUDENT_HORIZON
        and (one.opens_at is None or one.opens_at <= moment)
        and not one.submitted
        and not one.running
    ]
    return StudentOverview(
        courses=courses,
        running=_running(courses, assessments, moment),
        due=open_now[:HOME_ROWS],
        grades=await _new_grades(work, me, ids),
        lessons=await _next_lessons(work, me, ids, moment),
    )


def _running(
    courses: Sequence[TakenCourse], assessments: Sequence[AssessmentHead], now: datetime
) -> list[RunningAttempt]:
    """What has begun and still runs, the nearest end first."""
    titles = {one.course.id: one.course.title for one in courses}
    found = [
        RunningAttempt(one.attempt_id, one.id, one.kind, one.title, titles[one.course_id], one.deadline_at)
        for one in assessments
        if one.attempt_id is not None and (one.deadline_at is None or one.deadline_at > now)
    ]
    return sorted(found, key=lambda one: (one.deadline_at is None, one.deadline_at or now))[:HOME_ROWS]


async def _new_grades(work: Work, me: Principal, ids: Sequence[UUID]) -> list[NewGrade]:
    rows = await fetch(work, _unseen_grades(), tenant=work.tenant_id, me=me.user, courses=ids)
    return [NewGrade(*row) for row in rows]


@cache
def _unseen_grades() -> Any:
    columns: tuple[Any, ...] = (
        Grade.id,
        Assessment.title,
        Course.title,
        Grade.points,
        Grade.possible,
        Grade.released_at,
    )
    return (
        select_columns(*columns)
        .select_from(Grade)
        .join(Assessment, col(Assessment.id) == col(Grade.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(
            col(Grade.tenant_id) == bindparam("tenant"),
            col(Grade.user_id) == bindparam("me"),
            visible_grade(),
            col(Grade.seen_at).is_(None),
            col(Course.id).in_(bindparam("courses", expanding=True)),
        )
        .order_by(col(Grade.released_at).desc())
        .limit(HOME_ROWS)
    )


async def _next_lessons(work: Work, me: Principal, ids: Sequence[UUID], now: datetime) -> list[NextLesson]:
    """The first lesson of each course that is open and not read."""
    rows = await fetch(work, _first_unread(), tenant=work.tenant_id, me=me.user, courses=ids)
    unread = [(row[0], NextLesson(*row[1:])) for row in rows]
    rules = await UnlockRuleRepository(work).of_courses(ids, user_id=me.user, now=now)
    closed = unlocking.locks(rules, unfinished={module_id for module_id, _one in unread}, now=now)
    found: dict[UUID, NextLesson] = {}
    for module_id, one in unread:
        if module_id not in closed:
            found.setdefault(one.course_id, one)
    return list(found.values())


@cache
def _first_unread() -> Any:
    """The first unread lesson of each module, in the order of the course."""

    def progress(*conditions: Any) -> Any:
        return (
            exists()
            .where(
                col(LessonProgress.lesson_id) == col(Lesson.id),
                col(LessonProgress.user_id) == bindparam("me"),
                *conditions,
            )
            .correlate(Lesson)
        )

    columns: tuple[Any, ...] = (
        Module.id,
        Lesson.id,
        Lesson.title,
        Lesson.minutes,
        Course.id,
        Course.title,
        Module.title,
        progress(),
    )
    return (
        select_columns(*columns)
        .select_from(Lesson)
        .join(Module, col(Module.id) == col(Lesson.module_id))
        .join(Course, col(Course.id) == col(Lesson.course_id))
        .where(
            col(Lesson.tenant_id) == bindparam("tenant"),
            col(Lesson.course_id).in_(bindparam("courses", expanding=True)),
            col(Lesson.status) == PublicationStatus.PUBLISHED,
            ~progress(col(LessonProgress.completed_at).is_not(None)),
        )
        .order_by(col(Course.id), col(Module.position), col(Module.id), col(Lesson.position), col(Lesson.id))
        .ext(distinct_on(col(Course.id), col(Module.position), col(Module.id)))
    )
