"""Grades: working them out, releasing and withdrawing them, excusing. Every change leaves an event.

Locks are taken in one order everywhere: attempt, audit chain, grade. Whoever changes a grade writes the audit row first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.question_types import all_types
from eduplatform.domain.assessment.rules import policy_of
from eduplatform.domain.grading.calculation import AttemptScore, GradeResult, GradeStatus, grade
from eduplatform.domain.grading.models import Grade, GradeEvent
from eduplatform.domain.grading.points import ResponseScore, attempt_points
from eduplatform.domain.grading.repository import (
    GradeEventRepository,
    GradeRepository,
    GradingContext,
    ScoredPart,
)

KINDS = ("submitted", "scored", "released", "unreleased", "excused", "unexcused", "recalculated")
"""What can happen to a grade; the ``kind`` of its events."""

SETTLED = frozenset({GradeStatus.GRADED, GradeStatus.LATE})
"""A number that nobody has to work on any more."""

RELEASABLE = SETTLED | {GradeStatus.MISSING, GradeStatus.EXCUSED}
"""What a teacher may let a student see."""

_NO_RESULT_YET = frozenset({GradeStatus.NONE, GradeStatus.MISSING, GradeStatus.EXCUSED})


def person_types() -> list[str]:
    """Keys of the question types that a person scores."""
    return [kind.key for kind in all_types() if kind.scored_by_person]


async def settle_grade(
    *, work: Work, assessment_id: UUID, user_id: UUID, actor_id: UUID | None, reason: str
) -> Grade:
    """Work out a student's grade from all attempts; five statements, and nothing is written when nothing changed.

    A new grade is released at once when no question of the assessment is read by a person and nothing waits. Otherwise
    a teacher releases it. A grade that waits for a person again is withdrawn. An excuse stays until it is taken back.
    The caller writes the audit row, before this call.

    Args:
        work: The open unit of work; the attempts' changes are flushed.
        assessment_id: The assessment.
        user_id: The student.
        actor_id: Who caused it; None for the platform itself.
        reason: One of `KINDS`, or words that say why it was worked out again.

    Raises:
        NotFound: The assessment does not exist in this tenant.
    """
    known = reason in KINDS
    return await settle(
        work=work,
        assessment_id=assessment_id,
        user_id=user_id,
        actor_id=actor_id,
        kind=reason if known else "recalculated",
        reason="" if known else reason,
    )


async def settle(
    *,
    work: Work,
    assessment_id: UUID,
    user_id: UUID,
    actor_id: UUID | None,
    kind: str,
    reason: str = "",
    attempt_id: UUID | None = None,
    excused: bool | None = None,
    now: datetime | None = None,
) -> Grade:
    """`settle_grade` with every detail.

    Args:
        work: The open unit of work.
        assessment_id: The assessment.
        user_id: The student.
        actor_id: Who caused it.
        kind: One of `KINDS`.
        reason: Words of a person, kept in the event.
        attempt_id: The attempt that the event is about; else the one that counts.
        excused: Excuse the student, or take it back; None keeps what is.
        now: The server's clock.
    """
    moment = now or utc_now()
    grades = GradeRepository(work)
    context = await grades.context(assessment_id, person_types())
    row = await grades.ensure(assessment_id, user_id, context.assessment.points)
    attempts = await grades.attempts(assessment_id, user_id)
    parts = await grades.scored_parts(assessment_id, user_id) if attempts else []
    is_excused = row.status == GradeStatus.EXCUSED if excused is None else excused
    result = result_of(context, attempts, parts, excused=is_excused, now=moment)
    steps = [step.to_json() for step in result.explanation]
    before, old_steps, old_status = snapshot(row), row.explanation, row.status
    row.points, row.possible, row.status = result.points, result.possible, result.status
    row.released_at = _released_at(row, old_status, context, moment)
    if snapshot(row) == before and steps == old_steps:
        return row
    row.explanation = steps
    counting = next((one.id for one in attempts if one.number == result.attempt_number), None)
    await record(
        work=work,
        row=row,
        before=before,
        kind=kind,
        reason=reason,
        actor_id=actor_id,
        attempt_id=attempt_id or counting,
    )
    return row


def result_of(
    context: GradingContext,
    attempts: Iterable[Attempt],
    parts: Iterable[ScoredPart],
    *,
    excused: bool,
    now: datetime,
) -> GradeResult:
    """The grade that follows from a student's attempts."""
    by_attempt: defaultdict[UUID, list[ScoredPart]] = defaultdict(list)
    for part in parts:
        by_attempt[part.attempt_id].append(part)
    scores = [_attempt_score(attempt, by_attempt[attempt.id]) for attempt in attempts]
    policy = policy_of(context.assessment, timezone=context.timezone)
    return grade(scores, policy, possible=context.assessment.points, now=now, excused=excused)


def _attempt_score(attempt: Attempt, parts: Sequence[ScoredPart]) -> AttemptScore:
    total = attempt_points(
        ResponseScore(
            possible=part.possible,
            fraction=part.fraction,
            manual_points=part.points if part.manual else None,
        )
        for part in parts
    )
    return AttemptScore(
        number=attempt.number,
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at,
        earned=total.earned,
        possible=total.possible,
    )


def _released_at(row: Grade, old_status: str, context: GradingContext, now: datetime) -> datetime | None:
    """When the grade was released, given its new status."""
    if row.status in (GradeStatus.IN_REVIEW, GradeStatus.NONE):
        return None
    if row.status == GradeStatus.EXCUSED:
        return row.released_at or now
    if old_status == GradeStatus.EXCUSED and context.read_by_person:
        # The excuse was public, the points behind it never were.
        return None
    first_result = row.status in SETTLED and old_status in _NO_RESULT_YET
    if row.released_at is None and first_result and not context.read_by_person:
        return now
    return row.released_at


def snapshot(row: Grade) -> dict[str, Any]:
    """What events compare: points, possible points, status, and whether the student sees it."""
    return {
        "points": None if row.points is None else _plain(row.points),
        "possible": _plain(row.possible),
        "status": str(row.status),
        "released": row.released_at is not None,
    }


def _plain(points: Decimal) -> str:
    return f"{points:.2f}"


async def record(
    *,
    work: Work,
    row: Grade,
    before: dict[str, Any],
    kind: str,
    reason: str,
    actor_id: UUID | None,
    attempt_id: UUID | None = None,
) -> None:
    """Save a changed grade with the event that says who changed it, from what, to what, why."""
    row.version += 1
    if row.released_at is not None:
        row.seen_at = None
    await GradeEventRepository(work).add(
        GradeEvent(
            grade_id=row.id,
            attempt_id=attempt_id,
            actor_id=actor_id,
            kind=kind,
            before=before,
            after=snapshot(row),
            reason=reason,
        )
    )
