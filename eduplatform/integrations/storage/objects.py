"""The one interface to stored objects, on obstore."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from eduplatform.config import Settings, get_settings
from eduplatform.errors import NotFound, ProviderFailed

if TYPE_CHECKING:
    # These exist for type checkers only.
    from obstore.store import S3Config

READ_CHUNK = 256 * 1024
"""Bytes that travel at once when an object is read."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}")


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing shows it; ``name`` is its key without the tenant."""

    name: str
    size: int
    changed_at: datetime


class ObjectStorage:
    """Objects of all tenants. Methods take the tenant, so that a key without one cannot be written."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, tenant_id: UUID, name: str, content: BinaryIO | bytes) -> None:
        """Store an object whole or not at all; large ones travel in parts.

        Raises:
            ProviderFailed: The storage refused it or did not answer.
        """
        try:
            await obstore.put_async(self._store, _key(tenant_id, name), content)
        except (BaseError, OSError) as error:
            raise ProviderFailed from error

    async def read(
        self, tenant_id: UUID, name: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """The bytes of an object from ``start`` up to, but without, ``end``.

        Raises:
            NotFound: There is no such object.
            ProviderFailed: The storage did not answer.
        """
        wanted: tuple[int, int] | dict[str, int] | None = None
        if end is not None:
            wanted = (start, end)
        elif start:
            wanted = {"offset": start}
        try:
            found = await obstore.get_async(
                self._store,
                _key(tenant_id, name),
                options={"range": wanted} if wanted is not None else {},  # pyright: ignore[reportArgumentType]
            )
        except FileNotFoundError:
            raise NotFound from None
        except (BaseError, OSError) as error:
            raise ProviderFailed from error
        return _parts(found.stream(min_chunk_size=READ_CHUNK))

    async def delete(self, tenant_id: UUID, *names: str) -> None:
        """Delete objects; those that are gone already are no error.

        Raises:
            ProviderFailed: The storage did not answer.
        """
        for name in names:
            try:
                await obstore.delete_async(self._store, _key(tenant_id, name))
            except FileNotFoundError:
                continue
            except (BaseError, OSError) as error:
                raise ProviderFailed from error

    async def listing(self, tenant_id: UUID) -> AsyncIterator[list[StoredObject]]:
        """The tenant's objects in batches.

        Raises:
            ProviderFailed: The storage did not answer.
        """
        prefix = f"{tenant_id}/"
        try:
            async for batch in obstore.list(self._store, prefix=prefix, return_arrow=False):  # pyright: ignore[reportUnknownMemberType]
                yield [
                    StoredObject(one["path"].removeprefix(prefix), one["size"], one["last_modified"])
                    for one in batch
                ]
        except (BaseError, OSError) as error:
            raise ProviderFailed from error


async def _parts(stream: obstore.BytesStream) -> AsyncIterator[bytes]:
    async for part in stream:
        yield bytes(part)


def _key(tenant_id: UUID, name: str) -> str:
    if not _NAME.fullmatch(name) or ".." in name:
        raise ValueError("an object's name is made by the platform from ids")
    return f"{tenant_id}/{name}"


def open_store(settings: Settings) -> ObjectStore:
    """The store that the settings name; the local directory is made for this system user alone."""
    if not settings.storage_bucket:
        home: Path = settings.data_dir / "files"
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return LocalStore(home, mkdir=True)
    config: S3Config = {"region": settings.storage_region, "virtual_hosted_style_request": False}
    if settings.storage_endpoint:
        config["endpoint"] = settings.storage_endpoint
    if settings.storage_access_key is not None and settings.storage_secret_key is not None:
        config["access_key_id"] = settings.storage_access_key.get_secret_value()
        config["secret_access_key"] = settings.storage_secret_key.get_secret_value()
    return S3Store(
        settings.storage_bucket,
        config=config,
        client_options={"allow_http": not settings.production, "timeout": "60s"},
        retry_config={"max_retries": 3},
    )


@lru_cache(maxsize=1)
def storage() -> ObjectStorage:
    """The storage of this process."""
    return ObjectStorage(open_store(get_settings()))
