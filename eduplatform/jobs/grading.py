"""Jobs of grading."""

from __future__ import annotations

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.grading import release
from eduplatform.jobs.registry import job


@job("grading.announce", every="*/5 * * * *")
async def announce(work: Work) -> None:
    """Tell students whose planned grades have become visible."""
    await release.announce_planned(work=work)
