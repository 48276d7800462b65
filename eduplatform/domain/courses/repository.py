"""Rows of courses, sections, enrolments and lessons within one tenant."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.repository import Repository
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    Lesson,
    LessonProgress,
    Module,
    Section,
)


class CourseRepository(Repository[Course]):
    """Courses."""

    model = Course

    async def role_in(self, course_id: UUID, user_id: UUID) -> set[str]:
        """What a person is in the sections of a course: ``teacher``, ``student``, both or nothing."""
        rows = await self._session.exec(
            select(Enrollment.role)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == course_id,
                col(Enrollment.user_id) == user_id,
                col(Enrollment.status) == "active",
            )
        )
        return set(rows.all())


class SectionRepository(Repository[Section]):
    """Sections."""

    model = Section


class EnrollmentRepository(Repository[Enrollment]):
    """Who is in which section."""

    model = Enrollment

    async def section_of(self, course_id: UUID, user_id: UUID) -> UUID | None:
        """The section in which a student takes a course."""
        rows = await self._session.exec(
            select(Enrollment.section_id)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == course_id,
                col(Enrollment.user_id) == user_id,
                col(Enrollment.role) == EnrollmentRole.STUDENT,
                col(Enrollment.status) == "active",
            )
        )
        return rows.first()


class ModuleRepository(Repository[Module]):
    """Modules."""

    model = Module


class LessonRepository(Repository[Lesson]):
    """Lessons."""

    model = Lesson


class LessonProgressRepository(Repository[LessonProgress]):
    """Who has read what."""

    model = LessonProgress
