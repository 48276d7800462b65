"""The grading desk: one student's work beside its rubric; saving is one transaction that never overwrites a colleague."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import attempts
from eduplatform.domain.assessment.models import Assessment, Attempt
from eduplatform.domain.assessment.types.text import clean_text, is_invisible
from eduplatform.domain.courses.models import Course
from eduplatform.domain.grading import policy, service, worklist
from eduplatform.domain.grading.models import CriterionScore, GradingComment
from eduplatform.domain.grading.points import (
    CriterionPoints,
    PointsTotal,
    ResponseScore,
    attempt_points,
    rounded,
    rubric_points,
)
from eduplatform.domain.grading.repository import (
    CommentRepository,
    CriterionScale,
    RubricRepository,
)
from eduplatform.domain.grading.worklist import DeskEntry, Happened, Marked
from eduplatform.errors import Conflict, FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MAX_COMMENT = 5000


class ScoredMeanwhile(Conflict):
    """Somebody else saved scores of the same work; ``params["name"]`` says who."""

    code = "scored_meanwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a grader decided about one response.

    Attributes:
        response_id: The response.
        levels: The chosen level of each criterion of its rubric; criteria may be missing.
        points: Points that replace those of the rubric or of the automatic scoring; None keeps them.
        reason: Why they do; needed only when they differ from what the rubric or the scoring says.
        comment: What the student reads.
    """

    response_id: UUID
    levels: Mapping[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    points: Decimal | None = None
    reason: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk with one attempt in front, and the next one behind it.

    Attributes:
        assessment: What is graded.
        course: Its course.
        entries: Everything that was handed in, by name.
        current: The attempt in front; None when nothing was handed in.
        following: The attempt after it.
        marked: The questions and answers of both, by attempt.
        scale: The criteria of each rubric.
        chosen: The level chosen per response and criterion.
        history: What happened to the current student's grade, newest first.
        comments: The comment bank.
    """

    assessment: Assessment
    course: Course
    entries: list[DeskEntry]
    current: DeskEntry | None
    following: DeskEntry | None
    marked: dict[UUID, list[Marked]]
    scale: dict[UUID, list[CriterionScale]]
    chosen: dict[UUID, dict[UUID, UUID]]
    history: list[Happened]
    comments: list[GradingComment]


async def open_desk(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    attempt_id: UUID | None = None,
    anonymous: bool = False,
) -> Desk:
    """A desk at an attempt, else at the first that waits; seven statements, more when time ran out for somebody.

    Args:
        work: The open unit of work.
        me: The teacher.
        assessment_id: What is graded.
        attempt_id: The attempt to put in front.
        anonymous: In an order that tells nothing of the names, the same each time.

    Raises:
        NotFound: The person does not teach the course, or the attempt is not one of the assessment's.
    """
    assessment, course = await policy.require_grader(work=work, me=me, assessment_id=assessment_id)
    await attempts.close_expired(work=work, assessment_id=assessment_id)
    found = await worklist.entries(work=work, assessment_id=assessment_id)
    if anonymous:
        found.sort(key=lambda one: (blind_order(assessment_id, one.user_id), one.number))
    place = _place(found, attempt_id)
    current = found[place] if found else None
    following = found[place + 1] if place + 1 < len(found) else None
    shown = [one.attempt_id for one in (current, following) if one is not None]
    marked = await worklist.marked(work=work, attempt_ids=shown)
    rubric_ids = {one.item.rubric_id for one in marked if one.item.rubric_id is not None}
    scale = await RubricRepository(work).scale(sorted(rubric_ids))
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
        following=following,
        marked={key: [one for one in marked if one.response.attempt_id == key] for key in shown},
        scale={key: [one for one in scale if one.criterion.rubric_id == key] for key in rubric_ids},
        chosen=_by_response(marked),
        history=history,
        comments=await CommentRepository(work).of_course(course.id),
    )


def blind_order(assessment_id: UUID, user_id: UUID) -> bytes:
    """A student's place in the anonymous order of an assessment."""
    return hashlib.sha256(assessment_id.bytes + user_id.bytes).digest()


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


def rubric_total(scale: Sequence[CriterionScale], levels: Mapping[UUID, UUID]) -> PointsTotal:
    """The sum of the chosen levels, on the rubric's own scale."""
    return rubric_points(
        CriterionPoints(
            criterion=one.criterion.title,
            points=next(
                (level.points for level in one.levels if level.id == levels.get(one.criterion.id)), None
            ),
            possible=one.possible,
        )
        for one in scale
    )


def points_by_rubric(
    scale: Sequence[CriterionScale], levels: Mapping[UUID, UUID], possible: Decimal
) -> Decimal | None:
    """What the rubric brings of the points of its question; None until every criterion is decided."""
    total = rubric_total(scale, levels)
    if total.earned is None:
        return None
    return rounded(total.earned * possible / total.possible) if total.possible else Decimal(0)


async def save_marks(
    *,
    work: Work,
    me: Principal,
    attempt_id: UUID,
    version: int,
    marks: Sequence[Marks],
    now: datetime | None = None,
) -> Attempt:
    """Store scores and comments of one attempt, and work out the student's grade anew. Saving the same again writes nothing.

    Args:
        work: The open unit of work.
        me: The teacher.
        attempt_id: The attempt.
        version: The attempt's version that the teacher saw.
        marks: One per response that the teacher had in front; others are left alone.
        now: The server's clock.

    Raises:
        NotFound: The person does not teach the course, or a response or level is not part of it.
        ScoredMeanwhile: Somebody else saved since ``version`` was read; nothing is stored.
        Invalid: Points or texts are not possible; ``fields`` are ``points-<response>``, ``reason-<response>`` and
            ``comment-<response>``.
    """
    attempt = await policy.require_handed_in(work=work, me=me, attempt_id=attempt_id)
    if attempt.version != version:
        name = await worklist.last_scored_by(work=work, attempt_id=attempt_id)
        if name:
            raise ScoredMeanwhile(
                N_(
                    "{name} saved this work while you had it open. What you entered is still here, not saved."
                ),
                params={"name": name},
            )
        raise ScoredMeanwhile(N_("This work changed while you had it open. What you entered is still here."))
    return await apply_marks(work=work, attempt=attempt, marks=marks, grader_id=me.user, now=now)


async def apply_marks(
    *,
    work: Work,
    attempt: Attempt,
    marks: Sequence[Marks],
    grader_id: UUID,
    now: datetime | None = None,
) -> Attempt:
    """`save_marks` for callers that checked access and hold the lock of the attempt."""
    moment = now or utc_now()
    await work.audit("response.scored", attempt=attempt.id)
    parts = {one.response.id: one for one in await worklist.marked(work=work, attempt_ids=[attempt.id])}
    if any(one.response_id not in parts for one in marks):
        raise NotFound
    rubric_ids = {one.item.rubric_id for one in parts.values() if one.item.rubric_id is not None}
    scale = await RubricRepository(work).scale(sorted(rubric_ids), lock="share") if rubric_ids else []
    job = _Marking(work, grader_id, moment, scale)
    for one in marks:
        job.mark(parts[one.response_id], one)
    if job.problems:
        raise Invalid(fields=job.problems)
    if not job.changed:
        return attempt
    await job.store()
    total = attempt_points(
        ResponseScore(
            possible=one.item.points,
            fraction=one.response.fraction,
            manual_points=one.response.points if one.response.graded_by is not None else None,
        )
        for one in parts.values()
    )
    attempt.points = None if total.earned is None else rounded(total.earned)
    attempt.needs_grading = total.unscored > 0
    attempt.version += 1
    await work.flush()
    await service.settle(
        work=work,
        assessment_id=attempt.assessment_id,
        user_id=attempt.user_id,
        actor_id=grader_id,
        kind="scored" if job.rescored else "commented",
        reason="; ".join(job.reasons)[: service.MAX_REASON],
        attempt_id=attempt.id,
        always=True,
        now=moment,
    )
    return attempt


class _Marking:
    """Marks of one attempt on their way into its rows; nothing is sent before all of them are checked."""

    def __init__(
        self,
        work: Work,
        grader_id: UUID,
        moment: datetime,
        scale: Sequence[CriterionScale],
    ) -> None:
        self._work, self._grader_id, self._moment = work, grader_id, moment
        self._scale = scale
        self._new: list[CriterionScore] = []
        self._dropped: list[CriterionScore] = []
        self.problems: dict[str, FieldText] = {}
        self.reasons: list[str] = []
        self.rescored = False
        self.changed = False

    def mark(self, part: Marked, marks: Marks) -> None:
        """Check the marks of one response and put them into its row."""
        response = part.response
        scale = [one for one in self._scale if one.criterion.rubric_id == part.item.rubric_id]
        old_levels = {score.criterion_id: score.level_id for score in part.scores}
        self._check_levels(scale, marks.levels)
        points = self._points(part, scale, marks, same_levels=dict(marks.levels) == old_levels)
        comment = self._comment(response.id, marks.comment)
        if self.problems:
            return
        if dict(marks.levels) != old_levels:
            self._choose(part, scale, marks.levels)
            self.rescored = True
        manual = points is not None
        automatic = None if response.fraction is None else rounded(response.fraction * part.item.points)
        if (response.points, response.graded_by is not None) != (points if manual else automatic, manual):
            response.points = points if manual else automatic
            response.graded_by = self._grader_id if manual else None
            response.graded_at = self._moment if manual else None
            self.rescored = True
        if comment != response.comment:
            response.comment = comment
            self.changed = True
        self.changed = self.changed or self.rescored

    def _check_levels(self, scale: Sequence[CriterionScale], levels: Mapping[UUID, UUID]) -> None:
        known = {one.criterion.id: {level.id for level in one.levels} for one in scale}
        if any(level not in known.get(criterion, set()) for criterion, level in levels.items()):
            raise NotFound

    def _points(
        self, part: Marked, scale: Sequence[CriterionScale], marks: Marks, *, same_levels: bool
    ) -> Decimal | None:
        """The points that a person gives; None leaves it to the automatic scoring, or undecided."""
        key, most = marks.response_id, part.item.points * 2
        by_rubric = points_by_rubric(scale, marks.levels, part.item.points) if scale else None
        if marks.points is None or marks.points == by_rubric:
            return by_rubric
        if not (marks.points.is_finite() and 0 <= marks.points <= most):
            self.problems[f"points-{key}"] = (N_("Use a number from 0 to {limit}."), {"limit": f"{most:g}"})
            return None
        points = rounded(marks.points)
        overrides = bool(scale) or part.response.fraction is not None
        kept = part.response.graded_by is not None and part.response.points == points and same_levels
        if not overrides or kept:
            return points
        reason = " ".join(clean_text(marks.reason).split())
        if is_invisible(reason):
            self.problems[f"reason-{key}"] = N_("Please say why these points replace the others.")
        elif len(reason) > service.MAX_REASON:
            limit = {"limit": service.MAX_REASON}
            self.problems[f"reason-{key}"] = (N_("Use at most {limit} characters."), limit)
        else:
            self.reasons.append(reason)
        return points

    def _comment(self, key: UUID, text: str) -> str:
        comment = clean_text(text).strip()
        if len(comment) > MAX_COMMENT:
            message = N_("Use at most {limit} characters.")
            self.problems[f"comment-{key}"] = (message, {"limit": MAX_COMMENT})
        return "" if is_invisible(comment) else comment

    def _choose(self, part: Marked, scale: Sequence[CriterionScale], levels: Mapping[UUID, UUID]) -> None:
        worth = {level.id: level.points for one in scale for level in one.levels}
        stored = {row.criterion_id: row for row in part.scores}
        self._dropped += [row for key, row in stored.items() if key not in levels]
        for criterion_id, level_id in levels.items():
            row = stored.get(criterion_id)
            if row is None:
                row = CriterionScore(
                    response_id=part.response.id,
                    criterion_id=criterion_id,
                    level_id=level_id,
                    points=worth[level_id],
                )
                self._new.append(row)
            elif row.level_id != level_id:
                row.level_id, row.points = level_id, worth[level_id]

    async def store(self) -> None:
        """Put the chosen levels into the session; they go with the next flush."""
        for row in self._dropped:
            await self._work.session.delete(row)
        self._work.session.add_all(self._new)
