"""Who may follow the channels of the classroom. None of them shows those who follow to each other."""

from __future__ import annotations

from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import policy as assessments
from eduplatform.domain.classroom import following, leading
from eduplatform.domain.live.access import register_channel
from eduplatform.errors import NotFound
from eduplatform.security.principal import Principal


async def _monitor(work: Work, me: Principal, assessment_id: UUID) -> bool:
    await assessments.require_assessment_author(work=work, me=me, assessment_id=assessment_id)
    return True


async def _desk(work: Work, me: Principal, attempt_id: UUID) -> bool:
    await assessments.require_taught_attempt(work=work, me=me, attempt_id=attempt_id)
    return True


async def _live_lead(work: Work, me: Principal, session_id: UUID) -> bool:
    await leading.require_lead(work=work, me=me, session_id=session_id)
    return True


async def _live_lesson(work: Work, me: Principal, session_id: UUID) -> bool:
    try:
        await following.require_seat(work=work, me=me, session_id=session_id)
    except NotFound:
        await leading.require_lead(work=work, me=me, session_id=session_id)
    return True


def register() -> None:
    """Register the checks of these kinds; the server does it once, before it answers."""
    register_channel("monitor", _monitor)
    register_channel("desk", _desk)
    register_channel("live_lead", _live_lead)
    register_channel("live_lesson", _live_lesson)
