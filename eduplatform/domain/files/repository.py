"""Rows of files and of what uses them, and the tenant's account of stored bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import delete, exists, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.repository import Repository
from eduplatform.db.scope import CHECKED_INSERT
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.files.models import FileState, FileUse, StoredFile
from eduplatform.domain.tenants.models import Tenant


class FileRepository(Repository[StoredFile]):
    """Files."""

    model = StoredFile

    async def for_attaching(self, ids: Sequence[UUID]) -> list[StoredFile]:
        """Files of these ids, locked, so that the removal of unused ones cannot take them meanwhile."""
        found = await self._session.exec(
            self.rows().where(col(StoredFile.id).in_(ids)).order_by(col(StoredFile.id)).with_for_update()
        )
        return list(found.all())

    async def used_by(self, purpose: str, object_ids: Iterable[UUID]) -> list[tuple[UUID, StoredFile]]:
        """Files with the object that uses each, in the order in which they were attached."""
        statement = cast(Any, select)(FileUse.object_id, StoredFile)
        rows: Any = await cast(Any, self._session).exec(
            statement.join(StoredFile, col(StoredFile.id) == col(FileUse.file_id))
            .where(
                col(FileUse.tenant_id) == self._work.tenant_id,
                col(FileUse.purpose) == purpose,
                col(FileUse.object_id).in_(list(object_ids)),
            )
            .order_by(col(FileUse.object_id), col(FileUse.position), col(FileUse.created_at), col(FileUse.id))
        )
        return [(object_id, file) for object_id, file in rows.all()]

    async def unused(self, *, before: datetime, limit: int) -> list[StoredFile]:
        """Files that were uploaded before a moment and that nothing uses, locked; those being attached are left out."""
        found = await self._session.exec(
            self.rows()
            .where(
                col(StoredFile.created_at) < before,
                ~exists().where(
                    col(FileUse.tenant_id) == col(StoredFile.tenant_id),
                    col(FileUse.file_id) == col(StoredFile.id),
                ),
            )
            .order_by(col(StoredFile.created_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(found.all())

    async def pending(self, *, limit: int) -> list[StoredFile]:
        """Files that wait for the scanner, oldest first."""
        found = await self._session.exec(
            self.rows()
            .where(col(StoredFile.state) == FileState.PENDING)
            .order_by(col(StoredFile.created_at))
            .limit(limit)
        )
        return list(found.all())

    async def known(self, ids: Sequence[UUID]) -> set[UUID]:
        """Those of the ids that have a row."""
        found = await self._session.exec(
            select(StoredFile.id).where(
                col(StoredFile.tenant_id) == self._work.tenant_id, col(StoredFile.id).in_(ids)
            )
        )
        return set(found.all())

    async def remove(self, ids: Sequence[UUID]) -> None:
        """Delete rows, and with them their uses."""
        await self._session.exec(
            delete(StoredFile).where(
                col(StoredFile.tenant_id) == self._work.tenant_id, col(StoredFile.id).in_(ids)
            )
        )


class FileUseRepository(Repository[FileUse]):
    """Uses of files."""

    model = FileUse

    async def of_file(self, file_id: UUID) -> list[FileUse]:
        """What uses a file."""
        return await self.find(col(FileUse.file_id) == file_id, order_by=[col(FileUse.id)])

    async def add_missing(self, purpose: str, places: Iterable[tuple[UUID, UUID, int]]) -> None:
        """Note uses given as (object, file, position); one that is there already stays as it is."""
        moment = utc_now()
        values = [
            {
                "id": new_id(),
                "tenant_id": self._work.tenant_id,
                "created_by": self._work.user_id,
                "created_at": moment,
                "updated_at": moment,
                "purpose": purpose,
                "object_id": object_id,
                "file_id": file_id,
                "position": position,
            }
            for object_id, file_id, position in places
        ]
        if values:
            await self._session.exec(
                insert(FileUse).values(values).on_conflict_do_nothing(),
                execution_options={CHECKED_INSERT: True},
            )

    async def drop(self, purpose: str, object_ids: Sequence[UUID], *, but: Sequence[UUID] = ()) -> None:
        """Forget that objects use their files, those in ``but`` excepted."""
        await self._session.exec(
            delete(FileUse).where(
                col(FileUse.tenant_id) == self._work.tenant_id,
                col(FileUse.purpose) == purpose,
                col(FileUse.object_id).in_(object_ids),
                col(FileUse.file_id).not_in(but),
            )
        )

    async def copy(self, purpose: str, pairs: Mapping[UUID, UUID]) -> None:
        """Note for each new object the uses of the one it was copied from."""
        uses = await self.find(
            col(FileUse.purpose) == purpose,
            col(FileUse.object_id).in_(list(pairs)),
            order_by=[col(FileUse.object_id), col(FileUse.position), col(FileUse.id)],
        )
        await self.add_missing(purpose, [(pairs[one.object_id], one.file_id, one.position) for one in uses])


async def account_bytes(work: Work, size: int, *, default_limit: int) -> bool:
    """Add bytes to what the tenant stores; returns False and changes nothing when they would not fit.

    One statement, so that two uploads at once can never both take the last free bytes. ``updated_at`` stays: forms of the
    organisation notice other people's changes by it.
    """
    limit = func.coalesce(col(Tenant.storage_limit), default_limit)
    changed: Any = await cast(Any, work.session).exec(
        update(Tenant)
        .where(col(Tenant.id) == work.tenant_id, col(Tenant.storage_bytes) + size <= limit)
        .values(storage_bytes=Tenant.storage_bytes + size, updated_at=Tenant.updated_at)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)


async def release_bytes(work: Work, size: int) -> None:
    """Take bytes off what the tenant stores."""
    await work.session.exec(
        update(Tenant)
        .where(col(Tenant.id) == work.tenant_id)
        .values(
            storage_bytes=func.greatest(col(Tenant.storage_bytes) - size, 0), updated_at=Tenant.updated_at
        )
        .execution_options(synchronize_session=False)
    )
