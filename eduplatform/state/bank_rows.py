"""What lists and dialogs show of questions, banks and folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict
from uuid import UUID

from eduplatform.domain.assessment.bank_filing import Shelf
from eduplatform.domain.assessment.models import QuestionFolder
from eduplatform.domain.assessment.question_types import bank_types, question_type
from eduplatform.domain.assessment.schemas import BankRow
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_date, format_number
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import plain_text
from eduplatform.state.rows import Option

EXCERPT = 140
DEEP = "\u2003"
"""A wide space: how far a folder stands in is seen in a native list too."""


class BankQuestion(TypedDict):
    """A question in the list."""

    id: str
    excerpt: str
    type: str
    points: str
    uses: int
    version: int
    changed: str
    tags: list[str]


class BankEntry(TypedDict):
    """A bank to choose."""

    id: str
    name: str
    questions: int
    own: bool


class FolderEntry(TypedDict):
    """A folder to choose; ``depth`` counts from 0 at the top."""

    id: str
    name: str
    depth: int
    questions: int


def excerpt(source: str) -> str:
    """The beginning of a question's text in one line."""
    text = " ".join(plain_text(source).split())
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()}…"


def type_options(locale: str) -> list[Option]:
    """Every question type of a bank, to choose from."""
    return [Option(value=kind.key, label=translate(kind.name, locale)) for kind in bank_types()]


def bank_question(row: BankRow, me: Principal) -> BankQuestion:
    """A question as lists show it."""
    return BankQuestion(
        id=str(row.question.id),
        excerpt=excerpt(row.version.stem),
        type=translate(question_type(row.question.type).name, me.locale),
        points=format_number(row.version.points, me.locale),
        uses=row.uses,
        version=row.question.current_version,
        changed=format_date(row.version.updated_at, me.locale, me.timezone),
        tags=list(row.question.tags),
    )


def bank_entries(shelf: Shelf) -> list[BankEntry]:
    """The banks: the course's, then one's own."""
    return [
        BankEntry(
            id=str(line.bank.id),
            name=line.bank.name,
            questions=line.questions,
            own=line.bank.owner_id is not None,
        )
        for line in shelf.banks
    ]


def in_tree(folders: Sequence[QuestionFolder]) -> Iterator[tuple[QuestionFolder, int]]:
    """Folders of one bank as a tree is read: each before what is in it, with its depth from 0."""
    inside: dict[UUID | None, list[QuestionFolder]] = {}
    for folder in folders:
        inside.setdefault(folder.parent_id, []).append(folder)

    def walk(parent: UUID | None, depth: int) -> Iterator[tuple[QuestionFolder, int]]:
        for folder in inside.get(parent, ()):
            yield folder, depth
            yield from walk(folder.id, depth + 1)

    return walk(None, 0)


def folder_entries(shelf: Shelf, bank_id: UUID | None) -> list[FolderEntry]:
    """The folders of one bank as a tree."""
    counts: Mapping[UUID, int] = {line.folder.id: line.questions for line in shelf.folders}
    own = [line.folder for line in shelf.folders if line.folder.bank_id == bank_id]
    return [
        FolderEntry(id=str(one.id), name=one.name, depth=depth, questions=counts[one.id])
        for one, depth in in_tree(own)
    ]


def places(shelf: Shelf, locale: str, *, without: str = "") -> list[Option]:
    """Every bank, and every folder below it, as ``bank:folder``; ``without`` leaves out a folder and what is in it."""
    hidden = {without} if without else set[str]()
    options: list[Option] = []
    for line in shelf.banks:
        bank = line.bank
        own = translate(N_("{bank} (only you)"), locale, bank=bank.name)
        options.append(Option(value=f"{bank.id}:", label=own if bank.owner_id else bank.name))
        folders = [one.folder for one in shelf.folders if one.folder.bank_id == bank.id]
        for folder, depth in in_tree(folders):
            if {str(folder.id), str(folder.parent_id)} & hidden:
                hidden.add(str(folder.id))
                continue
            options.append(Option(value=f"{bank.id}:{folder.id}", label=f"{DEEP * (depth + 1)}{folder.name}"))
    return options
