"""What graders of the demonstration have done: a holistic rubric, highlights, names that are hidden, a planned release."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.base import new_id
from eduplatform.db.unit_of_work import Work
from eduplatform.demo.seed import SeededCourse
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    QuestionVersion,
    Response,
)
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.grading import marks, release, rubrics, service
from eduplatform.domain.grading.marks import Marks
from eduplatform.domain.grading.models import (
    AnswerHighlight,
    Grade,
    GradeEvent,
    GradingComment,
    visible_grade,
)
from eduplatform.domain.grading.rubric_drafts import HOLISTIC, CriterionDraft, LevelDraft, RubricDraft

SCORED_AHEAD = 4
"""Works that wait for a planned release."""

OVERALL = RubricDraft(
    title="Short explanation, judged as a whole",
    description="For answers of a paragraph, when one impression says more than five boxes.",
    kind=HOLISTIC,
    criteria=[
        CriterionDraft(
            title="",
            levels=[
                LevelDraft(
                    title="Convincing",
                    points=Decimal(4),
                    description="Right, complete, and in an order that a classmate could follow without asking.",
                ),
                LevelDraft(
                    title="Sound",
                    points=Decimal(3),
                    description="Right in what matters; one link is missing or has to be guessed.",
                ),
                LevelDraft(
                    title="On the way",
                    points=Decimal(2),
                    description="A right idea is there, beside a gap or a mistake that changes the conclusion.",
                ),
                LevelDraft(
                    title="A beginning",
                    points=Decimal(1),
                    description="Words of the topic are used; what they have to do with each other is not said.",
                ),
                LevelDraft(title="Not yet", points=Decimal(0), description="No answer to this question."),
            ],
        )
    ],
)

REMARKS = (
    "A clear opening: the reader knows at once what this is about. Say your conclusion here too, then prove it.",
    "This is the step that carries the whole answer. Add one sentence that says why it follows.",
    "Good that you come back to the question. Compare it with your first sentence: do both say the same?",
)
"""About the first sentence, one in the middle, and the last."""


async def grade_some(*, work: Work, courses: Sequence[SeededCourse], now: datetime) -> None:
    """Let the teachers of the demonstration use the desk."""
    for course in courses:
        await rubrics.insert_rubric(work=work, course_id=course.course.id, draft=OVERALL)
        await _highlight(work, course)
    await _give_codes(work)
    waiting = [(course, one) for course in courses for one in await _waiting(work, course)]
    if waiting:
        course, assessment = waiting[-1]
        assessment.anonymous = True
        await work.audit("grade.names_hidden", assessment=assessment.id)
    if len(waiting) > 1:
        await _plan(work, *waiting[-2], now)


async def _give_codes(work: Work) -> None:
    """Each remark of a bank gets the first word of its name as its code, if that is still free."""
    taken: set[tuple[UUID, str]] = set()
    rows = await fetch(work, select(GradingComment).where(col(GradingComment.tenant_id) == work.tenant_id))
    for one in rows:
        words = re.findall(r"[^\W\d_]{3,20}", one.title.casefold())
        code = next((word for word in words if (one.course_id, word) not in taken), "")
        taken.add((one.course_id, code))
        one.code = code
    await work.flush()


async def _waiting(work: Work, course: SeededCourse) -> list[Assessment]:
    """Assessments with a rubric and with work that waits for a person, by their last day."""
    ids = [assessment.id for _facts, assessment in course.assessments]
    rows = await fetch(
        work,
        select(Assessment)
        .join(AssessmentItem, col(AssessmentItem.assessment_id) == col(Assessment.id))
        .join(Attempt, col(Attempt.assessment_id) == col(Assessment.id))
        .where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.id).in_(ids),
            col(AssessmentItem.rubric_id).is_not(None),
            col(Attempt.needs_grading).is_(True),
        )
        .distinct()
        .order_by(col(Assessment.due_at)),
    )
    return list(rows)


async def _plan(work: Work, course: SeededCourse, assessment: Assessment, now: datetime) -> None:
    """Score some of the work, and let the grades appear in two days."""
    teacher = course.teachers[0].id
    rows = await fetch(
        work,
        select_columns(Attempt, Response, AssessmentItem)
        .join(Response, col(Response.attempt_id) == col(Attempt.id))
        .join(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
        .where(
            col(Attempt.tenant_id) == work.tenant_id,
            col(Attempt.assessment_id) == assessment.id,
            col(Attempt.needs_grading).is_(True),
            col(Response.points).is_(None),
            col(AssessmentItem.rubric_id).is_not(None),
        )
        .order_by(col(Attempt.submitted_at))
        .limit(SCORED_AHEAD),
    )
    students: list[UUID] = []
    for place, (attempt, response, item) in enumerate(rows):
        levels = {
            criterion.id: scale[min((place + number) % 3, len(scale) - 1)].id
            for number, (criterion, scale) in enumerate(course.levels[item.rubric_id])
        }
        scored = [Marks(response_id=response.id, levels=levels, comment=REMARKS[place % len(REMARKS)])]
        await marks.apply_marks(work=work, attempt=attempt, marks=scored, grader_id=teacher, now=now)
        students.append(attempt.user_id)
    await release.release_grades(
        work=work,
        assessment_id=assessment.id,
        user_ids=students,
        actor_id=teacher,
        at=(now + timedelta(days=2)).replace(minute=0, second=0, microsecond=0),
        now=now,
    )


async def _highlight(work: Work, course: SeededCourse) -> None:
    """Comment three sentences of the newest released essay of the course's first student who has one."""
    ids = [assessment.id for _facts, assessment in course.assessments]
    rows = await fetch(
        work,
        select_columns(Response, Grade)
        .join(Attempt, col(Attempt.id) == col(Response.attempt_id))
        .join(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
        .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
        .join(
            Grade,
            (col(Grade.assessment_id) == col(Attempt.assessment_id))
            & (col(Grade.user_id) == col(Attempt.user_id)),
        )
        .where(
            col(Response.tenant_id) == work.tenant_id,
            col(Attempt.assessment_id).in_(ids),
            col(Attempt.user_id) == course.students[0].id,
            col(QuestionVersion.type) == "essay",
            col(Response.points).is_not(None),
            visible_grade(),
        )
        .order_by(col(Grade.released_at).desc())
        .limit(1),
    )
    if not rows:
        return
    response, grade = rows[0]
    text = str((response.answer or {}).get("text", ""))
    sentences = list(re.finditer(r"[^.!?\n][^.!?\n]{10,}[.!?]", text))
    if len(sentences) < len(REMARKS):
        return
    chosen = (sentences[0], sentences[len(sentences) // 2], sentences[-1])
    moment, teacher = grade.released_at, course.teachers[0].id
    for found, remark in zip(chosen, REMARKS, strict=True):
        begins = found.start() + len(found.group()) - len(found.group().lstrip())
        work.session.add(
            AnswerHighlight(
                id=new_id(),
                response_id=response.id,
                begins=begins,
                ends=found.end(),
                quote=text[begins : found.end()],
                comment=remark,
                created_by=teacher,
                created_at=moment,
            )
        )
        stand = service.snapshot(grade)
        work.session.add(
            GradeEvent(
                grade_id=grade.id,
                attempt_id=response.attempt_id,
                actor_id=teacher,
                kind="highlighted",
                before={**stand, "highlight": None},
                after={**stand, "highlight": {"quote": text[begins : found.end()][:200], "comment": remark}},
                created_at=moment,
            )
        )
    await work.flush()
