"""Jobs of files."""

from __future__ import annotations

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.files import cleaning
from eduplatform.jobs.registry import job


@job("files.clean", every="40 * * * *")
async def clean(work: Work) -> None:
    """Remove what was uploaded and never used."""
    while await cleaning.remove_unused(work.tenant_id) == cleaning.BATCH:
        pass


@job("files.scan", every="*/5 * * * *")
async def scan(work: Work) -> None:
    """Let the virus scanner judge what it has not judged yet."""
    await cleaning.scan_pending(work.tenant_id)
