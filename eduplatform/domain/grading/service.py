"""Grades: working them out, and excusing. Every change leaves an event.

Locks are taken in one order everywhere: attempt, audit chain, grade. Whoever changes a grade writes the audit row first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.effective import EffectivePolicy, policies_for
from eduplatform.domain.assessment.feedback import points_from
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.question_types import all_types
from eduplatform.domain.assessment.types.text import clean_text, is_invisible
from eduplatform.domain.grading import policy
from eduplatform.domain.grading.adjustments import AdjustmentRepository, adjusted
from eduplatform.domain.grading.calculation import AttemptScore, GradeResult, GradeStatus, grade
from eduplatform.domain.grading.entered import with_entry
from eduplatform.domain.grading.live import publish_change
from eduplatform.domain.grading.models import Grade, GradeAdjustment, GradeEvent
from eduplatform.domain.grading.points import ResponseScore, attempt_points
from eduplatform.domain.grading.repository import (
    GradeEventRepository,
    GradeRepository,
    GradingContext,
    ScoredPart,
)
from eduplatform.domain.grading.writing import GradeChange, write_grades
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MAX_REASON = 500

KINDS = (
    "submitted",
    "withdrawn",
    "scored",
    "commented",
    "highlighted",
    "released",
    "scheduled",
    "unscheduled",
    "unreleased",
    "excused",
    "unexcused",
    "recalculated",
    "regraded",
    "undone",
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
    """Work out a student's grade from all attempts; four statements, three when nothing changed.

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
    rules: EffectivePolicy | None = None,
    now: datetime | None = None,
) -> Grade:
    """`settle_grade` with every detail; four statements, three when the caller knows the rules.

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
        rules: The student's rules, when the caller has read them.
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
    if rules is None:
        policies = await policies_for(work=work, assessments=[context.assessment], students=[user_id])
        rules = policies[(assessment_id, user_id)]
    extra: dict[UUID, GradeAdjustment] = {}
    if context.assessment.group_set_id is not None:
        extra = await AdjustmentRepository(work).of(assessment_id, [user_id])
    found = work_out(
        row,
        context,
        attempts,
        parts,
        rules=rules,
        excused=row.status == GradeStatus.EXCUSED if excused is None else excused,
        now=moment,
        adjustment=extra.get(user_id),
        forget_entry=forget_entry,
    )
    entered = forget_entry and (row.entered_points is not None or bool(row.entered_status))
    if found.differs(row) or always or entered:
        change = change_of(
            row, found, kind=kind, reason=reason, actor_id=actor_id, attempt_id=attempt_id or found.attempt_id
        )
        if forget_entry:
            change.values.update(entered_points=None, entered_status="")
        await write_grades(work, [change])
    return row


def change_of(
    row: Grade,
    found: WorkedOut,
    *,
    kind: str,
    reason: str,
    actor_id: UUID | None,
    attempt_id: UUID | None,
    batch_id: UUID | None = None,
) -> GradeChange:
    """What has to be written so that a grade becomes what was worked out, with the event that says so."""
    return GradeChange(
        row=row,
        values={
            "points": found.points,
            "possible": found.possible,
            "status": str(found.status),
            "explanation": found.steps,
            "released_at": found.released_at,
            "seen_at": row.seen_at if found.released_at is None else None,
            "version": row.version + 1,
        },
        event={
            "kind": kind,
            "reason": reason,
            "actor_id": actor_id,
            "attempt_id": attempt_id,
            "batch_id": batch_id,
            "before": snapshot(row),
            "after": stand(found.points, found.possible, found.status, found.released_at),
        },
    )


def take(row: Grade, found: WorkedOut) -> bool:
    """Put what was worked out into a grade; whether that changed anything."""
    before, old_steps = snapshot(row), row.explanation
    row.points, row.possible, row.status = found.points, found.possible, found.status
    row.released_at, row.explanation = found.released_at, found.steps
    return snapshot(row) != before or found.steps != old_steps


def mark_changed(row: Grade) -> None:
    """Count a change of a grade; a student who sees it has not seen the new one."""
    row.version += 1
    if row.released_at is not None:
        row.seen_at = None


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """What a grade becomes; ``attempt_id`` is the attempt that counts, ``steps`` its explanation as it is stored."""

    points: Decimal | None
    possible: Decimal
    status: str
    steps: list[dict[str, Any]]
    released_at: datetime | None
    attempt_id: UUID | None

    def differs(self, row: Grade) -> bool:
        """Whether the grade has to change."""
        after = stand(self.points, self.possible, self.status, self.released_at)
        return after != snapshot(row) or self.steps != row.explanation


def work_out(
    row: Grade,
    context: GradingContext,
    attempts: Sequence[Attempt],
    parts: Iterable[ScoredPart],
    *,
    rules: EffectivePolicy,
    excused: bool,
    now: datetime,
    adjustment: GradeAdjustment | None = None,
    forget_entry: bool = False,
) -> WorkedOut:
    """What follows for a grade from a student's attempts and their adjustment in a group; changes nothing.

    What a teacher entered in the gradebook takes the place of all of it, unless ``forget_entry``.
    """
    result = result_of(context, attempts, parts, rules=rules, excused=excused, now=now)
    if adjustment is not None:
        result = adjusted(result, adjustment.points, adjustment.reason)
    if not forget_entry:
        result = with_entry(row, result, rules)
    return WorkedOut(
        points=result.points,
        possible=result.possible,
        status=result.status,
        steps=[step.to_json() for step in result.explanation],
        released_at=released_after(row, result.status, context, rules, now),
        attempt_id=next((one.id for one in attempts if one.number == result.attempt_number), None),
    )


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


def released_after(
    row: Grade, status: str, context: GradingContext, rules: EffectivePolicy, now: datetime
) -> datetime | None:
    """When the grade was or will be released, given its new status; by itself never before its points may be seen.

    The one rule of what students see without a teacher's act.
    """
    if status in (GradeStatus.IN_REVIEW, GradeStatus.NONE):
        return None
    if status == GradeStatus.EXCUSED:
        return row.released_at if row.is_visible(now) else now
    if row.status == GradeStatus.EXCUSED and context.read_by_person:
        # The excuse was public, the points behind it never were.
        return None
    first_result = status in SETTLED and row.status in _NO_RESULT_YET
    if row.released_at is None and first_result and not context.read_by_person:
        return points_from(context.assessment, rules, now)
    return row.released_at


def snapshot(row: Grade) -> dict[str, Any]:
    """What events compare: points, possible points, status, and from when on the student sees it."""
    return stand(row.points, row.possible, row.status, row.released_at)


def stand(
    points: Decimal | None, possible: Decimal, status: str, released_at: datetime | None
) -> dict[str, Any]:
    """`snapshot` of values."""
    return {
        "points": None if points is None else _plain(points),
        "possible": _plain(possible),
        "status": str(status),
        "released": released_at is not None,
        "released_at": None if released_at is None else released_at.isoformat(),
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
    after: dict[str, Any] | None = None,
) -> None:
    """Save a changed grade with the event that says who changed it, from what, to what, why.

    ``after`` is for events that say more than how the grade stands.
    """
    mark_changed(row)
    await GradeEventRepository(work).add(
        GradeEvent(
            grade_id=row.id,
            attempt_id=attempt_id,
            actor_id=actor_id,
            kind=kind,
            before=before,
            after=snapshot(row) if after is None else after,
            reason=reason,
        )
    )
    publish_change(work, row, before, snapshot(row))


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
