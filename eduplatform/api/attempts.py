"""The sitting page's own routes: reading an attempt, saving answers, handing in.

Answers travel over HTTP and not over the event socket, so that an acknowledgement means that they are stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, ConfigDict, Field

from eduplatform.api.principal import require
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import attempts, sheet
from eduplatform.domain.assessment.attempts import AttemptClosed
from eduplatform.domain.assessment.models import AttemptState
from eduplatform.domain.assessment.schemas import Operation
from eduplatform.errors import NotFound
from eduplatform.i18n import N_
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate

router = APIRouter(prefix="/api/attempts", tags=["attempts"])

Taker = Annotated[Principal, Depends(require(Permission.ATTEMPT_TAKE))]

WRITES = Rate(per_second=5.0, burst=120)
"""Per student: a browser writes at most about once a second, and a whole class may sit behind one address."""
READS = Rate(per_second=2.0, burst=60)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OperationIn(_Strict):
    """One write of the browser's journal."""

    operation_id: UUID
    item_id: UUID
    base_version: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
    answer: Any
    writer: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


class AnswersIn(_Strict):
    """Writes in the order in which they were made."""

    operations: Annotated[list[OperationIn], Field(min_length=1, max_length=attempts.MAX_OPERATIONS)]


class SubmitIn(_Strict):
    """Nothing: what is handed in is what was saved, and only the server scores it."""


class AcknowledgedOut(BaseModel):
    """A stored write."""

    operation_id: UUID
    version: int


class ConflictOut(BaseModel):
    """A write that was not stored, with what another tab had stored."""

    operation_id: UUID
    item_id: UUID
    version: int
    answer: Any


class AnswersOut(BaseModel):
    """What became of a delivery; ``deadline`` is the newest, which a teacher may have moved."""

    state: str
    server_time: datetime
    deadline: datetime | None
    acknowledged: list[AcknowledgedOut]
    conflicts: list[ConflictOut]


class QuestionOut(BaseModel):
    """A question as the student may know it, with the stored answer."""

    item_id: UUID
    points: str
    stem_html: str
    view: dict[str, Any]
    answer: Any
    version: int


class AttemptOut(BaseModel):
    """An attempt; ``deadline`` is an instant of the server's clock, and null without a time limit."""

    id: UUID
    title: str
    instructions_html: str
    number: int
    state: str
    server_time: datetime
    started_at: datetime
    deadline: datetime | None
    submitted_at: datetime | None
    questions: list[QuestionOut]


class SubmittedOut(BaseModel):
    """That an attempt is handed in; its result is on the attempt's page."""

    state: str
    server_time: datetime
    submitted_at: datetime | None


async def _attempt_id(attempt_id: str) -> UUID:  # a coroutine, because what is none is sent to a thread
    try:
        return UUID(attempt_id)
    except ValueError:
        raise NotFound from None


AttemptId = Annotated[UUID, Depends(_attempt_id)]


@router.get("/{attempt_id}")
async def read_attempt(attempt_id: AttemptId, me: Taker) -> AttemptOut:
    """The questions of one's own attempt, with the answers saved so far."""
    await rate_limits.require(f"attempt.read:{me.user}", READS)
    now = utc_now()
    async with unit_of_work(me) as work:
        found = await attempts.sitting(work=work, me=me, attempt_id=attempt_id, now=now)
        attempt, assessment = found.attempt, found.assessment
        questions = [QuestionOut(**sheet.public_question(found, one)) for one in found.questions]
    return AttemptOut(
        id=attempt.id,
        title=assessment.title,
        instructions_html=assessment.instructions_html,
        number=attempt.number,
        state=attempt.state,
        server_time=now,
        started_at=attempt.started_at,
        deadline=attempt.deadline_at,
        submitted_at=attempt.submitted_at,
        questions=questions,
    )


@router.post("/{attempt_id}/answers")
async def save_answers(attempt_id: AttemptId, body: AnswersIn, me: Taker) -> AnswersOut:
    """Store answers. The reply comes after the commit; what came too late is refused with ``attempt_closed``."""
    await rate_limits.require(f"attempt.write:{me.user}", WRITES)
    operations = [Operation(**one.model_dump()) for one in body.operations]
    async with unit_of_work(me) as work:
        receipt = await attempts.save_answers(work=work, me=me, attempt_id=attempt_id, operations=operations)
    if receipt.refused:
        if receipt.state == AttemptState.IN_PROGRESS:
            await _close(me, attempt_id)
        raise AttemptClosed(N_("The time is over. This answer came too late and does not count."))
    return AnswersOut(
        state=receipt.state,
        server_time=receipt.server_time,
        deadline=receipt.deadline_at,
        acknowledged=[
            AcknowledgedOut(operation_id=one.operation_id, version=one.version)
            for one in receipt.acknowledged
        ],
        conflicts=[
            ConflictOut(
                operation_id=one.operation_id, item_id=one.item_id, version=one.version, answer=one.answer
            )
            for one in receipt.conflicts
        ],
    )


async def _close(me: Principal, attempt_id: UUID) -> None:
    """Hand in the attempt whose time is over, in a transaction of its own."""
    async with unit_of_work(me) as work:
        await attempts.as_of(work=work, me=me, attempt_id=attempt_id, now=utc_now())


@router.post("/{attempt_id}/submit")
async def submit_attempt(
    attempt_id: AttemptId, me: Taker, body: Annotated[SubmitIn | None, Body()] = None
) -> SubmittedOut:
    """Hand in. Doing it again gives the same answer."""
    await rate_limits.require(f"attempt.write:{me.user}", WRITES)
    async with unit_of_work(me) as work:
        attempt = await attempts.submit(work=work, me=me, attempt_id=attempt_id)
    return SubmittedOut(state=attempt.state, server_time=utc_now(), submitted_at=attempt.submitted_at)
