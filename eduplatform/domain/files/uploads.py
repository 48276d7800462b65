"""Taking in a file: rights, inspection, scan, quota, storage - in this order, and nothing is kept of what fails on the way.

A row exists before the bytes go to the storage, and the quota is taken with it: a process that dies in between leaves a row
that the daily removal finds, never bytes that nobody knows of.
"""

from __future__ import annotations

from uuid import UUID

from eduplatform.config import get_settings
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.courses import policy as courses
from eduplatform.domain.files import policy, repository
from eduplatform.domain.files.inspection import Inspected, inspect
from eduplatform.domain.files.models import FileState, StoredFile
from eduplatform.domain.files.names import FileRefused
from eduplatform.domain.files.repository import FileRepository
from eduplatform.domain.files.spool import Spool
from eduplatform.domain.tenants.repository import own_tenant
from eduplatform.errors import ProviderFailed, QuotaExceeded
from eduplatform.i18n import N_
from eduplatform.integrations import scanning
from eduplatform.integrations.scanning import Verdict
from eduplatform.integrations.storage import storage
from eduplatform.security.principal import PlatformActor, Principal

THUMB = ".thumb"
"""What is added to a file's id to name its small picture in the storage."""

_FULL = N_("There is no room left for files in your organisation. Ask an administrator.")


def default_limit() -> int:
    """Bytes of files per tenant that has no limit of its own."""
    return get_settings().storage_quota_mb * policy.MEGABYTE


async def check_upload(
    *, work: Work, me: Principal, purpose: str, course_id: UUID | None, announced: int
) -> policy.Purpose:
    """Whether this person may upload for this purpose, before the first byte is read; at most two statements.

    Args:
        work: The open unit of work.
        me: Who uploads.
        purpose: What for.
        course_id: The course, if it is for one.
        announced: Bytes that the browser says will come; 0 when it does not.

    Raises:
        NotFound: No such purpose, or the course is not this person's.
        Forbidden: The purpose is not this person's.
        QuotaExceeded: The tenant has no room.
    """
    rules = policy.purpose_rules(me, purpose)
    if course_id is not None:
        await courses.require_member(work=work, me=me, course_id=course_id)
    tenant = await own_tenant(work)
    limit = default_limit() if tenant.storage_limit is None else tenant.storage_limit
    if tenant.storage_bytes + min(announced, rules.max_bytes) > limit:
        raise QuotaExceeded(_FULL)
    return rules


async def store(
    *, me: Principal, spool: Spool, sha256: str, name: str, purpose: str, course_id: UUID | None
) -> StoredFile:
    """Inspect, scan and store an upload that has arrived completely; opens its own units of work.

    Raises:
        FileRefused: The content or the name is not acceptable.
        QuotaExceeded: The tenant has no room.
        ProviderFailed: The storage did not take it.
    """
    rules = policy.purpose_rules(me, purpose)
    found = await inspect(spool.path, size=spool.size, name=name, kinds=rules.kinds)
    verdict = await scanning.scan(spool.read())
    if verdict is Verdict.INFECTED:
        async with unit_of_work(me) as work:
            await work.audit("file.infected", sha256=sha256, purpose=purpose)
        raise FileRefused(N_("The virus scanner found something harmful in this file."))
    async with unit_of_work(me) as work:
        file = await _reserve(work, me, found, spool.size, sha256, purpose, course_id)
    try:
        with spool.path.open("rb") as stream:
            await storage().put(file.tenant_id, str(file.id), stream)
        if found.small:
            await storage().put(file.tenant_id, f"{file.id}{THUMB}", found.small)
    except ProviderFailed:
        await discard(file)
        raise
    async with unit_of_work(me) as work:
        stored = await FileRepository(work).get(file.id)
        stored.state = FileState.READY if verdict is Verdict.CLEAN else FileState.PENDING
        await work.flush()
        return stored


async def _reserve(
    work: Work,
    me: Principal,
    found: Inspected,
    size: int,
    sha256: str,
    purpose: str,
    course_id: UUID | None,
) -> StoredFile:
    if not await repository.account_bytes(work, size + len(found.small), default_limit=default_limit()):
        raise QuotaExceeded(_FULL)
    return await FileRepository(work).add(
        StoredFile(
            owner_id=me.user,
            course_id=course_id,
            name=found.name,
            content_type=found.type.content_type,
            size=size,
            sha256=sha256,
            purpose=purpose,
            width=found.width,
            height=found.height,
            thumb_size=len(found.small),
        )
    )


async def discard(file: StoredFile) -> None:
    """Remove a file's row and give its bytes back to the tenant; objects that may exist in the storage go first."""
    await delete_objects(file)
    async with unit_of_work(PlatformActor(file.tenant_id)) as work:
        await FileRepository(work).remove([file.id])
        await repository.release_bytes(work, file.size + file.thumb_size)


async def delete_objects(file: StoredFile) -> None:
    """Delete what the storage holds of a file.

    Raises:
        ProviderFailed: The storage did not answer; a later removal tries again.
    """
    await storage().delete(file.tenant_id, str(file.id), f"{file.id}{THUMB}")
