"""Who looks at the same work on the grading desk; for colleagues only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.policy import require_taught_attempt
from eduplatform.domain.classroom import presence
from eduplatform.domain.classroom.models import Place
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import DeskChanged
from eduplatform.security.principal import Principal


async def look(
    *,
    work: Work,
    me: Principal,
    attempt_id: UUID,
    left: UUID | None = None,
    now: datetime | None = None,
) -> list[str]:
    """Note that a teacher looks at an attempt, and no longer at the one before; the names of others who look at it.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    moment = now or utc_now()
    await require_taught_attempt(work=work, me=me, attempt_id=attempt_id)
    if left is not None:
        await presence.leave(work=work, me=me, place=Place.DESK, object_id=left)
        work.publish(Channel.desk(left), DeskChanged(left))
    found = await presence.stays(work=work, place=Place.DESK, object_ids=[attempt_id])
    here = [one for one in found if presence.is_here(one.seen_at, moment)]
    shown = await presence.stay(work=work, me=me, place=Place.DESK, object_id=attempt_id, now=moment)
    if shown and all(one.user_id != me.user for one in here):
        work.publish(Channel.desk(attempt_id), DeskChanged(attempt_id))
    return [one.name for one in here if one.user_id != me.user]
