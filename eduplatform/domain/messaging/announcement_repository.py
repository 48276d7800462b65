"""Rows of announcements: for whom they are, and who has read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, func, select

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import GuardianLink, User
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.messaging.models import Announcement, AnnouncementRead, AnnouncementSection

VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class AnnouncementRow:
    """An announcement as a reader sees it; ``classes`` is empty when it is for the whole course.

    ``readers`` of ``audience`` students have read it; both are 0 where nobody asked for them.
    """

    announcement: Announcement
    course_title: str
    author: str
    classes: tuple[str, ...]
    section_ids: tuple[UUID, ...]
    read: bool
    readers: int = 0
    audience: int = 0


@dataclass(frozen=True, slots=True)
class AnnouncementHead:
    """An announcement above another page."""

    id: UUID
    course_id: UUID
    course_title: str
    title: str
    body: str
    publish_at: datetime
    pinned: bool
    read: bool


def meant_for(user_ids: Sequence[UUID] | sa.BindParameter[Any]) -> ColumnElement[bool]:
    """The announcements that are for one of these students."""
    return (
        select(Enrollment.id)
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            col(Section.course_id) == col(Announcement.course_id),
            col(Enrollment.user_id).in_(user_ids),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
            sa.or_(col(Announcement.whole_course), _chosen()),
        )
        .correlate(Announcement)
        .exists()
    )


def _chosen() -> Any:
    """Whether the section of the statement around it is one that the announcement was written for."""
    return (
        sa.exists()
        .where(
            col(AnnouncementSection.announcement_id) == col(Announcement.id),
            col(AnnouncementSection.section_id) == col(Section.id),
        )
        .correlate(Announcement, Section)
    )


def _readers() -> Any:
    return (
        select(func.count(func.distinct(col(AnnouncementRead.user_id))))
        .join(Enrollment, col(Enrollment.user_id) == col(AnnouncementRead.user_id))
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            col(AnnouncementRead.announcement_id) == col(Announcement.id),
            col(Section.course_id) == col(Announcement.course_id),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        )
        .correlate(Announcement)
        .scalar_subquery()
    )


def _audience() -> Any:
    return (
        select(func.count(func.distinct(col(Enrollment.user_id))))
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .where(
            col(Section.course_id) == col(Announcement.course_id),
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
            sa.or_(col(Announcement.whole_course), _chosen()),
        )
        .correlate(Announcement)
        .scalar_subquery()
    )


def _classes(column: Any) -> Any:
    return (
        select(func.array_agg(aggregate_order_by(column, col(Section.name))))
        .select_from(Section)
        .join(AnnouncementSection, col(AnnouncementSection.section_id) == col(Section.id))
        .where(col(AnnouncementSection.announcement_id) == col(Announcement.id))
        .correlate(Announcement)
        .scalar_subquery()
    )


class AnnouncementRepository(Repository[Announcement]):
    """Announcements."""

    model = Announcement

    async def listed(
        self, *conditions: ColumnElement[bool], reader: UUID, counted: bool, number: int, size: int
    ) -> tuple[list[AnnouncementRow], int]:
        """A page of announcements, pinned ones first, then the newest, and how many there are; two statements."""
        own = (col(Announcement.tenant_id) == self._work.tenant_id, *conditions)
        total = (
            await self._session.exec(
                select(func.count(col(Announcement.id)))
                .join(Course, col(Course.id) == col(Announcement.course_id))
                .where(*own)
            )
        ).one()
        read = AnnouncementReadRepository.has_read(reader)
        counts = (_readers(), _audience()) if counted else ()
        columns: tuple[Any, ...] = (
            Announcement,
            Course.title,
            User.given_name,
            User.family_name,
            _classes(col(Section.name)),
            _classes(col(Section.id)),
            read,
            *counts,
        )
        rows = await fetch(
            self._work,
            select_columns(*columns)
            .join(Course, col(Course.id) == col(Announcement.course_id))
            .join(User, col(User.id) == col(Announcement.author_id))
            .where(*own)
            .order_by(
                col(Announcement.pinned).desc(),
                col(Announcement.publish_at).desc(),
                col(Announcement.id).desc(),
            )
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [
            AnnouncementRow(
                one, title, f"{given} {family}".strip(), tuple(names or ()), tuple(ids or ()), *rest
            )
            for one, title, given, family, names, ids, *rest in rows
        ], total

    async def new_to(
        self, *, reader: UUID, students: Sequence[UUID], course_id: UUID | None, size: int, now: datetime
    ) -> list[AnnouncementHead]:
        """What is meant for these students and not read by the reader; of one course also what is pinned there.

        One statement.
        """
        of_course = {} if course_id is None else {"course": course_id}
        rows = await fetch(
            self._work,
            _new_to(course_id is not None),
            tenant=self._work.tenant_id,
            reader=reader,
            students=students,
            now=now,
            size=size,
            **of_course,
        )
        return [AnnouncementHead(*row) for row in rows]

    async def audience(self, announcement: Announcement) -> list[UUID]:
        """The students that it is for."""
        chosen = col(Section.id).in_(
            select(AnnouncementSection.section_id).where(
                col(AnnouncementSection.announcement_id) == announcement.id
            )
        )
        found = await self._session.exec(
            select(Enrollment.user_id)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .join(Course, col(Course.id) == col(Section.course_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Section.course_id) == announcement.course_id,
                col(Course.status) == PublicationStatus.PUBLISHED,
                col(Enrollment.role) == EnrollmentRole.STUDENT,
                col(Enrollment.status) == ACTIVE,
                *(() if announcement.whole_course else (chosen,)),
            )
            .distinct()
        )
        return list(found.all())

    async def guardians_of(self, student_ids: Sequence[UUID]) -> list[UUID]:
        """The verified guardians of these students."""
        found = await self._session.exec(
            select(GuardianLink.guardian_id)
            .where(
                col(GuardianLink.tenant_id) == self._work.tenant_id,
                col(GuardianLink.student_id).in_(student_ids),
                col(GuardianLink.status) == VERIFIED,
            )
            .distinct()
        )
        return list(found.all())

    async def set_sections(self, announcement: Announcement, section_ids: Sequence[UUID]) -> None:
        """Say which classes it is for; none when it is for the whole course."""
        await self._session.exec(
            sa.delete(AnnouncementSection).where(
                col(AnnouncementSection.tenant_id) == self._work.tenant_id,
                col(AnnouncementSection.announcement_id) == announcement.id,
            )
        )
        self._session.add_all(
            AnnouncementSection(announcement_id=announcement.id, section_id=one) for one in section_ids
        )
        await self._work.flush()


@cache
def _new_to(of_course: bool) -> Any:
    read = AnnouncementReadRepository.has_read(sa.bindparam("reader", type_=sa.Uuid()))
    # On top of its own course a pinned one stays; among all courses it would push away what is new.
    place = (
        (col(Announcement.course_id) == sa.bindparam("course"), sa.or_(col(Announcement.pinned), ~read))
        if of_course
        else (~read,)
    )
    columns: tuple[Any, ...] = (
        Announcement.id,
        Announcement.course_id,
        Course.title,
        Announcement.title,
        Announcement.body,
        Announcement.publish_at,
        Announcement.pinned,
        read,
    )
    return (
        select_columns(*columns)
        .select_from(Announcement)
        .join(Course, col(Course.id) == col(Announcement.course_id))
        .where(
            col(Announcement.tenant_id) == sa.bindparam("tenant"),
            col(Announcement.publish_at) <= sa.bindparam("now"),
            col(Course.status) == PublicationStatus.PUBLISHED,
            meant_for(sa.bindparam("students", expanding=True, type_=sa.Uuid())),
            *place,
        )
        .order_by(
            col(Announcement.pinned).desc(), col(Announcement.publish_at).desc(), col(Announcement.id).desc()
        )
        .limit(sa.bindparam("size", type_=sa.Integer()))
    )


class AnnouncementReadRepository(Repository[AnnouncementRead]):
    """Who has read what."""

    model = AnnouncementRead

    @staticmethod
    def has_read(user_id: UUID | sa.BindParameter[UUID]) -> ColumnElement[bool]:
        """Whether somebody has read the announcement of the statement around it."""
        return sa.exists().where(
            col(AnnouncementRead.announcement_id) == col(Announcement.id),
            col(AnnouncementRead.user_id) == user_id,
        )

    async def mark(self, user_id: UUID, announcement_ids: Sequence[UUID], moment: datetime | None) -> None:
        """Remember that somebody has read these; what they had read before stays as it is. Two statements at most."""
        reader = aliased(AnnouncementRead)
        found = await self._session.exec(
            select(Announcement.id).where(
                col(Announcement.tenant_id) == self._work.tenant_id,
                col(Announcement.id).in_(announcement_ids),
                ~sa.exists().where(
                    col(reader.announcement_id) == col(Announcement.id), col(reader.user_id) == user_id
                ),
            )
        )
        now = moment or utc_now()
        await self.insert_many(
            [
                {
                    "id": new_id(),
                    "created_at": now,
                    "updated_at": now,
                    "announcement_id": one,
                    "user_id": user_id,
                }
                for one in found.all()
            ]
        )


async def sections_of(work: Work, course_id: UUID) -> list[tuple[UUID, str]]:
    """The classes of a course, by name."""
    rows = await fetch(
        work,
        select_columns(Section.id, Section.name)
        .where(col(Section.tenant_id) == work.tenant_id, col(Section.course_id) == course_id)
        .order_by(col(Section.name)),
    )
    return [(key, name) for key, name in rows]
