"""Jobs of grading."""

from __future__ import annotations

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.grading import news, release
from eduplatform.jobs.registry import job


@job("grading.announce", every="*/5 * * * *")
async def announce(work: Work) -> None:
    """Tell students whose planned grades have become visible, and everybody concerned what changed since."""
    await release.announce_planned(work=work)
    await news.tell(work=work)
