"""Rows of live lessons within one tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import and_, col, func, or_, select, update

from eduplatform.db.repository import Repository
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.domain.accounts.models import User
from eduplatform.domain.classroom.models import LiveParticipant, LivePoll, LiveSession, LiveVote
from eduplatform.domain.classroom.repository import full_name, tenant_shows
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    Lesson,
    LessonVersion,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns, taught_by
from eduplatform.domain.tenants.models import Tenant

MOST_PEOPLE = 300
MOST_POLLS = 40


@dataclass(frozen=True, slots=True)
class LedSession:
    """A live lesson with what it is about, for those who teach the course."""

    session: LiveSession
    section: Section
    lesson: Lesson
    course: Course


@dataclass(frozen=True, slots=True)
class SectionNow:
    """A student's section, and the live lesson that runs in it, if any."""

    section_id: UUID
    session: LiveSession | None
    lesson_title: str | None


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a live lesson; the name is empty when they are not to be shown.

    ``shown`` is whether they want to be shown: a raised hand names them to the teacher, not to classmates.
    """

    user_id: UUID
    name: str
    shown: bool
    joined_at: datetime
    seen_at: datetime
    hand_at: datetime | None
    hands: int


@dataclass(frozen=True, slots=True)
class PastSession:
    """A live lesson in the history."""

    session: LiveSession
    lesson_title: str
    section_name: str
    people: int
    polls: int


class LiveSessionRepository(Repository[LiveSession]):
    """Live lessons."""

    model = LiveSession

    async def led(self, session_id: UUID, user_id: UUID, *, lock: bool = False) -> LedSession | None:
        """A live lesson of a course that a person teaches; one statement."""
        statement = (
            select_columns(LiveSession, Section, Lesson, Course)
            .join(Section, col(Section.id) == col(LiveSession.section_id))
            .join(Lesson, col(Lesson.id) == col(LiveSession.lesson_id))
            .join(Course, col(Course.id) == col(Section.course_id))
            .where(
                col(LiveSession.tenant_id) == self._work.tenant_id,
                col(LiveSession.id) == session_id,
                taught_by(user_id),
            )
        )
        if lock:
            statement = statement.with_for_update(of=LiveSession).execution_options(populate_existing=True)
        rows = await fetch(self._work, statement)
        return LedSession(*rows[0]) if rows else None

    async def lesson_to_lead(
        self, lesson_id: UUID, section_id: UUID, user_id: UUID
    ) -> tuple[Lesson, Section] | None:
        """A published lesson and a section of the same course, for who teaches it."""
        rows = await fetch(
            self._work,
            select_columns(Lesson, Section)
            .join(Course, col(Course.id) == col(Lesson.course_id))
            .join(Section, col(Section.course_id) == col(Course.id))
            .where(
                col(Lesson.tenant_id) == self._work.tenant_id,
                col(Lesson.id) == lesson_id,
                col(Lesson.status) == PublicationStatus.PUBLISHED,
                col(Section.id) == section_id,
                taught_by(user_id),
            ),
        )
        return (rows[0][0], rows[0][1]) if rows else None

    async def version(self, session: LiveSession) -> LessonVersion | None:
        """The version of the lesson that is shown."""
        found = await self._session.exec(
            select(LessonVersion).where(
                col(LessonVersion.tenant_id) == self._work.tenant_id,
                col(LessonVersion.lesson_id) == session.lesson_id,
                col(LessonVersion.number) == session.lesson_number,
            )
        )
        return found.one_or_none()

    async def running(self, section_id: UUID) -> LiveSession | None:
        """The live lesson of a section."""
        return await self.first(
            col(LiveSession.section_id) == section_id, col(LiveSession.ended_at).is_(None)
        )

    async def of_student(
        self,
        user_id: UUID,
        *,
        course_id: UUID | None = None,
        lesson_id: UUID | None = None,
        session_id: UUID | None = None,
    ) -> list[SectionNow]:
        """A student's sections of a course with what runs there, running ones first; one statement."""
        if lesson_id is not None:
            course = select(Lesson.course_id).where(col(Lesson.id) == lesson_id).scalar_subquery()
            wanted: Any = col(Course.id) == course
        elif session_id is not None:
            wanted = col(LiveSession.id) == session_id
        else:
            wanted = col(Course.id) == course_id
        rows = await fetch(
            self._work,
            select_columns(Section.id, LiveSession, Lesson.title)
            .select_from(Enrollment)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .join(Course, col(Course.id) == col(Section.course_id))
            .outerjoin(
                LiveSession,
                and_(
                    col(LiveSession.section_id) == col(Section.id),
                    or_(col(LiveSession.ended_at).is_(None), col(LiveSession.id) == session_id),
                ),
            )
            .outerjoin(Lesson, col(Lesson.id) == col(LiveSession.lesson_id))
            .where(
                col(Enrollment.tenant_id) == self._work.tenant_id,
                col(Enrollment.user_id) == user_id,
                col(Enrollment.role) == EnrollmentRole.STUDENT,
                col(Enrollment.status) == ACTIVE,
                col(Course.status) == PublicationStatus.PUBLISHED,
                wanted,
            )
            .order_by(col(LiveSession.started_at).desc().nulls_last(), col(Section.id)),
        )
        return [SectionNow(*row) for row in rows]

    async def past(self, course_id: UUID, *, number: int, size: int) -> tuple[list[PastSession], int]:
        """A page of the live lessons of a course, newest first, and how many there are; one statement."""
        people = (
            select(func.count(col(LiveParticipant.id)))
            .where(col(LiveParticipant.session_id) == col(LiveSession.id))
            .correlate(LiveSession)
            .scalar_subquery()
        )
        polls = (
            select(func.count(col(LivePoll.id)))
            .where(col(LivePoll.session_id) == col(LiveSession.id))
            .correlate(LiveSession)
            .scalar_subquery()
        )
        rows = await fetch(
            self._work,
            select_columns(LiveSession, Lesson.title, Section.name, people, polls, func.count().over())
            .join(Section, col(Section.id) == col(LiveSession.section_id))
            .join(Lesson, col(Lesson.id) == col(LiveSession.lesson_id))
            .where(col(LiveSession.tenant_id) == self._work.tenant_id, col(Section.course_id) == course_id)
            .order_by(col(LiveSession.started_at).desc(), col(LiveSession.id))
            .offset((max(number, 1) - 1) * size)
            .limit(size),
        )
        return [PastSession(*row[:5]) for row in rows], rows[0][5] if rows else 0


class ParticipantRepository(Repository[LiveParticipant]):
    """Students in live lessons."""

    model = LiveParticipant

    async def attend(self, session_id: UUID, user_id: UUID, *, shown: bool, now: datetime) -> None:
        """Note that a student is here; whoever once did not want to be seen stays unnamed. One statement."""
        row = insert(LiveParticipant).values(
            tenant_id=self._work.tenant_id,
            session_id=session_id,
            user_id=user_id,
            joined_at=now,
            seen_at=now,
            shown=shown,
        )
        statement = row.on_conflict_do_update(
            index_elements=["tenant_id", "session_id", "user_id"],
            set_={
                "seen_at": now,
                "updated_at": now,
                "shown": and_(col(LiveParticipant.shown), shown),
            },
        )
        await cast(Any, self._session).exec(statement, execution_options={CHECKED_INSERT: True})

    async def own(self, session_id: UUID, user_id: UUID, *, lock: bool = False) -> LiveParticipant | None:
        """A student's own row."""
        statement = self.rows().where(
            col(LiveParticipant.session_id) == session_id, col(LiveParticipant.user_id) == user_id
        )
        if lock:
            statement = statement.with_for_update()
        return (await self._session.exec(statement.execution_options(populate_existing=True))).one_or_none()

    async def people(self, session_id: UUID) -> list[Participant]:
        """Everybody in a live lesson, raised hands first in their order, then by name; one statement.

        A name is empty where the person or the organisation does not want it shown and the hand is not up: who raises
        a hand wants to be called.
        """
        shown = and_(tenant_shows(), col(LiveParticipant.shown))
        rows = await fetch(
            self._work,
            select_columns(
                LiveParticipant.user_id,
                full_name(),
                shown,
                LiveParticipant.joined_at,
                LiveParticipant.seen_at,
                LiveParticipant.hand_at,
                LiveParticipant.hands,
            )
            .join(User, col(User.id) == col(LiveParticipant.user_id))
            .join(Tenant, col(Tenant.id) == col(LiveParticipant.tenant_id))
            .where(
                col(LiveParticipant.tenant_id) == self._work.tenant_id,
                col(LiveParticipant.session_id) == session_id,
            )
            .order_by(
                col(LiveParticipant.hand_at).asc().nulls_last(),
                col(User.family_name),
                col(User.given_name),
                col(LiveParticipant.id),
            )
            .limit(MOST_PEOPLE),
        )
        found = [Participant(*row) for row in rows]
        return [one if one.shown or one.hand_at is not None else replace(one, name="") for one in found]

    async def lower(self, session_id: UUID, user_id: UUID | None) -> None:
        """Lower one hand, or all."""
        statement = (
            update(LiveParticipant)
            .where(
                col(LiveParticipant.tenant_id) == self._work.tenant_id,
                col(LiveParticipant.session_id) == session_id,
            )
            .values(hand_at=None)
            .execution_options(synchronize_session=False)
        )
        if user_id is not None:
            statement = statement.where(col(LiveParticipant.user_id) == user_id)
        await cast(Any, self._session).exec(statement)


class PollRepository(Repository[LivePoll]):
    """Polls of live lessons and their votes."""

    model = LivePoll

    async def of_session(self, session_id: UUID, user_id: UUID) -> list[tuple[LivePoll, int | None]]:
        """The polls of a live lesson, newest first, with the person's own vote; one statement."""
        rows = await fetch(
            self._work,
            select_columns(LivePoll, LiveVote.choice)
            .outerjoin(
                LiveVote, (col(LiveVote.poll_id) == col(LivePoll.id)) & (col(LiveVote.user_id) == user_id)
            )
            .where(col(LivePoll.tenant_id) == self._work.tenant_id, col(LivePoll.session_id) == session_id)
            .order_by(col(LivePoll.opened_at).desc(), col(LivePoll.id).desc())
            .limit(MOST_POLLS),
        )
        return [(row[0], row[1]) for row in rows]

    async def counts(self, poll_ids: Sequence[UUID]) -> dict[UUID, dict[int, int]]:
        """How many voted for each option; one statement."""
        rows = await fetch(
            self._work,
            select_columns(LiveVote.poll_id, LiveVote.choice, func.count())
            .where(col(LiveVote.tenant_id) == self._work.tenant_id, col(LiveVote.poll_id).in_(poll_ids))
            .group_by(col(LiveVote.poll_id), col(LiveVote.choice)),
        )
        found: defaultdict[UUID, dict[int, int]] = defaultdict(dict)
        for poll_id, choice, number in rows:
            found[poll_id][choice] = number
        return found

    async def vote(self, poll_id: UUID, user_id: UUID, choice: int, now: datetime) -> None:
        """Keep a vote, instead of an earlier one; one statement."""
        row = insert(LiveVote).values(
            tenant_id=self._work.tenant_id, poll_id=poll_id, user_id=user_id, choice=choice
        )
        statement = row.on_conflict_do_update(
            index_elements=["tenant_id", "poll_id", "user_id"], set_={"choice": choice, "updated_at": now}
        )
        await cast(Any, self._session).exec(statement, execution_options={CHECKED_INSERT: True})
