"""How a class works on an assessment at this moment, for those who teach it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.extensions import CLOSE_JOB
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.monitor_repository import (
    QUIET_AFTER,
    MonitorRepository,
    MonitorRow,
    Sorting,
    Tally,
)
from eduplatform.domain.assessment.policy import require_assessment_author, require_own_attempt
from eduplatform.domain.assessment.rules import GRACE, AssessmentKind
from eduplatform.domain.classroom import presence
from eduplatform.domain.classroom.models import Place
from eduplatform.domain.classroom.repository import PresenceRepository
from eduplatform.domain.courses.models import Course
from eduplatform.errors import NotFound
from eduplatform.security.principal import Principal

PAGE_SIZE = 50


class Standing(StrEnum):
    """How a student stands; ``lost`` and ``quiet`` are working, too."""

    NOT_STARTED = "not_started"
    WORKING = "working"
    QUIET = "quiet"
    LOST = "lost"
    HANDED_IN = "handed_in"


@dataclass(frozen=True, slots=True)
class Watched:
    """A class at one moment of the server's clock."""

    assessment: Assessment
    course: Course
    tally: Tally
    rows: list[MonitorRow]
    now: datetime


def standing_of(row: MonitorRow, now: datetime) -> Standing:
    """What a teacher should know first of a student."""
    if row.state is None or row.started_at is None:
        return Standing.NOT_STARTED
    if row.state == AttemptState.SUBMITTED:
        return Standing.HANDED_IN
    last = max(row.started_at, row.saved_at or row.started_at)
    if row.shown and not presence.is_here(max(last, row.seen_at or last), now):
        return Standing.LOST
    if now - last > QUIET_AFTER:
        return Standing.QUIET
    return Standing.WORKING


async def watch(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    section_id: UUID | None = None,
    sorting: Sorting = Sorting.ATTENTION,
    page: int = 1,
    now: datetime | None = None,
) -> Watched:
    """How far everybody is, 50 students at a time; four statements. Attempts whose time is over are handed in soon.

    Raises:
        NotFound: It does not exist, is an assignment, or the person does not teach its course.
    """
    moment = now or utc_now()
    assessment, course = await require_assessment_author(work=work, me=me, assessment_id=assessment_id)
    if assessment.kind == AssessmentKind.ASSIGNMENT:
        raise NotFound
    # This stay is shown to nobody: it says only that somebody wants to hear of progress.
    await PresenceRepository(work).beat(
        user_id=me.user,
        place=Place.MONITOR,
        object_id=assessment_id,
        now=moment,
        silence=presence.LOST_AFTER,
    )
    repository = MonitorRepository(work)
    tally = await repository.tally(
        assessment_id=assessment_id, course_id=course.id, section_id=section_id, now=moment
    )
    rows = await repository.page(
        assessment_id=assessment_id,
        course_id=course.id,
        section_id=section_id,
        sorting=sorting,
        number=page,
        size=PAGE_SIZE,
        now=moment,
    )
    if any(_is_over(row, moment) for row in rows):
        await work.enqueue(CLOSE_JOB, assessment_id=str(assessment_id))
    return Watched(assessment, course, tally, rows, moment)


def _is_over(row: MonitorRow, now: datetime) -> bool:
    return row.submitted_at is None and row.deadline_at is not None and now > row.deadline_at + GRACE


async def sit(*, work: Work, me: Principal, attempt_id: UUID, now: datetime | None = None) -> Attempt:
    """Note that a student has their own attempt open, and return it as it is; three statements.

    Raises:
        NotFound: It does not exist, or it is another student's.
    """
    attempt, _assessment = await require_own_attempt(work=work, me=me, attempt_id=attempt_id)
    if attempt.state == AttemptState.IN_PROGRESS:
        await presence.stay(work=work, me=me, place=Place.ATTEMPT, object_id=attempt_id, now=now)
    return attempt
