"""What graders read: the queue across their courses, the students of one desk, and what happened to a grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, true
from sqlmodel import case, col, func, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    QuestionVersion,
    Response,
)
from eduplatform.domain.courses.group_models import StudentGroup
from eduplatform.domain.courses.models import Course, Section
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.grading.anonymity import is_hidden, pseudonym
from eduplatform.domain.grading.models import (
    CriterionScore,
    Grade,
    GradeEvent,
    RubricCriterion,
    visible_grade,
)

QUEUE_LIMIT = 100
HISTORY_LIMIT = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """The work of one section for one assessment that a teacher has something to do with.

    Attributes:
        ungraded: Handed-in attempts that wait for a person.
        late: Those of them that were late.
        oldest: When the first of them was handed in.
        unreleased: Attempts that are scored, whose grade students do not see yet.
    """

    assessment_id: UUID
    title: str
    kind: str
    course_id: UUID
    course_title: str
    section: str
    section_id: UUID | None
    ungraded: int
    late: int
    oldest: datetime | None
    unreleased: int


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A handed-in attempt in the list of a desk, with the student's grade as it stands."""

    attempt_id: UUID
    number: int
    user_id: UUID
    given_name: str
    family_name: str
    section: str
    submitted_at: datetime
    late_seconds: int
    needs_grading: bool
    version: int
    status: str
    points: Decimal | None
    possible: Decimal | None
    released_at: datetime | None
    alias: str = ""

    @property
    def name(self) -> str:
        """The student's name; empty while it is hidden, then ``alias`` stands for it."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFilter:
    """Which handed-in attempts a grader wants to go through, and how.

    Attributes:
        show: ``all``, ``waiting``, ``graded`` (but not visible to the student) or ``released``.
        late: Only what was late.
        section_id: Only of this section.
        item_id: One question for all students; None is all of a student's questions.
        keep: Attempts that stay in the list although they no longer fit, because the grader has just been there.
    """

    show: str = "all"
    late: bool = False
    section_id: UUID | None = None
    item_id: UUID | None = None
    keep: Sequence[UUID] = ()


EVERYTHING = DeskFilter()


@dataclass(frozen=True, slots=True)
class Marked:
    """A question of an attempt with its answer, what it brought, and the levels chosen; holds the key, so never for students.

    ``scored_with`` is the version of the rubric that the levels belong to; None without levels.
    """

    item: AssessmentItem
    version: QuestionVersion
    response: Response
    scores: list[CriterionScore]
    scored_with: UUID | None = None

    @property
    def rubric_id(self) -> UUID | None:
        """The version of the rubric to show: the one that the answer was scored with, else the newest."""
        return self.scored_with or self.item.rubric_id


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a grade, the name of who caused it (empty for the platform itself), and how the grade came about now."""

    event: GradeEvent
    actor: str
    explanation: list[dict[str, Any]]


async def queue(
    *,
    work: Work,
    user_id: UUID,
    course_id: UUID | None,
    late_only: bool,
    number: int,
    size: int,
    show: str = "all",
    section_id: UUID | None = None,
) -> tuple[list[Waiting], int]:
    """A page of what waits in the courses of a teacher, oldest first, and how many lines there are.

    Args:
        work: The open unit of work.
        user_id: The teacher.
        course_id: Only of this course.
        late_only: Only where work that was late waits.
        number: Of the page, from 1.
        size: Lines on a page.
        show: ``ungraded``, ``unreleased``, or everything that waits.
        section_id: Only of this section.
    """
    waits = col(Attempt.needs_grading).is_(True)
    late = waits & (col(Attempt.late_seconds) > 0)
    kept_back = (
        col(Attempt.needs_grading).is_(False)
        & func.coalesce(visible_grade(), False).is_(False)
        & col(Grade.status).in_(("graded", "late"))
    )
    conditions: list[Any] = [
        col(Attempt.tenant_id) == work.tenant_id,
        col(Attempt.state) == AttemptState.SUBMITTED,
        taught_by(user_id),
    ]
    if course_id is not None:
        conditions.append(col(Course.id) == course_id)
    if section_id is not None:
        conditions.append(col(Attempt.section_id) == section_id)
    ungraded, unreleased = _count(waits), _count(kept_back)
    columns: tuple[Any, ...] = (
        Assessment.id,
        Assessment.title,
        Assessment.kind,
        Course.id,
        Course.title,
        func.coalesce(col(Section.name), ""),
        Section.id,
        ungraded.label("ungraded"),
        _count(late),
        func.min(case((waits, col(Attempt.submitted_at)))).label("oldest"),
        unreleased.label("unreleased"),
    )
    lines = (
        select_columns(*columns)
        .select_from(Attempt)
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .outerjoin(Section, col(Section.id) == col(Attempt.section_id))
        .outerjoin(
            Grade,
            (col(Grade.assessment_id) == col(Attempt.assessment_id))
            & (col(Grade.user_id) == col(Attempt.user_id)),
        )
        .where(*conditions)
        .group_by(
            col(Assessment.id),
            col(Assessment.title),
            col(Assessment.kind),
            col(Course.id),
            col(Course.title),
            col(Section.name),
            col(Section.id),
        )
        .having(_count(late) > 0 if late_only else true())
        .having(
            {"ungraded": ungraded > 0, "unreleased": unreleased > 0}.get(
                show, (ungraded > 0) | (unreleased > 0)
            )
        )
    )
    total = (await fetch(work, select_columns(func.count()).select_from(lines.subquery())))[0]
    rows = await fetch(
        work,
        lines.order_by(
            func.min(case((waits, col(Attempt.submitted_at)))).asc().nulls_last(), col(Assessment.id)
        )
        .offset((max(number, 1) - 1) * size)
        .limit(size),
    )
    return [Waiting(*row) for row in rows], total


def _count(condition: Any) -> Any:
    return func.count(case((condition, col(Attempt.id))))


async def courses(*, work: Work, user_id: UUID) -> list[tuple[UUID, str]]:
    """The courses of a teacher by title, to choose from; at most 100."""
    found = await fetch(
        work,
        select(Course.id, Course.title)
        .where(col(Course.tenant_id) == work.tenant_id, taught_by(user_id))
        .order_by(col(Course.title), col(Course.id))
        .limit(QUEUE_LIMIT),
    )
    return [(key, title) for key, title in found]


async def entries(
    *, work: Work, assessment: Assessment, wanted: DeskFilter = EVERYTHING, now: datetime | None = None
) -> list[DeskEntry]:
    """The handed-in attempts of an assessment that a grader wants, by family name; one statement.

    In an anonymous assessment the names of students whose grade is not visible are left out here, so that they reach no
    page, and the order tells nothing of them. The work of a group stands under the group's name.
    """
    moment = now or utc_now()
    waiting = col(Attempt.needs_grading) if wanted.item_id is None else col(Response.points).is_(None)
    columns: tuple[Any, ...] = (
        Attempt.id,
        Attempt.number,
        User.id,
        func.coalesce(col(StudentGroup.name), col(User.given_name)),
        case((col(StudentGroup.id).is_not(None), ""), else_=col(User.family_name)),
        func.coalesce(col(Section.name), ""),
        Attempt.submitted_at,
        Attempt.late_seconds,
        waiting,
        Attempt.version,
        func.coalesce(col(Grade.status), "none"),
        Grade.points,
        Grade.possible,
        Grade.released_at,
    )
    statement = (
        select_columns(*columns)
        .select_from(Attempt)
        .join(User, col(User.id) == col(Attempt.user_id))
        .outerjoin(StudentGroup, col(StudentGroup.id) == col(Attempt.group_id))
        .outerjoin(Section, col(Section.id) == col(Attempt.section_id))
        .outerjoin(
            Grade,
            (col(Grade.assessment_id) == col(Attempt.assessment_id))
            & (col(Grade.user_id) == col(Attempt.user_id)),
        )
        .where(
            col(Attempt.tenant_id) == work.tenant_id,
            col(Attempt.assessment_id) == assessment.id,
            col(Attempt.state) == AttemptState.SUBMITTED,
            _wanted(wanted, waiting, moment),
        )
        .order_by(col(User.family_name), col(User.given_name), col(User.id), col(Attempt.number))
    )
    if wanted.item_id is not None:
        statement = statement.join(
            Response,
            (col(Response.attempt_id) == col(Attempt.id)) & (col(Response.item_id) == wanted.item_id),
        )
    found = [_entry(assessment, row, moment) for row in await fetch(work, statement)]
    if assessment.anonymous:
        found.sort(key=lambda one: (pseudonym(assessment.id, one.user_id), one.number))
    return found


def _entry(assessment: Assessment, row: Any, now: datetime) -> DeskEntry:
    one = DeskEntry(*row)
    if not is_hidden(assessment, one.released_at, now):
        return one
    alias = pseudonym(assessment.id, one.user_id)
    return replace(one, given_name="", family_name="", section="", alias=alias)


def _wanted(wanted: DeskFilter, waiting: Any, now: datetime) -> Any:
    visible = col(Grade.released_at) <= now
    shown: dict[str, Any] = {
        "waiting": waiting,
        "graded": ~waiting & func.coalesce(visible, False).is_(False),
        "released": ~waiting & visible,
    }
    conditions: list[Any] = [true()]
    if wanted.show in shown:
        conditions.append(shown[wanted.show])
    if wanted.late:
        conditions.append(col(Attempt.late_seconds) > 0)
    if wanted.section_id is not None:
        conditions.append(col(Attempt.section_id) == wanted.section_id)
    return and_(*conditions) | col(Attempt.id).in_(wanted.keep)


async def sections(*, work: Work, course_id: UUID) -> list[tuple[UUID, str]]:
    """The sections of a course by name, to choose from; at most 100."""
    found = await fetch(
        work,
        select(Section.id, Section.name)
        .where(col(Section.tenant_id) == work.tenant_id, col(Section.course_id) == course_id)
        .order_by(col(Section.name), col(Section.id))
        .limit(QUEUE_LIMIT),
    )
    return [(key, name) for key, name in found]


async def marked(*, work: Work, attempt_ids: Sequence[UUID], item_id: UUID | None = None) -> list[Marked]:
    """The questions and answers of some attempts, in the author's order, with the levels chosen for them.

    Args:
        work: The open unit of work.
        attempt_ids: The attempts.
        item_id: Only this question.
    """
    rows = await fetch(
        work,
        select_columns(AssessmentItem, QuestionVersion, Response, CriterionScore, RubricCriterion.rubric_id)
        .select_from(Response)
        .join(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
        .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
        .outerjoin(CriterionScore, col(CriterionScore.response_id) == col(Response.id))
        .outerjoin(RubricCriterion, col(RubricCriterion.id) == col(CriterionScore.criterion_id))
        .where(
            col(Response.tenant_id) == work.tenant_id,
            col(Response.attempt_id).in_(attempt_ids),
            *([] if item_id is None else [col(Response.item_id) == item_id]),
        )
        .order_by(col(Response.attempt_id), col(AssessmentItem.position), col(AssessmentItem.id))
        .execution_options(populate_existing=True),
    )
    found: dict[UUID, Marked] = {}
    for item, version, response, score, rubric_id in rows:
        entry = found.setdefault(response.id, Marked(item, version, response, [], rubric_id))
        if score is not None:
            entry.scores.append(score)
    return list(found.values())


async def history(*, work: Work, assessment_id: UUID, user_id: UUID) -> list[Happened]:
    """What happened to a student's grade, newest first; at most 30 events."""
    rows = await fetch(
        work,
        select_columns(GradeEvent, User, Grade.explanation)
        .select_from(GradeEvent)
        .join(Grade, col(Grade.id) == col(GradeEvent.grade_id))
        .outerjoin(User, col(User.id) == col(GradeEvent.actor_id))
        .where(
            col(GradeEvent.tenant_id) == work.tenant_id,
            col(Grade.assessment_id) == assessment_id,
            col(Grade.user_id) == user_id,
        )
        .order_by(col(GradeEvent.created_at).desc(), col(GradeEvent.id).desc())
        .limit(HISTORY_LIMIT),
    )
    return [Happened(event, actor.name if actor is not None else "", steps) for event, actor, steps in rows]


async def last_scored_by(*, work: Work, attempt_id: UUID) -> str:
    """The name of whoever scored or commented an attempt last; empty when nobody did."""
    rows = await fetch(
        work,
        select(User)
        .join(GradeEvent, col(GradeEvent.actor_id) == col(User.id))
        .where(
            col(GradeEvent.tenant_id) == work.tenant_id,
            col(GradeEvent.attempt_id) == attempt_id,
            col(GradeEvent.kind).in_(("scored", "commented", "undone")),
        )
        .order_by(col(GradeEvent.created_at).desc(), col(GradeEvent.id).desc())
        .limit(1),
    )
    return rows[0].name if rows else ""
