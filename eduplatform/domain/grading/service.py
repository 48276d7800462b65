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
from eduplatform.domain.assessment.effective import EffectivePolicy, policies_for
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.question_types import all_types
from eduplatform.domain.assessment.types.text import clean_text, is_invisible
from eduplatform.domain.grading import policy
from eduplatform.domain.grading.calculation import AttemptScore, GradeResult, GradeStatus, grade
from eduplatform.domain.grading.entered import with_entry
from eduplatform.domain.grading.models import Grade, GradeEvent
from eduplatform.domain.grading.points import ResponseScore, attempt_points
from eduplatform.domain.grading.repository import (
    GradeEventRepository,
    GradeRepository,
    GradingContext,
    ScoredPart,
)
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MAX_REASON = 500

KINDS = (
    "submitted",
    "scored",
    "commented",
    "released",
    "unreleased",
    "excused",
    "unexcused",
    "recalculated",
    "entered",
    "marked_missing",
    "entry_cleared",
)
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
    """Work out a student's grade from all attempts; five statements, three when nothing changed.

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
    forget_entry: bool = False,
    expected_version: int | None = None,
    always: bool = False,
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
        forget_entry: Take back what a teacher entered in the gradebook, so that the attempts decide again.
        expected_version: The version of the grade that the change is based on; None when any will do.
        always: Leave an event also when the grade stays the same, because something behind it changed.
        now: The server's clock.

    Raises:
        Conflict: The grade has another version than expected.
    """
    moment = now or utc_now()
    grades = GradeRepository(work)
    row, context = await grades.opened(assessment_id, user_id, person_types())
    if expected_version is not None and row.version != expected_version:
        raise Conflict
    attempts, parts = await grades.attempts(assessment_id, user_id)
    policies = await policies_for(work=work, assessments=[context.assessment], students=[user_id])
    rules = policies[(assessment_id, user_id)]
    is_excused = row.status == GradeStatus.EXCUSED if excused is None else excused
    if forget_entry:
        row.entered_points, row.entered_status = None, ""
    worked_out = result_of(context, attempts, parts, rules=rules, excused=is_excused, now=moment)
    result = with_entry(row, worked_out, rules)
    steps = [step.to_json() for step in result.explanation]
    before, old_steps, old_status = snapshot(row), row.explanation, row.status
    row.points, row.possible, row.status = result.points, result.possible, result.status
    row.released_at = released_after(row, old_status, context.read_by_person, moment)
    if snapshot(row) == before and steps == old_steps and not always:
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
    rules: EffectivePolicy,
    excused: bool,
    now: datetime,
) -> GradeResult:
    """The grade that follows from a student's attempts."""
    by_attempt: defaultdict[UUID, list[ScoredPart]] = defaultdict(list)
    for part in parts:
        by_attempt[part.attempt_id].append(part)
    scores = [_attempt_score(attempt, by_attempt[attempt.id]) for attempt in attempts]
    return grade(scores, rules, possible=context.assessment.points, now=now, excused=excused)


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


def released_after(row: Grade, old_status: str, read_by_person: bool, now: datetime) -> datetime | None:
    """When the grade was released, given its new status; the one rule of what students see by itself."""
    if row.status in (GradeStatus.IN_REVIEW, GradeStatus.NONE):
        return None
    if row.status == GradeStatus.EXCUSED:
        return row.released_at or now
    if old_status == GradeStatus.EXCUSED and read_by_person:
        # The excuse was public, the points behind it never were.
        return None
    first_result = row.status in SETTLED and old_status in _NO_RESULT_YET
    if row.released_at is None and first_result and not read_by_person:
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


async def release(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    user_ids: Sequence[UUID] | None = None,
    now: datetime | None = None,
) -> int:
    """Let students see their grades; those that are released already, or still wait for a person, are left alone.

    Args:
        work: The open unit of work.
        me: The teacher.
        assessment_id: The assessment.
        user_ids: The students; None means all.
        now: The server's clock.

    Returns:
        How many grades became visible.

    Raises:
        NotFound: The person does not teach the course.
    """
    await policy.require_grader(work=work, me=me, assessment_id=assessment_id)
    return await release_grades(
        work=work, assessment_id=assessment_id, user_ids=user_ids, actor_id=me.user, now=now
    )


async def release_grades(
    *,
    work: Work,
    assessment_id: UUID,
    user_ids: Sequence[UUID] | None,
    actor_id: UUID | None,
    now: datetime | None = None,
) -> int:
    """`release` for callers that checked access."""
    await work.audit("grade.released", assessment=assessment_id, students=user_ids or "all")
    rows = await GradeRepository(work).unreleased(assessment_id, sorted(RELEASABLE), user_ids)
    moment = now or utc_now()
    changes: list[tuple[Grade, dict[str, Any]]] = []
    for row in rows:
        before = snapshot(row)
        row.released_at, row.seen_at, row.version = moment, None, row.version + 1
        changes.append((row, before))
    await work.flush()
    await GradeEventRepository(work).insert_many(
        [
            {
                "grade_id": row.id,
                "actor_id": actor_id,
                "created_by": actor_id,
                "kind": "released",
                "before": before,
                "after": snapshot(row),
                "reason": "",
            }
            for row, before in changes
        ]
    )
    return len(changes)


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


async def excuse(
    *, work: Work, me: Principal, assessment_id: UUID, user_id: UUID, reason: str, excused: bool = True
) -> Grade:
    """Excuse a student from an assessment, or take it back; the student sees an excuse at once.

    Raises:
        NotFound: The person does not teach the course, or the student does not take it.
        Invalid: There is no reason; ``fields["reason"]``.
    """
    words = required_reason(reason)
    await policy.require_participant(work=work, me=me, assessment_id=assessment_id, user_id=user_id)
    kind = "excused" if excused else "unexcused"
    await work.audit(f"grade.{kind}", assessment=assessment_id, student=user_id)
    return await settle(
        work=work,
        assessment_id=assessment_id,
        user_id=user_id,
        actor_id=me.user,
        kind=kind,
        reason=words,
        excused=excused,
    )


def required_reason(reason: str) -> str:
    """The words of a reason.

    Raises:
        Invalid: There are none, or too many; ``fields["reason"]``.
    """
    words = " ".join(clean_text(reason).split())
    if is_invisible(words):
        raise Invalid(fields={"reason": N_("Please say why.")})
    if len(words) > MAX_REASON:
        raise Invalid(fields={"reason": (N_("Use at most {limit} characters."), {"limit": MAX_REASON})})
    return words
