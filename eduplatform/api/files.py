"""Uploading and downloading files."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from eduplatform.api.multipart import UploadForm
from eduplatform.api.principal import require
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.files import service, uploads
from eduplatform.domain.files.models import StoredFile
from eduplatform.domain.files.names import checked_name
from eduplatform.domain.files.spool import Spool
from eduplatform.errors import NotFound
from eduplatform.integrations.storage import storage
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate

router = APIRouter(prefix="/api/files", tags=["files"])

Member = Annotated[Principal, Depends(require(Permission.ACCOUNT))]

UPLOADS = Rate(per_second=0.5, burst=60)
"""Files of one person: sixty at once, then one every two seconds."""

_AROUND_FILE = 8192
"""Bytes of a request that are more than enough for all that is not the file."""
_INLINE = ("image/", "video/", "audio/")
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class FileOut(BaseModel):
    """A stored file. ``ready`` is false while the virus scanner has not judged it."""

    id: UUID
    name: str
    size: int
    type: str
    href: str
    thumb: str
    ready: bool


@router.post("", status_code=201)
async def upload(request: Request, me: Member) -> FileOut:
    """Store one file: a form with ``purpose``, ``course_id`` (optional) and then ``file``.

    The type is decided by the content. What is too large is refused as soon as that is known.
    """
    await rate_limits.require(f"file.upload:{me.user}", UPLOADS)
    form = UploadForm(request)
    await form.read_fields()
    purpose, course_id = form.fields.get("purpose", ""), _optional_id(form.fields.get("course_id", ""))
    length = request.headers.get("content-length", "")
    async with unit_of_work(me) as work:
        rules = await uploads.check_upload(
            work=work,
            me=me,
            purpose=purpose,
            course_id=course_id,
            announced=max(0, int(length) - _AROUND_FILE) if length.isdigit() else 0,
        )
    name = checked_name(form.file_name)
    async with Spool(rules.max_bytes) as spool:
        async for part in form.file():
            await spool.write(part)
        stored = await uploads.store(
            me=me, spool=spool, sha256=await spool.finish(), name=name, purpose=purpose, course_id=course_id
        )
    row = service.row_of(stored)
    return FileOut(
        id=row.id,
        name=row.name,
        size=row.size,
        type=row.content_type,
        href=row.href,
        thumb=row.thumb,
        ready=row.ready,
    )


@router.get("/{file_id}/{name}", response_class=Response)
async def download(
    request: Request,
    file_id: str,
    name: str,
    me: Member,
    size: Annotated[Literal["thumb", ""], Query()] = "",
    save: Annotated[bool, Query()] = False,
) -> Response:
    """A file's bytes, for whoever may read what uses it; ``size=thumb`` gives the small picture of an image.

    Pictures, sound and video may be shown in a page; everything else, and all with ``save``, is offered for saving.
    """
    async with unit_of_work(me) as work:
        file = await service.readable(work=work, me=me, file_id=_file_id(file_id))
    small = size == "thumb"
    if small and not file.thumb_size:
        raise NotFound
    total = file.thumb_size if small else file.size
    tag = f'"{file.sha256[:32]}{"-thumb" if small else ""}"'
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": _disposition(file, save=save),
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    span = _span(request.headers.get("range", ""), total)
    if span is None:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{total}"})
    start, end = span
    key = f"{file.id}{uploads.THUMB}" if small else str(file.id)
    partial = (start, end) != (0, total)
    content = await storage().read(file.tenant_id, key, start=start, end=end if partial else None)
    headers["Content-Length"] = str(end - start)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{total}"
    kind = "image/webp" if small else file.content_type
    text = "; charset=utf-8" if kind.startswith("text/") else ""
    return _Streamed(content, 206 if partial else 200, headers, media_type=f"{kind}{text}")


class _Streamed(StreamingResponse):
    """Bytes from the storage; their type is set as it is, without guesses."""

    def __init__(
        self, content: AsyncIterator[bytes], status: int, headers: dict[str, str], *, media_type: str
    ) -> None:
        super().__init__(content, status, {**headers, "Content-Type": media_type})


def _optional_id(text: str) -> UUID | None:
    return _file_id(text) if text else None


def _file_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _disposition(file: StoredFile, *, save: bool) -> str:
    """RFC 6266: the name in full, and in plain letters for old programs."""
    # A drawing is shown by pages as an image, where this header has no say; on its own it is only offered for saving.
    shown = file.content_type.startswith(_INLINE) and file.content_type != "image/svg+xml" and not save
    plain = "".join(
        one if one.isascii() and one.isprintable() and one not in '"\\%' else "_" for one in file.name
    )
    return f"{'inline' if shown else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"


def _span(wanted: str, total: int) -> tuple[int, int] | None:
    """First byte and the one after the last (RFC 9110, 14.2), or None when there are no such bytes.

    Several ranges, and what is not understood, give everything.
    """
    match = _RANGE.fullmatch(wanted.strip())
    if match is None or not (match[1] or match[2]):
        return 0, total
    if not match[1]:
        return (max(0, total - int(match[2])), total) if int(match[2]) else None
    start = int(match[1])
    end = min(int(match[2]) + 1, total) if match[2] else total
    return (start, end) if start < end else None
