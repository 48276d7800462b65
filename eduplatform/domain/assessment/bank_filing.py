"""Where questions are kept: banks and folders, tags and objectives, moving and copying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import new_id
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.bank import BANK_NAME, PAGE_SIZE
from eduplatform.domain.assessment.bank_repository import (
    BankLine,
    BankRepository,
    FolderLine,
    FolderRepository,
    QuestionFilter,
    QuestionListRepository,
    QuestionObjectiveRepository,
)
from eduplatform.domain.assessment.models import Question, QuestionBank, QuestionFolder, QuestionVersion
from eduplatform.domain.assessment.policy import require_bank
from eduplatform.domain.assessment.repository import QuestionVersionRepository
from eduplatform.domain.assessment.schemas import BankRow
from eduplatform.domain.assessment.types.text import clean_line, clean_text
from eduplatform.domain.courses.models import Course, Objective
from eduplatform.domain.courses.objectives import ObjectiveRepository, list_objectives
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.texts import single_line
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

MAX_BANK_NAME = 120
MAX_FOLDER_NAME = 80
MAX_FOLDERS = 200
MAX_DEPTH = 4
MAX_TAG = 40
MAX_TAGS = 12
MAX_SELECTED = 50
"""Questions that are filed at once."""

_FILL_IN = N_("Please fill this in.")
_TOO_LONG = N_("This is too long: at most {limit} characters.")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a person can choose from when looking for questions.

    Attributes:
        course: The course from which they look; None for their own questions only.
        banks: The course's banks, then their own.
        folders: Of all these banks.
        tags: Used in these banks.
        objectives: Of the course.
    """

    course: Course | None
    banks: list[BankLine]
    folders: list[FolderLine]
    tags: list[str]
    objectives: list[Objective]


async def read_shelf(*, work: Work, me: Principal, course_id: UUID | None) -> Shelf:
    """The banks of a course and one's own; a person's first bank is made when they look for it. At most 6 statements.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
    """
    course = None if course_id is None else await require_teacher(work=work, me=me, course_id=course_id)
    if Role.TEACHER not in me.roles:
        raise NotFound
    banks = await BankRepository(work).lines(course_id=course_id, user_id=me.user)
    if course is None and not banks:
        made = await BankRepository(work).add(QuestionBank(owner_id=me.user, name=BANK_NAME))
        banks = [BankLine(made, 0)]
    return Shelf(
        course=course,
        banks=banks,
        folders=await FolderRepository(work).lines([line.bank.id for line in banks]),
        tags=await QuestionListRepository(work).tags(course_id=course_id, user_id=me.user),
        objectives=[] if course_id is None else await list_objectives(work=work, course_id=course_id),
    )


async def find_questions(
    *, work: Work, me: Principal, wanted: QuestionFilter, page: int = 1, size: int = PAGE_SIZE
) -> tuple[list[BankRow], int]:
    """A page of questions, newest first, and how many match; for callers that read the shelf of the same course."""
    cleaned = QuestionFilter(
        course_id=wanted.course_id,
        personal=wanted.personal,
        bank_id=wanted.bank_id,
        folder_id=wanted.folder_id,
        search=clean_text(wanted.search[:200]).strip(),
        type=wanted.type,
        tag=clean_line(wanted.tag),
        objective_id=wanted.objective_id,
        unused=wanted.unused,
        excluded=wanted.excluded,
    )
    return await QuestionListRepository(work).matching(
        cleaned, user_id=me.user, number=page, size=min(size, 50)
    )


# Banks


async def create_bank(*, work: Work, me: Principal, course_id: UUID | None, name: str) -> QuestionBank:
    """Begin a bank of a course, shared by its teachers, or one of one's own.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
        Invalid: The name is empty, too long or taken.
    """
    if course_id is not None:
        await require_teacher(work=work, me=me, course_id=course_id, lock=True)
    elif Role.TEACHER not in me.roles:
        raise NotFound
    bank = QuestionBank(course_id=course_id, owner_id=None if course_id else me.user, name="")
    await _name_bank(work, bank, name)
    await work.add(bank)
    await work.audit("bank.created", bank=str(bank.id), course=str(course_id or ""))
    return bank


async def rename_bank(*, work: Work, me: Principal, bank_id: UUID, name: str) -> None:
    """Give a bank another name.

    Raises:
        NotFound: It is not the person's.
        Invalid: The name is empty, too long or taken.
    """
    bank, _course = await require_bank(work=work, me=me, bank_id=bank_id, lock=True)
    await _name_bank(work, bank, name)
    await work.flush()
    await work.audit("bank.renamed", bank=str(bank_id))


async def delete_bank(*, work: Work, me: Principal, bank_id: UUID) -> None:
    """Remove a bank without questions. What was taken out of it before stays in another bank of the same shelf.

    Raises:
        NotFound: It is not the person's.
        Conflict: It has questions, or it is the last one.
    """
    bank, _course = await require_bank(work=work, me=me, bank_id=bank_id, lock=True)
    others = await BankRepository(work).siblings(bank)
    questions = QuestionListRepository(work)
    if await questions.first(col(Question.bank_id) == bank_id, col(Question.status) == "live"):
        raise Conflict(N_("Move or take out the questions of this bank first."))
    if not others:
        raise Conflict(N_("The last bank stays."))
    await questions.move_all(bank_id, others[0].id)
    await work.flush()
    await BankRepository(work).delete(bank)
    await work.audit("bank.deleted", bank=str(bank_id))


async def _name_bank(work: Work, bank: QuestionBank, name: str) -> None:
    bank.name = _checked_name(name, MAX_BANK_NAME)
    if bank.name.casefold() in {one.name.casefold() for one in await BankRepository(work).siblings(bank)}:
        raise Invalid(fields={"name": N_("Another bank has this name.")})


def _checked_name(name: str, limit: int) -> str:
    text = single_line(name)
    if not text:
        raise Invalid(fields={"name": _FILL_IN})
    if len(text) > limit:
        raise Invalid(fields={"name": (_TOO_LONG, {"limit": str(limit)})})
    return text


# Folders


async def create_folder(
    *, work: Work, me: Principal, bank_id: UUID, name: str, parent_id: UUID | None = None
) -> QuestionFolder:
    """Add a folder to a bank, at the top or in another one; at most four deep.

    Raises:
        NotFound: The bank or the folder around it is not the person's.
        Invalid: The name is empty, too long or taken there, or there are too many.
    """
    await require_bank(work=work, me=me, bank_id=bank_id, lock=True)
    present = {line.folder.id: line.folder for line in await FolderRepository(work).lines([bank_id])}
    if parent_id is not None and parent_id not in present:
        raise NotFound
    if len(present) >= MAX_FOLDERS:
        raise Invalid(N_("A bank has at most {limit} folders."), params={"limit": str(MAX_FOLDERS)})
    if _depth(parent_id, present) >= MAX_DEPTH:
        raise Invalid(fields={"name": N_("Folders can be four deep.")})
    folder = QuestionFolder(bank_id=bank_id, parent_id=parent_id, name="")
    folder.name = _folder_name(name, folder, list(present.values()))
    await work.add(folder)
    await work.audit("folder.created", folder=str(folder.id), bank=str(bank_id))
    return folder


async def rename_folder(*, work: Work, me: Principal, folder_id: UUID, name: str) -> None:
    """Give a folder another name.

    Raises:
        NotFound: It is not the person's.
        Invalid: The name is empty, too long or taken there.
    """
    folder = await _own_folder(work, me, folder_id)
    present = [line.folder for line in await FolderRepository(work).lines([folder.bank_id])]
    folder.name = _folder_name(name, folder, present)
    await work.flush()
    await work.audit("folder.renamed", folder=str(folder_id))


async def move_folder(*, work: Work, me: Principal, folder_id: UUID, parent_id: UUID | None) -> None:
    """Put a folder, with everything in it, into another one of the same bank, or to the top.

    Raises:
        NotFound: One of the folders is not the person's, or of another bank.
        Invalid: It would lie within itself or too deep, or its name is taken there; ``fields["parent"]``.
    """
    folder = await _own_folder(work, me, folder_id)
    present = {line.folder.id: line.folder for line in await FolderRepository(work).lines([folder.bank_id])}
    if parent_id is not None and parent_id not in present:
        raise NotFound
    if parent_id is not None and folder_id in _way_up(parent_id, present):
        raise Invalid(fields={"parent": N_("A folder cannot lie within itself.")})
    below = max(
        len(_way_up(key, present)) - len(_way_up(folder_id, present))
        for key in present
        if folder_id in _way_up(key, present)
    )
    if _depth(parent_id, present) + 1 + below > MAX_DEPTH:
        raise Invalid(fields={"parent": N_("Folders can be four deep.")})
    names = {
        one.name.casefold() for one in present.values() if one.parent_id == parent_id and one.id != folder_id
    }
    if folder.name.casefold() in names:
        raise Invalid(fields={"parent": N_("Another folder there has this name.")})
    folder.parent_id = parent_id
    await work.flush()
    await work.audit("folder.moved", folder=str(folder_id))


async def delete_folder(*, work: Work, me: Principal, folder_id: UUID) -> None:
    """Remove a folder; its questions and folders go to the one around it.

    Raises:
        NotFound: It is not the person's.
        Conflict: A folder of the same name is already there.
    """
    folder = await _own_folder(work, me, folder_id)
    present = [line.folder for line in await FolderRepository(work).lines([folder.bank_id])]
    around = {
        one.name.casefold() for one in present if one.parent_id == folder.parent_id and one is not folder
    }
    inside = [one for one in present if one.parent_id == folder_id]
    if around & {one.name.casefold() for one in inside}:
        raise Conflict(N_("A folder of the same name is already there; rename one of them first."))
    for one in inside:
        one.parent_id = folder.parent_id
    for question in await QuestionListRepository(work).find(col(Question.folder_id) == folder_id):
        question.folder_id = folder.parent_id
    await work.flush()
    await FolderRepository(work).delete(folder)
    await work.audit("folder.deleted", folder=str(folder_id))


async def _own_folder(work: Work, me: Principal, folder_id: UUID) -> QuestionFolder:
    folder = await FolderRepository(work).get(folder_id)
    await require_bank(work=work, me=me, bank_id=folder.bank_id, lock=True)
    return folder


def _way_up(folder_id: UUID | None, present: dict[UUID, QuestionFolder]) -> list[UUID]:
    """A folder and those around it, the inmost first."""
    way: list[UUID] = []
    while folder_id is not None:
        way.append(folder_id)
        folder_id = present[folder_id].parent_id
    return way


def _depth(folder_id: UUID | None, present: dict[UUID, QuestionFolder]) -> int:
    return len(_way_up(folder_id, present))


def _folder_name(name: str, folder: QuestionFolder, present: Sequence[QuestionFolder]) -> str:
    text = _checked_name(name, MAX_FOLDER_NAME)
    if any(
        one.name.casefold() == text.casefold()
        for one in present
        if one.parent_id == folder.parent_id and one.id != folder.id
    ):
        raise Invalid(fields={"name": N_("Another folder here has this name.")})
    return text


# Filing questions


async def move_questions(
    *, work: Work, me: Principal, question_ids: Sequence[UUID], bank_id: UUID, folder_id: UUID | None = None
) -> int:
    """Move questions into a bank and folder; assessments that ask them go on. Returns how many.

    Objectives belong to a course: they are kept in another bank of the same course only.

    Raises:
        NotFound: A question, the bank or the folder is not the person's.
        Invalid: More than 50 at once.
    """
    rows = await _selected(work, me, question_ids)
    bank = await _target(work, me, bank_id, folder_id)
    for question, _version, _bank in rows:
        question.bank_id, question.folder_id = bank_id, folder_id
    await work.flush()
    leaving = [question.id for question, _, old in rows if old.course_id != bank.course_id]
    if leaving:
        await QuestionObjectiveRepository(work).remove(leaving)
    await work.audit("questions.moved", count=len(rows), bank=str(bank_id))
    return len(rows)


async def copy_questions(
    *, work: Work, me: Principal, question_ids: Sequence[UUID], bank_id: UUID, folder_id: UUID | None = None
) -> int:
    """Copy the current versions of questions, with their tags, into a bank and folder. Returns how many.

    Raises:
        NotFound: A question, the bank or the folder is not the person's.
        Invalid: More than 50 at once.
    """
    rows = await _selected(work, me, question_ids)
    await _target(work, me, bank_id, folder_id)
    # Ids are made first, so that both tables are filled with one statement each.
    copies = [(new_id(), question, version) for question, version, _ in rows]
    await QuestionListRepository(work).insert_many(
        [
            {
                "id": key,
                "bank_id": bank_id,
                "folder_id": folder_id,
                "type": question.type,
                "tags": list(question.tags),
                "words": question.words,
                "created_by": me.user,
            }
            for key, question, _ in copies
        ]
    )
    await QuestionVersionRepository(work).insert_many(
        [_copied(key, version, me.user) for key, _, version in copies]
    )
    await work.audit("questions.copied", count=len(rows), bank=str(bank_id))
    return len(rows)


def _copied(question_id: UUID, version: QuestionVersion, author: UUID) -> dict[str, object]:
    names = ("type", "stem", "stem_html", "body", "answer_key", "feedback", "feedback_html", "points")
    return {
        "question_id": question_id,
        "number": 1,
        "created_by": author,
        **{name: getattr(version, name) for name in names},
    }


async def tag_questions(
    *,
    work: Work,
    me: Principal,
    question_ids: Sequence[UUID],
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> None:
    """Give tags to questions, and take others from them.

    Raises:
        NotFound: A question is not the person's.
        Invalid: A tag is too long, a question would have more than 12, or more than 50 questions at once.
    """
    rows = await _selected(work, me, question_ids)
    new, old = read_tags(add), set(read_tags(remove))
    for question, _version, _bank in rows:
        kept = [tag for tag in question.tags if tag not in old]
        question.tags = sorted({*kept, *new})
        if len(question.tags) > MAX_TAGS:
            raise Invalid(
                fields={"tags": (N_("A question has at most {limit} tags."), {"limit": str(MAX_TAGS)})}
            )
    await work.flush()
    await work.audit("questions.tagged", count=len(rows))


def read_tags(words: Sequence[str]) -> list[str]:
    """Tags as they are stored: one line each, small letters, without repetition.

    Raises:
        Invalid: One is longer than 40 characters.
    """
    tags = list(
        dict.fromkeys(tag for word in words if (tag := single_line(word).casefold().lstrip("#").strip()))
    )
    if any(len(tag) > MAX_TAG for tag in tags):
        raise Invalid(fields={"tags": (N_("A tag has at most {limit} characters."), {"limit": str(MAX_TAG)})})
    return tags


async def set_objectives(
    *, work: Work, me: Principal, question_ids: Sequence[UUID], objective_ids: Sequence[UUID]
) -> None:
    """Say which objectives of their course questions ask for, in place of what was said before.

    Raises:
        NotFound: A question or an objective is not the person's.
        Invalid: A question is in a personal bank or of another course, or there are more than 50.
    """
    rows = await _selected(work, me, question_ids)
    courses = {bank.course_id for _, _, bank in rows}
    known = (
        await ObjectiveRepository(work).find(col(Objective.id).in_(objective_ids)) if objective_ids else []
    )
    if len(known) != len(set(objective_ids)):
        raise NotFound
    if objective_ids and courses != {one.course_id for one in known}:
        raise Invalid(
            fields={"objectives": N_("Objectives belong to a course: choose questions of its banks.")}
        )
    links = QuestionObjectiveRepository(work)
    await links.remove([question.id for question, _, _ in rows])
    await links.insert_many(
        [
            {"question_id": question.id, "objective_id": one.id, "created_by": me.user}
            for question, _, _ in rows
            for one in known
        ]
    )
    await work.audit("questions.objectives_set", count=len(rows))


async def archive_questions(*, work: Work, me: Principal, question_ids: Sequence[UUID]) -> int:
    """Take questions out of their banks; assessments that contain them keep them. Returns how many.

    Raises:
        NotFound: A question is not the person's.
        Invalid: More than 50 at once.
    """
    rows = await _selected(work, me, question_ids)
    for question, _version, _bank in rows:
        question.status = "archived"
    await work.flush()
    await work.audit("questions.archived", count=len(rows))
    return len(rows)


async def _selected(
    work: Work, me: Principal, question_ids: Sequence[UUID]
) -> list[tuple[Question, QuestionVersion, QuestionBank]]:
    wanted = set(question_ids)
    if Role.TEACHER not in me.roles:
        raise NotFound
    if len(wanted) > MAX_SELECTED:
        raise Invalid(N_("Choose at most {limit} questions at once."), params={"limit": str(MAX_SELECTED)})
    rows = await QuestionListRepository(work).authored(list(wanted), user_id=me.user)
    if len(rows) != len(wanted):
        raise NotFound
    return rows


async def _target(work: Work, me: Principal, bank_id: UUID, folder_id: UUID | None) -> QuestionBank:
    bank, _course = await require_bank(work=work, me=me, bank_id=bank_id)
    if folder_id is not None and (await FolderRepository(work).get(folder_id)).bank_id != bank_id:
        raise NotFound
    return bank
