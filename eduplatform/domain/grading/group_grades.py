"""Grades of those who work in a group: one piece of work, a grade for each member, and what one gets more or less.

Every member's grade is worked out by their own rules (an extension of the due time, an accommodation), and then their
adjustment is added. All members are settled together, in as many statements as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.policy import require_taught_attempt
from eduplatform.domain.courses import groups
from eduplatform.domain.grading import service
from eduplatform.domain.grading.adjustments import AdjustmentRepository
from eduplatform.domain.grading.models import Grade, GradeAdjustment
from eduplatform.domain.grading.repository import GradeRepository
from eduplatform.domain.grading.settlement import Pair, settle_all
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal


async def pairs_of(*, work: Work, attempts: Sequence[Attempt]) -> list[Pair]:
    """Whose grades attempts decide: their students', or those of all members of their groups; one statement at most."""
    group_ids = [one.group_id for one in attempts if one.group_id is not None]
    members = await groups.members_of(work=work, group_ids=group_ids) if group_ids else {}
    pairs: set[Pair] = set()
    for one in attempts:
        people = [] if one.group_id is None else members.get(one.group_id, [])
        pairs |= {(one.assessment_id, user_id) for user_id in [p.user_id for p in people] or [one.user_id]}
    return sorted(pairs)


async def settle_attempt(
    *,
    work: Work,
    attempt: Attempt,
    actor_id: UUID | None,
    kind: str,
    reason: str = "",
    now: datetime | None = None,
) -> None:
    """Work out the grades that follow from an attempt: its student's, or those of all members of its group.

    Args:
        work: The open unit of work; the attempt's changes are flushed.
        attempt: The attempt.
        actor_id: Who caused it; None for the platform itself.
        kind: What happened, one of `service.KINDS`.
        reason: Words of a person, kept in the events.
        now: The server's clock.
    """
    pairs = await pairs_of(work=work, attempts=[attempt])
    await settle_all(work=work, pairs=pairs, actor_id=actor_id, kind=kind, reason=reason, now=now)


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
    await settle_all(
        work=work, pairs=[(assessment.id, user_id)], actor_id=me.user, kind="scored", reason=words
    )
    return await GradeRepository(work).locked(assessment.id, user_id)


async def _store(work: Work, assessment_id: UUID, user_id: UUID, points: Decimal, reason: str) -> None:
    repository = AdjustmentRepository(work)
    present = (await repository.of([assessment_id])).get((assessment_id, user_id))
    if present is None and points:
        await repository.add(
            GradeAdjustment(assessment_id=assessment_id, user_id=user_id, points=points, reason=reason)
        )
    elif present is not None and points:
        present.points, present.reason = points, reason
        await work.flush()
    elif present is not None:
        await repository.delete(present)
