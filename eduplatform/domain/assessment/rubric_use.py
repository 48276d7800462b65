"""The rubrics by which questions of assessments are judged, kept up with their newest versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import AssessmentItem


async def follow_rubric(*, work: Work, old_id: UUID, new_id: UUID) -> None:
    """Judge by the new version of a rubric wherever the old one is used; one statement, for callers that checked access."""
    session: Any = work.session
    await session.exec(
        update(AssessmentItem)
        .where(col(AssessmentItem.tenant_id) == work.tenant_id, col(AssessmentItem.rubric_id) == old_id)
        .values(rubric_id=new_id)
        .execution_options(synchronize_session=False)
    )
