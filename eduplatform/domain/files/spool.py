"""An upload on its way in: written to a private file on disk as it arrives, never held in memory."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Self

from eduplatform.config import get_settings
from eduplatform.domain.files.policy import MEGABYTE
from eduplatform.errors import TooLarge
from eduplatform.i18n import N_

WRITE_AT = 512 * 1024
"""Bytes that are collected before a thread writes them."""


def too_large(limit: int) -> TooLarge:
    """The refusal of a file that is larger than this many bytes."""
    return TooLarge(
        N_("This file is too large: at most {limit} MB fit here."), params={"limit": limit // MEGABYTE}
    )


class Spool:
    """A file under ``data_dir`` that is gone when the block ends.

    Attributes:
        path: Where it lies.
        size: Bytes written or waiting to be written.
    """

    def __init__(self, limit: int) -> None:
        home = get_settings().data_dir / "uploads"
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The directory is private and so is the file, which has no name of the sender's.
        self._file = tempfile.NamedTemporaryFile(dir=home, prefix="upload-")  # noqa: SIM115
        self._limit = limit
        self._waiting = bytearray()
        self._hash = hashlib.sha256()
        self.path = Path(self._file.name)
        self.size = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    async def write(self, part: bytes) -> None:
        """Add bytes.

        Raises:
            TooLarge: They are more than the limit; what came before is dropped with the block.
        """
        self.size += len(part)
        if self.size > self._limit:
            raise too_large(self._limit)
        self._waiting += part
        if len(self._waiting) >= WRITE_AT:
            await asyncio.to_thread(self._flush)

    async def finish(self) -> str:
        """Write the rest; returns the SHA-256 of the whole in hexadecimal."""
        await asyncio.to_thread(self._flush)
        return self._hash.hexdigest()

    def _flush(self) -> None:
        self._hash.update(self._waiting)
        self._file.write(self._waiting)
        self._file.flush()
        self._waiting.clear()

    async def read(self) -> AsyncIterator[bytes]:
        """The content in parts."""
        with self.path.open("rb") as stream:
            while part := await asyncio.to_thread(stream.read, WRITE_AT):
                yield part
