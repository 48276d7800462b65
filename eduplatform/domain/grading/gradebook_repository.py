"""What the gradebook reads: people in an order, their grades, averages. Statements do not grow in number with the class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, literal, null, union_all
from sqlmodel import case, col, func, or_, select

from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import Attempt, AttemptState
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole, Section
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.course_models import CourseGradeEntry
from eduplatform.domain.grading.models import Grade

COUNTED = (GradeStatus.GRADED, GradeStatus.LATE)
BUCKETS = 10
"""Bars of a distribution: tenths of the possible points, more than all of them in the last."""


@dataclass(frozen=True, slots=True)
class Student:
    """A student of the course."""

    user_id: UUID
    name: str
    section: str


class StoredCell(NamedTuple):
    """A stored grade, or that an attempt is running (status ``in_progress``, version 0).

    A tuple, as are the cells that are made of it: a large class has hundreds of thousands.
    """

    status: str
    points: Decimal | None
    released_at: datetime | None
    version: int
    entered_points: Decimal | None
    entered_status: str


@dataclass(frozen=True, slots=True)
class Average:
    """How the class did; ``ratio`` is of the possible points, None when nobody has a number."""

    graded: int
    ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """A column in numbers; ``counts`` by tenth of the possible points, ``median`` a ratio."""

    average: Average
    median: Decimal | None
    counts: tuple[int, ...]
    unreleased: int


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which students are shown."""

    course_id: UUID
    section_id: UUID | None = None
    search: str = ""


class GradebookRepository(Repository[Grade]):
    """People and grades of a course."""

    model = Grade

    def _people(self, chosen: PeopleFilter) -> Any:
        conditions = [
            col(Enrollment.tenant_id) == self._work.tenant_id,
            col(Section.course_id) == chosen.course_id,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        ]
        if chosen.section_id is not None:
            conditions.append(col(Section.id) == chosen.section_id)
        if chosen.search.strip():
            name = func.concat(col(User.given_name), " ", col(User.family_name))
            conditions.append(name.icontains(chosen.search.strip(), autoescape=True))
        section = func.min(col(Section.name)).label("section")
        return (
            select_columns(User.id, User.given_name, User.family_name, section)
            .select_from(Enrollment)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .join(User, col(User.id) == col(Enrollment.user_id))
            .where(*conditions)
            .group_by(col(User.id), col(User.given_name), col(User.family_name))
        )

    async def window(
        self,
        chosen: PeopleFilter,
        *,
        first: int,
        size: int,
        by: str | UUID = "name",
        descending: bool = False,
    ) -> tuple[list[Student], int]:
        """Students from place ``first`` (from 0), and how many there are in all.

        Args:
            chosen: Which students.
            first: Place of the first one.
            size: How many at most.
            by: ``name``, ``section``, or an assessment, by whose points they are ordered; without a number last.
            descending: The other way round.
        """
        people = self._people(chosen)
        names = (col(User.family_name), col(User.given_name), col(User.id))
        if isinstance(by, UUID):
            people = people.outerjoin(
                Grade, (col(Grade.user_id) == col(User.id)) & (col(Grade.assessment_id) == by)
            )
            points = func.max(col(Grade.points))
            order = [(points.desc() if descending else points.asc()).nulls_last(), *names]
        elif by == "section":
            section = func.min(col(Section.name))
            order = [section.desc() if descending else section.asc(), *names]
        else:
            order = [one.desc() if descending else one.asc() for one in names]
        rows = await fetch(
            self._work,
            people.add_columns(func.count().over()).order_by(*order).offset(first).limit(size),
        )
        students = [Student(key, _name(given, family), section) for key, given, family, section, _ in rows]
        return students, rows[0][4] if rows else 0

    async def everybody(self, chosen: PeopleFilter, *, limit: int) -> list[Student]:
        """All students by name, at most ``limit``."""
        rows = await fetch(
            self._work,
            self._people(chosen)
            .order_by(col(User.family_name), col(User.given_name), col(User.id))
            .limit(limit),
        )
        return [Student(key, _name(given, family), section) for key, given, family, section in rows]

    async def cells(
        self, users: Sequence[UUID], assessments: Sequence[UUID]
    ) -> dict[UUID, dict[UUID, StoredCell]]:
        """What is stored for students and assessments, by student and assessment; one statement."""
        found: dict[UUID, dict[UUID, StoredCell]] = {one: {} for one in users}
        if not users or not assessments:
            return found
        here = (col(Grade.tenant_id) == self._work.tenant_id, col(Grade.user_id).in_(users))
        columns: tuple[Any, ...] = (
            Grade.user_id,
            Grade.assessment_id,
            Grade.status,
            Grade.points,
            Grade.released_at,
            Grade.version,
            Grade.entered_points,
            Grade.entered_status,
        )
        grades: Select[Any] = select_columns(*columns).where(*here, col(Grade.assessment_id).in_(assessments))
        nothing: tuple[Any, ...] = (null(), null(), literal(0), null(), literal(""))
        running: Select[Any] = select_columns(
            Attempt.user_id, Attempt.assessment_id, literal("in_progress"), *nothing
        ).where(
            col(Attempt.tenant_id) == self._work.tenant_id,
            col(Attempt.user_id).in_(users),
            col(Attempt.assessment_id).in_(assessments),
            col(Attempt.state) == AttemptState.IN_PROGRESS,
        )
        for user_id, assessment_id, *values in await fetch(self._work, union_all(grades, running)):
            cell, mine = StoredCell._make(values), found[user_id]
            known = mine.setdefault(assessment_id, cell)
            if known is not cell and known.status in ("in_progress", GradeStatus.NONE):
                # A running attempt is said only where no grade is; the grade's version is kept.
                mine[assessment_id] = _merged(known, cell)
        return found

    async def averages(self, chosen: PeopleFilter, assessments: Sequence[UUID]) -> dict[UUID, Average]:
        """How the shown students did in assessments."""
        rows = await fetch(
            self._work,
            select_columns(Grade.assessment_id, func.count(col(Grade.id)), func.avg(_ratio()))
            .where(*self._counted(chosen, assessments))
            .group_by(col(Grade.assessment_id)),
        )
        return {key: Average(count, mean) for key, count, mean in rows}

    async def distribution(self, chosen: PeopleFilter, assessment_id: UUID) -> Distribution:
        """How the points of a column are spread among the shown students; two statements."""
        tenth = case((_ratio() >= 1, BUCKETS - 1), else_=func.floor(_ratio() * BUCKETS)).label("tenth")
        rows = await fetch(
            self._work,
            select_columns(tenth, func.count(col(Grade.id)))
            .where(*self._counted(chosen, [assessment_id]), col(Grade.possible) > 0)
            .group_by(tenth),
        )
        counts = {int(place): number for place, number in rows if place is not None}
        median = func.percentile_cont(0.5).within_group(_ratio())
        unseen = or_(col(Grade.released_at).is_(None), col(Grade.released_at) > func.now())
        hidden = func.count(case((unseen, col(Grade.id))))
        facts = await fetch(
            self._work,
            select_columns(func.count(col(Grade.id)), func.avg(_ratio()), median, hidden).where(
                *self._counted(chosen, [assessment_id])
            ),
        )
        graded, mean, middle, unreleased = facts[0]
        return Distribution(
            Average(graded, mean),
            None if middle is None else Decimal(str(middle)),
            tuple(counts.get(place, 0) for place in range(BUCKETS)),
            unreleased,
        )

    def _counted(self, chosen: PeopleFilter, assessments: Sequence[UUID]) -> tuple[Any, ...]:
        conditions: tuple[Any, ...] = (
            col(Grade.tenant_id) == self._work.tenant_id,
            col(Grade.assessment_id).in_(assessments),
            col(Grade.status).in_(COUNTED),
        )
        people = self._people(chosen).with_only_columns(col(User.id)).subquery()
        return (*conditions, col(Grade.user_id).in_(select(people.c.id)))


class CourseGradeEntryRepository(Repository[CourseGradeEntry]):
    """Totals that teachers entered; rows are only ever added."""

    model = CourseGradeEntry

    async def holding(
        self, course_ids: Sequence[UUID], user_ids: Sequence[UUID]
    ) -> dict[tuple[UUID, UUID, UUID | None], CourseGradeEntry]:
        """The newest entry by course, student and period; those that were taken back included."""
        if not user_ids:
            return {}
        rows = await self.find(
            col(CourseGradeEntry.course_id).in_(course_ids),
            col(CourseGradeEntry.user_id).in_(user_ids),
            order_by=(col(CourseGradeEntry.number),),
        )
        return {(row.course_id, row.user_id, row.period_id): row for row in rows}

    async def trail(
        self, course_id: UUID, user_id: UUID, period_id: UUID | None
    ) -> list[tuple[CourseGradeEntry, str]]:
        """All entries of a total with the names of their authors, newest first."""
        period = col(CourseGradeEntry.period_id)
        rows = await fetch(
            self._work,
            select_columns(CourseGradeEntry, User.given_name, User.family_name)
            .outerjoin(User, col(User.id) == col(CourseGradeEntry.created_by))
            .where(
                col(CourseGradeEntry.tenant_id) == self._work.tenant_id,
                col(CourseGradeEntry.course_id) == course_id,
                col(CourseGradeEntry.user_id) == user_id,
                period.is_(None) if period_id is None else period == period_id,
            )
            .order_by(col(CourseGradeEntry.number).desc())
            .limit(50),
        )
        return [(row, _name(given or "", family or "")) for row, given, family in rows]


async def sections_of(work: Work, course_id: UUID) -> list[tuple[UUID, str]]:
    """The sections of a course, by name."""
    rows = await fetch(
        work,
        select_columns(Section.id, Section.name)
        .where(col(Section.tenant_id) == work.tenant_id, col(Section.course_id) == course_id)
        .order_by(col(Section.name)),
    )
    return [(key, name) for key, name in rows]


def _name(given: str, family: str) -> str:
    return f"{given} {family}".strip()


def _ratio() -> Any:
    return col(Grade.points) / func.nullif(col(Grade.possible), 0)


def _merged(known: StoredCell, cell: StoredCell) -> StoredCell:
    grade = cell if cell.status != "in_progress" else known
    if grade.status != GradeStatus.NONE:
        return grade
    return StoredCell("in_progress", None, None, grade.version, grade.entered_points, grade.entered_status)
