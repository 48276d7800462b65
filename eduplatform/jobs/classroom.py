"""Jobs of the classroom."""

from __future__ import annotations

from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import attempts
from eduplatform.domain.assessment.extensions import CLOSE_JOB
from eduplatform.domain.classroom import presence
from eduplatform.jobs.registry import job


@job("presence.forget", every="25 * * * *")
async def forget(work: Work) -> None:
    """Forget who was here yesterday."""
    await presence.forget_old(work=work)


@job(CLOSE_JOB)
async def close(work: Work, assessment_id: str) -> None:
    """Hand in attempts whose time is over, so that a teacher who watches sees it although no student's page is open."""
    await attempts.close_expired(work=work, assessment_id=UUID(assessment_id))
