"""What stands in somebody's calendar, from the tables of several areas; reads only, but for events and feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from eduplatform.db.repository import Repository
from eduplatform.domain.assessment.effective import may_be_due
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.calendar.models import CalendarEvent, CalendarFeed
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns, taught_by
from eduplatform.domain.messaging.announcement_repository import meant_for
from eduplatform.domain.messaging.models import Announcement

"""Furthest that an accommodation is expected to move a due date out of or into a range of days."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose calendar it is: the students whose work it shows, and the teacher whose courses it shows."""

    students: tuple[UUID, ...] = ()
    teacher: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A course that somebody teaches, with its classes."""

    course_id: UUID
    course_title: str
    section_id: UUID | None
    section_name: str


def _taken(students: Sequence[UUID]) -> Any:
    """The courses and classes that these students are in now."""
    return (
        select(Enrollment.user_id, Section.course_id, Section.id.label("section_id"))  # type: ignore[attr-defined]
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .join(Course, col(Course.id) == col(Section.course_id))
        .where(
            col(Enrollment.user_id).in_(students),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
            col(Course.status) == PublicationStatus.PUBLISHED,
        )
        .subquery()
    )


class CalendarRepository(Repository[CalendarEvent]):
    """Events of classes, and what other areas have dates for."""

    model = CalendarEvent

    async def taken_work(
        self, students: Sequence[UUID], start: datetime, end: datetime
    ) -> list[tuple[UUID, Assessment, str]]:
        """Student, published assessment and course title of all work whose own due time may lie in the range."""
        taken = _taken(students)
        rows = await fetch(
            self._work,
            select_columns(taken.c.user_id, Assessment, Course.title)
            .select_from(Assessment)
            .join(Course, col(Course.id) == col(Assessment.course_id))
            .join(taken, taken.c.course_id == col(Assessment.course_id))
            .where(
                col(Assessment.tenant_id) == self._work.tenant_id,
                col(Assessment.status) == PublicationStatus.PUBLISHED,
                may_be_due(taken.c.user_id, start, end),
            )
            .distinct(),
        )
        return [(user_id, assessment, title) for user_id, assessment, title in rows]

    async def taught_work(
        self, teacher: UUID, start: datetime, end: datetime
    ) -> list[tuple[Assessment, str]]:
        """The assessments of a teacher's courses that are due in the range, by the rules for everybody."""
        rows = await fetch(
            self._work,
            select_columns(Assessment, Course.title)
            .join(Course, col(Course.id) == col(Assessment.course_id))
            .where(
                col(Assessment.tenant_id) == self._work.tenant_id,
                col(Assessment.status) == PublicationStatus.PUBLISHED,
                col(Assessment.due_at).between(start, end),
                taught_by(teacher),
            ),
        )
        return [(assessment, title) for assessment, title in rows]

    async def announcements(
        self, reader: Reader, start: datetime, end: datetime
    ) -> list[tuple[Announcement, str]]:
        """Announcements that appear in the range."""
        rows = await fetch(
            self._work,
            select_columns(Announcement, Course.title)
            .join(Course, col(Course.id) == col(Announcement.course_id))
            .where(
                col(Announcement.tenant_id) == self._work.tenant_id,
                col(Announcement.publish_at).between(start, end),
                _either(
                    reader,
                    meant_for(reader.students) & (col(Course.status) == PublicationStatus.PUBLISHED),
                ),
            ),
        )
        return [(announcement, title) for announcement, title in rows]

    async def events(
        self, reader: Reader, start: datetime, end: datetime
    ) -> list[tuple[CalendarEvent, str, str]]:
        """Events that touch the range, with their course and class; one for all classes names none."""
        taken = _taken(reader.students)
        concerned = sa.exists().where(
            taken.c.course_id == col(CalendarEvent.course_id),
            col(CalendarEvent.section_id).is_(None) | (col(CalendarEvent.section_id) == taken.c.section_id),
        )
        rows = await fetch(
            self._work,
            select_columns(CalendarEvent, Course.title, Section.name)
            .join(Course, col(Course.id) == col(CalendarEvent.course_id))
            .outerjoin(Section, col(Section.id) == col(CalendarEvent.section_id))
            .where(
                col(CalendarEvent.tenant_id) == self._work.tenant_id,
                col(CalendarEvent.starts_at) <= end,
                col(CalendarEvent.ends_at) >= start,
                _either(reader, concerned),
            ),
        )
        return [(event, title, section or "") for event, title, section in rows]

    async def places(self, teacher: UUID) -> list[Place]:
        """The courses and classes into whose calendar a teacher may write."""
        rows = await fetch(
            self._work,
            select_columns(Course.id, Course.title, Section.id, Section.name)
            .outerjoin(Section, col(Section.course_id) == col(Course.id))
            .where(col(Course.tenant_id) == self._work.tenant_id, taught_by(teacher))
            .order_by(col(Course.title), col(Course.id), col(Section.name))
            .limit(200),
        )
        return [Place(course, title, section, name or "") for course, title, section, name in rows]


def _either(reader: Reader, as_student: ColumnElement[bool]) -> ColumnElement[bool]:
    """What concerns the students of the calendar, or the courses of its teacher."""
    mine: list[ColumnElement[bool]] = [as_student] if reader.students else []
    if reader.teacher is not None:
        mine.append(taught_by(reader.teacher))
    return sa.or_(sa.false(), *mine)


class FeedRepository(Repository[CalendarFeed]):
    """Secret addresses of calendars."""

    model = CalendarFeed

    async def current(self, user_id: UUID) -> CalendarFeed | None:
        """The address that a person has now."""
        return await self.first(col(CalendarFeed.user_id) == user_id, col(CalendarFeed.revoked_at).is_(None))

    async def revoke(self, user_id: UUID, moment: datetime) -> None:
        """End every address of a person; one statement."""
        await self._session.exec(
            sa.update(CalendarFeed)
            .where(
                col(CalendarFeed.tenant_id) == self._work.tenant_id,
                col(CalendarFeed.user_id) == user_id,
                col(CalendarFeed.revoked_at).is_(None),
            )
            .values(revoked_at=moment),
            execution_options={"synchronize_session": False},
        )
