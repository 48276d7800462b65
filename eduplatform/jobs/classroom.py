"""Jobs of the classroom."""

from __future__ import annotations

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.classroom import presence
from eduplatform.jobs.registry import job


@job("presence.forget", every="25 * * * *")
async def forget(work: Work) -> None:
    """Forget who was here yesterday."""
    await presence.forget_old(work=work)
