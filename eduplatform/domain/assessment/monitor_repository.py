"""How far the students of a class are with an assessment, in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONPATH
from sqlmodel import and_, case, cast, col, func, select

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.extension_models import TimeExtension
from eduplatform.domain.assessment.models import Attempt, AttemptState, Response
from eduplatform.domain.classroom.models import Place, Presence, PresenceChoice
from eduplatform.domain.classroom.presence import LOST_AFTER
from eduplatform.domain.classroom.repository import full_name, tenant_shows
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole, Section
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.tenants.models import Tenant

QUIET_AFTER = timedelta(minutes=5)
"""Without a saved answer for this long, a student may need help."""

_ANSWERED = '$.** ? (@.type() == "boolean" || @.type() == "number" || (@.type() == "string" && @ != ""))'
"""An answer in which anything was chosen or written."""


class Sorting(StrEnum):
    """What stands first."""

    ATTENTION = "attention"
    NAME = "name"
    TIME = "time"
    PROGRESS = "progress"


@dataclass(frozen=True, slots=True)
class MonitorRow:
    """A student and their newest attempt, if they have begun one.

    Attributes:
        extra_minutes: What they were given while they worked.
        seen_at: When their page was last open; None when it never was, or when they are not to be shown.
        shown: Whether they may be shown as being online.
    """

    user_id: UUID
    name: str
    section: str
    attempt_id: UUID | None
    number: int | None
    state: str | None
    started_at: datetime | None
    deadline_at: datetime | None
    submitted_at: datetime | None
    extra_minutes: int | None
    questions: int
    answered: int
    saved_at: datetime | None
    seen_at: datetime | None
    shown: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How many students are how far; ``lost`` and ``quiet`` are among those who work."""

    students: int
    working: int
    handed_in: int
    lost: int
    quiet: int

    @property
    def not_started(self) -> int:
        """Who has not begun."""
        return self.students - self.working - self.handed_in


class MonitorRepository(Repository[Attempt]):
    """Attempts as a teacher watches them."""

    model = Attempt

    async def tally(
        self, *, assessment_id: UUID, course_id: UUID, section_id: UUID | None, now: datetime
    ) -> Tally:
        """The class in numbers; one statement."""
        parts = _Parts(self._work.tenant_id, assessment_id, course_id, section_id, now)

        def count(condition: Any) -> Any:
            return func.count().filter(condition)

        rows = await fetch(
            self._work,
            parts.of_students(
                func.count(),
                count(parts.working),
                count(col(Attempt.state) == AttemptState.SUBMITTED),
                count(parts.lost),
                count(parts.quiet),
            ),
        )
        return Tally(*rows[0])

    async def page(  # pyright: ignore[reportIncompatibleMethodOverride] - rows of several tables
        self,
        *,
        assessment_id: UUID,
        course_id: UUID,
        section_id: UUID | None,
        sorting: Sorting,
        number: int,
        size: int,
        now: datetime,
    ) -> list[MonitorRow]:
        """A page of students; one statement."""
        parts = _Parts(self._work.tenant_id, assessment_id, course_id, section_id, now)
        work = parts.work
        section = (
            select(func.min(Section.name))
            .join(Enrollment, col(Enrollment.section_id) == col(Section.id))
            .where(
                col(Enrollment.user_id) == col(User.id),
                col(Enrollment.status) == ACTIVE,
                col(Section.course_id) == course_id,
            )
            .correlate(User)
            .scalar_subquery()
        )
        columns = (
            User.id,
            full_name(),
            section,
            Attempt.id,
            Attempt.number,
            Attempt.state,
            Attempt.started_at,
            Attempt.deadline_at,
            Attempt.submitted_at,
            Attempt.extra_minutes,
            func.coalesce(work.c.questions, 0),
            func.coalesce(work.c.answered, 0),
            work.c.saved_at,
            case((parts.shown, col(Presence.seen_at)), else_=None),
            parts.shown,
        )
        statement = (
            parts.of_students(*columns)
            .order_by(*parts.order(sorting), col(User.family_name), col(User.given_name), col(User.id))
            .offset((max(number, 1) - 1) * size)
            .limit(size)
        )
        return [MonitorRow(*row) for row in await fetch(self._work, statement)]

    async def extendable(
        self,
        assessment_id: UUID,
        *,
        attempt_ids: Sequence[UUID] | None,
        section_id: UUID | None,
        request_id: UUID,
        now: datetime,
    ) -> list[tuple[Attempt, bool]]:
        """Running attempts with a deadline ahead, locked, and whether this decision has reached them already."""
        statement = (
            select_columns(Attempt, col(TimeExtension.id).is_not(None))
            .outerjoin(
                TimeExtension,
                (col(TimeExtension.attempt_id) == col(Attempt.id))
                & (col(TimeExtension.request_id) == request_id),
            )
            .where(
                col(Attempt.tenant_id) == self._work.tenant_id,
                col(Attempt.assessment_id) == assessment_id,
                col(Attempt.state) == AttemptState.IN_PROGRESS,
                col(Attempt.deadline_at) > now,
            )
            .order_by(col(Attempt.id))
            .with_for_update(of=Attempt, key_share=True)
            .execution_options(populate_existing=True)
        )
        if attempt_ids is not None:
            statement = statement.where(col(Attempt.id).in_(attempt_ids))
        if section_id is not None:
            statement = statement.where(col(Attempt.section_id) == section_id)
        return [(row[0], row[1]) for row in await fetch(self._work, statement)]


class _Parts:
    """The students of a class with their newest attempt, what they have saved, and their presence."""

    def __init__(
        self,
        tenant_id: UUID,
        assessment_id: UUID,
        course_id: UUID,
        section_id: UUID | None,
        now: datetime,
    ) -> None:
        self._tenant_id, self._assessment_id = tenant_id, assessment_id
        enrolled = (
            select(Enrollment.user_id)
            .join(Section, col(Section.id) == col(Enrollment.section_id))
            .where(
                col(Section.course_id) == course_id,
                col(Enrollment.role) == EnrollmentRole.STUDENT,
                col(Enrollment.status) == ACTIVE,
            )
        )
        self._students = enrolled if section_id is None else enrolled.where(col(Section.id) == section_id)
        self.work: Any = (
            select_columns(
                Response.attempt_id,
                func.count().label("questions"),
                func.count()
                .filter(func.jsonb_path_exists(col(Response.answer), cast(_ANSWERED, JSONPATH)))
                .label("answered"),
                func.max(Response.saved_at).label("saved_at"),
            )
            .join(Attempt, col(Attempt.id) == col(Response.attempt_id))
            .where(col(Attempt.assessment_id) == assessment_id)
            .group_by(col(Response.attempt_id))
            # Counted once: a planner that expects few students would count it again for each of them.
            .cte("work")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        self.shown: Any = and_(tenant_shows(), func.coalesce(col(PresenceChoice.shown), True))
        self.working: Any = col(Attempt.state) == AttemptState.IN_PROGRESS
        last: Any = func.greatest(self.work.c.saved_at, col(Attempt.started_at))
        # Whoever saves is there, even where only the page's beats do not get through.
        unseen: Any = func.greatest(col(Presence.seen_at), last) < now - LOST_AFTER
        self.lost: Any = and_(self.working, self.shown, unseen)
        self.quiet: Any = and_(self.working, last < now - QUIET_AFTER)

    def of_students(self, *columns: Any) -> Any:
        """A statement over the students, each in one row."""
        newest: Any = (
            select(func.max(Attempt.number))
            .where(col(Attempt.assessment_id) == self._assessment_id, col(Attempt.user_id) == col(User.id))
            .correlate(User)
            .scalar_subquery()
        )
        own = and_(
            col(Attempt.user_id) == col(User.id),
            col(Attempt.assessment_id) == self._assessment_id,
            col(Attempt.number) == newest,
        )
        here = and_(
            col(Presence.object_id) == col(Attempt.id),
            col(Presence.user_id) == col(User.id),
            col(Presence.place) == Place.ATTEMPT,
        )
        return (
            select_columns(*columns)
            .select_from(User)
            .join(Tenant, col(Tenant.id) == col(User.tenant_id))
            .outerjoin(PresenceChoice, col(PresenceChoice.user_id) == col(User.id))
            .outerjoin(Attempt, own)
            .outerjoin(self.work, self.work.c.attempt_id == col(Attempt.id))
            .outerjoin(Presence, here)
            .where(col(User.tenant_id) == self._tenant_id, col(User.id).in_(self._students))
        )

    def order(self, sorting: Sorting) -> tuple[Any, ...]:
        """The columns to sort by, before the name."""
        if sorting is Sorting.NAME:
            return ()
        if sorting is Sorting.TIME:
            return (self.working.desc().nulls_last(), col(Attempt.deadline_at).asc().nulls_last())
        if sorting is Sorting.PROGRESS:
            return (func.coalesce(self.work.c.answered, -1),)
        rank = case(
            (self.lost, 0),
            (self.quiet, 1),
            (self.working, 2),
            (col(Attempt.id).is_(None), 3),
            else_=4,
        )
        return (rank,)
