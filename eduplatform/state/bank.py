"""The question bank of a course, and the editor of a question."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import bank
from eduplatform.domain.assessment.question_types import bank_types, question_type
from eduplatform.domain.assessment.schemas import BankRow, QuestionDraft
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_date, format_number
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import plain_text, render_markdown
from eduplatform.state.base import Form, PageMixin, SearchText, handler, notify, parse_id, route_argument
from eduplatform.state.rows import Option

EXCERPT = 140
PageNumber = Annotated[int, Field(ge=1, le=100_000)]
TypeKey = Annotated[str, Field(max_length=40)]
Source = Annotated[str, Field(max_length=25_000)]
Short = Annotated[str, Field(max_length=200)]
Rows = Annotated[str, Field(max_length=60_000)]


class BankQuestion(TypedDict):
    """A question in the list."""

    id: str
    excerpt: str
    type: str
    points: str
    uses: int
    version: int
    changed: str


class TypeCard(TypedDict):
    """A question type to choose."""

    key: str
    name: str
    description: str


DESCRIPTIONS: dict[str, str] = {
    "single_choice": N_("Several options, exactly one is right."),
    "multiple_choice": N_("Several options, any number is right; part marks."),
    "true_false": N_("A statement to judge."),
    "numeric": N_("A number with tolerance, and a unit if you like."),
    "short_text": N_("A word or phrase that matches one of your answers."),
    "essay": N_("A longer text that you read and score, with a rubric if you like."),
}


class QuestionForm(Form):
    """A question as its editor sends it; each type uses its own part of the fields."""

    stem: Source = ""
    feedback: Source = ""
    points: Short = "1"
    options: Rows = "[]"
    shuffle: bool = False
    answer: Short = ""
    value: Short = ""
    tolerance: Short = ""
    tolerance_kind: Short = ""
    significant_figures: Short = ""
    unit_rule: Short = ""
    unit: Short = ""
    other_units: Rows = "[]"
    accepted: Source = ""
    case_matters: bool = False
    accents_matter: bool = False
    min_words: Short = ""
    max_words: Short = ""
    notes: Source = ""


def excerpt(source: str) -> str:
    """The beginning of a question's text in one line."""
    text = " ".join(plain_text(source).split())
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()}…"


def type_options(locale: str) -> list[Option]:
    """Every question type to choose from."""
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
    )


class BankState(PageMixin, rx.State):
    """The list of a course's questions."""

    course_id: str = ""
    course_title: str = ""
    rows: list[BankQuestion] = []
    types: list[Option] = []
    search: str = ""
    type: str = ""
    page: int = 1
    pages: int = 1
    total: int = 0

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page, without a filter."""
        self.course_id = route_argument(self, "course_id")
        self.search, self.type, self.page = "", "", 1
        self.types = type_options(me.locale)
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def find(self, me: Principal, text: SearchText) -> None:
        """Look for words in the questions."""
        self.search, self.page = text.strip(), 1
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def filter(self, me: Principal, type: TypeKey) -> None:
        """Only questions of one type; empty for all."""
        self.type, self.page = type, 1
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def go(self, me: Principal, page: PageNumber) -> None:
        """Another page of the list."""
        self.page = page
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def archive(self, me: Principal, question_id: UUID) -> None:
        """Take a question out of the bank."""
        async with unit_of_work(me) as work:
            await bank.delete_question(work=work, me=me, question_id=question_id)
        await notify(self, "success", translate(N_("The question is out of the bank."), me.locale))
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            course, rows, total = await bank.list_questions(
                work=work,
                me=me,
                course_id=parse_id(self.course_id),
                search=self.search,
                type=self.type,
                page=self.page,
            )
        self.course_title, self.total = course.title, total
        self.pages = max(1, -(-total // bank.PAGE_SIZE))
        self.rows = [bank_question(row, me) for row in rows]


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
    """The form as the bank takes it.

    Raises:
        Invalid: A part of the form is not even readable.
    """
    parts: dict[str, object] = {
        name: value for name, value in form.model_dump().items() if name not in ("stem", "feedback", "points")
    }
    parts["options"] = _rows_of(form.options, "options")
    parts["other_units"] = _rows_of(form.other_units, "other_units")
    return QuestionDraft(
        type=type, stem=form.stem, feedback=form.feedback, points=_points(form.points), parts=parts
    )


EMPTY_PARTS: dict[str, str] = {
    "answer": "",
    "value": "",
    "tolerance": "",
    "tolerance_kind": "absolute",
    "significant_figures": "",
    "unit_rule": "none",
    "unit": "",
    "accepted": "",
    "min_words": "",
    "max_words": "",
    "notes": "",
}
NEW_ROWS = json.dumps([{"text": "", "correct": False} for _ in range(4)])


class QuestionState(PageMixin, rx.State):
    """The editor of one question: a new one of a chosen type, or one of the bank."""

    course_id: str = ""
    course_title: str = ""
    question_id: str = ""
    type: str = ""
    type_name: str = ""
    types: list[TypeCard] = []
    version: int = 0
    seen: bool = False
    saved: int = 0
    stem: str = ""
    stem_html: str = ""
    feedback: str = ""
    feedback_html: str = ""
    points: str = "1"
    parts: dict[str, str] = EMPTY_PARTS
    options: str = NEW_ROWS
    other_units: str = "[]"
    shuffle: bool = False
    case_matters: bool = False
    accents_matter: bool = False
    draft_key: str = ""
    preview: dict[str, Any] = {}
    previewing: bool = False

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """A question of the bank."""
        self._clear(me)
        await self._read(me, parse_id(route_argument(self, "question_id")))

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load_new(self, me: Principal) -> None:
        """The choice of a type for a new question."""
        self._clear(me)
        self.course_id = route_argument(self, "course_id")
        async with unit_of_work(me) as work:
            course = await require_teacher(work=work, me=me, course_id=parse_id(self.course_id))
        self.course_title = course.title

    def _clear(self, me: Principal) -> None:
        self.reset()
        self.types = [
            TypeCard(
                key=kind.key,
                name=translate(kind.name, me.locale),
                description=translate(DESCRIPTIONS.get(kind.key, ""), me.locale)
                if kind.key in DESCRIPTIONS
                else "",
            )
            for kind in bank_types()
        ]

    async def _read(self, me: Principal, question_id: UUID) -> None:
        async with unit_of_work(me) as work:
            found = await bank.edited_question(work=work, me=me, question_id=question_id)
        version = found.version
        self.course_id, self.course_title = str(found.course_id), found.course_title
        self.question_id, self.version, self.seen = (
            str(question_id),
            found.question.current_version,
            found.seen,
        )
        self._choose(version.type, me)
        self.stem, self.stem_html = version.stem, version.stem_html
        self.feedback, self.feedback_html = version.feedback, version.feedback_html
        self.points = f"{version.points.normalize():f}"
        self._fill(bank.authoring_form(version))

    def _choose(self, type: str, me: Principal) -> None:
        self.type = type
        self.type_name = translate(question_type(type).name, me.locale)
        self.draft_key = f"question:{me.user}:{self.question_id or f'{self.course_id}:{type}'}"

    def _fill(self, form: Mapping[str, Any]) -> None:
        self.parts = {**EMPTY_PARTS, **{name: str(form[name]) for name in EMPTY_PARTS if name in form}}
        self.options = json.dumps(form.get("options", []))
        self.other_units = json.dumps(form.get("other_units", []))
        self.shuffle = bool(form.get("shuffle"))
        self.case_matters = bool(form.get("case_matters"))
        self.accents_matter = bool(form.get("accents_matter"))

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
    async def set_unit_rule(self, me: Principal, rule: Short) -> None:
        """Show the fields for units when a unit may be written."""
        self.parts = {**self.parts, "unit_rule": rule}

    @handler(Permission.ASSESSMENT_EDIT)
    async def save(self, me: Principal, form: QuestionForm) -> rx.event.EventSpec | None:
        """Store the question; a new one then has its own address."""
        draft = draft_of(form, self.type)
        async with unit_of_work(me) as work:
            if not self.question_id:
                made = await bank.create_question(
                    work=work, me=me, course_id=parse_id(self.course_id), draft=draft
                )
            else:
                await bank.save_question(
                    work=work,
                    me=me,
                    question_id=parse_id(self.question_id),
                    draft=draft,
                    version=self.version,
                )
        self.saved += 1
        await notify(self, "success", translate(N_("The question is saved."), me.locale))
        if not self.question_id:
            return rx.redirect(f"/teach/questions/{made.id}")
        await self._read(me, parse_id(self.question_id))
        return None

    @handler(Permission.ASSESSMENT_EDIT)
    async def show_preview(self, me: Principal, form: QuestionForm) -> None:
        """What is written now, as a student will see it."""
        self.preview = bank.preview(draft_of(form, self.type), seed=self.version)
        self.previewing = True

    @handler(Permission.ASSESSMENT_EDIT)
    async def close_preview(self, me: Principal) -> None:
        """Back to the editor."""
        self.previewing = False
