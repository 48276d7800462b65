"""Removing what nobody uses, and scanning again what the virus scanner has not judged. For jobs and commands."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.files import repository
from eduplatform.domain.files.models import FileState
from eduplatform.domain.files.repository import FileRepository
from eduplatform.domain.files.uploads import delete_objects
from eduplatform.integrations import scanning
from eduplatform.integrations.scanning import Verdict
from eduplatform.integrations.storage import storage
from eduplatform.security.principal import PlatformActor

KEPT_UNUSED = timedelta(days=1)
"""How long an upload may wait to be used: as long as somebody may leave a form open."""

BATCH = 100


async def remove_unused(tenant_id: UUID, *, kept: timedelta = KEPT_UNUSED) -> int:
    """Remove up to ``BATCH`` files that were uploaded longer than ``kept`` ago and that nothing uses.

    Returns:
        How many were removed.
    """
    async with unit_of_work(PlatformActor(tenant_id)) as work:
        files = await FileRepository(work).unused(before=utc_now() - kept, limit=BATCH)
        # The rows stay locked until the objects are gone, so that none of them can be attached meanwhile.
        for file in files:
            await delete_objects(file)
        if files:
            await FileRepository(work).remove([one.id for one in files])
            await repository.release_bytes(work, sum(one.size + one.thumb_size for one in files))
            await work.audit("file.removed_unused", count=len(files))
    return len(files)


async def scan_pending(tenant_id: UUID) -> int:
    """Let the scanner judge files that were stored while it did not answer.

    Returns:
        How many can be downloaded from now on.
    """
    actor = PlatformActor(tenant_id)
    async with unit_of_work(actor) as work:
        waiting = await FileRepository(work).pending(limit=BATCH)
    released = 0
    for file in waiting:
        verdict = await scanning.scan(await storage().read(tenant_id, str(file.id)))
        if verdict is Verdict.UNKNOWN:
            break
        async with unit_of_work(actor) as work:
            row = await FileRepository(work).get(file.id, lock=True)
            if verdict is Verdict.CLEAN:
                row.state = FileState.READY
                released += 1
                continue
            await delete_objects(row)
            await FileRepository(work).remove([row.id])
            await repository.release_bytes(work, row.size + row.thumb_size)
            await work.audit("file.infected", file=row.id, sha256=row.sha256, purpose=row.purpose)
    return released


async def sweep(tenant_id: UUID, *, kept: timedelta = KEPT_UNUSED) -> int:
    """Delete stored bytes whose row is gone (with the person who owned them), and count anew what the tenant stores.

    Args:
        tenant_id: The tenant.
        kept: Younger objects stay: their row may be about to be written.

    Returns:
        How many objects were deleted.
    """
    actor, deleted = PlatformActor(tenant_id), 0
    async with unit_of_work(actor) as work:
        await repository.recount_bytes(work)
    async for batch in storage().listing(tenant_id):
        old = [one.name for one in batch if one.changed_at < utc_now() - kept]
        ids = {name: UUID(name.partition(".")[0]) for name in old}
        async with unit_of_work(actor) as work:
            known = await FileRepository(work).known(list(ids.values()))
        orphans = [name for name, file_id in ids.items() if file_id not in known]
        await storage().delete(tenant_id, *orphans)
        deleted += len(orphans)
    return deleted
