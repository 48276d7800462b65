"""Files in use: attaching them to objects, showing them, reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from sqlmodel import col

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.files import policy
from eduplatform.domain.files.models import FileState, StoredFile
from eduplatform.domain.files.repository import FileRepository, FileUseRepository
from eduplatform.errors import Invalid, NotFound, TooLarge
from eduplatform.i18n import N_
from eduplatform.integrations.storage import storage
from eduplatform.security.principal import Principal

MAX_PER_OBJECT = 50
"""Most files that one object (a lesson, an answer, a message) may show."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as pages show it.

    Attributes:
        href: Address of the download.
        thumb: Address of the small picture; empty when there is none.
        ready: Whether it can be downloaded; False while the virus scanner has not judged it.
    """

    id: UUID
    owner_id: UUID
    name: str
    content_type: str
    size: int
    href: str
    thumb: str
    width: int | None
    height: int | None
    ready: bool


def href_of(file: StoredFile) -> str:
    """The address of a file's download. The name is there for people to read; the id decides."""
    return f"/api/files/{file.id}/{quote(file.name, safe='')}"


def row_of(file: StoredFile) -> FileRow:
    """A file as pages show it."""
    href = href_of(file)
    return FileRow(
        id=file.id,
        owner_id=file.owner_id,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        href=href,
        thumb=f"{href}?size=thumb" if file.thumb_size else "",
        width=file.width,
        height=file.height,
        ready=file.state == FileState.READY,
    )


async def attach(
    *, work: Work, me: Principal, file_ids: Sequence[UUID], purpose: str, object_id: UUID
) -> list[StoredFile]:
    """Note that an object shows these files, in this order; those that it showed before stay.

    Whether the person may change the object is the caller's business. A file can be attached by who uploaded it for this
    purpose, and again by anybody to an object that shows it already. At most three statements.

    Args:
        work: The open unit of work.
        me: Who attaches.
        file_ids: Files as their owner uploaded them.
        purpose: What the object is.
        object_id: The object.

    Raises:
        NotFound: One of them does not exist for this person, or was uploaded for something else.
        Invalid: There are more than ``MAX_PER_OBJECT``.
    """
    ids = list(dict.fromkeys(file_ids))
    if not ids:
        return []
    if len(ids) > MAX_PER_OBJECT:
        raise Invalid(N_("At most {limit} files fit here."), params={"limit": MAX_PER_OBJECT})
    files = {one.id: one for one in await FileRepository(work).for_attaching(ids)}
    shown: set[UUID] = set()
    if any(one.owner_id != me.user for one in files.values()):
        shown = {one.id for _, one in await FileRepository(work).used_by(purpose, [object_id])}
    for file_id in ids:
        file = files.get(file_id)
        known = file is not None and file.state != FileState.STORING and file.purpose == purpose
        if file is None or not known or (file.owner_id != me.user and file_id not in shown):
            raise NotFound(N_("This file is not there any more. Please upload it again."))
    await FileUseRepository(work).add_missing(
        purpose, [(object_id, file_id, position) for position, file_id in enumerate(ids)]
    )
    return [files[one] for one in ids]


async def detach(*, work: Work, purpose: str, object_ids: Sequence[UUID], keep: Sequence[UUID] = ()) -> None:
    """Note that objects no longer show their files, those in ``keep`` excepted; one statement.

    What nothing uses is removed a day after its upload.
    """
    await FileUseRepository(work).drop(purpose, object_ids, but=keep)


async def copy_uses(*, work: Work, purpose: str, pairs: Mapping[UUID, UUID]) -> None:
    """Let copies show the files of their originals; the bytes are stored once. Two statements.

    Args:
        work: The open unit of work.
        purpose: What the objects are.
        pairs: Id of the copy by id of its original.
    """
    if pairs:
        await FileUseRepository(work).copy(purpose, pairs)


async def listed(*, work: Work, purpose: str, object_ids: Sequence[UUID]) -> dict[UUID, list[FileRow]]:
    """The files of objects that the caller may show, in one statement; objects without files are missing."""
    found: dict[UUID, list[FileRow]] = {}
    if not object_ids:
        return found
    for object_id, file in await FileRepository(work).used_by(purpose, object_ids):
        found.setdefault(object_id, []).append(row_of(file))
    return found


async def own(*, work: Work, me: Principal, file_ids: Sequence[UUID], purpose: str) -> list[FileRow]:
    """Files of this person's own uploads for a purpose, in the given order; what is not theirs is left out."""
    if not file_ids:
        return []
    rows = await FileRepository(work).find(
        col(StoredFile.id).in_(list(file_ids)),
        col(StoredFile.owner_id) == me.user,
        col(StoredFile.purpose) == purpose,
    )
    by_id = {one.id: row_of(one) for one in rows}
    return [by_id[one] for one in file_ids if one in by_id]


async def readable(*, work: Work, me: Principal, file_id: UUID) -> StoredFile:
    """A file that this person may download now.

    Raises:
        NotFound: It does not exist for them, or waits for the virus scanner.
    """
    file = await FileRepository(work).get(file_id)
    uses: list[policy.UsedFile] = []
    if file.owner_id != me.user:
        uses = [
            policy.UsedFile(file.id, file.owner_id, one.purpose, one.object_id, file.course_id)
            for one in await FileUseRepository(work).of_file(file_id)
        ]
    if file.state != FileState.READY or not await policy.may_read(
        work=work, me=me, owner_id=file.owner_id, uses=uses
    ):
        raise NotFound
    return file


async def content(
    *, work: Work, me: Principal, file_id: UUID, purpose: str, limit: int
) -> tuple[FileRow, bytes]:
    """A small file that this person uploaded for a purpose, to be read at once (imports).

    Args:
        work: The open unit of work.
        me: Who uploaded it.
        file_id: The file.
        purpose: What it was uploaded for.
        limit: Most bytes that may be held in memory.

    Raises:
        NotFound: It is not there, not theirs, or waits for the virus scanner.
        TooLarge: It is larger than the limit.
        ProviderFailed: The storage did not answer.
    """
    file = await FileRepository(work).get(file_id)
    if file.owner_id != me.user or file.purpose != purpose or file.state != FileState.READY:
        raise NotFound(N_("This file is not there any more. Please upload it again."))
    if file.size > limit:
        raise TooLarge(
            N_("This file is too large: at most {limit} MB fit here."),
            params={"limit": limit // policy.MEGABYTE},
        )
    parts = await storage().read(file.tenant_id, str(file.id))
    return row_of(file), b"".join([part async for part in parts])
