"""The history of an assignment's draft: what it was, when, and by whom it was written.

Each save goes into the newest revision until that has lasted long enough; then another begins. The older the draft, the
longer a revision lasts, so that the history stays short enough to read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import Attempt, DraftRevision
from eduplatform.domain.assessment.policy import require_own_attempt, require_taught_attempt
from eduplatform.domain.assessment.repository import AttemptRepository, DraftRepository
from eduplatform.domain.assessment.schemas import Asked
from eduplatform.domain.assessment.types.essay import count_words
from eduplatform.domain.assessment.types.submission import Submission, SubmissionBody
from eduplatform.domain.files import service as files
from eduplatform.errors import FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

SHORTEST = timedelta(minutes=3)
AGE_PER_REVISION = 60
"""A revision lasts at least this fraction of the draft's age."""
AFTER_A_LOSS = timedelta(seconds=30)
MAX_REVISIONS = 300

PURPOSE = "submission"

_SUBMISSION = Submission()


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A line of the history; ``added`` is the number of words more (or fewer) than in the revision before."""

    id: UUID
    begun_at: datetime
    saved_at: datetime
    author: str
    words: int
    added: int
    files: int


def begins_anew(
    last: DraftRevision | None, *, user_id: UUID, characters: int, started_at: datetime, now: datetime
) -> bool:
    """Whether a save begins another revision instead of going into the newest one.

    It does after a while, when somebody else writes, and when more than half of a longer text disappears, so that what
    was there can be brought back.
    """
    if last is None or last.user_id != user_id:
        return True
    lasted = now - last.begun_at
    if lasted >= max(SHORTEST, (now - started_at) / AGE_PER_REVISION):
        return True
    lost = last.characters > 200 and characters * 2 < last.characters
    return lost and lasted >= AFTER_A_LOSS


def is_untouched(attempt: Attempt, asked: Sequence[Asked]) -> bool:
    """Whether nothing was written in an attempt beyond what it began with."""
    return (attempt.number > 1 and all(one.response.version == 0 for one in asked)) or is_blank(asked)


def is_blank(asked: Sequence[Asked]) -> bool:
    """Whether there is nothing that could be handed in."""
    return all(_SUBMISSION.is_blank(_SUBMISSION.load_response(one.response.answer or {})) for one in asked)


async def drop(*, work: Work, attempt: Attempt) -> None:
    """Delete a draft in which nothing was written; its uploads are then used by nothing."""
    await files.detach(work=work, purpose=PURPOSE, object_ids=[attempt.id])
    await AttemptRepository(work).delete(attempt)


def require_complete(asked: Sequence[Asked]) -> None:
    """Let only work through that has every part that is asked for.

    Raises:
        Invalid: ``fields`` names the missing parts: ``text``, ``link``, ``files``, or ``form`` when all is empty.
    """
    for one in asked:
        body = _SUBMISSION.load_body(one.version.body)
        problems = _SUBMISSION.missing_parts(body, _SUBMISSION.load_response(one.response.answer or {}))
        if problems:
            raise Invalid(N_("Something is still missing, so nothing was handed in."), fields=problems)


async def take_files_along(*, work: Work, previous: UUID, attempt: UUID) -> None:
    """Let a further attempt show the files of the one before."""
    await files.copy_uses(work=work, purpose=PURPOSE, pairs={previous: attempt})


async def keep(
    *,
    work: Work,
    me: Principal,
    attempt: Attempt,
    asked: Asked,
    before: Mapping[str, Any],
    now: datetime,
) -> None:
    """Check the files of an answer that was just stored, and put it into the history; four statements at most.

    Raises:
        NotFound: A file is not the person's, or is not there any more.
        Invalid: A file is too large, of a kind that is not asked for, or there are too many; ``fields["files"]``.
    """
    answer = asked.response.answer
    body = _SUBMISSION.load_body(asked.version.body)
    new = await _attach_files(
        work, me, attempt, body, before=before.get("files", ()), after=answer.get("files", ())
    )
    await _remember(work, me, attempt, answer, now, known_new=new)


async def _remember(
    work: Work, me: Principal, attempt: Attempt, answer: dict[str, Any], now: datetime, *, known_new: bool
) -> None:
    """Two statements; a new file always begins a revision, which saves the question whether it does."""
    drafts = DraftRepository(work)
    last, count = (None, 0) if known_new else await drafts.newest(attempt.id)
    text = str(answer.get("text", ""))
    new = begins_anew(last, user_id=me.user, characters=len(text), started_at=attempt.started_at, now=now)
    if last is None or (new and count < MAX_REVISIONS):
        last = DraftRevision(attempt_id=attempt.id, user_id=me.user, begun_at=now, saved_at=now)
        work.session.add(last)
    last.saved_at, last.user_id, last.answer = now, me.user, answer
    last.words, last.characters = count_words(text), len(text)
    await work.flush()


async def _attach_files(
    work: Work,
    me: Principal,
    attempt: Attempt,
    body: SubmissionBody,
    *,
    before: Sequence[str],
    after: Sequence[str],
) -> bool:
    """Note the files that an answer has more than before; whether there are any.

    They must be the person's own uploads, or have been in this attempt before, whoever of the group uploaded them.
    """
    if len(after) > body.max_files:
        limit = {"limit": str(body.max_files)}
        raise Invalid(fields={"files": (N_("At most {limit} files can be handed in."), limit)})
    new = [UUID(one) for one in after if one not in before]
    for file in await files.attach(work=work, me=me, file_ids=new, purpose=PURPOSE, object_id=attempt.id):
        problem = file_problem(body, file.name, file.size)
        if problem is not None:
            raise Invalid(fields={"files": problem})
    return bool(new)


def file_problem(body: SubmissionBody, name: str, size: int) -> FieldText | None:
    """Why a file cannot be handed in under the rules of an assignment; None when it can."""
    if not body.files:
        return N_("No files are asked for.")
    endings = body.extensions
    if endings and not name.lower().endswith(tuple(endings)):
        return (N_("{name} is not of a kind that is asked for."), {"name": name})
    if size > body.max_megabytes * 1_000_000:
        limit = {"name": name, "limit": str(body.max_megabytes)}
        return (N_("{name} is larger than {limit} MB."), limit)
    return None


async def own_history(*, work: Work, me: Principal, attempt_id: UUID) -> list[RevisionRow]:
    """The history of one's own draft, newest first.

    Raises:
        NotFound: The attempt is not the person's or their group's.
    """
    await require_own_attempt(work=work, me=me, attempt_id=attempt_id)
    return _rows(await DraftRepository(work).of_attempt(attempt_id))


async def taught_history(*, work: Work, me: Principal, attempt_id: UUID) -> list[RevisionRow]:
    """The history of a student's work, newest first, for who teaches the course: times and word counts.

    Raises:
        NotFound: There is no such attempt, or the person does not teach its course.
    """
    await require_taught_attempt(work=work, me=me, attempt_id=attempt_id)
    return _rows(await DraftRepository(work).of_attempt(attempt_id))


def _rows(found: Sequence[tuple[DraftRevision, User]]) -> list[RevisionRow]:
    rows: list[RevisionRow] = []
    words = 0
    for revision, author in reversed(found):
        answer: Any = revision.answer or {}
        rows.append(
            RevisionRow(
                id=revision.id,
                begun_at=revision.begun_at,
                saved_at=revision.saved_at,
                author=author.name,
                words=revision.words,
                added=revision.words - words,
                files=len(answer.get("files", ())),
            )
        )
        words = revision.words
    return rows[::-1]


async def own_revision(*, work: Work, me: Principal, attempt_id: UUID, revision_id: UUID) -> DraftRevision:
    """One revision of one's own draft.

    Raises:
        NotFound: There is none, or the attempt is not the person's or their group's.
    """
    await require_own_attempt(work=work, me=me, attempt_id=attempt_id)
    revision = await DraftRepository(work).get(revision_id)
    if revision.attempt_id != attempt_id:
        raise NotFound
    return revision
