"""The gradebook of a course: students by assessments, a page at a time, and how the class does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import case, col, func, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.grading.calculation import GradeStatus, grade
from eduplatform.domain.grading.models import Grade
from eduplatform.security.principal import Principal

PAGE_SIZE = 50
MOST_COLUMNS = 60
MOST_CELLS = 600
"""Cells of one page; a wide gradebook shows fewer students at once."""


@dataclass(frozen=True, slots=True)
class Student:
    """A student of the course."""

    user_id: UUID
    name: str
    section: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a student has for an assessment.

    Attributes:
        status: A `GradeStatus`; ``in_progress`` while an attempt is running and nothing was handed in.
        points: None when there is no number.
        released: Whether the student sees it.
        attempt_id: The newest handed-in attempt.
    """

    status: str
    points: Decimal | None
    released: bool
    attempt_id: UUID | None


@dataclass(frozen=True, slots=True)
class Average:
    """How the class did in an assessment; ``ratio`` is of the possible points, None when nobody has a number."""

    graded: int
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Gradebook:
    """A page of students with their cells, keyed by student and assessment."""

    course: Course
    assessments: list[Assessment]
    students: list[Student]
    total: int
    page_size: int
    cells: dict[tuple[UUID, UUID], Cell]
    averages: dict[UUID, Average]


async def read_gradebook(
    *, work: Work, me: Principal, course_id: UUID, page: int = 1, now: datetime | None = None
) -> Gradebook:
    """A page of the gradebook; eight statements.

    Raises:
        NotFound: The person does not teach the course.
    """
    moment = now or utc_now()
    course = await require_teacher(work=work, me=me, course_id=course_id)
    assessments = list(
        (
            await work.session.exec(
                select(Assessment)
                .where(
                    col(Assessment.tenant_id) == work.tenant_id,
                    col(Assessment.course_id) == course_id,
                    col(Assessment.status) == PublicationStatus.PUBLISHED,
                )
                .order_by(col(Assessment.due_at).asc().nulls_last(), col(Assessment.id))
                .limit(MOST_COLUMNS)
            )
        ).all()
    )
    size = max(10, min(PAGE_SIZE, MOST_CELLS // max(1, len(assessments))))
    students, total = await _students(work, course_id, page, size)
    users, columns = [one.user_id for one in students], [one.id for one in assessments]
    grades = await _grades(work, users, columns)
    newest = await _attempts(work, users, columns)
    cells: dict[tuple[UUID, UUID], Cell] = {}
    policies = await policies_for(work=work, assessments=assessments, students=users)
    for assessment in assessments:
        for student in students:
            key = (student.user_id, assessment.id)
            rules = policies[(assessment.id, student.user_id)]
            nothing = grade((), rules, possible=assessment.points, now=moment)
            attempt_id, running = newest.get(key, (None, False))
            found = grades.get(key)
            if found is not None and found.status != GradeStatus.NONE:
                cells[key] = Cell(found.status, found.points, found.released_at is not None, attempt_id)
            elif running:
                cells[key] = Cell("in_progress", None, False, None)
            else:
                cells[key] = Cell(nothing.status, nothing.points, False, attempt_id)
    return Gradebook(course, assessments, students, total, size, cells, await _averages(work, columns))


async def _students(work: Work, course_id: UUID, page: int, size: int) -> tuple[list[Student], int]:
    people = (
        select_columns(
            User.id, User.given_name, User.family_name, func.min(col(Section.name)).label("section")
        )
        .select_from(Enrollment)
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .join(User, col(User.id) == col(Enrollment.user_id))
        .where(
            col(Enrollment.tenant_id) == work.tenant_id,
            col(Section.course_id) == course_id,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        )
        .group_by(col(User.id), col(User.given_name), col(User.family_name))
    )
    total = (await fetch(work, select_columns(func.count()).select_from(people.subquery())))[0]
    rows = await fetch(
        work,
        people.order_by(col(User.family_name), col(User.given_name), col(User.id))
        .offset((max(page, 1) - 1) * size)
        .limit(size),
    )
    return [Student(key, f"{given} {family}".strip(), section) for key, given, family, section in rows], total


async def _grades(
    work: Work, users: Sequence[UUID], assessments: Sequence[UUID]
) -> dict[tuple[UUID, UUID], Any]:
    columns: tuple[Any, ...] = (
        Grade.user_id,
        Grade.assessment_id,
        Grade.status,
        Grade.points,
        Grade.released_at,
    )
    rows = await fetch(
        work,
        select_columns(*columns).where(
            col(Grade.tenant_id) == work.tenant_id,
            col(Grade.user_id).in_(users),
            col(Grade.assessment_id).in_(assessments),
        ),
    )
    return {(row.user_id, row.assessment_id): row for row in rows}


async def _attempts(
    work: Work, users: Sequence[UUID], assessments: Sequence[UUID]
) -> dict[tuple[UUID, UUID], tuple[UUID | None, bool]]:
    """The newest handed-in attempt of each, and whether one is running."""
    rows = await fetch(
        work,
        select_columns(Attempt.user_id, Attempt.assessment_id, Attempt.id, Attempt.state)
        .where(
            col(Attempt.tenant_id) == work.tenant_id,
            col(Attempt.user_id).in_(users),
            col(Attempt.assessment_id).in_(assessments),
        )
        .order_by(col(Attempt.number)),
    )
    found: dict[tuple[UUID, UUID], tuple[UUID | None, bool]] = {}
    for user_id, assessment_id, attempt_id, state in rows:
        handed_in, running = found.get((user_id, assessment_id), (None, False))
        if state == AttemptState.SUBMITTED:
            handed_in = attempt_id
        else:
            running = True
        found[(user_id, assessment_id)] = (handed_in, running)
    return found


async def _averages(work: Work, assessments: Sequence[UUID]) -> dict[UUID, Average]:
    counts = col(Grade.status).in_((GradeStatus.GRADED, GradeStatus.LATE))
    ratio = func.avg(
        case((counts & (col(Grade.possible) > 0), col(Grade.points) / func.nullif(col(Grade.possible), 0)))
    )
    rows = await fetch(
        work,
        select_columns(Grade.assessment_id, func.count(case((counts, col(Grade.id)))), ratio)
        .where(col(Grade.tenant_id) == work.tenant_id, col(Grade.assessment_id).in_(assessments))
        .group_by(col(Grade.assessment_id)),
    )
    return {key: Average(count, None if mean is None else float(mean)) for key, count, mean in rows}
