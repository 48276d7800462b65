"""The texts of handed-in answers with their highlights: for graders, and for students once a grade is released.

A text may be long. It travels by itself, is fetched before it is needed, and stays out of the tab's state.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from eduplatform.api.principal import require
from eduplatform.api.submissions import HandedInOut, file_out
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import answer_files
from eduplatform.domain.grading import highlights
from eduplatform.domain.grading.highlights import AnnotatedText
from eduplatform.errors import NotFound
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate

router = APIRouter(prefix="/api/grading", tags=["grading"])

Grader = Annotated[Principal, Depends(require(Permission.GRADE_WRITE))]
Student = Annotated[Principal, Depends(require(Permission.GRADE_READ_OWN))]

READS = Rate(per_second=20.0, burst=200)
"""Per person: a grader who leafs through a class fetches the works ahead."""
WRITES = Rate(per_second=5.0, burst=60)

Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Place = Annotated[int, Field(strict=True, ge=0, le=10**6)]
Comment = Annotated[str, Field(max_length=20_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HighlightIn(_Strict):
    """A passage, counted in code points, with what is said about it."""

    begins: Place
    ends: Place
    quote: Annotated[str, Field(max_length=200_000)]
    comment: Comment


class ChangeIn(_Strict):
    """What is said about a passage instead."""

    version: Version
    comment: Comment


class RemoveIn(_Strict):
    """The version that is taken away."""

    version: Version


class HighlightOut(BaseModel):
    """A highlight; ``author`` is the grader."""

    id: UUID
    begins: int
    ends: int
    quote: str
    comment: str
    author: str
    version: int


class AnswerOut(BaseModel):
    """A text with its highlights in order."""

    text: str
    highlights: list[HighlightOut]


async def _id(key: str) -> UUID:  # a coroutine, because what is none is sent to a thread
    try:
        return UUID(key)
    except ValueError:
        raise NotFound from None


Key = Annotated[UUID, Depends(_id)]


def _answer(found: AnnotatedText) -> AnswerOut:
    return AnswerOut(
        text=found.text,
        highlights=[
            HighlightOut(
                id=one.highlight.id,
                begins=one.highlight.begins,
                ends=one.highlight.ends,
                quote=one.highlight.quote,
                comment=one.highlight.comment,
                author=one.author,
                version=one.highlight.version,
            )
            for one in found.highlights
        ],
    )


@router.get("/answers/{key}")
async def read_answer(key: Key, me: Grader) -> AnswerOut:
    """The text of a handed-in answer, for those who teach the course."""
    await rate_limits.require(f"answer.read:{me.user}", READS)
    async with unit_of_work(me) as work:
        return _answer(await highlights.annotated(work=work, me=me, response_id=key))


@router.get("/answers/{key}/files")
async def read_answer_files(key: Key, me: Grader) -> HandedInOut:
    """The files of a handed-in answer, for those who teach the course."""
    await rate_limits.require(f"answer.read:{me.user}", READS)
    async with unit_of_work(me) as work:
        found = await answer_files.handed_in(work=work, me=me, response_id=key)
    return HandedInOut(html="", link="", files=[file_out(one) for one in found])


@router.get("/own-answers/{key}")
async def read_own_answer(key: Key, me: Student) -> AnswerOut:
    """The text of one's own answer, once its grade is released."""
    await rate_limits.require(f"answer.read:{me.user}", READS)
    async with unit_of_work(me) as work:
        return _answer(await highlights.own_annotated(work=work, me=me, response_id=key))


@router.post("/answers/{key}/highlights")
async def add_highlight(key: Key, body: HighlightIn, me: Grader) -> AnswerOut:
    """Highlight a passage; the reply holds all highlights of the answer."""
    await rate_limits.require(f"highlight.write:{me.user}", WRITES)
    async with unit_of_work(me) as work:
        return _answer(await highlights.add(work=work, me=me, response_id=key, **body.model_dump()))


@router.put("/highlights/{key}")
async def change_highlight(key: Key, body: ChangeIn, me: Grader) -> AnswerOut:
    """Say something else about a passage."""
    await rate_limits.require(f"highlight.write:{me.user}", WRITES)
    async with unit_of_work(me) as work:
        return _answer(await highlights.change(work=work, me=me, highlight_id=key, **body.model_dump()))


@router.post("/highlights/{key}/remove")
async def remove_highlight(key: Key, body: RemoveIn, me: Grader) -> AnswerOut:
    """Take a highlight away."""
    await rate_limits.require(f"highlight.write:{me.user}", WRITES)
    async with unit_of_work(me) as work:
        return _answer(await highlights.remove(work=work, me=me, highlight_id=key, version=body.version))
