"""What the demonstration's banks hold beyond the courses' own questions: folders, tags, objectives, every type, own banks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import new_id
from eduplatform.db.unit_of_work import Work
from eduplatform.demo.content import CONTENT, Table
from eduplatform.demo.seed import Calendar, SeededCourse
from eduplatform.domain.accounts.models import User
from eduplatform.domain.assessment.bank import check_draft
from eduplatform.domain.assessment.bank_repository import BankRepository, QuestionListRepository
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Question,
    QuestionBank,
    QuestionFolder,
    QuestionObjective,
    QuestionVersion,
)
from eduplatform.domain.assessment.schemas import QuestionDraft
from eduplatform.domain.courses.models import Objective, PublicationStatus
from eduplatform.security.rich_text import render_markdown

FILE = "bank.toml"


async def furnish_banks(
    *, work: Work, slug: str, courses: Sequence[SeededCourse], people: Mapping[str, User], calendar: Calendar
) -> None:
    """Fill the banks of one organisation.

    Args:
        work: The open unit of work.
        slug: The organisation's folder below ``content``; one without such a file brings no banks.
        courses: Its courses with the questions that they brought.
        people: Its people by their keys in the content.
        calendar: Its term.
    """
    path = CONTENT / slug / FILE
    if not path.exists():
        return
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    for course in courses:
        key = course.content.key
        of_course: dict[str, list[Table]] = {
            kind: [one for one in content[kind] if one["course"] == key]
            for kind in ("objective", "question", "quiz")
        }
        await _course_bank(work, course, of_course, calendar)
    await _own_banks(work, content["own"], people)


async def _course_bank(
    work: Work, seeded: SeededCourse, content: Mapping[str, Sequence[Table]], calendar: Calendar
) -> None:
    bank = await BankRepository(work).of_course(seeded.course.id)
    if bank is None:
        return
    objectives = {
        one["code"]: Objective(
            id=new_id(),
            course_id=seeded.course.id,
            code=one["code"],
            statement=one["statement"],
            position=place,
        )
        for place, one in enumerate(content["objective"], start=1)
    }
    folders = {
        one["key"]: QuestionFolder(id=new_id(), bank_id=bank.id, name=one["title"])
        for one in seeded.content.course["module"]
    }
    work.session.add_all([*objectives.values(), *folders.values()])
    await work.flush()
    await _file_own_questions(work, seeded, bank, folders)
    made = {
        facts["key"]: _question(
            facts, bank_id=bank.id, folder_id=folders[facts["module"]].id, author=seeded.teachers[0].id
        )
        for facts in content["question"]
    }
    await _store(work, made.values())
    work.session.add_all(
        QuestionObjective(question_id=made[facts["key"]][0].id, objective_id=objectives[code].id)
        for facts in content["question"]
        for code in facts["objectives"]
    )
    for quiz in content["quiz"]:
        await _quiz(work, seeded, quiz, made, calendar)
    await work.flush()


async def _file_own_questions(
    work: Work, seeded: SeededCourse, bank: QuestionBank, folders: Mapping[str, QuestionFolder]
) -> None:
    """Put what the course brought into the folder of its module."""
    words = {one["stem"].strip(): one["module"] for one in seeded.content.questions}
    versions = {
        version.question_id: version.stem for rows in seeded.items.values() for _item, version, _key in rows
    }
    for question in await QuestionListRepository(work).find(col(Question.bank_id) == bank.id):
        module = words.get(versions.get(question.id, ""))
        if module is not None:
            question.folder_id = folders[module].id


def _question(
    facts: Table, *, bank_id: UUID, folder_id: UUID, author: UUID
) -> tuple[Question, QuestionVersion]:
    parts: dict[str, Any] = facts["parts"]
    draft = QuestionDraft(
        type=facts["type"],
        stem=facts["stem"].strip(),
        points=Decimal(facts["points"]),
        feedback=facts.get("feedback", "").strip(),
        parts=parts,
    )
    kind, wording = check_draft(draft)
    question = Question(
        id=new_id(),
        bank_id=bank_id,
        folder_id=folder_id,
        type=kind.key,
        tags=sorted(facts["tags"]),
        words=wording.words,
        created_by=author,
    )
    version = QuestionVersion(
        id=new_id(),
        question_id=question.id,
        number=1,
        type=kind.key,
        stem=wording.stem,
        stem_html=wording.stem_html,
        body=wording.body,
        answer_key=wording.answer_key,
        feedback=wording.feedback,
        feedback_html=wording.feedback_html,
        points=wording.points,
        created_by=author,
    )
    return question, version


async def _store(work: Work, made: Iterable[tuple[Question, QuestionVersion]]) -> None:
    rows = list(made)
    work.session.add_all([question for question, _ in rows])
    await work.flush()
    work.session.add_all([version for _, version in rows])
    await work.flush()


async def _quiz(
    work: Work,
    seeded: SeededCourse,
    quiz: Table,
    made: Mapping[str, tuple[Question, QuestionVersion]],
    calendar: Calendar,
) -> None:
    asked = [made[key] for key in quiz["questions"]]
    opens = calendar.moment(quiz["week"])
    assessment = await work.add(
        Assessment(
            course_id=seeded.course.id,
            kind="practice",
            title=quiz["title"],
            instructions=quiz["instructions"],
            instructions_html=render_markdown(quiz["instructions"]),
            status=PublicationStatus.PUBLISHED,
            attempts_allowed=0,
            scoring="last",
            opens_at=opens,
            points=sum((version.points for _, version in asked), Decimal(0)),
            published_at=opens,
        )
    )
    work.session.add_all(
        AssessmentItem(
            assessment_id=assessment.id,
            question_id=question.id,
            question_version_id=version.id,
            position=place,
            points=version.points,
        )
        for place, (question, version) in enumerate(asked, start=1)
    )


async def _own_banks(work: Work, content: Sequence[Table], people: Mapping[str, User]) -> None:
    banks: dict[tuple[str, str], QuestionBank] = {}
    folders: dict[tuple[str, str, str], QuestionFolder] = {}
    for facts in content:
        owner, place = people[facts["teacher"]], (facts["teacher"], facts["bank"])
        banks.setdefault(place, QuestionBank(id=new_id(), owner_id=owner.id, name=facts["bank"]))
        folders.setdefault(
            (*place, facts["folder"]),
            QuestionFolder(id=new_id(), bank_id=banks[place].id, name=facts["folder"]),
        )
    work.session.add_all(banks.values())
    await work.flush()
    work.session.add_all(folders.values())
    await work.flush()
    await _store(
        work,
        [
            _question(
                facts,
                bank_id=banks[facts["teacher"], facts["bank"]].id,
                folder_id=folders[facts["teacher"], facts["bank"], facts["folder"]].id,
                author=people[facts["teacher"]].id,
            )
            for facts in content
        ],
    )
