"""Removing what nobody uses, and scanning again what the virus scanner has not judged. For jobs and commands."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import identity_work, unit_of_work
from eduplatform.domain.files import repository
from eduplatform.domain.files.models import FileState
from eduplatform.domain.files.repository import FileRepository
from eduplatform.domain.files.uploads import delete_objects
from eduplatform.domain.tenants.models import Tenant
from eduplatform.integrations import scanning
from eduplatform.integrations.scanning import Verdict
from eduplatform.integrations.storage import storage
from eduplatform.security.principal import PlatformActor

KEPT_UNUSED = timedelta(days=1)
"""How long an upload may wait to be used: as long as somebody may leave a form open."""

BATCH = 100


async def tend_all() -> None:
    """Remove unused files and judge waiting ones in every tenant; harmless to repeat and to interrupt."""
    async with identity_work() as work:
        tenants = list((await work.session.exec(select(Tenant.id).order_by(col(Tenant.id)))).all())
    for tenant_id in tenants:
        await scan_pending(tenant_id)
        while await remove_unused(tenant_id) == BATCH:
            pass


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
