"""Regrading: a question of an assessment is judged anew for everybody who answered it, and that can be undone.

What an attempt saw never changes. A corrected key counts only when the wording is still the same; otherwise everybody
can get full marks, or the question can be dropped. A preview is the real thing, rolled back, so it cannot differ from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.repository import as_stored
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import scoring
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import Assessment, AssessmentItem, Regrade
from eduplatform.domain.assessment.policy import require_assessment_author
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.regrade_repository import (
    Answer,
    AskedQuestion,
    ChangeRepository,
    RegradeRepository,
    RegradeRow,
)
from eduplatform.domain.assessment.repository import AttemptRepository, ResponseRepository
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.courses.models import Course
from eduplatform.domain.grading import settlement
from eduplatform.domain.grading.points import ResponseScore, attempt_points, rounded
from eduplatform.domain.grading.repository import GradeRepository
from eduplatform.domain.grading.service import required_reason
from eduplatform.domain.grading.writing import GradeChange
from eduplatform.domain.messaging import notifications
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

DROPPED = Message(N_("This question was dropped: it does not count"))


class Mode(StrEnum):
    """How a question is judged anew.

    ``rescore``: by the corrected key. ``both``: by the old or the corrected key, whichever is better for the student.
    ``full``: everybody gets full marks. ``drop``: it does not count, and the rest is scaled to the same points.
    """

    RESCORE = "rescore"
    BOTH = "both"
    FULL = "full"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a regrade does to one student; points are None where there is no number."""

    user_id: UUID
    name: str
    before: str | None
    after: str | None
    seen: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a regrade does: answers that are judged otherwise, and grades that change."""

    answers: int
    changed: int
    effects: list[Effect]

    @property
    def raised(self) -> int:
        """Students who get more."""
        return sum(1 for one in self.effects if Decimal(one.after or 0) > Decimal(one.before or 0))

    @property
    def lowered(self) -> int:
        """Students who get less."""
        return sum(1 for one in self.effects if Decimal(one.after or 0) < Decimal(one.before or 0))


@dataclass(frozen=True, slots=True)
class Regradable:
    """An assessment with the questions that can be regraded, and what was regraded."""

    assessment: Assessment
    course: Course
    questions: list[AskedQuestion]
    history: list[RegradeRow]


def modes(question: AskedQuestion) -> list[Mode]:
    """How a question can be judged anew."""
    by_person = question_type(question.version.type).scored_by_person
    keyed = [Mode.RESCORE, Mode.BOTH] if key_changed(question) and not by_person else []
    return [*keyed, Mode.FULL, Mode.DROP]


def key_changed(question: AskedQuestion) -> bool:
    """Whether the newest version asks the same in the same words, with another key."""
    old, new = question.version, question.newest
    same = (old.type, old.stem, old.body) == (new.type, new.stem, new.body)
    return same and old.answer_key != new.answer_key


def wording_changed(question: AskedQuestion) -> bool:
    """Whether the newest version says something else than what students saw."""
    old, new = question.version, question.newest
    return (old.type, old.stem, old.body) != (new.type, new.stem, new.body)


async def regradable(*, work: Work, me: Principal, assessment_id: UUID) -> Regradable:
    """The questions of an assessment that can be regraded; three statements.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    assessment, course = await require_assessment_author(work=work, me=me, assessment_id=assessment_id)
    rows = RegradeRepository(work)
    return Regradable(
        assessment, course, await rows.questions(assessment_id), await rows.history(assessment_id)
    )


async def preview(*, work: Work, me: Principal, assessment_id: UUID, item_id: UUID, mode: str) -> Outcome:
    """What a regrade would do. Nothing stays.

    Raises:
        NotFound: The assessment is not the person's, or has no such question with answers.
        Invalid: The question cannot be regraded so.
    """
    assessment, question = await _question(work, me, assessment_id, item_id)
    chosen = _mode(question, mode)
    async with work.session.begin_nested() as trial:
        outcome, _regrade, _changes = await _apply(
            work, assessment, question, chosen, me, reason="", now=utc_now()
        )
        await trial.rollback()
    return outcome


async def apply(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    item_id: UUID,
    mode: str,
    reason: str,
    now: datetime | None = None,
) -> Outcome:
    """Judge a question anew for everybody, and tell those whose grade changed.

    Raises:
        NotFound: The assessment is not the person's, or has no such question with answers.
        Invalid: The question cannot be regraded so, or there is no reason; ``fields["reason"]``.
    """
    words = required_reason(reason)
    assessment, question = await _question(work, me, assessment_id, item_id)
    chosen = _mode(question, mode)
    outcome, _regrade, changes = await _apply(
        work, assessment, question, chosen, me, reason=words, now=now or utc_now()
    )
    await _tell(work, assessment, changes)
    return outcome


async def undo(
    *, work: Work, me: Principal, assessment_id: UUID, regrade_id: UUID, now: datetime | None = None
) -> Outcome:
    """Take a regrade back: every answer gets the score that it had. What a grader changed since stays.

    Raises:
        NotFound: The assessment is not the person's, or there is no such regrade of it.
        Conflict: It was undone already, or a later regrade of the same question has to be undone first.
    """
    moment = now or utc_now()
    assessment, _course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    rows = RegradeRepository(work)
    regrade = await rows.get(regrade_id)
    if regrade.assessment_id != assessment_id:
        raise NotFound
    newest = await rows.newest_of(regrade.item_id)
    if regrade.undone_at is not None or newest is None:
        raise Conflict(N_("This was undone already."))
    if newest.id != regrade.id:
        raise Conflict(N_("Undo the later correction of this question first."))
    await rows.lock_attempts(assessment_id)
    changes = await ChangeRepository(work).of_regrade(regrade_id)
    answers = await rows.answers(regrade.item_id)
    await work.audit("assessment.regrade_undone", assessment=assessment_id, regrade=regrade_id)
    if answers:
        _restore_item(answers[0].asked.item, regrade.item_before)
    regrade.undone_at, regrade.undone_by = moment, me.user
    await work.flush()
    answers = await rows.answers(regrade.item_id)
    new: dict[UUID, dict[str, Any]] = {}
    for one in answers:
        response, change = one.asked.response, changes.get(one.asked.response.id)
        if change is not None and _columns(response) == change.after:
            new[response.id] = _read(change.before)
        elif change is None and response.graded_by is None:
            # It came after the regrade, or the regrade made no difference to it; scoring says the same of the latter.
            new[response.id] = _scored(one, regrade.item_before["scoring"])
    outcome, grade_changes = await _carry_out(
        work, assessment, answers, new, me, reason=regrade.reason, now=moment
    )
    await _tell(work, assessment, grade_changes)
    return outcome


async def _question(
    work: Work, me: Principal, assessment_id: UUID, item_id: UUID
) -> tuple[Assessment, AskedQuestion]:
    assessment, _course = await require_assessment_author(
        work=work, me=me, assessment_id=assessment_id, lock=True
    )
    rows = RegradeRepository(work)
    await rows.lock_attempts(assessment_id)
    found = await rows.questions(assessment_id, item_id=item_id)
    if not found:
        raise NotFound
    return assessment, found[0]


def _mode(question: AskedQuestion, mode: str) -> Mode:
    if mode not in modes(question):
        raise Invalid(fields={"mode": N_("Choose how this question is judged anew.")})
    return Mode(mode)


async def _apply(
    work: Work,
    assessment: Assessment,
    question: AskedQuestion,
    mode: Mode,
    me: Principal,
    *,
    reason: str,
    now: datetime,
) -> tuple[Outcome, Regrade, list[GradeChange]]:
    item = question.item
    await work.audit("assessment.regraded", assessment=assessment.id, item=item.id, mode=str(mode))
    before = _item_columns(item)
    _judge_so(item, question, mode)
    regrade = Regrade(
        assessment_id=assessment.id,
        item_id=item.id,
        mode=str(mode),
        reason=reason,
        item_before=before,
        item_after=_item_columns(item),
        created_at=now,
    )
    work.session.add(regrade)
    await work.flush()
    answers = await RegradeRepository(work).answers(item.id)
    new: dict[UUID, dict[str, Any]] = {}
    for one in answers:
        values = _judged(one, mode)
        if values is not None and _stored(values) != _columns(one.asked.response):
            new[one.asked.response.id] = values
    await ChangeRepository(work).insert_many(
        [
            {
                "id": new_id(),
                "regrade_id": regrade.id,
                "response_id": one.asked.response.id,
                "before": _columns(one.asked.response),
                "after": _stored(new[one.asked.response.id]),
                "created_by": me.user,
            }
            for one in answers
            if one.asked.response.id in new
        ]
    )
    outcome, changes = await _carry_out(work, assessment, answers, new, me, reason=reason, now=now)
    regrade.students, regrade.raised, regrade.lowered = (
        len(outcome.effects),
        outcome.raised,
        outcome.lowered,
    )
    await work.flush()
    return outcome, regrade, changes


def _judge_so(item: AssessmentItem, question: AskedQuestion, mode: Mode) -> None:
    """Let the question be judged in this way from now on, also in work that is handed in later."""
    if mode in (Mode.RESCORE, Mode.BOTH):
        item.former_version_id = question.version.id if mode is Mode.BOTH else None
        item.question_version_id = question.newest.id
        item.scoring = "both" if mode is Mode.BOTH else "key"
    elif mode is Mode.FULL:
        item.scoring = "full"
    else:
        item.points = Decimal(0)


def _judged(answer: Answer, mode: Mode) -> dict[str, Any] | None:
    """The new columns of an answer; None leaves it alone, because a person decided."""
    response, item = answer.asked.response, answer.asked.item
    by_person = response.graded_by is not None
    if mode is Mode.DROP:
        return {
            "outcome": "blank" if response.outcome == "needs_review" else response.outcome,
            "fraction": response.fraction or Decimal(0),
            "explanation": [DROPPED.to_json()],
            "points": Decimal(0),
            "graded_by": None,
            "graded_at": None,
        }
    if by_person and (mode is not Mode.FULL or (response.points or 0) >= item.points):
        return None
    return _scored(answer, item.scoring)


def _scored(answer: Answer, rule: str) -> dict[str, Any]:
    """The columns of an answer by a rule of scoring."""
    asked = answer.asked
    values = scoring.response_values(replace(asked, former=asked.former if rule == "both" else None))
    return {**values, "graded_by": None, "graded_at": None}


async def _carry_out(
    work: Work,
    assessment: Assessment,
    answers: Sequence[Answer],
    new: Mapping[UUID, Mapping[str, Any]],
    me: Principal,
    *,
    reason: str,
    now: datetime,
) -> tuple[Outcome, list[GradeChange]]:
    """Write the new scores, and what follows for attempts and grades."""
    touched = [one for one in answers if one.asked.response.id in new]
    await ResponseRepository(work).update_many([{"id": key, **values} for key, values in new.items()])
    for one in touched:
        as_stored(one.asked.response, new[one.asked.response.id])
    pairs = sorted({(assessment.id, one.attempt.user_id) for one in answers})
    await _settle_attempts(work, pairs)
    changes: list[GradeChange] = []
    if assessment.kind != AssessmentKind.PRACTICE:
        changes = await settlement.settle_all(
            work=work, pairs=pairs, actor_id=me.user, kind="regraded", reason=reason, now=now
        )
    names = await RegradeRepository(work).names([one.row.user_id for one in changes])
    effects = [
        Effect(
            one.row.user_id,
            names.get(one.row.user_id, ""),
            one.event["before"]["points"],
            one.event["after"]["points"],
            one.row.is_visible(now),
        )
        for one in changes
        if one.event["before"]["points"] != one.event["after"]["points"]
    ]
    effects.sort(key=lambda one: one.name.casefold())
    return Outcome(len(answers), len(touched), effects), changes


async def _settle_attempts(work: Work, pairs: Sequence[settlement.Pair]) -> None:
    """Keep the points of attempts: the sum of their answers."""
    rows: dict[UUID, dict[str, Any]] = {}
    for attempts, parts in (await GradeRepository(work).attempts_of(pairs)).values():
        for attempt in attempts:
            own = [part for part in parts if part.attempt_id == attempt.id]
            if not own:
                continue
            total = attempt_points(
                ResponseScore(
                    possible=part.possible,
                    fraction=part.fraction,
                    manual_points=part.points if part.manual else None,
                )
                for part in own
            )
            points = None if total.earned is None else rounded(total.earned)
            if (points, total.unscored > 0) != (attempt.points, attempt.needs_grading):
                rows[attempt.id] = {
                    "id": attempt.id,
                    "points": points,
                    "needs_grading": total.unscored > 0,
                    "version": attempt.version + 1,
                }
    await AttemptRepository(work).update_many(list(rows.values()))


async def _tell(work: Work, assessment: Assessment, changes: Sequence[GradeChange]) -> None:
    now = utc_now()
    seen = [
        one.row.user_id
        for one in changes
        if one.row.is_visible(now) and one.event["before"]["points"] != one.event["after"]["points"]
    ]
    await notifications.send(
        work=work,
        recipients=seen,
        kind="grade.changed",
        text=N_("A question of “{title}” was corrected, and your grade changed"),
        params={"title": assessment.title},
        href="/learn/grades",
    )


def _item_columns(item: AssessmentItem) -> dict[str, Any]:
    return {
        "question_version_id": str(item.question_version_id),
        "former_version_id": str(item.former_version_id) if item.former_version_id else None,
        "scoring": item.scoring,
        "points": str(item.points),
    }


def _restore_item(item: AssessmentItem, stored: Mapping[str, Any]) -> None:
    former = stored["former_version_id"]
    item.question_version_id = UUID(stored["question_version_id"])
    item.former_version_id = UUID(former) if former else None
    item.scoring, item.points = stored["scoring"], Decimal(stored["points"])


def _columns(response: Any) -> dict[str, Any]:
    """The score of an answer as a change keeps it."""
    names = ("outcome", "fraction", "explanation", "points", "graded_by", "graded_at")
    return _stored({name: getattr(response, name) for name in names})


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    def text(value: Any) -> str | None:
        return None if value is None else str(value)

    return {
        "outcome": values["outcome"],
        "fraction": None if values["fraction"] is None else f"{values['fraction']:.8f}",
        "explanation": values["explanation"],
        "points": None if values["points"] is None else f"{values['points']:.2f}",
        "graded_by": text(values["graded_by"]),
        "graded_at": text(values["graded_at"]),
    }


def _read(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What `_stored` kept, as the columns take it."""
    fraction, points = stored["fraction"], stored["points"]
    return {
        **stored,
        "fraction": None if fraction is None else Decimal(fraction),
        "points": None if points is None else Decimal(points),
    }
