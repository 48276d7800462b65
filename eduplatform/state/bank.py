"""The question banks of a course, and one's own: looking for questions, and choosing some of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.assessment import bank, bank_filing
from eduplatform.domain.assessment.bank_repository import QuestionFilter
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.bank_rows import (
    BankEntry,
    BankQuestion,
    FolderEntry,
    bank_entries,
    bank_question,
    excerpt,
    folder_entries,
    type_options,
)
from eduplatform.state.base import PageMixin, SearchText, handler, notify, parse_id, route_argument
from eduplatform.state.question_preview import close_preview
from eduplatform.state.rows import Option

PageNumber = Annotated[int, Field(ge=1, le=100_000)]
TypeKey = Annotated[str, Field(max_length=40)]
Choice = Annotated[str, Field(max_length=60)]


class BankState(PageMixin, rx.State):
    """The list of questions; without a course only one's own banks are there.

    Attributes:
        bank_id: The chosen bank; empty: all banks of the course, or all of one's own.
        folder_id: The chosen folder of it.
        selected: Questions that are ticked, over several pages.
        filtered: Some filter beside bank and folder is set.
    """

    course_id: str = ""
    course_title: str = ""
    own: bool = False
    banks: list[BankEntry] = []
    folders: list[FolderEntry] = []
    tags: list[str] = []
    objectives: list[Option] = []
    types: list[Option] = []
    bank_id: str = ""
    bank_name: str = ""
    folder_id: str = ""
    folder_name: str = ""
    search: str = ""
    type: str = ""
    tag: str = ""
    objective: str = ""
    unused: bool = False
    rows: list[BankQuestion] = []
    selected: list[str] = []
    page: int = 1
    pages: int = 1
    total: int = 0

    @rx.var
    def filtered(self) -> bool:
        """Whether something could be hidden by a filter."""
        return bool(self.search or self.type or self.tag or self.objective or self.unused)

    @rx.var
    def tag_options(self) -> list[Option]:
        """The tags to choose from."""
        return [Option(value=tag, label=tag) for tag in self.tags]

    @rx.var
    def all_selected(self) -> bool:
        """Whether every question of this page is ticked."""
        return bool(self.rows) and {row["id"] for row in self.rows} <= set(self.selected)

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The banks of a course."""
        self._clear(me)
        await close_preview(self)
        self.course_id = route_argument(self, "course_id")
        await self._read_all(me)

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load_own(self, me: Principal) -> None:
        """One's own banks."""
        self._clear(me)
        await close_preview(self)
        self.own = True
        await self._read_all(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def refresh(self, me: Principal) -> None:
        """After something was filed elsewhere."""
        self.selected = []
        await self._read_all(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def choose_bank(self, me: Principal, bank_id: Choice) -> None:
        """One bank, or all."""
        self.bank_id, self.folder_id, self.page = bank_id, "", 1
        await self._read_all(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def choose_folder(self, me: Principal, folder_id: Choice) -> None:
        """One folder of the bank, or all of it."""
        self.folder_id = folder_id
        self.folder_name = next((one["name"] for one in self.folders if one["id"] == folder_id), "")
        await self._first(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def find(self, me: Principal, text: SearchText) -> None:
        """Look for words in the questions."""
        self.search = text.strip()
        await self._first(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def filter(self, me: Principal, type: TypeKey) -> None:
        """Only questions of one type; empty for all."""
        self.type = type
        await self._first(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def by_tag(self, me: Principal, tag: Choice) -> None:
        """Only questions with a tag; empty for all."""
        self.tag = tag
        await self._first(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def by_objective(self, me: Principal, objective_id: Choice) -> None:
        """Only questions that ask for an objective; empty for all."""
        self.objective = objective_id
        await self._first(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def only_unused(self, me: Principal, now: bool) -> None:
        """Only questions that no assessment asks."""
        self.unused = now
        await self._first(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def go(self, me: Principal, page: PageNumber) -> None:
        """Another page of the list."""
        self.page = page
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def select_row(self, me: Principal, question_id: Choice, now: bool) -> None:
        """Tick a question, or not."""
        others = [one for one in self.selected if one != question_id]
        self.selected = [*others, question_id][-bank_filing.MAX_SELECTED :] if now else others

    @handler(Permission.ASSESSMENT_EDIT)
    async def select_page(self, me: Principal, now: bool) -> None:
        """Tick every question of this page, or none of it."""
        here = [row["id"] for row in self.rows]
        others = [one for one in self.selected if one not in here]
        self.selected = [*others, *here][-bank_filing.MAX_SELECTED :] if now else others

    @handler(Permission.ASSESSMENT_EDIT)
    async def clear_selection(self, me: Principal) -> None:
        """Tick nothing."""
        self.selected = []

    @handler(Permission.ASSESSMENT_EDIT)
    async def archive(self, me: Principal, question_id: UUID) -> rx.event.EventSpec:
        """Take a question out of the bank."""
        async with unit_of_work(me) as work:
            await bank.delete_question(work=work, me=me, question_id=question_id)
        await notify(self, "success", translate(N_("The question is out of the bank."), me.locale))
        return BankState.refresh()

    @handler(Permission.ASSESSMENT_EDIT)
    async def archive_selected(self, me: Principal) -> rx.event.EventSpec:
        """Take the ticked questions out of their banks."""
        async with unit_of_work(me) as work:
            count = await bank_filing.archive_questions(
                work=work, me=me, question_ids=[parse_id(one) for one in self.selected]
            )
        text = translate_plural(
            "{count} question is out of the bank.", "{count} questions are out of the bank.", count, me.locale
        )
        await notify(self, "success", text)
        return BankState.refresh()

    def _clear(self, me: Principal) -> None:
        self.reset()
        self.types = type_options(me.locale)

    async def _first(self, me: Principal) -> None:
        self.page = 1
        await self._read(me)

    def _course(self) -> UUID | None:
        return None if self.own else parse_id(self.course_id)

    async def _read_all(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            shelf = await bank_filing.read_shelf(work=work, me=me, course_id=self._course())
            self.banks, self.tags = bank_entries(shelf), shelf.tags
            self.course_title = shelf.course.title if shelf.course else ""
            chosen = next((one for one in self.banks if one["id"] == self.bank_id), None)
            self.bank_id, self.bank_name = (chosen["id"], chosen["name"]) if chosen else ("", "")
            self.folders = folder_entries(shelf, UUID(self.bank_id) if self.bank_id else None)
            folder = next((one for one in self.folders if one["id"] == self.folder_id), None)
            self.folder_id, self.folder_name = (folder["id"], folder["name"]) if folder else ("", "")
            self.objectives = [
                Option(value=str(one.id), label=f"{one.code} {one.statement}") for one in shelf.objectives
            ]
            await self._list(work, me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            if not self.own:
                await require_teacher(work=work, me=me, course_id=parse_id(self.course_id))
            await self._list(work, me)

    async def _list(self, work: Work, me: Principal) -> None:
        wanted = QuestionFilter(
            course_id=self._course(),
            # Without a bank the page of a course lists the course's; one's own are chosen by name.
            personal=bool(self.bank_id),
            bank_id=parse_id(self.bank_id) if self.bank_id else None,
            folder_id=parse_id(self.folder_id) if self.folder_id else None,
            search=self.search,
            type=self.type,
            tag=self.tag,
            objective_id=parse_id(self.objective) if self.objective else None,
            unused=self.unused,
        )
        rows, total = await bank_filing.find_questions(work=work, me=me, wanted=wanted, page=self.page)
        self.total, self.pages = total, max(1, -(-total // bank.PAGE_SIZE))
        self.rows = [bank_question(row, me) for row in rows]


__all__ = ["BankQuestion", "BankState", "bank_question", "excerpt"]
