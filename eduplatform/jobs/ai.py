"""Jobs of the model gateway and the tutor."""

from __future__ import annotations

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.ai import calls
from eduplatform.domain.tutoring import service as tutoring
from eduplatform.jobs.registry import job


@job("ai.clean", every="*/5 * * * *")
async def clean(work: Work) -> None:
    """Give back what lost calls hold, and remove what has been kept long enough."""
    await calls.clean(work=work)


@job("tutor.clean", every="50 3 * * *")
async def forget(work: Work) -> None:
    """Remove conversations with the tutor whose time is over."""
    await tutoring.clean(work=work)
