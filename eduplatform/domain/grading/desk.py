"""The grading desk: one student's work in front, and the work before and after it within reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import attempts
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses.models import Course
from eduplatform.domain.grading import policy, worklist
from eduplatform.domain.grading.models import GradingComment
from eduplatform.domain.grading.repository import RELEASES, UNCHANGING, CommentRepository
from eduplatform.domain.grading.rubric_repository import CriterionScale, RubricRepository
from eduplatform.domain.grading.worklist import EVERYTHING, DeskEntry, DeskFilter, Happened, Marked
from eduplatform.errors import NotFound
from eduplatform.security.principal import Principal

AHEAD = 2
"""How many attempts after the one in front are read with it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk with one attempt in front, and those around it.

    Attributes:
        assessment: What is graded.
        course: Its course.
        entries: The handed-in attempts that the grader wants, in their order.
        current: The attempt in front; None when there is nothing.
        around: The attempts before and after it that are read with it.
        marked: The questions and answers of all of these, by attempt.
        scale: The criteria of each version of a rubric.
        chosen: The level chosen per response and criterion.
        history: What happened to the current student's grade, newest first.
        undoable: The newest event, when the grader can take it back.
        comments: The comment bank.
        sections: Those of the course: id and name.
        now: When it was read, by the server's clock.
    """

    assessment: Assessment
    course: Course
    entries: list[DeskEntry]
    current: DeskEntry | None
    around: list[DeskEntry]
    marked: dict[UUID, list[Marked]]
    scale: dict[UUID, list[CriterionScale]]
    chosen: dict[UUID, dict[UUID, UUID]]
    history: list[Happened]
    undoable: Happened | None
    comments: list[GradingComment]
    sections: list[tuple[UUID, str]]
    now: datetime


async def open_desk(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    attempt_id: UUID | None = None,
    wanted: DeskFilter = EVERYTHING,
    now: datetime | None = None,
) -> Desk:
    """A desk at an attempt, else at the first that waits; eight statements, more when time ran out for somebody.

    Args:
        work: The open unit of work.
        me: The teacher.
        assessment_id: What is graded.
        attempt_id: The attempt to put in front; it is there also when it does not fit the filter.
        wanted: Which attempts, and which question.
        now: The server's clock.

    Raises:
        NotFound: The person does not teach the course, or the attempt is not one of the assessment's.
    """
    moment = now or utc_now()
    assessment, course = await policy.require_grader(work=work, me=me, assessment_id=assessment_id)
    await attempts.close_expired(work=work, assessment_id=assessment_id)
    if attempt_id is not None:
        wanted = replace(wanted, keep=(*wanted.keep, attempt_id))
    found = await worklist.entries(work=work, assessment=assessment, wanted=wanted, now=moment)
    place = _place(found, attempt_id)
    current = found[place] if found else None
    around = [*found[max(place - 1, 0) : place], *found[place + 1 : place + 1 + AHEAD]]
    shown = [one.attempt_id for one in (current, *around) if one is not None]
    marked = await worklist.marked(work=work, attempt_ids=shown, item_id=wanted.item_id)
    scale = await RubricRepository(work).scale(sorted(_rubrics(marked)))
    history = (
        await worklist.history(work=work, assessment_id=assessment_id, user_id=current.user_id)
        if current is not None
        else []
    )
    return Desk(
        assessment=assessment,
        course=course,
        entries=found,
        current=current,
        around=around,
        marked={key: [one for one in marked if one.response.attempt_id == key] for key in shown},
        scale=_by_rubric(scale),
        chosen=_by_response(marked),
        history=history,
        undoable=undoable(history, me),
        comments=await CommentRepository(work).of_course(course.id),
        sections=await worklist.sections(work=work, course_id=course.id),
        now=moment,
    )


def undoable(history: Sequence[Happened], me: Principal) -> Happened | None:
    """The newest change that has not been taken back, if it is one's own marking or release; ``history`` newest first."""
    taken_back = {one.event.undoes_id for one in history}
    for one in history:
        event = one.event
        if event.id in taken_back or event.kind in UNCHANGING:
            continue
        marks = event.kind in ("scored", "commented") and "marks" in event.before
        release = event.kind in RELEASES and event.batch_id is not None
        return one if event.actor_id == me.user and (marks or release) else None
    return None


def _rubrics(marked: Iterable[Marked]) -> set[UUID]:
    """The versions by which answers are or will be scored."""
    return {key for one in marked if (key := one.rubric_id) is not None} | {
        one.item.rubric_id for one in marked if one.item.rubric_id is not None
    }


def _by_rubric(scale: Sequence[CriterionScale]) -> dict[UUID, list[CriterionScale]]:
    found: dict[UUID, list[CriterionScale]] = {}
    for one in scale:
        found.setdefault(one.criterion.rubric_id, []).append(one)
    return found


def _place(found: Sequence[DeskEntry], attempt_id: UUID | None) -> int:
    if attempt_id is None:
        return next((index for index, one in enumerate(found) if one.needs_grading), 0)
    for index, one in enumerate(found):
        if one.attempt_id == attempt_id:
            return index
    raise NotFound


def _by_response(marked: Iterable[Marked]) -> dict[UUID, dict[UUID, UUID]]:
    return {
        one.response.id: {score.criterion_id: score.level_id for score in one.scores}
        for one in marked
        if one.scores
    }
