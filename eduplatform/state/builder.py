"""The builder of an assessment: settings, questions, publication."""

from __future__ import annotations

import asyncio
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import bank, pools, service
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.assessment.schemas import BuiltAssessment, ItemRow
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import time_zone
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import render_markdown
from eduplatform.state.assessment_settings import (
    NO_SETTINGS,
    Settings,
    SettingsForm,
    draft_of,
    settings_of,
)
from eduplatform.state.assessments import PageNumber, kind_options
from eduplatform.state.bank_rows import BankQuestion, bank_question, excerpt
from eduplatform.state.base import PageMixin, SearchText, handler, notify, parse_id, route_argument
from eduplatform.state.pools import NO_POOL, PoolForm, PoolLine, pool_draft, pool_lines, source_options
from eduplatform.state.rows import Option

PICKER_SIZE = 20


class ItemLine(TypedDict):
    """A question in the builder."""

    id: str
    question_id: str
    number: int
    excerpt: str
    type: str
    points: str
    rubric_id: str
    rubric: str
    essay: bool
    newer: bool
    first: bool
    last: bool


def _item(row: ItemRow, number: int, count: int, me: Principal) -> ItemLine:
    kind = question_type(row.version.type)
    return ItemLine(
        id=str(row.item.id),
        question_id=str(row.item.question_id),
        number=number,
        excerpt=excerpt(row.version.stem),
        type=translate(kind.name, me.locale),
        points=f"{row.item.points.normalize():f}",
        rubric_id=str(row.item.rubric_id or ""),
        rubric=row.rubric_title,
        essay=kind.scored_by_person,
        newer=row.newest > row.version.number,
        first=number == 1,
        last=number == count,
    )


class BuilderState(PageMixin, rx.State):
    """The builder of one assessment."""

    course_id: str = ""
    course_title: str = ""
    settings: Settings = NO_SETTINGS
    instructions_html: str = ""
    items: list[ItemLine] = []
    questions: int = 0
    pools: list[PoolLine] = []
    pool: PoolLine = NO_POOL
    editing_pool: bool = False
    sources: list[Option] = []
    rubrics: list[Option] = []
    modules: list[Option] = []
    kinds: list[Option] = []
    problems: list[str] = []
    started: int = 0
    zone: str = ""
    saved: int = 0
    draft_key: str = ""
    picking: bool = False
    found: list[BankQuestion] = []
    found_total: int = 0
    picker_page: int = 1
    picker_pages: int = 1
    picker_search: str = ""
    picked: list[str] = []

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> rx.event.EventSpec | None:
        """Fill the page; an assignment has its own builder."""
        self.reset()
        self.kinds = kind_options(me.locale)
        self.zone = time_zone(me.timezone).key
        assessment_id = parse_id(route_argument(self, "assessment_id"))
        self.draft_key = f"assessment:{me.user}:{assessment_id}"
        async with unit_of_work(me) as work:
            self._show(await service.built_assessment(work=work, me=me, assessment_id=assessment_id), me)
        if self.settings["kind"] == AssessmentKind.ASSIGNMENT:
            return rx.redirect(f"/teach/assignments/{assessment_id}", replace=True)
        return None

    @handler(Permission.ASSESSMENT_EDIT)
    async def refresh(self, me: Principal) -> None:
        """Show what a change has made of it."""
        async with unit_of_work(me) as work:
            self._show(await service.built_assessment(work=work, me=me, assessment_id=self._id()), me)

    def _show(self, built: BuiltAssessment, me: Principal) -> None:
        one = built.assessment
        self.course_id, self.course_title = str(one.course_id), built.course_title
        self.settings, self.instructions_html = settings_of(one, me), one.instructions_html
        self.items = [
            _item(row, number, len(built.items), me) for number, row in enumerate(built.items, start=1)
        ]
        self.rubrics = [Option(value=str(row.id), label=row.title) for row in built.rubrics]
        self.modules = [Option(value=str(row.id), label=row.title) for row in built.modules]
        self.pools = pool_lines(built, me)
        self.questions = len(built.items) + sum(row.pool.draw for row in built.pools)
        self.problems = [problem.message.render(me.locale) for problem in built.problems]
        self.started = built.started

    def _id(self) -> UUID:
        return parse_id(self.settings["id"])

    @handler(Permission.ASSESSMENT_EDIT)
    async def save(self, me: Principal, form: SettingsForm) -> rx.event.EventSpec:
        """Store the settings."""
        draft = draft_of(form, self.settings, me.timezone)
        async with unit_of_work(me) as work:
            one = await service.save_assessment(
                work=work, me=me, assessment_id=self._id(), draft=draft, version=self.settings["version"]
            )
        self.settings = settings_of(one, me)
        self.saved += 1
        await notify(self, "success", translate(N_("Saved."), me.locale))
        return BuilderState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def show_instructions(self, me: Principal, text: Annotated[str, Field(max_length=25_000)]) -> None:
        """The instructions while they are written, as they will look."""
        self.instructions_html = await asyncio.to_thread(render_markdown, text)

    @handler(Permission.ASSESSMENT_EDIT)
    async def publish(self, me: Principal) -> rx.event.EventSpec:
        """Let students see it."""
        async with unit_of_work(me) as work:
            await service.publish(work=work, me=me, assessment_id=self._id())
        await notify(self, "success", translate(N_("Published. Your students can see it now."), me.locale))
        return BuilderState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def unpublish(self, me: Principal) -> rx.event.EventSpec:
        """Back to a draft."""
        async with unit_of_work(me) as work:
            await service.unpublish(work=work, me=me, assessment_id=self._id())
        await notify(self, "success", translate(N_("Withdrawn. It is a draft again."), me.locale))
        return BuilderState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def move(
        self, me: Principal, item_id: UUID, direction: Literal["up", "down"]
    ) -> rx.event.EventSpec:
        """Move a question by one place."""
        async with unit_of_work(me) as work:
            await service.move_item(work=work, me=me, item_id=item_id, direction=direction)
        return BuilderState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def remove(self, me: Principal, item_id: UUID) -> rx.event.EventSpec:
        """Take a question out."""
        async with unit_of_work(me) as work:
            await service.remove_item(work=work, me=me, item_id=item_id)
        return BuilderState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def set_points(
        self, me: Principal, item_id: UUID, points: Annotated[str, Field(max_length=20)]
    ) -> rx.event.EventSpec:
        """Give a question other points in this assessment."""
        return await self._set_item(me, item_id, points=points)

    @handler(Permission.ASSESSMENT_EDIT)
    async def set_rubric(
        self, me: Principal, item_id: UUID, rubric_id: Annotated[str, Field(max_length=40)]
    ) -> rx.event.EventSpec:
        """Choose the rubric by which an essay is scored."""
        return await self._set_item(me, item_id, rubric_id=rubric_id)

    async def _set_item(
        self, me: Principal, item_id: UUID, *, points: str | None = None, rubric_id: str | None = None
    ) -> rx.event.EventSpec:
        line = next((one for one in self.items if one["id"] == str(item_id)), None)
        known = line["points"] if line else "0"
        rubric = rubric_id if rubric_id is not None else (line["rubric_id"] if line else "")
        try:
            amount = Decimal((known if points is None else points).replace(",", ".") or "0")
        except InvalidOperation:
            raise Invalid(
                fields={f"points-{item_id}": N_("Enter points from 0 to 1,000 with at most two decimals.")}
            ) from None
        try:
            async with unit_of_work(me) as work:
                await service.set_item(
                    work=work,
                    me=me,
                    item_id=item_id,
                    points=amount,
                    rubric_id=parse_id(rubric) if rubric else None,
                )
        except Invalid as error:
            raise Invalid(
                fields={f"{name}-{item_id}": text for name, text in error.fields.items()}
            ) from error
        return BuilderState.refresh

    # Random questions

    @handler(Permission.ASSESSMENT_EDIT)
    async def open_pool(self, me: Principal, pool_id: Annotated[str, Field(max_length=40)]) -> None:
        """Ask what is drawn from where; empty for new random questions."""
        async with unit_of_work(me) as work:
            found = await pools.folders(work=work, me=me, assessment_id=self._id())
        self.sources = source_options(found)
        self.pool = next((one for one in self.pools if one["id"] == pool_id), NO_POOL)
        self.editing_pool = True

    @handler(Permission.ASSESSMENT_EDIT)
    async def close_pool(self, me: Principal) -> None:
        """Leave the random questions as they are."""
        self.editing_pool = False

    @handler(Permission.ASSESSMENT_EDIT)
    async def save_pool(self, me: Principal, form: PoolForm) -> rx.event.EventSpec:
        """Store the random questions."""
        draft = pool_draft(form)
        async with unit_of_work(me) as work:
            await pools.save_pool(
                work=work,
                me=me,
                assessment_id=self._id(),
                draft=draft,
                pool_id=parse_id(self.pool["id"]) if self.pool["id"] else None,
            )
        self.editing_pool = False
        return BuilderState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def remove_pool(self, me: Principal, pool_id: UUID) -> rx.event.EventSpec:
        """Draw no random questions there."""
        async with unit_of_work(me) as work:
            await pools.remove_pool(work=work, me=me, assessment_id=self._id(), pool_id=pool_id)
        return BuilderState.refresh

    # The questions to add

    @handler(Permission.ASSESSMENT_EDIT)
    async def open_picker(self, me: Principal) -> None:
        """Show the bank."""
        self.picking, self.picked, self.picker_search, self.picker_page = True, [], "", 1
        await self._find(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def close_picker(self, me: Principal) -> None:
        """Leave the bank."""
        self.picking = False

    @handler(Permission.ASSESSMENT_EDIT)
    async def find(self, me: Principal, text: SearchText) -> None:
        """Look for words in the bank."""
        self.picker_search, self.picker_page = text.strip(), 1
        await self._find(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def go(self, me: Principal, page: PageNumber) -> None:
        """Another page of the bank."""
        self.picker_page = page
        await self._find(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def pick(self, me: Principal, question_id: UUID, now: bool) -> None:
        """Tick a question, or not."""
        rest = [one for one in self.picked if one != str(question_id)]
        self.picked = [*rest, str(question_id)][: service.MAX_ITEMS] if now else rest

    @handler(Permission.ASSESSMENT_EDIT)
    async def add_picked(self, me: Principal) -> rx.event.EventSpec:
        """Put the ticked questions at the end."""
        async with unit_of_work(me) as work:
            await service.add_questions(
                work=work,
                me=me,
                assessment_id=self._id(),
                question_ids=[parse_id(one) for one in self.picked],
            )
        self.picking = False
        return BuilderState.refresh

    async def _find(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            _course, rows, total = await bank.list_questions(
                work=work,
                me=me,
                course_id=parse_id(self.course_id),
                search=self.picker_search,
                excluded=self._id(),
                page=self.picker_page,
                size=PICKER_SIZE,
            )
        self.found = [bank_question(row, me) for row in rows]
        self.found_total, self.picker_pages = total, max(1, -(-total // PICKER_SIZE))
