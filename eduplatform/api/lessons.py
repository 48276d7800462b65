"""What of lessons travels over HTTP: captions of videos, and pages made for paper."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from eduplatform.api.paper import paper
from eduplatform.api.principal import require
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import lesson_files, printing
from eduplatform.errors import NotSignedIn
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal

router = APIRouter(tags=["lessons"])

Reader = Annotated[Principal, Depends(require(Permission.COURSE_READ))]
_reader = require(Permission.COURSE_READ)
_PRIVATE = {"cache-control": "private, no-store"}


@router.get("/api/lessons/{lesson_id}/captions/{block_id}")
async def captions(lesson_id: UUID, block_id: UUID, me: Reader) -> Response:
    """The captions of a video in a lesson, as WebVTT."""
    async with unit_of_work(me) as work:
        text = await lesson_files.captions(work=work, me=me, lesson_id=lesson_id, block_id=block_id)
    return Response(text, media_type="text/vtt", headers=_PRIVATE)


@router.get("/print/lessons/{lesson_id}", include_in_schema=False)
async def print_lesson(lesson_id: UUID, request: Request) -> Response:
    """A lesson for paper."""
    try:
        me = await _reader(request)
    except NotSignedIn:
        return _sign_in(request)
    async with unit_of_work(me) as work:
        found = await printing.print_lesson(work=work, me=me, lesson_id=lesson_id)
    return HTMLResponse(paper(found, me, whole=False), headers=_PRIVATE)


@router.get("/print/courses/{course_id}", include_in_schema=False)
async def print_course(course_id: UUID, request: Request) -> Response:
    """A whole course for paper."""
    try:
        me = await _reader(request)
    except NotSignedIn:
        return _sign_in(request)
    async with unit_of_work(me) as work:
        found = await printing.print_course(work=work, me=me, course_id=course_id)
    return HTMLResponse(paper(found, me, whole=True), headers=_PRIVATE)


def _sign_in(request: Request) -> Response:
    return RedirectResponse(f"/login?next={quote(request.url.path)}", status_code=303)
