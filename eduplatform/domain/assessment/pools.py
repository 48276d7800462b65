"""Pools: questions that each attempt draws from the bank. What may be drawn is fixed when the assessment is published.

The draw follows from the attempt's stored seed, and is stored as the attempt's responses: reloading, scoring and
reviewing see the same questions, whatever becomes of the bank.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.bank import checked_points
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Assessment, AssessmentPool
from eduplatform.domain.assessment.policy import require_assessment_author
from eduplatform.domain.assessment.pool_repository import PoolRepository, sources
from eduplatform.domain.assessment.repository import ItemRepository
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.assessment.schemas import (
    Candidate,
    FolderChoice,
    PoolDraft,
    PoolRow,
    PublishProblem,
    Slot,
)
from eduplatform.domain.courses.models import PublicationStatus
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MAX_POOLS = 10
MAX_DRAW = 50
MAX_QUESTIONS = 100
AFTER_QUESTIONS = 1_000
"""Where the positions of drawn questions begin: they come after those that everybody gets."""


def drawn(slots: Sequence[Slot], seed: int) -> list[UUID]:
    """The items of an attempt with this seed: all that everybody gets, and of each pool as many as it draws."""
    pools: defaultdict[UUID, list[UUID]] = defaultdict(list)
    draw: dict[UUID, int] = {}
    chosen = [slot.item_id for slot in slots if slot.pool_id is None]
    for slot in slots:
        if slot.pool_id is not None:
            pools[slot.pool_id].append(slot.item_id)
            draw[slot.pool_id] = slot.draw
    for pool_id, items in pools.items():
        items.sort(key=lambda item: hashlib.sha256(f"{seed}:draw:{item}".encode()).digest())
        chosen += items[: draw[pool_id]]
    return chosen


def dealt(pools: Sequence[PoolRow], candidates: Sequence[Candidate]) -> dict[UUID, list[Candidate]]:
    """The questions of each pool, none in two: pools with the fewest to choose from are served first."""
    matching: defaultdict[UUID, list[Candidate]] = defaultdict(list)
    for one in candidates:
        matching[one.pool_id].append(one)
    taken: set[UUID] = set()
    hands: dict[UUID, list[Candidate]] = {}
    for row in sorted(pools, key=lambda row: (len(matching[row.pool.id]), row.pool.position)):
        hands[row.pool.id] = [one for one in matching[row.pool.id] if one.question_id not in taken]
        taken |= {one.question_id for one in hands[row.pool.id]}
    return hands


def problems(pools: Sequence[PoolRow], hands: Mapping[UUID, Sequence[Candidate]]) -> list[PublishProblem]:
    """Pools that draw more than there is."""
    text = N_("Random questions {number}: {draw} are drawn, but only {count} fit.")
    return [
        PublishProblem(
            "pools",
            Message(text, {"number": number, "draw": row.pool.draw, "count": len(hands[row.pool.id])}),
        )
        for number, row in enumerate(pools, start=1)
        if len(hands[row.pool.id]) < row.pool.draw
    ]


async def save_pool(
    *, work: Work, me: Principal, assessment_id: UUID, draft: PoolDraft, pool_id: UUID | None = None
) -> AssessmentPool:
    """Add a pool at the end, or change one.

    Raises:
        NotFound: The assessment is not the person's, or there is no such pool in it.
        Conflict: The assessment is published.
        Invalid: With a message per field.
    """
    assessment, _course = await _draft(work, me, assessment_id)
    pools = PoolRepository(work)
    rows = await pools.of_assessment(assessment_id)
    row = next((one.pool for one in rows if one.pool.id == pool_id), None)
    if pool_id is not None and row is None:
        raise NotFound
    await _check(work, assessment, draft)
    if row is None:
        if len(rows) >= MAX_POOLS:
            raise Invalid(N_("Use at most {limit} groups of random questions."), params={"limit": MAX_POOLS})
        last = max((one.pool.position for one in rows), default=0)
        row = AssessmentPool(assessment_id=assessment_id, position=last + 1, draw=draft.draw)
        work.session.add(row)
    row.bank_id, row.folder_id, row.tag = draft.bank_id, draft.folder_id, draft.tag.strip().casefold()
    row.draw, row.points = draft.draw, checked_points(draft.points)
    await work.flush()
    await settle_points(work=work, assessment=assessment)
    return row


async def folders(*, work: Work, me: Principal, assessment_id: UUID) -> list[FolderChoice]:
    """The banks and folders that an assessment may draw from.

    Raises:
        NotFound: The assessment is not the person's.
    """
    _assessment, course = await require_assessment_author(work=work, me=me, assessment_id=assessment_id)
    return await PoolRepository(work).folders(course.id)


async def remove_pool(*, work: Work, me: Principal, assessment_id: UUID, pool_id: UUID) -> None:
    """Take a pool out of an assessment; the questions stay in the bank.

    Raises:
        NotFound: The assessment is not the person's, or there is no such pool in it.
        Conflict: The assessment is published.
    """
    assessment, _course = await _draft(work, me, assessment_id)
    rows = await PoolRepository(work).of_assessment(assessment_id)
    row = next((one.pool for one in rows if one.pool.id == pool_id), None)
    if row is None:
        raise NotFound
    await PoolRepository(work).delete(row)
    await settle_points(work=work, assessment=assessment)


async def settle_points(*, work: Work, assessment: Assessment) -> None:
    """Keep the points of an assessment: those of its questions, and of what is drawn.

    Raises:
        Invalid: It has more than 100 questions.
    """
    items = [row.item for row in await ItemRepository(work).of_assessment(assessment.id)]
    pools = [row.pool for row in await PoolRepository(work).of_assessment(assessment.id)]
    if len(items) + sum(pool.draw for pool in pools) > MAX_QUESTIONS:
        raise Invalid(N_("An assessment has at most {limit} questions."), params={"limit": MAX_QUESTIONS})
    fixed = sum((item.points for item in items), Decimal(0))
    assessment.points = fixed + sum((pool.points * pool.draw for pool in pools), Decimal(0))
    await work.flush()


async def fill(
    *,
    work: Work,
    assessment: Assessment,
    pools: Sequence[PoolRow],
    hands: Mapping[UUID, Sequence[Candidate]],
) -> None:
    """Turn what the pools hold into items; called when the assessment is published."""
    await ItemRepository(work).insert_many(
        [
            {
                "assessment_id": assessment.id,
                "question_id": one.question_id,
                "question_version_id": one.version_id,
                "pool_id": row.pool.id,
                "position": AFTER_QUESTIONS + row.pool.position,
                "points": row.pool.points,
                "created_by": work.user_id,
            }
            for row in pools
            for one in hands[row.pool.id]
        ]
    )


async def _draft(work: Work, me: Principal, assessment_id: UUID) -> tuple[Assessment, object]:
    assessment, course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    if assessment.kind == AssessmentKind.ASSIGNMENT:
        raise NotFound
    if assessment.status != PublicationStatus.DRAFT:
        raise Conflict(N_("The questions of a published assessment cannot change. Withdraw it first."))
    return assessment, course


async def _check(work: Work, assessment: Assessment, draft: PoolDraft) -> None:
    if not 1 <= draft.draw <= MAX_DRAW:
        raise Invalid(
            fields={"draw": (N_("Enter a number from {least} to {most}."), {"least": 1, "most": MAX_DRAW})}
        )
    if len(draft.tag.strip()) > 40:
        raise Invalid(fields={"tag": (N_("Use at most {limit} characters."), {"limit": 40})})
    banks, folders = sources(await PoolRepository(work).folders(assessment.course_id))
    if draft.folder_id is not None and folders.get(draft.folder_id) is None:
        raise Invalid(fields={"source": N_("Choose a folder of this course's bank.")})
    if draft.bank_id is not None and draft.bank_id not in banks:
        raise Invalid(fields={"source": N_("Choose a folder of this course's bank.")})
