"""What the demonstration students did: reading, attempts, essays, grades, discussions.

Each student has an ability; each answer is right with a chance that follows from it. Answers are real answers, scored by the
question types, and grades come from the same calculation as everybody's.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from eduplatform.db.base import new_id
from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.demo.seed import Calendar, SeededCourse
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.availability import late_seconds
from eduplatform.domain.assessment.effective import Student, effective_policy
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    QuestionVersion,
    Response,
)
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.courses.models import LessonProgress
from eduplatform.domain.grading.calculation import (
    AttemptScore,
    GradeStatus,
    ResponseScore,
    attempt_points,
    grade,
)
from eduplatform.domain.grading.models import CriterionScore, Grade, GradeEvent
from eduplatform.domain.grading.points import rounded
from eduplatform.domain.messaging.models import Post, Thread
from eduplatform.security.rich_text import plain_text, render_markdown

Row = dict[str, Any]
QUALITIES = ("strong", "adequate", "weak")
LEVEL_OF_QUALITY = {"strong": 0, "adequate": 1, "weak": 2}


@dataclass
class Ledger:
    """Rows to insert at the end, table by table."""

    attempts: list[Row]
    responses: list[Row]
    scores: list[Row]
    grades: list[Row]
    events: list[Row]


async def live_through(
    *, work: Work, course: SeededCourse, calendar: Calendar, current_week: int, now: datetime
) -> None:
    """Write a course's history up to this moment of the term."""
    # A fixed seed makes every installation's demonstration the same; nothing here is secret.
    chance = random.Random(course.content.key)  # noqa: S311
    ability = {student.id: min(0.97, max(0.35, chance.gauss(0.74, 0.15))) for student in course.students}
    await _reading(work, course, calendar, current_week, now, chance, ability)
    ledger = Ledger([], [], [], [], [])
    for facts, assessment in course.assessments:
        if facts["opens_week"] <= current_week:
            _sit(course, facts, assessment, calendar, current_week, now, chance, ability, ledger)
    for model, rows in (
        (Attempt, ledger.attempts),
        (Response, ledger.responses),
        (CriterionScore, ledger.scores),
        (Grade, ledger.grades),
        (GradeEvent, ledger.events),
    ):
        repository: Repository[Any] = Repository(work)
        repository.model = model
        await repository.insert_many(rows)
    await _talking(work, course, calendar, now, chance)


async def _reading(
    work: Work,
    course: SeededCourse,
    calendar: Calendar,
    current_week: int,
    now: datetime,
    chance: random.Random,
    ability: Mapping[UUID, float],
) -> None:
    rows: list[Row] = []
    for student in course.students:
        for number, lesson in enumerate(course.lessons):
            week = 1 + number
            if week > current_week or chance.random() > ability[student.id] + 0.15:
                break
            read = min(
                calendar.moment(week, weekday=chance.randrange(5)) + timedelta(hours=chance.randrange(9)), now
            )
            rows.append(
                stamped(
                    read,
                    lesson_id=lesson.id,
                    user_id=student.id,
                    opened_at=read,
                    completed_at=min(read + timedelta(minutes=lesson.minutes), now),
                )
            )
    repository: Repository[LessonProgress] = Repository(work)
    repository.model = LessonProgress
    await repository.insert_many([one for one in rows if one["lesson_id"] not in course.closed])


def stamped(moment: datetime, **values: Any) -> Row:
    """A row with its key and timestamps."""
    return {"id": new_id(), "created_at": moment, "updated_at": moment, "created_by": None, **values}


def _sit(
    course: SeededCourse,
    facts: Mapping[str, Any],
    assessment: Assessment,
    calendar: Calendar,
    current_week: int,
    now: datetime,
    chance: random.Random,
    ability: Mapping[UUID, float],
    ledger: Ledger,
) -> None:
    """All students' attempts at one assessment."""
    due = assessment.due_at or now
    over = facts["due_week"] < current_week
    handing_in = 0.94 if over else 0.45
    graded_share = 1.0 if facts["due_week"] <= current_week - 2 else 0.5 if over else 0.0
    for number, student in enumerate(course.students):
        # The demonstration student has work to do, work that waits, and work that is graded.
        absent = chance.random() > handing_in if number else not over and facts["due_week"] > current_week
        attempts: list[AttemptScore] = []
        if not absent:
            late = over and chance.random() < 0.1
            earliest = calendar.moment(facts["opens_week"], weekday=1)
            latest = min(due, now - timedelta(hours=2))
            span = max(60.0, (latest - earliest).total_seconds())
            started = earliest + timedelta(seconds=chance.random() * span)
            if late:
                started = min(due + timedelta(hours=chance.randrange(3, 40)), now - timedelta(hours=3))
            times = 2 if assessment.attempts_allowed > 1 and chance.random() < 0.35 else 1
            human = number % 10 < graded_share * 10
            for place in range(1, times + 1):
                started = min(started + timedelta(hours=5 * (place - 1)), now - timedelta(hours=1))
                attempts.append(
                    _attempt(
                        course,
                        assessment,
                        student,
                        place,
                        started,
                        chance,
                        ability[student.id],
                        human,
                        ledger,
                        calendar,
                    )
                )
        if attempts or over:
            _grade(course, assessment, student, attempts, now, calendar, ledger)


def _attempt(
    course: SeededCourse,
    assessment: Assessment,
    student: User,
    number: int,
    started: datetime,
    chance: random.Random,
    ability: float,
    human: bool,
    ledger: Ledger,
    calendar: Calendar,
) -> AttemptScore:
    limit = assessment.time_limit_minutes or 45
    submitted = started + timedelta(minutes=limit * chance.uniform(0.4, 0.98))
    attempt_id, scored, waiting = new_id(), [], False
    for item, version, key in course.items[assessment.id]:
        row, points = _response(
            course, attempt_id, item, version, key, submitted, chance, ability, human, ledger
        )
        waiting = waiting or (points.fraction is None and points.manual_points is None)
        ledger.responses.append(row)
        scored.append(points)
    total = attempt_points(scored)
    policy = effective_policy(assessment, Student(student.id, calendar.zone.key))
    ledger.attempts.append(
        stamped(
            submitted,
            id=attempt_id,
            assessment_id=assessment.id,
            section_id=course.section_of[student.id],
            user_id=student.id,
            number=number,
            state=AttemptState.SUBMITTED,
            seed=chance.randrange(2**31),
            started_at=started,
            deadline_at=started + timedelta(minutes=limit) if assessment.time_limit_minutes else None,
            submitted_at=submitted,
            late_seconds=late_seconds(policy, submitted_at=submitted, started_at=started),
            auto_submitted=False,
            needs_grading=waiting,
            points=None if total.earned is None else rounded(total.earned),
            version=3 if human else 2,
        )
    )
    return AttemptScore(
        number=number,
        started_at=started,
        submitted_at=submitted,
        earned=total.earned,
        possible=total.possible,
    )


def _response(
    course: SeededCourse,
    attempt_id: UUID,
    item: AssessmentItem,
    version: QuestionVersion,
    key: str,
    submitted: datetime,
    chance: random.Random,
    ability: float,
    human: bool,
    ledger: Ledger,
) -> tuple[Row, ResponseScore]:
    kind = question_type(version.type)
    answer, quality = _answer(course, version, key, chance, ability)
    body, answer_key = kind.load_body(version.body), kind.load_key(version.answer_key)
    score = kind.score(body, answer_key, kind.load_response(answer))
    points = None if score.fraction is None else rounded(score.fraction * item.points)
    row = stamped(
        submitted,
        attempt_id=attempt_id,
        item_id=item.id,
        answer=answer,
        version=1,
        writer="",
        saved_at=submitted,
        outcome=score.outcome,
        fraction=score.fraction,
        explanation=[step.to_json() for step in score.explanation],
        points=points,
        comment="",
        graded_by=None,
        graded_at=None,
    )
    manual: Decimal | None = None
    if score.fraction is None and human:
        manual = _judge(course, item, row, quality, submitted, chance, ledger)
    return row, ResponseScore(possible=item.points, fraction=score.fraction, manual_points=manual)


def _answer(
    course: SeededCourse, version: QuestionVersion, key: str, chance: random.Random, ability: float
) -> tuple[Row, str]:
    right = chance.random() < ability
    solution, options = version.answer_key, version.body.get("options", [])
    match version.type:
        case "single_choice":
            wrong = [one["id"] for one in options if one["id"] != solution["correct"]]
            return {"choice": solution["correct"] if right else chance.choice(wrong)}, ""
        case "multiple_choice":
            chosen = set(solution["correct"])
            if not right:
                chosen ^= {chance.choice(options)["id"]}
            return {"choices": sorted(chosen)}, ""
        case "numeric":
            units = solution["units"]
            value = Decimal(solution["value"]) / Decimal(solution["divisor"])
            shown = value if right else value * chance.choice((2, 10, Decimal("0.5")))
            return {"text": f"{shown.normalize():f} {units[0]['name'] if units else ''}".strip()}, ""
        case "short_text":
            return {"text": chance.choice(solution["accepted"]) if right else "I am not sure"}, ""
        case _:
            quality = QUALITIES[min(2, int((1 - ability) * 4 + chance.random()))]
            texts = [one for one in course.content.answers if one["question"] == key]
            fitting = [one for one in texts if one["quality"] == quality] or texts
            chosen_text = chance.choice(fitting)
            return {"text": chosen_text["text"].strip()}, chosen_text["quality"]


def _judge(
    course: SeededCourse,
    item: AssessmentItem,
    row: Row,
    quality: str,
    submitted: datetime,
    chance: random.Random,
    ledger: Ledger,
) -> Decimal:
    """A teacher's levels for an essay: one per criterion, near the quality of the text."""
    total, best = Decimal(0), Decimal(0)
    marked = submitted + timedelta(days=2)
    for criterion, levels in course.levels[item.rubric_id] if item.rubric_id else ():
        wanted = LEVEL_OF_QUALITY.get(quality, 1) + chance.choice((-1, 0, 0, 0))
        level = levels[min(max(wanted, 0), len(levels) - 1)]
        total += Decimal(level.points)
        best += Decimal(levels[0].points)
        ledger.scores.append(
            stamped(
                marked,
                response_id=row["id"],
                criterion_id=criterion.id,
                level_id=level.id,
                points=Decimal(level.points),
            )
        )
    points = rounded(total * item.points / best) if best else rounded(item.points * Decimal("0.7"))
    comment = plain_text(chance.choice(course.content.comments)["text"])
    row.update(
        points=points, comment=comment, graded_by=course.teachers[0].id, graded_at=marked, updated_at=marked
    )
    return points


def _grade(
    course: SeededCourse,
    assessment: Assessment,
    student: User,
    attempts: Sequence[AttemptScore],
    now: datetime,
    calendar: Calendar,
    ledger: Ledger,
) -> None:
    policy = effective_policy(assessment, Student(student.id, calendar.zone.key))
    result = grade(attempts, policy, possible=assessment.points, now=now)
    if result.status is GradeStatus.NONE:
        return
    by_hand = any(
        question_type(version.type).scored_by_person for _, version, _ in course.items[assessment.id]
    )
    last = max((one.submitted_at for one in attempts if one.submitted_at), default=assessment.due_at or now)
    settled = result.status in (GradeStatus.GRADED, GradeStatus.LATE)
    released = min(last + timedelta(days=3 if by_hand else 0), now) if settled else None
    row = stamped(
        last,
        assessment_id=assessment.id,
        user_id=student.id,
        points=result.points,
        possible=result.possible,
        status=result.status,
        explanation=[step.to_json() for step in result.explanation],
        released_at=released,
        seen_at=released,
        version=1,
    )
    ledger.grades.append(row)
    _trail(course, row, attempts, by_hand, last, ledger)


def _trail(
    course: SeededCourse,
    row: Row,
    attempts: Sequence[AttemptScore],
    by_hand: bool,
    last: datetime,
    ledger: Ledger,
) -> None:
    """The events that led to a grade, each beginning where the one before it ended."""

    def stand(points: Decimal | None, status: str, released: bool) -> Row:
        shown = None if points is None else f"{points:.2f}"
        return {"points": shown, "possible": f"{row['possible']:.2f}", "status": status, "released": released}

    now = stand(row["points"], row["status"], row["released_at"] is not None)
    waiting = stand(None, GradeStatus.IN_REVIEW, False)
    scored = {**now, "released": False}
    teacher = course.teachers[0].id
    steps: list[tuple[str, Row, UUID | None, datetime]] = []
    if not attempts:
        steps = [("recalculated", now, None, last)]
    elif by_hand and row["released_at"] is not None:
        steps = [
            ("submitted", waiting, None, last),
            ("scored", scored, teacher, last + timedelta(days=2)),
            ("released", now, teacher, row["released_at"]),
        ]
    else:
        steps = [("submitted", now, None, last)]
    before = stand(None, GradeStatus.NONE, False)
    for kind, after, actor, moment in steps:
        values = {"kind": kind, "before": before, "after": after, "actor_id": actor, "reason": ""}
        ledger.events.append(stamped(moment, grade_id=row["id"], attempt_id=None, **values))
        before = after


async def _talking(
    work: Work, course: SeededCourse, calendar: Calendar, now: datetime, chance: random.Random
) -> None:
    for facts in course.content.course.get("thread", ()):
        begun = min(calendar.moment(facts["week"], weekday=2) + timedelta(hours=3), now - timedelta(hours=6))
        posts = facts.get("post", ())
        thread = await work.add(
            Thread(
                course_id=course.course.id,
                author_id=_author(course, facts["by"], chance).id,
                title=facts["title"],
                body=facts["body"].strip(),
                body_html=render_markdown(facts["body"].strip()),
                post_count=len(posts),
                post_serial=len(posts),
                last_post_at=begun + timedelta(hours=len(posts)),
                created_at=begun,
            )
        )
        for number, post in enumerate(posts, start=1):
            work.session.add(
                Post(
                    thread_id=thread.id,
                    author_id=_author(course, post["by"], chance).id,
                    path=f"{number:06}",
                    body=post["body"].strip(),
                    body_html=render_markdown(post["body"].strip()),
                    created_at=begun + timedelta(hours=number),
                )
            )
    await work.flush()


def _author(course: SeededCourse, role: str, chance: random.Random) -> User:
    return course.teachers[0] if role == "teacher" else chance.choice(course.students)
