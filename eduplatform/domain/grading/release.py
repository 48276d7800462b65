"""Letting students see their grades: now, at a time, or no longer; and taking such a step back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.grading import policy
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.live import publish_change, publish_release
from eduplatform.domain.grading.marks import TOO_LATE
from eduplatform.domain.grading.models import Grade
from eduplatform.domain.grading.repository import GradeEventRepository, GradeRepository
from eduplatform.domain.grading.service import RELEASABLE, record, required_reason, snapshot
from eduplatform.domain.messaging import notifications
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

FURTHEST = timedelta(days=366)
"""How far ahead a release may be planned."""


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did: how many grades, and the id that joins their events."""

    count: int
    batch_id: UUID


async def release(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    user_ids: Sequence[UUID] | None = None,
    at: datetime | None = None,
    now: datetime | None = None,
) -> Released:
    """Let students see their grades; those that they see already, or that still wait for a person, are left alone.

    Eight statements. Who sees a grade from now on is notified; at a planned time, `announce_planned` does it.

    Args:
        work: The open unit of work.
        me: The teacher.
        assessment_id: The assessment.
        user_ids: The students; None means all.
        at: From when on; None, or a moment that has passed, means now. A later plan replaces an earlier one.
        now: The server's clock.

    Raises:
        NotFound: The person does not teach the course.
        Invalid: The time is too far ahead; ``fields["at"]``.
    """
    moment = now or utc_now()
    if at is not None and at > moment + FURTHEST:
        raise Invalid(fields={"at": N_("Choose a time within a year.")})
    assessment, _course = await policy.require_grader(work=work, me=me, assessment_id=assessment_id)
    later = at if at is not None and at > moment else None
    done, students = await _release(work, assessment_id, user_ids, me.user, at=later, now=moment)
    if students and later is None:
        await _tell(work, students, assessment.title, now=moment)
    return done


async def release_grades(
    *,
    work: Work,
    assessment_id: UUID,
    user_ids: Sequence[UUID] | None,
    actor_id: UUID | None,
    at: datetime | None = None,
    now: datetime | None = None,
) -> int:
    """`release` for callers that checked access and tell the students themselves; ``at`` is in the future, or None."""
    done, _students = await _release(work, assessment_id, user_ids, actor_id, at=at, now=now or utc_now())
    return done.count


async def _release(
    work: Work,
    assessment_id: UUID,
    user_ids: Sequence[UUID] | None,
    actor_id: UUID | None,
    *,
    at: datetime | None,
    now: datetime,
) -> tuple[Released, list[UUID]]:
    action = "grade.released" if at is None else "grade.scheduled"
    await work.audit(action, assessment=assessment_id, students=user_ids or "all")
    rows = await GradeRepository(work).hidden(assessment_id, sorted(RELEASABLE), user_ids, now=now)
    batch_id = new_id()
    kind = "released" if at is None else "scheduled"
    await _change(work, rows, kind=kind, released_at=at or now, actor_id=actor_id, batch_id=batch_id)
    return Released(len(rows), batch_id), [row.user_id for row in rows]


async def _tell(work: Work, students: Sequence[UUID], title: str, *, now: datetime) -> None:
    await notifications.send(
        work=work,
        recipients=students,
        kind="grade.released",
        text=N_("Your grade for {title} is there."),
        params={"title": title},
        href="/learn/grades",
        now=now,
    )


async def _change(
    work: Work,
    rows: Sequence[Grade],
    *,
    kind: str,
    actor_id: UUID | None,
    batch_id: UUID,
    released_at: datetime | None = None,
    each: dict[UUID, datetime | None] | None = None,
    undoes: dict[UUID, UUID] | None = None,
) -> None:
    """Give locked grades another moment of release, with an event for each; two statements.

    Args:
        work: The open unit of work.
        rows: The grades.
        kind: Of the events.
        actor_id: Who does it.
        batch_id: What joins the events.
        released_at: The moment for all of them.
        each: The moment of each by grade, instead.
        undoes: The event that is taken back, by grade.
    """
    events: list[dict[str, Any]] = []
    for row in rows:
        before = snapshot(row)
        row.released_at = released_at if each is None else each[row.id]
        row.seen_at, row.version = None, row.version + 1
        events.append(
            {
                "grade_id": row.id,
                "actor_id": actor_id,
                "created_by": actor_id,
                "batch_id": batch_id,
                "undoes_id": (undoes or {}).get(row.id),
                "kind": kind,
                "before": before,
                "after": snapshot(row),
                "reason": "",
            }
        )
        publish_change(work, row, before, snapshot(row))
    await work.flush()
    await GradeEventRepository(work).insert_many(events)


async def cancel_release(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    user_ids: Sequence[UUID] | None = None,
    now: datetime | None = None,
) -> int:
    """Give up the planned release of grades that students do not see yet.

    Returns:
        How many grades were planned and no longer are.

    Raises:
        NotFound: The person does not teach the course.
    """
    await policy.require_grader(work=work, me=me, assessment_id=assessment_id)
    await work.audit("grade.unscheduled", assessment=assessment_id, students=user_ids or "all")
    rows = await GradeRepository(work).planned(assessment_id, user_ids, now=now or utc_now())
    await _change(work, rows, kind="unscheduled", actor_id=me.user, batch_id=new_id())
    return len(rows)


async def unrelease(*, work: Work, me: Principal, assessment_id: UUID, user_id: UUID, reason: str) -> Grade:
    """Take a released grade back, so that the student no longer sees it.

    Raises:
        NotFound: The person does not teach the course, or there is no grade.
        Invalid: There is no reason; ``fields["reason"]``.
        Conflict: The student does not see it anyway.
    """
    words = required_reason(reason)
    await policy.require_grader(work=work, me=me, assessment_id=assessment_id)
    await work.audit("grade.unreleased", assessment=assessment_id, student=user_id)
    row = await GradeRepository(work).locked(assessment_id, user_id)
    if row.released_at is None:
        raise Conflict(N_("This grade is not released."))
    if row.status == GradeStatus.EXCUSED:
        raise Conflict(N_("Take the excuse back instead."))
    before = snapshot(row)
    row.released_at = row.seen_at = None
    await record(work=work, row=row, before=before, kind="unreleased", reason=words, actor_id=me.user)
    return row


async def undo_release(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    batch_id: UUID,
    user_ids: Sequence[UUID] | None = None,
    now: datetime | None = None,
) -> int:
    """Take back one's own release, plan or cancellation, wherever nothing has happened to the grade since.

    Args:
        work: The open unit of work.
        me: The teacher.
        assessment_id: The assessment.
        batch_id: What joins the events of the step.
        user_ids: Only for these students; None means all whom it reached.
        now: The server's clock.

    Returns:
        How many grades are again as they were before.

    Raises:
        NotFound: The person does not teach the course.
        Conflict: There is nothing of it to take back any more.
    """
    await policy.require_grader(work=work, me=me, assessment_id=assessment_id)
    await work.audit("grade.undone", assessment=assessment_id, batch=batch_id)
    found = await GradeRepository(work).last_changed_by(assessment_id, batch_id, me.user, user_ids)
    if not found:
        raise Conflict(TOO_LATE)
    moment = now or utc_now()
    each: dict[UUID, datetime | None] = {}
    for row, event in found:
        stored = event.before.get("released_at")
        at = datetime.fromisoformat(stored) if stored else None
        # A plan whose time has come meanwhile must not show by itself what was just hidden.
        each[row.id] = at if at is not None and at > moment else None
    await _change(
        work,
        [row for row, _event in found],
        kind="undone",
        actor_id=me.user,
        batch_id=new_id(),
        each=each,
        undoes={row.id: event.id for row, event in found},
    )
    return len(found)


async def announce_planned(*, work: Work, now: datetime | None = None) -> int:
    """Tell students of the tenant whose planned release has come, once; for a job that runs every few minutes.

    The grades are visible from their time on without it. Each gets the event that it is released.

    Returns:
        How many grades were announced.
    """
    moment = now or utc_now()
    found = await GradeRepository(work).due(now=moment)
    for title, rows in found.items():
        await _change_events(work, rows)
        for row in rows:
            publish_release(work, row)
        await _tell(work, [row.user_id for row in rows], title, now=moment)
    return sum(len(rows) for rows in found.values())


async def _change_events(work: Work, rows: Sequence[Grade]) -> None:
    batch_id = new_id()
    await GradeEventRepository(work).insert_many(
        [
            {
                "grade_id": row.id,
                "actor_id": None,
                "created_by": None,
                "batch_id": batch_id,
                "kind": "released",
                "before": snapshot(row),
                "after": snapshot(row),
                "reason": "",
            }
            for row in rows
        ]
    )
