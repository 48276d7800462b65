"""The editor of a question."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypedDict

import reflex as rx
from pydantic import ConfigDict, Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import bank, bank_filing
from eduplatform.domain.assessment.attempts import MAX_SEED
from eduplatform.domain.assessment.question_types import bank_types, question_type
from eduplatform.domain.assessment.schemas import QuestionDraft
from eduplatform.domain.assessment.types.editor import EditorField, FlagField, RowsField
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import render_markdown
from eduplatform.state.bank import BankState
from eduplatform.state.bank_rows import places
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.question_preview import PreviewState, close_preview, present
from eduplatform.state.rows import Option

MAX_PART = 60_000
"""Longest value of one field, in characters; the question types have limits of their own."""

TypeKey = Annotated[str, Field(max_length=40)]
Source = Annotated[str, Field(max_length=25_000)]
Short = Annotated[str, Field(max_length=200)]


class TypeCard(TypedDict):
    """A question type to choose."""

    key: str
    name: str
    description: str


class QuestionForm(Form):
    """A question as its editor sends it; the fields of its type come beside these."""

    model_config = ConfigDict(extra="allow")

    stem: Source = ""
    feedback: Source = ""
    points: Short = "1"
    place: Short = ""


def _rows_of(text: str, field: str) -> list[Any]:
    try:
        rows = json.loads(text or "[]")
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        raise Invalid(fields={field: N_("Please check this.")})
    return rows


def _points(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return Decimal("NaN")


def draft_of(form: QuestionForm, type: str) -> QuestionDraft:
    """The form as the bank takes it, with the fields that the type has.

    Raises:
        Invalid: A part of the form is not even readable, or the type has no such field.
    """
    sent = form.model_extra or {}
    fields = question_type(type).editor
    if unknown := sent.keys() - {field.name for field in fields}:
        raise Invalid(fields=dict.fromkeys(unknown, N_("This field is not known.")))
    parts: dict[str, object] = {}
    for field in fields:
        value = sent.get(field.name, "")
        if not isinstance(value, str) or len(value) > MAX_PART:
            raise Invalid(fields={field.name: N_("Please check this.")})
        parts[field.name] = _rows_of(value, field.name) if isinstance(field, RowsField) else value
    return QuestionDraft(
        type=type, stem=form.stem, feedback=form.feedback, points=_points(form.points), parts=parts
    )


def new_parts(fields: tuple[EditorField, ...]) -> dict[str, str]:
    """What the fields of a new question hold."""
    parts: dict[str, str] = {}
    for field in fields:
        if isinstance(field, RowsField):
            first = field.columns[0]
            row = {first.name: first.choices[0][0]} if first.choices else {}
            parts[field.name] = json.dumps([row] * field.new_rows)
        else:
            parts[field.name] = field.start
    return parts


def stored_parts(fields: tuple[EditorField, ...], form: Mapping[str, object]) -> dict[str, str]:
    """What the fields of a stored question hold."""
    parts: dict[str, str] = {}
    for field in fields:
        value = form.get(field.name, "")
        if isinstance(field, RowsField):
            parts[field.name] = json.dumps(value or [])
        elif isinstance(field, FlagField):
            parts[field.name] = "true" if value else ""
        else:
            parts[field.name] = str(value)
    return parts


class QuestionState(PageMixin, rx.State):
    """The editor of one question: a new one of a chosen type, or one of the bank.

    Attributes:
        parts: The fields of the type by name, as text.
        course_id: The bank's course; empty for a question of one's own bank.
        places: Where a new question can go.
    """

    course_id: str = ""
    course_title: str = ""
    question_id: str = ""
    type: str = ""
    type_name: str = ""
    types: list[TypeCard] = []
    places: list[Option] = []
    place: str = ""
    bank_name: str = ""
    tags: list[str] = []
    version: int = 0
    seen: bool = False
    saved: int = 0
    stem: str = ""
    stem_html: str = ""
    feedback: str = ""
    feedback_html: str = ""
    points: str = "1"
    parts: dict[str, str] = {}
    draft_key: str = ""

    @rx.var
    def bank_path(self) -> str:
        """The address of the bank around the question."""
        return f"/teach/courses/{self.course_id}/bank" if self.course_id else "/teach/bank"

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """A question of the bank."""
        await self._clear(me)
        await self._read(me, route_argument(self, "question_id"))

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load_new(self, me: Principal) -> None:
        """The choice of a type for a new question of a course."""
        await self._clear(me)
        self.course_id = route_argument(self, "course_id")
        await self._prepare(me)

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load_new_own(self, me: Principal) -> None:
        """The choice of a type for a new question of one's own."""
        await self._clear(me)
        await self._prepare(me)

    async def _clear(self, me: Principal) -> None:
        self.reset()
        await close_preview(self)
        self.types = [
            TypeCard(
                key=kind.key,
                name=translate(kind.name, me.locale),
                description=translate(kind.description, me.locale) if kind.description else "",
            )
            for kind in bank_types()
        ]

    async def _prepare(self, me: Principal) -> None:
        """Where it can go; first of all where the person was looking just now."""
        course_id = parse_id(self.course_id) if self.course_id else None
        async with unit_of_work(me) as work:
            shelf = await bank_filing.read_shelf(work=work, me=me, course_id=course_id)
        self.course_title = shelf.course.title if shelf.course else ""
        self.places = places(shelf, me.locale)
        if shelf.course and not any(line.bank.course_id for line in shelf.banks):
            # The course's first bank comes with its first question.
            self.places = [Option(value=":", label=shelf.course.title), *self.places]
        listed = await self.get_state(BankState)
        known = [one["value"] for one in self.places]
        here = f"{listed.bank_id}:{listed.folder_id}"
        self.place = here if here in known else known[0] if known else ""

    async def _read(self, me: Principal, question_id: str) -> None:
        async with unit_of_work(me) as work:
            found = await bank.edited_question(work=work, me=me, question_id=parse_id(question_id))
        version, course = found.version, found.course
        self.course_id = str(course.id) if course else ""
        self.course_title = course.title if course else ""
        self.bank_name, self.tags = found.bank.name, list(found.question.tags)
        self.question_id, self.version, self.seen = question_id, found.question.current_version, found.seen
        self._choose(version.type, me)
        self.stem, self.stem_html = version.stem, version.stem_html
        self.feedback, self.feedback_html = version.feedback, version.feedback_html
        self.points = f"{version.points.normalize():f}"
        self.parts = stored_parts(question_type(version.type).editor, bank.authoring_form(version))

    def _choose(self, type: str, me: Principal) -> None:
        kind = question_type(type)
        self.type, self.type_name = type, translate(kind.name, me.locale)
        self.parts = new_parts(kind.editor)
        self.draft_key = f"question:{me.user}:{self.question_id or f'{self.course_id}:{type}'}"

    @handler(Permission.ASSESSMENT_EDIT)
    async def choose(self, me: Principal, type: TypeKey) -> None:
        """The type of a new question."""
        if not self.question_id:
            self._choose(type, me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def show_stem(self, me: Principal, text: Source) -> None:
        """The question while it is written, as it will look."""
        self.stem_html = await asyncio.to_thread(render_markdown, text)

    @handler(Permission.ASSESSMENT_EDIT)
    async def show_feedback(self, me: Principal, text: Source) -> None:
        """The feedback while it is written, as it will look."""
        self.feedback_html = await asyncio.to_thread(render_markdown, text)

    @handler(Permission.ASSESSMENT_EDIT)
    async def set_part(self, me: Principal, name: Short, value: Short) -> None:
        """A choice on which other fields depend."""
        if name in self.parts:
            self.parts = {**self.parts, name: value}

    @handler(Permission.ASSESSMENT_EDIT)
    async def save(self, me: Principal, form: QuestionForm) -> rx.event.EventSpec | None:
        """Store the question; a new one then has its own address."""
        draft = draft_of(form, self.type)
        if self.question_id:
            async with unit_of_work(me) as work:
                await bank.save_question(
                    work=work,
                    me=me,
                    question_id=parse_id(self.question_id),
                    draft=draft,
                    version=self.version,
                )
            self.saved += 1
            await notify(self, "success", translate(N_("The question is saved."), me.locale))
            await self._read(me, self.question_id)
            return None
        bank_id, _, folder_id = form.place.partition(":")
        async with unit_of_work(me) as work:
            made = await bank.create_question(
                work=work,
                me=me,
                course_id=parse_id(self.course_id) if self.course_id else None,
                bank_id=parse_id(bank_id) if bank_id else None,
                folder_id=parse_id(folder_id) if folder_id else None,
                draft=draft,
            )
        self.saved += 1
        # Whatever page comes next shows its own question, not this one for a moment.
        self.loaded, self.type = False, ""
        await notify(self, "success", translate(N_("The question is saved."), me.locale))
        return rx.redirect(f"/teach/questions/{made.id}")

    @handler(Permission.ASSESSMENT_EDIT)
    async def show_preview(self, me: Principal, form: QuestionForm) -> None:
        """What is written now, as a student will see it."""
        trial = bank.preview(draft_of(form, self.type), seed=secrets.randbelow(MAX_SEED))
        present(await self.get_state(PreviewState), trial)
