"""What one member of a group gets more or less than the group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlmodel import col

from eduplatform.db.repository import Repository
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.grading.calculation import GradeResult, GradeStatus
from eduplatform.domain.grading.models import GradeAdjustment
from eduplatform.domain.grading.points import readable, rounded
from eduplatform.i18n import N_

_NUMBERS = frozenset({GradeStatus.GRADED, GradeStatus.LATE})


class AdjustmentRepository(Repository[GradeAdjustment]):
    """What members get more or less than their group."""

    model = GradeAdjustment

    async def of(self, assessment_id: UUID, user_ids: Sequence[UUID]) -> dict[UUID, GradeAdjustment]:
        """The adjustments of some students."""
        rows = await self.find(
            col(GradeAdjustment.assessment_id) == assessment_id, col(GradeAdjustment.user_id).in_(user_ids)
        )
        return {one.user_id: one for one in rows}

    async def of_all(
        self, assessment_ids: Sequence[UUID], user_ids: Sequence[UUID]
    ) -> dict[tuple[UUID, UUID], GradeAdjustment]:
        """The adjustments of some students in some assessments, by both."""
        rows = await self.find(
            col(GradeAdjustment.assessment_id).in_(assessment_ids), col(GradeAdjustment.user_id).in_(user_ids)
        )
        return {(one.assessment_id, one.user_id): one for one in rows}


def adjusted(result: GradeResult, points: Decimal, reason: str) -> GradeResult:
    """A grade with a member's adjustment, which never takes it below zero; without a number there is nothing to adjust."""
    if result.points is None or points == 0 or result.status not in _NUMBERS:
        return result
    total = rounded(max(Decimal(0), result.points + points))
    more = N_("Adjusted by {points} for this member of the group: {reason}")
    less = N_("Lowered by {points} for this member of the group: {reason}")
    step = Message(more if points > 0 else less, {"points": readable(abs(points)), "reason": reason})
    return replace(result, points=total, explanation=(*result.explanation, step))
