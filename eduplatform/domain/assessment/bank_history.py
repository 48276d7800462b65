"""The past of a question: its versions, what differs between them, and what came of asking it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from uuid import UUID

from sqlmodel import col

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.bank import Wording, renew
from eduplatform.domain.assessment.bank_repository import QuestionListRepository, UseLine, VersionLine
from eduplatform.domain.assessment.models import QuestionVersion
from eduplatform.domain.assessment.policy import AuthoredQuestion, require_question_author
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.repository import QuestionVersionRepository
from eduplatform.errors import Conflict, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import plain_text


class Change(StrEnum):
    """What became of a piece of text between two versions."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words with what became of it."""

    text: str
    change: Change


@dataclass(frozen=True, slots=True)
class History:
    """A question with its versions, newest first, and the assessments that ask it."""

    found: AuthoredQuestion
    versions: list[VersionLine]
    uses: list[UseLine]


async def read_history(*, work: Work, me: Principal, question_id: UUID) -> History:
    """The past of a question; three statements.

    Raises:
        NotFound: It does not exist, or it is not the person's.
    """
    found = await require_question_author(work=work, me=me, question_id=question_id)
    questions = QuestionListRepository(work)
    return History(found, await questions.history(question_id), await questions.places(question_id))


async def two_versions(
    *, work: Work, me: Principal, question_id: UUID, older: int, newer: int
) -> tuple[QuestionVersion, QuestionVersion]:
    """Two versions of a question, to be compared.

    Raises:
        NotFound: One of them does not exist, or the question is not the person's.
    """
    await require_question_author(work=work, me=me, question_id=question_id)
    rows = await QuestionVersionRepository(work).find(
        col(QuestionVersion.question_id) == question_id, col(QuestionVersion.number).in_((older, newer))
    )
    by_number = {one.number: one for one in rows}
    if older not in by_number or newer not in by_number:
        raise NotFound
    return by_number[older], by_number[newer]


async def restore_version(
    *, work: Work, me: Principal, question_id: UUID, number: int, version: int
) -> QuestionVersion:
    """Bring an older version back, as a new one.

    Args:
        work: The open unit of work.
        me: Who asks.
        question_id: The question.
        number: The version that comes back.
        version: The current number that the author's page had read.

    Raises:
        NotFound: There is no such version, or the question is not the person's.
        Conflict: Somebody else has saved it since.
    """
    found = await require_question_author(work=work, me=me, question_id=question_id, lock=True)
    old = await QuestionVersionRepository(work).first(
        col(QuestionVersion.question_id) == question_id, col(QuestionVersion.number) == number
    )
    if old is None:
        raise NotFound
    if version != found.question.current_version:
        raise Conflict(N_("Somebody else has changed this question. Reload the page to see their version."))
    kind = question_type(old.type)
    texts = kind.searchable(kind.load_body(old.body))
    wording = Wording(
        stem=old.stem,
        stem_html=old.stem_html,
        body=old.body,
        answer_key=old.answer_key,
        feedback=old.feedback,
        feedback_html=old.feedback_html,
        points=old.points,
        words="\n".join((plain_text(old.stem), *texts)),
    )
    return await renew(
        work=work,
        question=found.question,
        current=found.version,
        wording=wording,
        restored_from=number,
    )


def differences(older: str, newer: str) -> list[Piece]:
    """Two texts as one: what stayed, what is gone, what is new, by words; joined as they stood."""
    before, after = re.findall(r"\s+|\S+", older), re.findall(r"\s+|\S+", newer)
    matcher = SequenceMatcher(None, before, after, autojunk=False)

    def pieces() -> Iterator[Piece]:
        for tag, i, j, k, n in matcher.get_opcodes():
            if tag == "equal":
                yield Piece("".join(before[i:j]), Change.SAME)
                continue
            if j > i:
                yield Piece("".join(before[i:j]), Change.REMOVED)
            if n > k:
                yield Piece("".join(after[k:n]), Change.ADDED)

    return list(pieces())
