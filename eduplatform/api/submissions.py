"""What the page of an assignment reads over HTTP: the work with its files, the preview, and the history of the draft.

Texts may be long; they never go through the state of a tab. Saving and handing in are those of ``api.attempts``.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from eduplatform.api.principal import require
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import drafts, submissions
from eduplatform.domain.assessment.drafts import RevisionRow
from eduplatform.domain.assessment.types.submission import MAX_TEXT
from eduplatform.domain.files.service import FileRow
from eduplatform.errors import Invalid, NotFound
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate
from eduplatform.security.rich_text import render_markdown

router = APIRouter(prefix="/api/attempts/{attempt_id}", tags=["assignments"])

Grader = Annotated[Principal, Depends(require(Permission.GRADE_WRITE))]
Taker = Annotated[Principal, Depends(require(Permission.ATTEMPT_TAKE))]

READS = Rate(per_second=2.0, burst=60)
GRADING = Rate(per_second=20.0, burst=200)
PREVIEWS = Rate(per_second=3.0, burst=60)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


class FileOut(BaseModel):
    """A file of the work."""

    id: UUID
    name: str
    size: int
    type: str
    href: str
    thumb: str


class RevisionOut(BaseModel):
    """A line of the history; ``added`` is the change of the number of words."""

    id: UUID
    begun_at: datetime
    saved_at: datetime
    author: str
    words: int
    added: int
    files: int


class WorkOut(BaseModel):
    """The work: its text as it looks, a link that can be followed or "", every file it has shown, who wrote last."""

    html: str
    link: str
    files: list[FileOut]
    shown: list[UUID]
    last: RevisionOut | None


class HandedInOut(BaseModel):
    """Handed-in work for those who grade it."""

    html: str
    link: str
    files: list[FileOut]


class PreviewIn(BaseModel):
    """A text while it is written."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=MAX_TEXT)]


class PreviewOut(BaseModel):
    """How it looks."""

    html: str


class HistoryOut(BaseModel):
    """The revisions, newest first."""

    revisions: list[RevisionOut]


class DraftOut(BaseModel):
    """One revision: the answer as it was, and how its text looks."""

    text: str
    link: str
    files: list[str]
    html: str


def file_out(row: FileRow) -> FileOut:
    """A file as pages show it."""
    return FileOut(
        id=row.id,
        name=row.name,
        size=row.size,
        type=row.content_type,
        href=row.href,
        thumb=row.thumb if row.ready else "",
    )


def _revision(row: RevisionRow) -> RevisionOut:
    return RevisionOut(
        id=row.id,
        begun_at=row.begun_at,
        saved_at=row.saved_at,
        author=row.author,
        words=row.words,
        added=row.added,
        files=row.files,
    )


async def _rendered(text: str) -> str:
    """How a text looks; one that cannot be rendered is shown by the editor as it is written."""
    try:
        return await asyncio.to_thread(render_markdown, text)
    except Invalid:
        return ""


@router.get("/work")
async def read_work(attempt_id: str, me: Taker) -> WorkOut:
    """One's own work or that of one's group."""
    await rate_limits.require(f"attempt.read:{me.user}", READS)
    key = _id(attempt_id)
    async with unit_of_work(me) as work:
        found = await submissions.read_own(work=work, me=me, attempt_id=key)
        history = await drafts.own_history(work=work, me=me, attempt_id=key)
    return WorkOut(
        html=await _rendered(found.text),
        link=found.link,
        files=[file_out(one) for one in found.known],
        shown=[one.id for one in found.files],
        last=_revision(history[0]) if history else None,
    )


@router.get("/handed-in")
async def read_handed_in(attempt_id: str, me: Grader) -> HandedInOut:
    """What a student or group has handed in, for those who teach the course."""
    await rate_limits.require(f"attempt.grade:{me.user}", GRADING)
    async with unit_of_work(me) as work:
        found = await submissions.read_taught(work=work, me=me, attempt_id=_id(attempt_id))
    return HandedInOut(
        html=await _rendered(found.text), link=found.link, files=[file_out(one) for one in found.files]
    )


@router.post("/preview")
async def preview(attempt_id: str, body: PreviewIn, me: Taker) -> PreviewOut:
    """A text as it will look; nothing is stored."""
    _id(attempt_id)
    await rate_limits.require(f"attempt.preview:{me.user}", PREVIEWS)
    return PreviewOut(html=await _rendered(body.text))


@router.get("/drafts")
async def read_history(attempt_id: str, me: Taker) -> HistoryOut:
    """How one's own draft came about."""
    await rate_limits.require(f"attempt.read:{me.user}", READS)
    async with unit_of_work(me) as work:
        rows = await drafts.own_history(work=work, me=me, attempt_id=_id(attempt_id))
    return HistoryOut(revisions=[_revision(one) for one in rows])


@router.get("/drafts/{revision_id}")
async def read_draft(attempt_id: str, revision_id: str, me: Taker) -> DraftOut:
    """One revision of one's own draft."""
    await rate_limits.require(f"attempt.read:{me.user}", READS)
    async with unit_of_work(me) as work:
        found = await drafts.own_revision(
            work=work, me=me, attempt_id=_id(attempt_id), revision_id=_id(revision_id)
        )
    text, link, files = submissions.revision_content(found)
    return DraftOut(text=text, link=link, files=files, html=await _rendered(text))
