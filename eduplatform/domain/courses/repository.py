"""Rows of courses, sections, enrolments and lessons within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, or_
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    Lesson,
    LessonProgress,
    PublicationStatus,
    Section,
)
from eduplatform.domain.tenants.models import Term
from eduplatform.errors import NotFound

ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class TaughtCourse:
    """A course as its teacher sees it in a list; ``to_grade`` counts handed-in attempts that wait for a person."""

    course: Course
    sections: int
    students: int
    lessons: int
    to_grade: int


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section with the number of its active students."""

    section: Section
    term: str
    students: int


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A person in a section."""

    enrollment_id: UUID
    user_id: UUID
    given_name: str
    family_name: str
    email: str
    role: str
    section_id: UUID
    section_name: str
    joined_at: datetime
    lessons_read: int


@dataclass(frozen=True, slots=True)
class SectionChoice:
    """A section to choose among those of several courses."""

    id: UUID
    name: str
    course_title: str


def select_columns(*columns: Any) -> Any:
    """`select` with more columns than its type declarations know."""
    return cast(Any, select)(*columns)


async def fetch(work: Work, statement: Any, **values: Any) -> list[Any]:
    """The rows of a statement made by `select_columns`; ``values`` fill its named parameters."""
    result: Any = await cast(Any, work.session).exec(statement, params=values or None)
    return list(result.all())


def taught_by(user_id: UUID | BindParameter[UUID]) -> ColumnElement[bool]:
    """The courses that a person owns or teaches a section of."""
    teaching = (
        select(Section.course_id)
        .join(Enrollment, col(Enrollment.section_id) == col(Section.id))
        .where(
            col(Enrollment.user_id) == user_id,
            col(Enrollment.role) == EnrollmentRole.TEACHER,
            col(Enrollment.status) == ACTIVE,
        )
    )
    return or_(col(Course.owner_id) == user_id, col(Course.id).in_(teaching))


class CourseRepository(Repository[Course]):
    """Courses."""

    model = Course

    async def with_roles(
        self, course_id: UUID, user_id: UUID, *, lock: bool = False
    ) -> tuple[Course, set[str]]:
        """A course and what a person is in its sections, in one statement.

        Raises:
            NotFound: It does not exist in this tenant.
        """
        roles = (
            select(func.array_agg(func.distinct(col(Enrollment.role))))
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Section.course_id) == col(Course.id),
                col(Enrollment.user_id) == user_id,
                col(Enrollment.status) == ACTIVE,
            )
            .correlate(Course)
            .scalar_subquery()
        )
        statement = select_columns(Course, roles).where(
            col(Course.tenant_id) == self._work.tenant_id, col(Course.id) == course_id
        )
        if lock:
            statement = statement.with_for_update(of=Course)
        rows = await fetch(self._work, statement)
        if not rows:
            raise NotFound
        course, held = rows[0]
        return course, set(held or ())

    async def as_student(self, course_id: UUID, user_id: UUID) -> tuple[Course, UUID | None]:
        """A course and the section in which a person takes it, in one statement.

        Raises:
            NotFound: It does not exist in this tenant.
        """
        section = (
            select(Enrollment.section_id)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Section.course_id) == col(Course.id),
                col(Enrollment.user_id) == user_id,
                col(Enrollment.role) == EnrollmentRole.STUDENT,
                col(Enrollment.status) == ACTIVE,
            )
            .limit(1)
            .correlate(Course)
            .scalar_subquery()
        )
        statement = select_columns(Course, section).where(
            col(Course.tenant_id) == self._work.tenant_id, col(Course.id) == course_id
        )
        rows = await fetch(self._work, statement)
        if not rows:
            raise NotFound
        course, section_id = rows[0]
        return course, section_id

    async def taught(
        self, *, user_id: UUID, search: str, number: int, size: int
    ) -> tuple[list[TaughtCourse], int]:
        """A page of the courses that a person teaches, newest first, and how many there are."""
        counting, listing = _taught()
        if search:
            found = or_(
                col(Course.title).icontains(search, autoescape=True),
                col(Course.code).icontains(search, autoescape=True),
                col(Course.subject).icontains(search, autoescape=True),
            )
            counting, listing = counting.where(found), listing.where(found)
        values = {"tenant": self._work.tenant_id, "me": user_id}
        total = (await fetch(self._work, counting, **values))[0]
        first = (max(number, 1) - 1) * size
        rows = await fetch(self._work, listing, **values, first=first, size=size)
        return [TaughtCourse(*row) for row in rows], total

    async def lesson_count(self, course_id: UUID) -> int:
        """How many lessons a course has, drafts too."""
        statement = select(func.count(col(Lesson.id))).where(
            col(Lesson.tenant_id) == self._work.tenant_id, col(Lesson.course_id) == course_id
        )
        return (await self._session.exec(statement)).one()

    async def teacher_ids(self, course_id: UUID) -> set[UUID]:
        """Everybody who teaches a section of the course."""
        rows = await self._session.exec(
            select(Enrollment.user_id)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == course_id,
                col(Enrollment.role) == EnrollmentRole.TEACHER,
                col(Enrollment.status) == ACTIVE,
            )
        )
        return set(rows.all())


@cache
def _taught() -> tuple[Any, Any]:
    """How many courses somebody teaches, and a page of them: made once, because making costs more than running."""
    conditions = (
        col(Course.tenant_id) == bindparam("tenant"),
        taught_by(bindparam("me", type_=Uuid())),
    )
    listing = (
        select_columns(Course, *_counts_of_course())
        .where(*conditions)
        .order_by(col(Course.created_at).desc())
        .offset(bindparam("first", type_=Integer()))
        .limit(bindparam("size", type_=Integer()))
    )
    return select(func.count(col(Course.id))).where(*conditions), listing


def _counts_of_course() -> tuple[Any, ...]:
    sections = select(func.count(col(Section.id))).where(col(Section.course_id) == col(Course.id))
    students = (
        select(func.count(func.distinct(col(Enrollment.user_id))))
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            col(Section.course_id) == col(Course.id),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        )
    )
    lessons = select(func.count(col(Lesson.id))).where(col(Lesson.course_id) == col(Course.id))
    to_grade = (
        select(func.count(col(Attempt.id)))
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .where(
            col(Assessment.course_id) == col(Course.id),
            col(Attempt.state) == AttemptState.SUBMITTED,
            col(Attempt.needs_grading).is_(True),
        )
    )
    return tuple(one.correlate(Course).scalar_subquery() for one in (sections, students, lessons, to_grade))


class SectionRepository(Repository[Section]):
    """Sections."""

    model = Section

    async def choices(self, course_id: UUID | None, *, limit: int) -> list[SectionChoice]:
        """The sections of a course, or of all courses that are not archived; by course and name."""
        conditions: list[ColumnElement[bool]] = [
            col(Section.tenant_id) == self._work.tenant_id,
            col(Course.status) != PublicationStatus.ARCHIVED,
        ]
        if course_id is not None:
            conditions = [conditions[0], col(Section.course_id) == course_id]
        rows = await fetch(
            self._work,
            select_columns(Section.id, Section.name, Course.title)
            .select_from(Section)
            .join(Course, col(Course.id) == col(Section.course_id))
            .where(*conditions)
            .order_by(col(Course.title), col(Section.name))
            .limit(limit),
        )
        return [SectionChoice(*row) for row in rows]

    async def of_courses(self, course_ids: Sequence[UUID]) -> list[SectionRow]:
        """The sections of some courses, by name."""
        rows = await fetch(self._work, _sections(), tenant=self._work.tenant_id, courses=course_ids)
        return [SectionRow(section, term, count) for section, term, count in rows]


@cache
def _sections() -> Any:
    students = (
        select(func.count(col(Enrollment.id)))
        .where(
            col(Enrollment.section_id) == col(Section.id),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        )
        .correlate(Section)
        .scalar_subquery()
    )
    return (
        select(Section, func.coalesce(col(Term.name), ""), students)
        .outerjoin(Term, col(Term.id) == col(Section.term_id))
        .where(
            col(Section.tenant_id) == bindparam("tenant"),
            col(Section.course_id).in_(bindparam("courses", expanding=True)),
        )
        .order_by(col(Section.name))
    )


class EnrollmentRepository(Repository[Enrollment]):
    """Who is in which section."""

    model = Enrollment

    async def taught(self, enrollment_id: UUID, user_id: UUID) -> tuple[Enrollment, Section, Course]:
        """An enrolment in a course that a person teaches, locked, with its section and its course.

        Raises:
            NotFound: It does not exist, or they do not teach its course.
        """
        rows = await fetch(
            self._work,
            select_columns(Enrollment, Section, Course)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .join(Course, col(Course.id) == col(Section.course_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Enrollment.id) == enrollment_id,
                taught_by(user_id),
            )
            .with_for_update(of=Enrollment)
            .execution_options(populate_existing=True),
        )
        if not rows:
            raise NotFound
        return rows[0][0], rows[0][1], rows[0][2]

    async def of_person(self, course_id: UUID, user_id: UUID) -> list[Enrollment]:
        """All enrolments of a person in a course, ended ones too."""
        rows = await self._session.exec(
            select(Enrollment)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == course_id,
                col(Enrollment.user_id) == user_id,
            )
        )
        return list(rows.all())

    async def in_course(self, course_id: UUID, user_ids: Sequence[UUID]) -> list[tuple[Enrollment, str]]:
        """All enrolments of people in a course, ended ones too, with the names of their sections."""
        rows = await self._session.exec(
            select(Enrollment, Section.name)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == course_id,
                col(Enrollment.user_id).in_(user_ids),
            )
        )
        return list(rows.all())

    async def roster(
        self,
        *,
        course_id: UUID,
        section_id: UUID | None,
        search: str,
        number: int,
        size: int,
        status: str = ACTIVE,
    ) -> tuple[list[RosterRow], int]:
        """A page of the people of a course: teachers first, then by family name."""
        conditions: list[ColumnElement[bool]] = [
            col(Enrollment.tenant_id) == self._work.tenant_id,
            col(Section.course_id) == course_id,
            col(Enrollment.status) == status,
        ]
        if section_id is not None:
            conditions.append(col(Section.id) == section_id)
        if search:
            full_name = col(User.given_name).concat(" ").concat(col(User.family_name))
            conditions.append(
                or_(
                    full_name.icontains(search, autoescape=True),
                    col(User.email).icontains(search, autoescape=True),
                )
            )
        total = (
            await self._session.exec(
                select(func.count(col(Enrollment.id)))
                .join(Section, col(Section.id) == col(Enrollment.section_id))
                .join(User, col(User.id) == col(Enrollment.user_id))
                .where(*conditions)
            )
        ).one()
        read = (
            select(func.count(col(LessonProgress.id)))
            .join(Lesson, col(Lesson.id) == col(LessonProgress.lesson_id))
            .where(
                col(LessonProgress.user_id) == col(User.id),
                col(LessonProgress.completed_at).is_not(None),
                col(Lesson.course_id) == course_id,
                col(Lesson.status) == PublicationStatus.PUBLISHED,
            )
            .correlate(User)
            .scalar_subquery()
        )
        columns: tuple[Any, ...] = (
            Enrollment.id,
            User.id,
            User.given_name,
            User.family_name,
            User.email,
            Enrollment.role,
            Section.id,
            Section.name,
            Enrollment.created_at,
            read,
        )
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .select_from(Enrollment)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .join(User, col(User.id) == col(Enrollment.user_id))
            .where(*conditions)
            .order_by(
                col(Enrollment.role).desc(), col(User.family_name), col(User.given_name), col(Enrollment.id)
            )
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [RosterRow(*row) for row in rows], total
