"""What a student's browser gets of an attempt: its questions without their keys, with the answers saved so far.

A class that begins together asks for the same wordings at the same moment. A process remembers them, so that the database
is asked only which wordings an attempt has; they are fetched and parsed once.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col

from eduplatform.db.repository import several
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    QuestionVersion,
    Response,
)
from eduplatform.domain.assessment.question_types import AnyQuestionType, Part, question_type
from eduplatform.domain.courses.repository import fetch, select_columns

REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Wording:
    """A version of a question as far as students may know it; ``body`` is its type's."""

    kind: AnyQuestionType
    number: int
    stem_html: str
    body: Part


@dataclass(frozen=True, slots=True)
class SheetQuestion:
    """A question of an attempt with the student's answer; ``version`` counts the answer's accepted writes."""

    item_id: UUID
    points: Decimal
    wording: Wording
    answer: Any
    version: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """An attempt with its assessment and its questions in the order of this attempt."""

    attempt: Attempt
    assessment: Assessment
    questions: list[SheetQuestion]


_Key = tuple[UUID, datetime]
"""A version and its last change: a wording that no student has seen yet may still be corrected in place."""

_wordings: OrderedDict[_Key, Wording] = OrderedDict()


async def sheet(*, work: Work, attempt: Attempt, assessment: Assessment) -> Sitting:
    """The questions of an attempt that the caller may see; at most two statements."""
    rows = await fetch(work, _asked(), tenant=work.tenant_id, attempt=attempt.id)
    known = await _known(work, [(row[2], row[3]) for row in rows])
    questions = [
        SheetQuestion(item_id, points, known[(version_id, changed_at)], answer, version)
        for item_id, points, version_id, changed_at, answer, version in rows
    ]
    if assessment.shuffle:
        questions.sort(key=lambda one: place(attempt.seed, one.item_id))
    return Sitting(attempt, assessment, questions)


def place(seed: int, item_id: UUID) -> bytes:
    """By what the questions of an attempt are sorted when they are shuffled."""
    return hashlib.sha256(f"{seed}:{item_id}".encode()).digest()


def public_question(found: Sitting, question: SheetQuestion) -> dict[str, Any]:
    """A question as its student's browser may know it: no key, no feedback, no score."""
    wording, body = question.wording, question.wording.body
    if found.assessment.shuffle_options and hasattr(body, "shuffle"):
        body = body.model_copy(update={"shuffle": True})
    return {
        "item_id": str(question.item_id),
        "points": str(question.points),
        "stem_html": wording.stem_html,
        "view": wording.kind.public_view(body, found.attempt.seed),
        "answer": question.answer,
        "version": question.version,
    }


async def _known(work: Work, keys: Sequence[_Key]) -> dict[_Key, Wording]:
    """The wordings, remembered or fetched. The caller has found the keys among the tenant's own rows."""
    found = {key: _wordings[key] for key in keys if key in _wordings}
    for key in found:
        _wordings.move_to_end(key)
    missing = [key for key in keys if key not in found]
    if missing:
        rows = await fetch(work, _versions(), tenant=work.tenant_id, versions=[key[0] for key in missing])
        for version_id, changed_at, kind_key, number, stem_html, body in rows:
            kind = question_type(kind_key)
            wording = Wording(kind, number, stem_html, kind.load_body(body))
            found[(version_id, changed_at)] = _wordings[(version_id, changed_at)] = wording
        while len(_wordings) > REMEMBERED:
            _wordings.popitem(last=False)
    return found


@cache
def _asked() -> Any:
    return (
        select_columns(
            AssessmentItem.id,
            AssessmentItem.points,
            QuestionVersion.id,
            QuestionVersion.updated_at,
            Response.answer,
            Response.version,
        )
        .select_from(Response)
        .join(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
        .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
        .where(
            col(Response.tenant_id) == bindparam("tenant"), col(Response.attempt_id) == bindparam("attempt")
        )
        .order_by(col(AssessmentItem.position), col(AssessmentItem.id))
    )


@cache
def _versions() -> Any:
    return select_columns(
        QuestionVersion.id,
        QuestionVersion.updated_at,
        QuestionVersion.type,
        QuestionVersion.number,
        QuestionVersion.stem_html,
        QuestionVersion.body,
    ).where(
        col(QuestionVersion.tenant_id) == bindparam("tenant"),
        col(QuestionVersion.id).in_(several("versions")),
    )
