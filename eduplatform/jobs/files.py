"""Jobs of files."""

from __future__ import annotations

import asyncio

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.files import cleaning, spool
from eduplatform.jobs.registry import job


@job("files.clean", every="40 * * * *")
async def clean(work: Work) -> None:
    """Remove what was uploaded and never used."""
    while await cleaning.remove_unused(work.tenant_id) == cleaning.BATCH:
        pass


@job("files.sweep", every="50 3 * * *")
async def sweep(work: Work) -> None:
    """Delete bytes that no file owns any more, and what broken uploads left on this machine."""
    await asyncio.to_thread(spool.remove_abandoned, older_than=cleaning.KEPT_UNUSED)
    await cleaning.sweep(work.tenant_id)


@job("files.scan", every="*/5 * * * *")
async def scan(work: Work) -> None:
    """Let the virus scanner judge what it has not judged yet."""
    await cleaning.scan_pending(work.tenant_id)
