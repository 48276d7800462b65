"""Keeping a bank in order: banks, folders, and the dialogs that file chosen questions."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import reflex as rx
from pydantic import ConfigDict, Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import bank_filing
from eduplatform.domain.assessment.bank_repository import QuestionObjectiveRepository
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.bank import BankState
from eduplatform.state.bank_rows import places
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id
from eduplatform.state.rows import Option

Which = Literal[
    "", "place", "tags", "objectives", "bank", "folder", "rename_bank", "rename_folder", "move_folder"
]
Short = Annotated[str, Field(max_length=600)]


class PlaceForm(Form):
    """Where chosen questions go: ``bank:folder``."""

    place: Annotated[str, Field(max_length=80)] = ""
    copy_them: bool = False


class TagsForm(Form):
    """Tags with commas between them."""

    add: Short = ""
    remove: Short = ""


class ObjectivesForm(Form):
    """The ids of the ticked objectives are the names of the fields."""

    model_config = ConfigDict(extra="allow")


class NameForm(Form):
    """The name of a bank or folder; ``own`` makes a bank that only its author sees."""

    name: Annotated[str, Field(max_length=300)] = ""
    own: bool = False


class ParentForm(Form):
    """The folder into which another one goes; empty is the top of the bank."""

    parent: Annotated[str, Field(max_length=40)] = ""


class BankFilingState(PageMixin, rx.State):
    """The dialogs beside the list: which one is open, and for which questions.

    Attributes:
        showing: The open dialog; empty when none is.
        count: How many questions are being filed.
        aims: Objectives that the one chosen question has.
    """

    showing: str = ""
    count: int = 0
    options: list[Option] = []
    objectives: list[Option] = []
    known_tags: list[str] = []
    tags: str = ""
    aims: list[str] = []
    name: str = ""
    folders: list[Option] = []
    _ids: list[str] = []

    @handler(Permission.ASSESSMENT_EDIT)
    async def open(self, me: Principal, which: Which) -> None:
        """A dialog for the ticked questions, or for the chosen bank or folder."""
        listed = await self.get_state(BankState)
        await self._show(me, which, list(listed.selected))
        self.name = {"rename_bank": listed.bank_name, "rename_folder": listed.folder_name}.get(which, "")

    @handler(Permission.ASSESSMENT_EDIT)
    async def open_for(self, me: Principal, which: Which, question_id: UUID) -> None:
        """A dialog for one question."""
        await self._show(me, which, [str(question_id)])

    @handler(Permission.ASSESSMENT_EDIT)
    async def close(self, me: Principal) -> None:
        """No dialog."""
        self.showing = ""

    async def _show(self, me: Principal, which: str, ids: list[str]) -> None:
        listed = await self.get_state(BankState)
        async with unit_of_work(me) as work:
            shelf = await bank_filing.read_shelf(
                work=work, me=me, course_id=None if listed.own else parse_id(listed.course_id)
            )
            found = (
                await QuestionObjectiveRepository(work).of_questions([parse_id(ids[0])])
                if which == "objectives" and len(ids) == 1
                else {}
            )
        self._ids, self.count = ids, len(ids)
        self.options = places(shelf, me.locale)
        # Where the chosen folder can go: its own bank, without itself and what is in it.
        self.folders = [
            Option(value=one["value"].partition(":")[2], label=one["label"])
            for one in places(shelf, me.locale, without=listed.folder_id)
            if one["value"].startswith(f"{listed.bank_id}:") and not one["value"].endswith(":")
        ]
        self.known_tags = shelf.tags[:40]
        self.objectives = [
            Option(value=str(one.id), label=f"{one.code} {one.statement}") for one in shelf.objectives
        ]
        self.aims = [str(one.id) for each in found.values() for one in each]
        chosen = {row["id"]: row["tags"] for row in listed.rows if row["id"] in ids}
        self.tags = ", ".join(sorted({tag for tags in chosen.values() for tag in tags}))
        self.name = ""
        self.showing = which

    def _questions(self) -> list[UUID]:
        return [parse_id(one) for one in self._ids]

    async def _done(self, text: str) -> rx.event.EventSpec:
        self.showing = ""
        await notify(self, "success", text)
        return BankState.refresh()

    @handler(Permission.ASSESSMENT_EDIT)
    async def place(self, me: Principal, form: PlaceForm) -> rx.event.EventSpec:
        """Move or copy the questions into a bank and folder."""
        bank_id, _, folder_id = form.place.partition(":")
        if not bank_id:
            raise Invalid(fields={"place": N_("Choose where they go.")})
        act = bank_filing.copy_questions if form.copy_them else bank_filing.move_questions
        async with unit_of_work(me) as work:
            count = await act(
                work=work,
                me=me,
                question_ids=self._questions(),
                bank_id=parse_id(bank_id),
                folder_id=parse_id(folder_id) if folder_id else None,
            )
        if form.copy_them:
            text = translate_plural(
                "{count} question was copied.", "{count} questions were copied.", count, me.locale
            )
        else:
            text = translate_plural(
                "{count} question was moved.", "{count} questions were moved.", count, me.locale
            )
        return await self._done(text)

    @handler(Permission.ASSESSMENT_EDIT)
    async def tag(self, me: Principal, form: TagsForm) -> rx.event.EventSpec:
        """Give and take tags."""
        async with unit_of_work(me) as work:
            await bank_filing.tag_questions(
                work=work,
                me=me,
                question_ids=self._questions(),
                add=form.add.split(","),
                remove=form.remove.split(","),
            )
        return await self._done(translate(N_("The tags are saved."), me.locale))

    @handler(Permission.ASSESSMENT_EDIT)
    async def aim(self, me: Principal, form: ObjectivesForm) -> rx.event.EventSpec:
        """Say which objectives the questions ask for."""
        async with unit_of_work(me) as work:
            await bank_filing.set_objectives(
                work=work,
                me=me,
                question_ids=self._questions(),
                objective_ids=[parse_id(one) for one in form.model_extra or {}],
            )
        return await self._done(translate(N_("The objectives are saved."), me.locale))

    @handler(Permission.ASSESSMENT_EDIT)
    async def add_bank(self, me: Principal, form: NameForm) -> rx.event.EventSpec:
        """Begin a bank."""
        listed = await self.get_state(BankState)
        alone = form.own or listed.own
        async with unit_of_work(me) as work:
            made = await bank_filing.create_bank(
                work=work, me=me, course_id=None if alone else parse_id(listed.course_id), name=form.name
            )
        listed.bank_id, listed.folder_id = str(made.id), ""
        return await self._done(translate(N_("The bank is there."), me.locale))

    @handler(Permission.ASSESSMENT_EDIT)
    async def rename_bank(self, me: Principal, form: NameForm) -> rx.event.EventSpec:
        """Give the chosen bank another name."""
        listed = await self.get_state(BankState)
        async with unit_of_work(me) as work:
            await bank_filing.rename_bank(work=work, me=me, bank_id=parse_id(listed.bank_id), name=form.name)
        return await self._done(translate(N_("The bank has a new name."), me.locale))

    @handler(Permission.ASSESSMENT_EDIT)
    async def delete_bank(self, me: Principal) -> rx.event.EventSpec:
        """Remove the chosen bank."""
        listed = await self.get_state(BankState)
        async with unit_of_work(me) as work:
            await bank_filing.delete_bank(work=work, me=me, bank_id=parse_id(listed.bank_id))
        return await self._done(translate(N_("The bank is removed."), me.locale))

    @handler(Permission.ASSESSMENT_EDIT)
    async def add_folder(self, me: Principal, form: NameForm) -> rx.event.EventSpec:
        """Add a folder to the chosen bank, in the chosen folder if there is one."""
        listed = await self.get_state(BankState)
        async with unit_of_work(me) as work:
            await bank_filing.create_folder(
                work=work,
                me=me,
                bank_id=parse_id(listed.bank_id),
                parent_id=parse_id(listed.folder_id) if listed.folder_id else None,
                name=form.name,
            )
        return await self._done(translate(N_("The folder is there."), me.locale))

    @handler(Permission.ASSESSMENT_EDIT)
    async def rename_folder(self, me: Principal, form: NameForm) -> rx.event.EventSpec:
        """Give the chosen folder another name."""
        listed = await self.get_state(BankState)
        async with unit_of_work(me) as work:
            await bank_filing.rename_folder(
                work=work, me=me, folder_id=parse_id(listed.folder_id), name=form.name
            )
        return await self._done(translate(N_("The folder has a new name."), me.locale))

    @handler(Permission.ASSESSMENT_EDIT)
    async def move_folder(self, me: Principal, form: ParentForm) -> rx.event.EventSpec:
        """Put the chosen folder into another one, or to the top of its bank."""
        listed = await self.get_state(BankState)
        async with unit_of_work(me) as work:
            await bank_filing.move_folder(
                work=work,
                me=me,
                folder_id=parse_id(listed.folder_id),
                parent_id=parse_id(form.parent) if form.parent else None,
            )
        return await self._done(translate(N_("The folder has moved."), me.locale))

    @handler(Permission.ASSESSMENT_EDIT)
    async def delete_folder(self, me: Principal) -> rx.event.EventSpec:
        """Remove the chosen folder; what is in it goes to the one around it."""
        listed = await self.get_state(BankState)
        async with unit_of_work(me) as work:
            await bank_filing.delete_folder(work=work, me=me, folder_id=parse_id(listed.folder_id))
        return await self._done(translate(N_("The folder is removed."), me.locale))
