"""Grades of those who work in a group: one piece of work, a grade for each member, and what one gets more or less.

Every member's grade is worked out by their own rules (an extension of the due time, an accommodation), and then their
adjustment is added. All members are settled together, in as many statements as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.effective import EffectivePolicy, policies_for
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.policy import require_taught_attempt
from eduplatform.domain.courses import groups
from eduplatform.domain.grading import service
from eduplatform.domain.grading.adjustments import AdjustmentRepository
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.models import Grade, GradeAdjustment
from eduplatform.domain.grading.repository import GradeEventRepository, GradeRepository
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal


async def settle_attempt(
    *,
    work: Work,
    attempt: Attempt,
    actor_id: UUID | None,
    kind: str,
    reason: str = "",
    always: bool = False,
    rules: EffectivePolicy | None = None,
    now: datetime | None = None,
) -> None:
    """Work out the grades that follow from an attempt: its student's, or those of all members of its group.

    Args:
        work: The open unit of work; the attempt's changes are flushed.
        attempt: The attempt.
        actor_id: Who caused it; None for the platform itself.
        kind: What happened, one of `service.KINDS`.
        reason: Words of a person, kept in the events.
        always: Leave an event also when a grade stays the same.
        rules: The rules of the attempt's student, when the caller has read them.
        now: The server's clock.
    """
    users = [attempt.user_id]
    if attempt.group_id is not None:
        found = await groups.members_of(work=work, group_ids=[attempt.group_id])
        users = [one.user_id for one in found.get(attempt.group_id, [])] or users
    if attempt.group_id is None:
        await service.settle(
            work=work,
            assessment_id=attempt.assessment_id,
            user_id=attempt.user_id,
            actor_id=actor_id,
            kind=kind,
            reason=reason,
            attempt_id=attempt.id if always else None,
            always=always,
            rules=rules,
            now=now,
        )
        return
    await settle_members(
        work=work,
        assessment_id=attempt.assessment_id,
        user_ids=users,
        actor_id=actor_id,
        kind=kind,
        reason=reason,
        always=always,
        now=now,
    )


async def settle_members(
    *,
    work: Work,
    assessment_id: UUID,
    user_ids: Sequence[UUID],
    actor_id: UUID | None,
    kind: str,
    reason: str = "",
    always: bool = False,
    now: datetime | None = None,
) -> None:
    """Work out the grades of members of one group from its work; six statements, however many they are."""
    moment = now or utc_now()
    people = sorted(user_ids)
    grades = GradeRepository(work)
    opened = await grades.opened_all([(assessment_id, one) for one in people], service.person_types())
    if not opened:
        raise NotFound
    rows, context = [row for row, _context in opened], opened[0][1]
    attempts, parts = await grades.attempts(assessment_id, people[0])
    policies = await policies_for(work=work, assessments=[context.assessment], students=people)
    extra = await AdjustmentRepository(work).of(assessment_id, people)
    events: list[dict[str, object]] = []
    for row in rows:
        excused = row.status == GradeStatus.EXCUSED
        rules = policies[(assessment_id, row.user_id)]
        found = service.work_out(
            row,
            context,
            attempts,
            parts,
            rules=rules,
            excused=excused,
            now=moment,
            adjustment=extra.get(row.user_id),
        )
        before = service.snapshot(row)
        if not service.take(row, found) and not always:
            continue
        service.mark_changed(row)
        events.append(
            {
                "grade_id": row.id,
                "attempt_id": found.attempt_id,
                "actor_id": actor_id,
                "created_by": actor_id,
                "kind": kind,
                "before": before,
                "after": service.snapshot(row),
                "reason": reason,
            }
        )
    await work.flush()
    await GradeEventRepository(work).insert_many(events)


async def adjust(
    *, work: Work, me: Principal, attempt_id: UUID, user_id: UUID, points: Decimal, reason: str
) -> Grade:
    """Give one member of a group more or less than the others; 0 points take an adjustment back.

    Raises:
        NotFound: The person does not teach the course, or the student is not a member of the attempt's group.
        Conflict: The attempt is not a group's.
        Invalid: The points are out of range or finer than a hundredth, or there is no reason.
    """
    attempt, assessment = await require_taught_attempt(work=work, me=me, attempt_id=attempt_id)
    if attempt.group_id is None:
        raise Conflict(N_("This is the work of one student. Change its points instead."))
    members = (await groups.members_of(work=work, group_ids=[attempt.group_id])).get(attempt.group_id, [])
    if user_id not in {one.user_id for one in members}:
        raise NotFound
    limit = assessment.points * 2
    if not points.is_finite() or abs(points) > limit or points != round(points, 2):
        message = N_("Use a number from -{limit} to {limit}, with at most two decimals.")
        raise Invalid(fields={"points": (message, {"limit": f"{limit:g}"})})
    words = service.required_reason(reason)
    await work.audit("grade.adjusted", assessment=assessment.id, student=user_id)
    await _store(work, assessment.id, user_id, points, words)
    await settle_members(
        work=work,
        assessment_id=assessment.id,
        user_ids=[user_id],
        actor_id=me.user,
        kind="scored",
        reason=words,
        always=True,
    )
    return await GradeRepository(work).locked(assessment.id, user_id)


async def _store(work: Work, assessment_id: UUID, user_id: UUID, points: Decimal, reason: str) -> None:
    repository = AdjustmentRepository(work)
    present = (await repository.of(assessment_id, [user_id])).get(user_id)
    if present is None and points:
        await repository.add(
            GradeAdjustment(assessment_id=assessment_id, user_id=user_id, points=points, reason=reason)
        )
    elif present is not None and points:
        present.points, present.reason = points, reason
        await work.flush()
    elif present is not None:
        await repository.delete(present)
