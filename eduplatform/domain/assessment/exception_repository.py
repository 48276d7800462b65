"""Rows of overrides and supports within one tenant, and whom they reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import AssessmentOverride, StudentAccommodation
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, Section
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns, taught_by
from eduplatform.domain.grading.models import Grade, GradeEvent
from eduplatform.errors import NotFound

MOST_STUDENTS = 1_000


@dataclass(frozen=True, slots=True)
class Student:
    """Somebody who takes the course."""

    user_id: UUID
    name: str
    section_id: UUID
    section: str


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """Own dates, with the name of the student or the class."""

    override: AssessmentOverride
    name: str


@dataclass(frozen=True, slots=True)
class ExcusedRow:
    """A student who need not do an assessment, and why."""

    user_id: UUID
    name: str
    reason: str


def _full_name() -> object:
    return func.trim(func.concat(col(User.given_name), " ", col(User.family_name)))


class OverrideRepository(Repository[AssessmentOverride]):
    """Overrides of assessments."""

    model = AssessmentOverride

    async def of_assessment(self, assessment_id: UUID) -> list[OverrideRow]:
        """The overrides of an assessment: classes first, then students by name."""
        rows = await fetch(
            self._work,
            select_columns(AssessmentOverride, func.coalesce(col(Section.name), _full_name()))
            .select_from(AssessmentOverride)
            .outerjoin(User, col(User.id) == col(AssessmentOverride.user_id))
            .outerjoin(Section, col(Section.id) == col(AssessmentOverride.section_id))
            .where(
                col(AssessmentOverride.tenant_id) == self._work.tenant_id,
                col(AssessmentOverride.assessment_id) == assessment_id,
            )
            .order_by(col(Section.name).asc().nulls_last(), col(User.family_name), col(User.given_name)),
        )
        return [OverrideRow(*row) for row in rows]

    async def of_target(
        self, assessment_id: UUID, user_id: UUID | None, section_id: UUID | None
    ) -> AssessmentOverride | None:
        """The override that a student or a class has."""
        return await self.first(
            col(AssessmentOverride.assessment_id) == assessment_id,
            col(AssessmentOverride.user_id) == user_id
            if user_id is not None
            else col(AssessmentOverride.section_id) == section_id,
        )

    async def students(self, course_id: UUID) -> list[Student]:
        """Who takes a course, by name."""
        rows = await fetch(
            self._work,
            select_columns(User.id, _full_name(), Section.id, Section.name)
            .select_from(Enrollment)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .join(User, col(User.id) == col(Enrollment.user_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == course_id,
                col(Enrollment.role) == EnrollmentRole.STUDENT,
                col(Enrollment.status) == ACTIVE,
            )
            .order_by(col(User.family_name), col(User.given_name), col(User.id))
            .limit(MOST_STUDENTS),
        )
        return [Student(*row) for row in rows]

    async def sections(self, course_id: UUID) -> list[tuple[UUID, str]]:
        """The classes of a course by name."""
        rows = await fetch(
            self._work,
            select_columns(Section.id, Section.name)
            .where(col(Section.tenant_id) == self._work.tenant_id, col(Section.course_id) == course_id)
            .order_by(col(Section.name)),
        )
        return [(row[0], row[1]) for row in rows]

    async def reached(self, course_id: UUID, *, user_id: UUID | None, section_id: UUID | None) -> list[UUID]:
        """The students of a course whom a target reaches.

        Raises:
            NotFound: It is not a student or a class of the course.
        """
        statement = (
            select(Enrollment.user_id)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == course_id,
                col(Enrollment.role) == EnrollmentRole.STUDENT,
            )
            .distinct()
        )
        if user_id is not None:
            found = list(
                (await self._session.exec(statement.where(col(Enrollment.user_id) == user_id))).all()
            )
            if not found:
                raise NotFound
            return found
        taking = (col(Enrollment.section_id) == col(Section.id)) & (
            col(Enrollment.role) == EnrollmentRole.STUDENT
        )
        rows = await fetch(
            self._work,
            select_columns(Section.id, Enrollment.user_id)
            .select_from(Section)
            .outerjoin(Enrollment, taking)
            .where(
                col(Section.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == course_id,
                col(Section.id) == section_id,
            ),
        )
        if not rows:
            raise NotFound
        return [user_id for _section, user_id in rows if user_id is not None]

    async def excused(self, assessment_id: UUID) -> list[ExcusedRow]:
        """Who need not do an assessment, with the newest reason."""
        reason = (
            select(GradeEvent.reason)
            .where(col(GradeEvent.grade_id) == col(Grade.id), col(GradeEvent.kind) == "excused")
            .order_by(col(GradeEvent.created_at).desc())
            .limit(1)
            .correlate(Grade)
            .scalar_subquery()
        )
        rows = await fetch(
            self._work,
            select_columns(Grade.user_id, _full_name(), func.coalesce(reason, ""))
            .select_from(Grade)
            .join(User, col(User.id) == col(Grade.user_id))
            .where(
                col(Grade.tenant_id) == self._work.tenant_id,
                col(Grade.assessment_id) == assessment_id,
                col(Grade.status) == "excused",
            )
            .order_by(col(User.family_name), col(User.given_name))
            .limit(200),
        )
        return [ExcusedRow(*row) for row in rows]


class AccommodationRepository(Repository[StudentAccommodation]):
    """Supports of students."""

    model = StudentAccommodation

    async def of_student(self, user_id: UUID) -> list[StudentAccommodation]:
        """A student's supports, newest period first."""
        return await self.find(
            col(StudentAccommodation.user_id) == user_id,
            order_by=(col(StudentAccommodation.starts_at).desc().nulls_last(), col(StudentAccommodation.id)),
        )

    async def reasons(self, user_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
        """Why students have supports."""
        rows = await fetch(
            self._work,
            select_columns(StudentAccommodation.user_id, StudentAccommodation.reason).where(
                col(StudentAccommodation.tenant_id) == self._work.tenant_id,
                col(StudentAccommodation.user_id).in_(user_ids),
            ),
        )
        found: defaultdict[UUID, list[str]] = defaultdict(list)
        for user_id, reason in rows:
            found[user_id].append(reason)
        return found

    async def student(self, user_id: UUID, *, taught_by_user: UUID | None) -> User | None:
        """A person of the tenant; with ``taught_by_user`` only who takes a course that this person teaches."""
        statement = select(User).where(col(User.tenant_id) == self._work.tenant_id, col(User.id) == user_id)
        if taught_by_user is not None:
            takes = (
                select(Enrollment.id)
                .join(Section, col(Section.id) == col(Enrollment.section_id))
                .join(Course, col(Course.id) == col(Section.course_id))
                .where(
                    col(Enrollment.user_id) == col(User.id),
                    col(Enrollment.role) == EnrollmentRole.STUDENT,
                    col(Enrollment.status) == ACTIVE,
                    taught_by(taught_by_user),
                )
            )
            statement = statement.where(takes.correlate(User).exists())
        return (await self._session.exec(statement)).one_or_none()
