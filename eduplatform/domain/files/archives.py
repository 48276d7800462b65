"""ZIP archives, and the many documents that are archives inside: what they hold, and whether it is safe to unpack."""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from typing import IO

from eduplatform.domain.files.names import FileRefused, is_runnable
from eduplatform.domain.files.signatures import DECLARED, OFFICE_FOLDERS, ZIP, FileType, is_program
from eduplatform.i18n import N_

MAX_ENTRIES = 10_000
MAX_UNPACKED = 1_000_000_000
"""Bytes that an archive and the archives in it may unpack to."""
MAX_RATIO = 200
"""Most often that content may shrink, once it is larger than ``RATIO_FREE`` bytes; text shrinks about tenfold."""
RATIO_FREE = 20_000_000
MAX_DEPTH = 2
"""Archives in archives that are looked into: a document (itself an archive) in a ZIP is fine."""

_CHUNK = 1 << 20
# Text may begin with the letters MZ; the head of a program holds bytes that no text has.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x7f-\xff]")
_BOMB = N_("This archive unpacks to far more than it seems. It was not accepted.")
_DAMAGED = N_("This file is damaged or not what it says it is.")
_LOCKED = N_("This archive has a password, so that nobody can check it. Send it without one.")
_MACROS = N_("This document holds macros, which are programs. Save it without macros and try again.")
_CLIMBS = N_("This archive holds a name that leads to another folder.")
_PROGRAM = N_("This archive holds a program. Programs are not accepted.")


class _Budget:
    """Bytes that may still be unpacked, over all levels."""

    def __init__(self, packed: int) -> None:
        self.left = min(MAX_UNPACKED, max(RATIO_FREE, packed * MAX_RATIO))

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise FileRefused(_BOMB)


def inspect_archive(stream: IO[bytes], size: int) -> FileType:
    """What an archive is, after everything in it was unpacked once (and thrown away) within fixed limits.

    Sizes that an archive declares are not believed: a bomb is stopped at the limit, whatever it says of itself.

    Args:
        stream: The archive, at any position.
        size: Its size in bytes.

    Raises:
        FileRefused: A bomb, a password, macros, programs, names that climb out, or damage.
    """
    try:
        return _inspect(stream, _Budget(size), depth=1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise FileRefused(_DAMAGED) from error
    except RecursionError as error:
        raise FileRefused(_BOMB) from error


def _inspect(stream: IO[bytes], budget: _Budget, *, depth: int) -> FileType:
    if depth > MAX_DEPTH + 1:
        raise FileRefused(N_("This archive holds archives within archives. Pack it more simply."))
    with zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        if not entries:
            raise FileRefused(N_("This archive is empty."))
        if len(entries) > MAX_ENTRIES:
            raise FileRefused(_BOMB)
        _check_layout(archive, entries)
        if sum(one.file_size for one in entries) > budget.left:
            raise FileRefused(_BOMB)
        for entry in entries:
            _check_entry(entry)
            _unpack(archive, entry, budget, depth)
        return _type_of(archive, [one.filename for one in entries])


def _check_layout(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> None:
    """The archive begins at the first byte, ends at the last, and no two entries share bytes (Fifield's bomb)."""
    ordered = sorted(entries, key=lambda one: one.header_offset)
    if ordered[0].header_offset != 0 or len(archive.comment) > 1000:
        raise FileRefused(_DAMAGED)
    ends = [one.header_offset + 30 + one.compress_size for one in ordered]
    starts = [one.header_offset for one in ordered[1:]]
    if any(end > start for end, start in zip(ends, starts, strict=False)):
        raise FileRefused(_BOMB)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    # The raw name: zipfile cuts the other one at a NUL and turns backslashes round.
    name = entry.orig_filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise FileRefused(_CLIMBS)
    if any(ord(one) < ord(" ") for one in name):
        raise FileRefused(_DAMAGED)
    if entry.flag_bits & 0x1:
        raise FileRefused(_LOCKED)
    if (entry.external_attr >> 28) == 0xA:
        # A symbolic link: whoever unpacks it may be led elsewhere.
        raise FileRefused(_CLIMBS)
    if parts[-1].casefold() == "vbaproject.bin":
        raise FileRefused(_MACROS)
    if is_runnable(parts[-1]):
        raise FileRefused(_PROGRAM)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget, depth: int) -> None:
    with archive.open(entry) as content:
        head = content.read(8)
        if is_program(head) and _CONTROL.search(head):
            raise FileRefused(_PROGRAM)
        if head[:4] == b"PK\x03\x04":
            with tempfile.TemporaryFile() as inner:
                inner.write(head)
                budget.spend(len(head))
                while chunk := content.read(_CHUNK):
                    budget.spend(len(chunk))
                    inner.write(chunk)
                inner.seek(0)
                _inspect(inner, budget, depth=depth + 1)
            return
        budget.spend(len(head))
        while chunk := content.read(_CHUNK):
            budget.spend(len(chunk))


def _type_of(archive: zipfile.ZipFile, names: Sequence[str]) -> FileType:
    if "mimetype" in names:
        with archive.open("mimetype") as content:
            declared = DECLARED.get(content.read(100).decode("ascii", "replace").strip())
        if declared is not None:
            return declared
    if "[Content_Types].xml" in names:
        for folder, kind in OFFICE_FOLDERS.items():
            if any(one.startswith(folder) for one in names):
                return kind
    return ZIP
