"""Marking: scores and comments of one attempt, stored in one transaction that never overwrites a colleague's work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.assessment.types.text import clean_text, is_invisible
from eduplatform.domain.grading import group_grades, policy, service, worklist
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.marking import MarkWrites, Part, Sheet, read_scales, read_sheet, write_marks
from eduplatform.domain.grading.models import GradeEvent
from eduplatform.domain.grading.points import (
    CriterionPoints,
    PointsTotal,
    ResponseScore,
    attempt_points,
    rounded,
    rubric_points,
)
from eduplatform.domain.grading.rubric_repository import CriterionScale
from eduplatform.errors import Conflict, FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MAX_COMMENT = 5000
TOO_LATE = N_("This cannot be undone any more, because something else happened since.")

Scales = Mapping[UUID, tuple[UUID, list[CriterionScale]]]
"""Versions of rubrics: the family and the criteria of each."""


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
    """Store scores and comments of one attempt, and work out the student's grade anew; eight statements.

    Saving the same again writes nothing.

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
    undoes: GradeEvent | None = None,
) -> Attempt:
    """`save_marks` for callers that checked access and hold the lock of the attempt.

    Args:
        work: The open unit of work.
        attempt: The attempt.
        marks: One per response.
        grader_id: Who marks.
        now: The server's clock.
        undoes: The marking that this takes back; its marks need no reasons.

    Raises:
        Conflict: The marks to take back are not the ones that stand.
    """
    moment = now or utc_now()
    await work.audit("response.scored" if undoes is None else "grade.undone", attempt=attempt.id)
    sheet = await read_sheet(work, attempt, service.person_types())
    if any(one.response_id not in sheet.parts for one in marks):
        raise NotFound
    policies = await policies_for(
        work=work, assessments=[sheet.context.assessment], students=[attempt.user_id]
    )
    job = _Marking(grader_id, moment, await _scales(work, sheet, marks), restoring=undoes is not None)
    for one in marks:
        job.mark(sheet.parts[one.response_id], one)
    if job.problems:
        raise Invalid(fields=job.problems)
    if undoes is not None and job.before != undoes.after["marks"]:
        raise Conflict(TOO_LATE)
    if not job.before:
        return attempt
    rules = policies[(attempt.assessment_id, attempt.user_id)]
    _work_out(job, sheet, attempt, rules, undoes.id if undoes is not None else None, moment)
    await write_marks(work, attempt, sheet.grade, job.writes)
    if attempt.group_id is not None:
        await group_grades.settle_attempt(
            work=work, attempt=attempt, actor_id=grader_id, kind="scored", now=moment
        )
    return attempt


async def _scales(work: Work, sheet: Sheet, marks: Sequence[Marks]) -> Scales:
    """The versions of rubrics by which the work is, was, or is going to be scored."""
    rubrics = {one.item.rubric_id for one in sheet.parts.values() if one.item.rubric_id is not None}
    criteria = {score.criterion_id for one in sheet.parts.values() for score in one.scores}
    criteria |= {key for one in marks for key in one.levels}
    if not rubrics and not criteria:
        return {}
    return await read_scales(work, sorted(rubrics), sorted(criteria))


def _work_out(
    job: _Marking, sheet: Sheet, attempt: Attempt, rules: Any, undoes_id: UUID | None, moment: datetime
) -> None:
    """What follows for the attempt and the grade."""
    total = attempt_points(
        ResponseScore(
            possible=one.item.points,
            fraction=one.response.fraction,
            manual_points=one.response.points if one.response.graded_by is not None else None,
        )
        for one in sheet.parts.values()
    )
    row = sheet.grade
    found = service.work_out(
        row,
        sheet.context,
        sheet.attempts,
        sheet.scored_parts(),
        rules=rules,
        excused=row.status == GradeStatus.EXCUSED,
        now=moment,
    )
    job.writes.attempt = {
        "points": None if total.earned is None else rounded(total.earned),
        "needs_grading": total.unscored > 0,
        "version": attempt.version + 1,
    }
    job.writes.grade = {
        "points": found.points,
        "possible": found.possible,
        "status": found.status,
        "explanation": found.steps,
        "released_at": found.released_at,
        "seen_at": None if found.released_at is not None else row.seen_at,
        "version": row.version + 1,
    }
    after = service.stand(found.points, found.possible, found.status, found.released_at)
    job.writes.event = {
        "actor_id": job.grader_id,
        "undoes_id": undoes_id,
        "kind": "undone" if undoes_id is not None else "scored" if job.rescored else "commented",
        "before": {**service.snapshot(row), "marks": job.before},
        "after": {**after, "marks": job.after},
        "reason": "; ".join(job.reasons)[: service.MAX_REASON],
    }


def stored_marks(response_id: UUID, stored: Mapping[str, Any]) -> Marks:
    """Marks as an event keeps them; see `kept_marks`."""
    return Marks(
        response_id=response_id,
        levels={UUID(key): UUID(level) for key, level in stored["levels"].items()},
        points=None if stored["points"] is None else Decimal(stored["points"]),
        comment=stored["comment"],
    )


def kept_marks(
    levels: Mapping[UUID, UUID], points: Decimal | None, total: Decimal | None, comment: str
) -> dict[str, Any]:
    """Marks for an event.

    Args:
        levels: The chosen levels by criterion.
        points: Points that a person gave instead of the rubric's or the automatic ones.
        total: What the response brings altogether.
        comment: The comment.
    """
    return {
        "levels": {str(key): str(level) for key, level in levels.items()},
        "points": None if points is None else f"{points:.2f}",
        "total": None if total is None else f"{total:.2f}",
        "comment": comment,
    }


class _Marking:
    """Marks of one attempt on their way into its rows; nothing is sent before all of them are checked."""

    def __init__(self, grader_id: UUID, moment: datetime, scales: Scales, *, restoring: bool) -> None:
        self.grader_id, self._moment = grader_id, moment
        self._scales, self._restoring = scales, restoring
        self.writes = MarkWrites()
        self.problems: dict[str, FieldText] = {}
        self.reasons: list[str] = []
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}
        self.rescored = False

    def mark(self, part: Part, marks: Marks) -> None:
        """Check the marks of one response and put them into its row."""
        response = part.response
        old_levels = {score.criterion_id: score.level_id for score in part.scores}
        scale = self._scale(part, marks.levels)
        same_levels = dict(marks.levels) == old_levels
        points = self._points(part, scale, marks, same_levels=same_levels)
        comment = self._comment(response.id, marks.comment)
        if self.problems:
            return
        manual = points is not None
        automatic = None if response.fraction is None else rounded(response.fraction * part.item.points)
        total = points if manual else automatic
        rescored = not same_levels or (response.points, response.graded_by is not None) != (total, manual)
        if not rescored and comment == response.comment:
            return
        old_scale = self._scale(part, old_levels)
        before = kept_marks(
            old_levels, _override(part, old_scale, old_levels), response.points, response.comment
        )
        if not same_levels:
            self._choose(part, scale, marks.levels)
        if (response.points, response.graded_by is not None) != (total, manual):
            response.points = total
            response.graded_by = self.grader_id if manual else None
            response.graded_at = self._moment if manual else None
        response.comment = comment
        self.rescored = self.rescored or rescored
        self.before[str(response.id)] = before
        self.after[str(response.id)] = kept_marks(
            marks.levels, _override(part, scale, marks.levels), total, comment
        )

    def _scale(self, part: Part, levels: Mapping[UUID, UUID]) -> list[CriterionScale]:
        """The criteria that the levels belong to: one version of the question's rubric, by default its newest.

        Raises:
            NotFound: A level is not one of its criterion, or the criteria are of several versions or another rubric.
        """
        stored = {score.criterion_id for score in part.scores}
        for family, scale in self._scales.values():
            known = {one.criterion.id: {level.id for level in one.levels} for one in scale}
            current = self._scales.get(part.item.rubric_id) if part.item.rubric_id is not None else None
            allowed = current is not None and current[0] == family
            if not allowed and not stored & known.keys():
                continue
            if levels.keys() <= known.keys() and (levels or stored & known.keys()):
                if any(level not in known[criterion] for criterion, level in levels.items()):
                    raise NotFound
                return scale
        if levels:
            raise NotFound
        newest = part.item.rubric_id
        return self._scales[newest][1] if newest is not None and newest in self._scales else []

    def _points(
        self, part: Part, scale: Sequence[CriterionScale], marks: Marks, *, same_levels: bool
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
        if not overrides or kept or self._restoring:
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

    def _choose(self, part: Part, scale: Sequence[CriterionScale], levels: Mapping[UUID, UUID]) -> None:
        worth = {level.id: level.points for one in scale for level in one.levels}
        stored = {row.criterion_id: row for row in part.scores}
        self.writes.dropped += [row.id for key, row in stored.items() if key not in levels]
        self.writes.scores += [
            {
                "response_id": part.response.id,
                "criterion_id": criterion_id,
                "level_id": level_id,
                "points": worth[level_id],
            }
            for criterion_id, level_id in levels.items()
            if criterion_id not in stored or stored[criterion_id].level_id != level_id
        ]


def _override(part: Part, scale: Sequence[CriterionScale], levels: Mapping[UUID, UUID]) -> Decimal | None:
    """The points that a person gave instead of what the rubric says."""
    response = part.response
    if response.graded_by is None or response.points is None:
        return None
    by_rubric = points_by_rubric(scale, levels, part.item.points) if scale else None
    return None if response.points == by_rubric else response.points
