"""Files as pages show them."""

from __future__ import annotations

from typing import TypedDict

from eduplatform.domain.files.service import FileRow
from eduplatform.i18n.formatting import format_file_size


class FileLink(TypedDict):
    """A file in a list: ``size`` in words, ``thumb`` the address of a small picture or empty, ``ready`` to be opened."""

    id: str
    name: str
    size: str
    href: str
    thumb: str
    ready: bool


def file_link(file: FileRow, locale: str) -> FileLink:
    """A file's row in the reader's language."""
    return FileLink(
        id=str(file.id),
        name=file.name,
        size=format_file_size(file.size, locale),
        href=file.href,
        thumb=file.thumb,
        ready=file.ready,
    )
