"""Who has handed in an assignment, who is late, who has begun, and who has not; and reminding those."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.attempts import close_expired
from eduplatform.domain.assessment.availability import EffectivePolicy
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState
from eduplatform.domain.assessment.policy import require_assessment_author
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.courses.group_models import GroupMember, StudentGroup
from eduplatform.domain.courses.models import Course, Enrollment, EnrollmentRole, PublicationStatus, Section
from eduplatform.domain.courses.repository import ACTIVE, fetch, select_columns
from eduplatform.domain.messaging import notifications
from eduplatform.errors import Conflict, NotFound
from eduplatform.i18n import N_
from eduplatform.security import rate_limits
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate

PAGE_SIZE = 25
REMINDERS = Rate(per_second=1 / 3600, burst=2)
"""Reminders that one assignment sends: twice in a row, then once an hour."""


class Progress(StrEnum):
    """How far a student has come. ``late`` was handed in after the due time; ``missing`` was not, and it is over."""

    HANDED_IN = "handed_in"
    LATE = "late"
    DRAFT = "draft"
    MISSING = "missing"
    NOT_BEGUN = "not_begun"


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """A student, with the newest handed-in attempt or the draft; ``moment`` is when it was handed in or begun.

    ``due_at`` and ``closed`` are by the student's own rules.
    """

    user_id: UUID
    name: str
    section: str
    group: str
    progress: Progress
    attempt_id: UUID | None
    moment: datetime | None
    late_seconds: int
    needs_grading: bool
    due_at: datetime | None
    closed: bool
    handed_in_by: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """A page of students, how many match, and how many there are of each."""

    assessment: Assessment
    course: Course
    rows: list[ProgressRow]
    total: int
    counts: Mapping[Progress, int]


async def read_progress(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    only: Progress | None = None,
    page: int = 1,
    now: datetime | None = None,
) -> ProgressView:
    """A page of the students of an assignment by name; six statements.

    Raises:
        NotFound: It is not an assignment, or the person does not teach its course.
    """
    moment = now or utc_now()
    assessment, course = await require_assessment_author(work=work, me=me, assessment_id=assessment_id)
    if assessment.kind != AssessmentKind.ASSIGNMENT:
        raise NotFound
    await close_expired(work=work, assessment_id=assessment_id, now=moment)
    rows = await _everybody(work, assessment, moment)
    chosen = [one for one in rows if only is None or one.progress is only]
    first = (max(page, 1) - 1) * PAGE_SIZE
    counts = {kind: sum(1 for one in rows if one.progress is kind) for kind in Progress}
    return ProgressView(assessment, course, chosen[first : first + PAGE_SIZE], len(chosen), counts)


async def _everybody(work: Work, assessment: Assessment, now: datetime) -> list[ProgressRow]:
    columns: tuple[Any, ...] = (User, Section.name)
    people = await fetch(
        work,
        select_columns(*columns)
        .select_from(Enrollment)
        .join(Section, col(Section.id) == col(Enrollment.section_id))
        .join(User, col(User.id) == col(Enrollment.user_id))
        .where(
            col(Enrollment.tenant_id) == work.tenant_id,
            col(Section.course_id) == assessment.course_id,
            col(Enrollment.role) == EnrollmentRole.STUDENT,
            col(Enrollment.status) == ACTIVE,
        )
        .order_by(col(User.family_name), col(User.given_name), col(User.id), col(Section.name)),
    )
    sections: dict[UUID, str] = {}
    users: dict[UUID, User] = {}
    for user, section in people:
        users.setdefault(user.id, user)
        sections.setdefault(user.id, section)
    placed = await _groups(work, assessment)
    newest = await _newest(work, assessment, placed)
    policies = await policies_for(work=work, assessments=[assessment], students=[*users])
    return [
        _row(
            user,
            sections[key],
            placed.get(key, (None, ""))[1],
            newest.get(key),
            policies[(assessment.id, key)],
            lambda who: users[who].name if who in users else "",
            now,
        )
        for key, user in users.items()
    ]


async def _groups(work: Work, assessment: Assessment) -> dict[UUID, tuple[UUID | None, str]]:
    """Group and its name by student; empty when everybody works alone."""
    if assessment.group_set_id is None:
        return {}
    columns: tuple[Any, ...] = (GroupMember.user_id, StudentGroup.id, StudentGroup.name)
    rows = await fetch(
        work,
        select_columns(*columns)
        .join(StudentGroup, col(StudentGroup.id) == col(GroupMember.group_id))
        .where(
            col(GroupMember.tenant_id) == work.tenant_id, col(GroupMember.set_id) == assessment.group_set_id
        ),
    )
    return {user_id: (group_id, name) for user_id, group_id, name in rows}


async def _newest(
    work: Work, assessment: Assessment, placed: Mapping[UUID, tuple[UUID | None, str]]
) -> dict[UUID, Any]:
    """What each student handed in last, else their draft."""
    columns: tuple[Any, ...] = (
        Attempt.id,
        Attempt.user_id,
        Attempt.submitted_by,
        Attempt.group_id,
        Attempt.state,
        Attempt.started_at,
        Attempt.submitted_at,
        Attempt.late_seconds,
        Attempt.needs_grading,
    )
    rows = await fetch(
        work,
        select_columns(*columns)
        .where(col(Attempt.tenant_id) == work.tenant_id, col(Attempt.assessment_id) == assessment.id)
        .order_by(col(Attempt.number)),
    )
    members: dict[UUID, list[UUID]] = {}
    for user_id, (group_id, _name) in placed.items():
        if group_id is not None:
            members.setdefault(group_id, []).append(user_id)
    found: dict[UUID, Any] = {}
    for row in rows:
        for user_id in [row.user_id] if row.group_id is None else members.get(row.group_id, []):
            before = found.get(user_id)
            if before is None or row.state == AttemptState.SUBMITTED:
                found[user_id] = row
    return found


def _row(
    user: User,
    section: str,
    group: str,
    attempt: Any,
    policy: EffectivePolicy,
    name_of: Callable[[UUID], str],
    now: datetime,
) -> ProgressRow:
    progress = progress_of(
        state=attempt.state if attempt is not None else None,
        late_seconds=attempt.late_seconds if attempt is not None else 0,
        due_at=policy.due_at,
        closes_at=policy.closes_at,
        now=now,
    )
    submitted = attempt is not None and progress in (Progress.HANDED_IN, Progress.LATE)
    return ProgressRow(
        user_id=user.id,
        name=user.name,
        section=section,
        group=group,
        progress=progress,
        attempt_id=attempt.id if attempt is not None else None,
        moment=None if attempt is None else attempt.submitted_at if submitted else attempt.started_at,
        late_seconds=attempt.late_seconds if attempt is not None and submitted else 0,
        needs_grading=bool(attempt is not None and attempt.needs_grading),
        due_at=policy.due_at,
        closed=policy.closes_at is not None and policy.closes_at <= now,
        handed_in_by=name_of(attempt.submitted_by or attempt.user_id)
        if attempt is not None and submitted and group
        else "",
    )


def progress_of(
    *,
    state: str | None,
    late_seconds: int,
    due_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
) -> Progress:
    """How far a student has come whose newest attempt has this state; None when there is no attempt."""
    if state == AttemptState.SUBMITTED:
        return Progress.LATE if late_seconds else Progress.HANDED_IN
    end = due_at or closes_at
    if end is not None and now > end:
        return Progress.MISSING
    return Progress.DRAFT if state is not None else Progress.NOT_BEGUN


async def remind(*, work: Work, me: Principal, assessment_id: UUID, now: datetime | None = None) -> int:
    """Tell everybody who has not handed in, and still may, that something is waiting for them.

    Returns:
        How many students it concerns.

    Raises:
        NotFound: It is not an assignment, or the person does not teach its course.
        Conflict: It is not published, or nothing is taken any more.
        RateLimited: They have been reminded just now.
    """
    moment = now or utc_now()
    assessment, course = await require_assessment_author(work=work, me=me, assessment_id=assessment_id)
    if assessment.kind != AssessmentKind.ASSIGNMENT:
        raise NotFound
    rows = await _everybody(work, assessment, moment)
    if assessment.status != PublicationStatus.PUBLISHED or (rows and all(one.closed for one in rows)):
        raise Conflict(N_("Nothing can be handed in now, so nobody is reminded."))
    done = (Progress.HANDED_IN, Progress.LATE)
    waiting = [one.user_id for one in rows if one.progress not in done and not one.closed]
    if not waiting:
        return 0
    await rate_limits.require(f"remind:{assessment_id}", REMINDERS)
    await notifications.send(
        work=work,
        recipients=waiting,
        kind="due.soon",
        text=N_("{course}: “{title}” is not handed in yet"),
        params={"course": course.title, "title": assessment.title},
        href=f"/learn/assignments/{assessment_id}",
        now=moment,
    )
    await work.audit("assignment.reminded", assessment=assessment_id, students=len(waiting))
    return len(waiting)
