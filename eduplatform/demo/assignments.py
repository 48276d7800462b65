"""Assignments of the demonstration: one that everybody does alone and one of groups per organisation, in several states."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from eduplatform.db.base import new_id
from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.demo.assignment_texts import ASSIGNMENTS, AssignmentText
from eduplatform.demo.history import Row, stamped
from eduplatform.demo.seed import Calendar, SeededCourse
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.assignments import QUESTION_STATUS
from eduplatform.domain.assessment.availability import late_seconds
from eduplatform.domain.assessment.effective import Student, effective_policy
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    DraftRevision,
    Question,
    QuestionBank,
    QuestionVersion,
    Response,
)
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.assessment.types.essay import count_words
from eduplatform.domain.assessment.types.submission import Submission, SubmissionKey
from eduplatform.domain.courses.group_models import GroupMember, GroupSet, StudentGroup
from eduplatform.domain.courses.models import PublicationStatus
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.models import Grade, Rubric
from eduplatform.security.rich_text import render_markdown

TEAM_SIZE = 3
_TYPE = Submission()


@dataclass
class _Made:
    """An assignment with its one question."""

    assessment: Assessment
    item: AssessmentItem
    version: QuestionVersion
    text: AssignmentText


async def hand_out(*, work: Work, course: SeededCourse, calendar: Calendar, week: int, now: datetime) -> None:
    """Add the assignments of a course that has some; does nothing for others.

    Args:
        work: The open unit of work.
        course: The course with its students.
        calendar: The term.
        week: The week of the term that it is now.
        now: The server's clock.
    """
    texts = ASSIGNMENTS.get(course.content.key)
    if texts is None:
        return
    # A fixed seed makes every installation's demonstration the same; nothing here is secret.
    chance = random.Random(f"assignments {course.content.key}")  # noqa: S311
    teams = await _teams(work, course)
    rubric = await _rubric(work, course)
    alone = await _assignment(work, course, texts[0], calendar, week, rubric=rubric, teams=None)
    together = await _assignment(work, course, texts[1], calendar, week, rubric=None, teams=teams[0])
    ledger: dict[type[Any], list[Row]] = {Attempt: [], Response: [], DraftRevision: [], Grade: []}
    for number, student in enumerate(course.students):
        # The demonstration student has a draft to go on with.
        _work(
            alone, [student], None, "draft" if number == 0 else _state(number), calendar, now, chance, ledger
        )
    for number, (group_id, members) in enumerate(teams[1].items()):
        state = ("draft", "handed_in", "nothing")[number % 3]
        _work(together, members, group_id, state, calendar, now, chance, ledger)
    for model, rows in ledger.items():
        repository: Repository[Any] = Repository(work)
        repository.model = model
        await repository.insert_many(rows)


def _state(number: int) -> str:
    return ("handed_in", "handed_in", "late", "draft", "handed_in", "nothing")[number % 6]


async def _rubric(work: Work, course: SeededCourse) -> UUID | None:
    repository: Repository[Rubric] = Repository(work)
    repository.model = Rubric
    found = await repository.find(Rubric.course_id == course.course.id, order_by=(Rubric.title,))
    return found[0].id if found else None


async def _teams(work: Work, course: SeededCourse) -> tuple[UUID, dict[UUID, list[User]]]:
    """Teams of three of the whole course; the last students are in none, so that there is something to place."""
    chosen = await work.add(GroupSet(course_id=course.course.id, name="Project teams"))
    students = course.students[: len(course.students) // TEAM_SIZE * TEAM_SIZE - TEAM_SIZE]
    members: dict[UUID, list[User]] = {}
    for start in range(0, len(students), TEAM_SIZE):
        group = StudentGroup(set_id=chosen.id, name=f"Team {start // TEAM_SIZE + 1}")
        work.session.add(group)
        members[group.id] = students[start : start + TEAM_SIZE]
    await work.flush()
    work.session.add_all(
        GroupMember(set_id=chosen.id, group_id=group_id, user_id=one.id)
        for group_id, people in members.items()
        for one in people
    )
    await work.flush()
    return chosen.id, members


async def _assignment(
    work: Work,
    course: SeededCourse,
    text: AssignmentText,
    calendar: Calendar,
    week: int,
    *,
    rubric: UUID | None,
    teams: UUID | None,
) -> _Made:
    banks: Repository[QuestionBank] = Repository(work)
    banks.model = QuestionBank
    bank = (await banks.find(QuestionBank.course_id == course.course.id))[0]
    instructions = text.instructions.strip()
    opens = calendar.moment(week - 1)
    points = Decimal(text.points)
    # The individual one was due yesterday evening, so that there is work on time, late and missing; the other is open.
    due = (
        calendar.moment(week + 1, weekday=4, at=time(23, 59)) if teams else calendar.moment(week, at=time(7))
    )
    assessment = await work.add(
        Assessment(
            course_id=course.course.id,
            kind=AssessmentKind.ASSIGNMENT,
            title=text.title,
            instructions=instructions,
            instructions_html=render_markdown(instructions),
            status=PublicationStatus.PUBLISHED,
            attempts_allowed=2,
            scoring="last",
            opens_at=opens,
            due_at=due,
            late_percent_per_day=10,
            group_set_id=teams,
            points=points,
            published_at=opens - timedelta(days=2),
        )
    )
    question = await work.add(Question(bank_id=bank.id, type=_TYPE.key, status=QUESTION_STATUS))
    version = await work.add(
        QuestionVersion(
            question_id=question.id,
            number=1,
            type=_TYPE.key,
            stem=instructions,
            stem_html=assessment.instructions_html,
            body=text.body.model_dump(mode="json"),
            answer_key=SubmissionKey(notes=text.notes).model_dump(mode="json"),
            points=points,
        )
    )
    item = await work.add(
        AssessmentItem(
            assessment_id=assessment.id,
            question_id=question.id,
            question_version_id=version.id,
            rubric_id=rubric,
            position=1,
            points=points,
        )
    )
    return _Made(assessment, item, version, text)


def _work(
    made: _Made,
    people: list[User],
    group_id: UUID | None,
    state: str,
    calendar: Calendar,
    now: datetime,
    chance: random.Random,
    ledger: Mapping[type[Any], list[Row]],
) -> None:
    """One attempt in a state, with the history of its draft."""
    if state == "nothing":
        return
    author, due = people[0], made.assessment.due_at or now
    whole = chance.choice(made.text.answers)
    paragraphs = whole.split("\n\n")
    submitted = state != "draft"
    end = min(due, now) - timedelta(hours=chance.uniform(2, 30))
    if state == "late":
        end = min(due + timedelta(hours=chance.uniform(1, 9)), now - timedelta(minutes=20))
    begun = end - timedelta(days=chance.uniform(0.5, 2))
    attempt_id = new_id()
    shown = paragraphs if submitted else paragraphs[: max(1, len(paragraphs) // 2)]
    answer = {"text": "\n\n".join(shown), "link": made.text.link if submitted else "", "files": []}
    for step in range(1, len(shown) + 1):
        words = "\n\n".join(shown[:step])
        started = begun + (end - begun) * (step - 1) / len(shown)
        writer = people[(step - 1) % len(people)]
        ledger[DraftRevision].append(
            stamped(
                started,
                attempt_id=attempt_id,
                user_id=writer.id,
                begun_at=started,
                saved_at=min(end, started + timedelta(minutes=chance.randrange(6, 40))),
                answer={**answer, "text": words},
                words=count_words(words),
                characters=len(words),
            )
        )
    _store(made, people, group_id, attempt_id, answer, begun, end, submitted, calendar, ledger, author)


def _store(
    made: _Made,
    people: list[User],
    group_id: UUID | None,
    attempt_id: UUID,
    answer: dict[str, Any],
    begun: datetime,
    end: datetime,
    submitted: bool,
    calendar: Calendar,
    ledger: Mapping[type[Any], list[Row]],
    author: User,
) -> None:
    policy = effective_policy(made.assessment, Student(author.id, calendar.zone.key))
    late = late_seconds(policy, submitted_at=end, started_at=begun) if submitted else 0
    score = _TYPE.score(made.text.body, SubmissionKey(notes=made.text.notes), _TYPE.load_response(answer))
    ledger[Attempt].append(
        stamped(
            begun,
            assessment_id=made.assessment.id,
            user_id=author.id,
            group_id=group_id,
            number=1,
            state=AttemptState.SUBMITTED if submitted else AttemptState.IN_PROGRESS,
            seed=1,
            started_at=begun,
            deadline_at=None,
            submitted_at=end if submitted else None,
            submitted_by=people[-1].id if submitted else None,
            late_seconds=late,
            auto_submitted=False,
            needs_grading=submitted,
            points=None,
            version=2,
        )
    )
    ledger[Response].append(
        stamped(
            begun,
            attempt_id=attempt_id,
            item_id=made.item.id,
            answer=answer,
            version=4,
            writer="demonstration",
            saved_at=end,
            outcome=score.outcome if submitted else "",
            fraction=None,
            explanation=[step.to_json() for step in score.explanation] if submitted else [],
            points=None,
            comment="",
            graded_by=None,
            graded_at=None,
        )
    )
    ledger[Attempt][-1]["id"] = attempt_id
    if submitted:
        ledger[Grade].extend(
            stamped(
                end,
                assessment_id=made.assessment.id,
                user_id=one.id,
                points=None,
                possible=made.assessment.points,
                status=GradeStatus.IN_REVIEW,
                explanation=[],
                released_at=None,
                seen_at=None,
                version=1,
            )
            for one in people
        )
