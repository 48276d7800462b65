"""Looking into an upload before anybody else may: what it is, and whether it is only that."""

from __future__ import annotations

import asyncio
import codecs
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from eduplatform.domain.files.archives import inspect_archive
from eduplatform.domain.files.drawings import check_drawing
from eduplatform.domain.files.names import FileRefused, checked_name, ending_of, fitting_name
from eduplatform.domain.files.pictures import read_picture
from eduplatform.domain.files.policy import IMAGE, MEDIA
from eduplatform.domain.files.signatures import (
    CSV,
    HEAD_BYTES,
    KNOWN_ENDINGS,
    MARKDOWN,
    OLD_OFFICE,
    PDF,
    PLAIN,
    SVG,
    ZIP,
    FileType,
    from_head,
    is_other_archive,
    is_program,
)
from eduplatform.i18n import N_

_CHUNK = 1 << 20
_END_OF_ZIP = b"PK\x05\x06"
_ZIP_DIRECTORY = b"PK\x01\x02"
_ZIP_TAIL = 22 + 0xFFFF
_PDF_SEARCH = 1024
"""Readers of PDF accept its signature anywhere in so many bytes."""

_MARKUP = re.compile(rb"<(?:script|html|!doctype\s+html|iframe|\?php|svg)[\s>/]", re.IGNORECASE)
_PACKED = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|iframe)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_DRAWING = re.compile(rb"<(?:\w+:)?svg\b", re.IGNORECASE)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")

_TWO_THINGS = N_("This file is two kinds of file at once. It was not accepted.")
_UNKNOWN = N_(
    "This kind of file is not accepted. Documents, pictures, sound, video, text and ZIP archives are."
)

# Two at a time: decoding a large picture takes hundreds of megabytes for a moment.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="file-inspection")


@dataclass(frozen=True, slots=True)
class Inspected:
    """An upload that may be stored.

    Attributes:
        name: Checked, with an ending that fits.
        type: Decided by the content.
        width: Pixels of a picture, as shown.
        height: Likewise.
        small: A small picture as WebP; empty for everything else.
    """

    name: str
    type: FileType
    width: int | None = None
    height: int | None = None
    small: bytes = b""


async def inspect(path: Path, *, size: int, name: str, kinds: frozenset[str]) -> Inspected:
    """Look into an uploaded file in a thread of its own.

    Args:
        path: Where it lies.
        size: Its size in bytes.
        name: A checked name.
        kinds: What the purpose accepts.

    Raises:
        FileRefused: It is dangerous, damaged, or not accepted here.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, inspect_now, path, size, name, kinds)


def inspect_now(path: Path, size: int, name: str, kinds: frozenset[str]) -> Inspected:
    """What `inspect` does, in the caller's thread."""
    name = checked_name(name)
    if size == 0:
        raise FileRefused(N_("This file is empty."))
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    found = from_head(head) or _text_type(path, head, name)
    if found is None:
        raise FileRefused(_why_unknown(head))
    if found is ZIP:
        with path.open("rb") as stream:
            found = inspect_archive(stream, size)
    elif found is not SVG and found.kind != PLAIN.kind:
        _refuse_second_nature(path, size, head, found)
    if found.kind not in kinds:
        raise FileRefused(N_("This kind of file is not accepted here."))
    name = fitting_name(name, found.endings, KNOWN_ENDINGS)
    if not found.picture:
        return Inspected(name, found)
    picture = read_picture(path, found.picture)
    return Inspected(name, found, picture.width, picture.height, picture.small)


def _why_unknown(head: bytes) -> str:
    if is_program(head):
        return N_("Programs are not accepted.")
    if head.startswith(OLD_OFFICE):
        return N_("Old Office documents can hold macros. Save it as DOCX, XLSX, PPTX or PDF and try again.")
    if is_other_archive(head):
        return N_("Archives are accepted as ZIP only.")
    return _UNKNOWN


def _text_type(path: Path, head: bytes, name: str) -> FileType | None:
    """The kind of text, or None when it is no text.

    Raises:
        FileRefused: It is a web page, or a drawing that does more than draw.
    """
    if not _is_text(path):
        return None
    if _TAG_FIRST.match(head) and _DRAWING.search(head) and not _PAGE.match(head):
        check_drawing(path.read_bytes()[: 10 * _CHUNK])
        return SVG
    if _PAGE.match(head):
        raise FileRefused(N_("Web pages are not accepted as single files. Send them as ZIP or PDF."))
    ending = ending_of(name)
    if ending in CSV.endings:
        return CSV
    if ending in MARKDOWN.endings:
        return MARKDOWN
    return FileType(PLAIN.content_type, PLAIN.kind, ("txt",) if ending in KNOWN_ENDINGS else ())


def _is_text(path: Path) -> bool:
    """Whether it is UTF-8 (or an older eight-bit encoding) without control characters, from beginning to end."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        utf8 = True
        while chunk := stream.read(_CHUNK):
            if _NOT_TEXT.search(chunk):
                return False
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
            if not utf8 and sum(one >= 0x80 for one in chunk[:HEAD_BYTES]) * 3 > len(chunk[:HEAD_BYTES]):
                # More than a third of accented letters is no text in any of these encodings.
                return False
    return True


def _refuse_second_nature(path: Path, size: int, head: bytes, found: FileType) -> None:
    """Stop polyglots: files that are valid as this type and as another one as well.

    Raises:
        FileRefused: There is a second type in it.
    """
    if found is not PDF and b"%PDF-" in head[:_PDF_SEARCH]:
        raise FileRefused(_TWO_THINGS)
    with path.open("rb") as stream:
        stream.seek(max(0, size - _ZIP_TAIL))
        tail = stream.read()
        if _ends_as_zip(tail):
            raise FileRefused(_TWO_THINGS)
        if found.kind == MEDIA:
            if _MARKUP.search(head) or _MARKUP.search(tail):
                raise FileRefused(_TWO_THINGS)
        elif found.kind == IMAGE:
            _refuse_markup(stream)


def _refuse_markup(stream: IO[bytes]) -> None:
    """Pictures hold no markup and no packed files, from beginning to end."""
    stream.seek(0)
    before = b""
    while chunk := stream.read(_CHUNK):
        searched = before + chunk
        if _MARKUP.search(searched) or _PACKED.search(searched):
            raise FileRefused(_TWO_THINGS)
        before = chunk[-32:]


def _ends_as_zip(tail: bytes) -> bool:
    """Whether a ZIP reader would find a directory of entries at the end of these bytes."""
    at = tail.rfind(_END_OF_ZIP)
    while at >= 0:
        record = tail[at : at + 22]
        if len(record) == 22:
            directory = int.from_bytes(record[12:16], "little")
            comment = int.from_bytes(record[20:22], "little")
            begins = at - directory
            whole = begins < 0 or tail[begins : begins + 4] == _ZIP_DIRECTORY or directory == 0
            if whole and at + 22 + comment <= len(tail):
                return True
        at = tail.rfind(_END_OF_ZIP, 0, at)
    return False
