"""The past of a question: versions, what differs between two of them, and where it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import bank, bank_history
from eduplatform.domain.assessment.bank_history import History, Piece
from eduplatform.domain.assessment.bank_repository import UseLine, VersionLine
from eduplatform.domain.assessment.models import QuestionVersion
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.types.editor import ChoiceField, EditorField, FlagField, RowsField
from eduplatform.domain.courses.models import PublicationStatus
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_number
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.bank_rows import excerpt
from eduplatform.state.base import PageMixin, handler, notify, parse_id, route_argument

Number = Annotated[int, Field(ge=1, le=1_000_000)]


class VersionRow(TypedDict):
    """A version in the history."""

    number: int
    when: str
    author: str
    note: str
    uses: int
    current: bool


class UseRow(TypedDict):
    """An assessment that asks the question."""

    id: str
    title: str
    course: str
    version: int
    published: bool
    answers: int
    right: str
    mean: str


class PieceRow(TypedDict):
    """A run of words and what became of it: same, removed or added."""

    text: str
    change: str


class DifferenceRow(TypedDict):
    """A part of the question that differs between two versions."""

    label: str
    pieces: list[PieceRow]


class QuestionHistoryState(PageMixin, rx.State):
    """Versions, comparison and use of one question."""

    question_id: str = ""
    course_id: str = ""
    course_title: str = ""
    title: str = ""
    type_name: str = ""
    version: int = 0
    versions: list[VersionRow] = []
    uses: list[UseRow] = []
    answers: str = ""
    right: str = ""
    mean: str = ""
    older: int = 0
    newer: int = 0
    differences: list[DifferenceRow] = []

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.question_id = route_argument(self, "question_id")
        self.older, self.newer, self.differences = 0, 0, []
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def compare(self, me: Principal, number: Number) -> None:
        """A version beside the one before it; the first one beside nothing."""
        if number < 2:
            return
        async with unit_of_work(me) as work:
            before = [one["number"] for one in self.versions if one["number"] < number]
            older, newer = await bank_history.two_versions(
                work=work,
                me=me,
                question_id=parse_id(self.question_id),
                older=max(before, default=number - 1),
                newer=number,
            )
        self.differences = await asyncio.to_thread(_differences, older, newer, me.locale)
        self.older, self.newer = older.number, newer.number

    @handler(Permission.ASSESSMENT_EDIT)
    async def stop_comparing(self, me: Principal) -> None:
        """Close the comparison."""
        self.older, self.newer, self.differences = 0, 0, []

    @handler(Permission.ASSESSMENT_EDIT)
    async def restore(self, me: Principal, number: Number) -> None:
        """Bring a version back as a new one."""
        async with unit_of_work(me) as work:
            await bank_history.restore_version(
                work=work,
                me=me,
                question_id=parse_id(self.question_id),
                number=number,
                version=self.version,
            )
        text = translate(N_("Version {number} is back, as the newest one."), me.locale, number=number)
        await notify(self, "success", text)
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found = await bank_history.read_history(work=work, me=me, question_id=parse_id(self.question_id))
        self._fill(found, me)

    def _fill(self, past: History, me: Principal) -> None:
        found = past.found
        self.course_id = str(found.course.id) if found.course else ""
        self.course_title = found.course.title if found.course else ""
        self.title = excerpt(found.version.stem)
        self.type_name = translate(question_type(found.question.type).name, me.locale)
        self.version = found.question.current_version
        self.versions = [_version(line, self.version, me) for line in past.versions]
        self.uses = [_use(line, me) for line in past.uses]
        answers, scored = sum(one.answers for one in past.uses), sum(one.scored for one in past.uses)
        right = sum(one.right for one in past.uses)
        earned = sum((one.mean or 0) * one.scored for one in past.uses)
        self.answers = format_number(answers, me.locale)
        self.right = _percent(right / scored if scored else None, me)
        self.mean = _percent(earned / scored if scored else None, me)


def _percent(share: float | None, me: Principal) -> str:
    if share is None:
        return "–"
    return translate(N_("{percent} %"), me.locale, percent=format_number(round(share * 100), me.locale))


def _version(line: VersionLine, current: int, me: Principal) -> VersionRow:
    version = line.version
    note = (
        translate(N_("Version {number} brought back"), me.locale, number=version.restored_from)
        if version.restored_from
        else ""
    )
    return VersionRow(
        number=version.number,
        when=format_datetime(version.created_at, me.locale, me.timezone),
        author=line.author,
        note=note,
        uses=line.uses,
        current=version.number == current,
    )


def _use(line: UseLine, me: Principal) -> UseRow:
    return UseRow(
        id=str(line.assessment.id),
        title=line.assessment.title,
        course=line.course_title,
        version=line.version,
        published=line.assessment.status != PublicationStatus.DRAFT,
        answers=line.answers,
        right=_percent(line.right / line.scored if line.scored else None, me),
        mean=_percent(line.mean, me),
    )


def _differences(older: QuestionVersion, newer: QuestionVersion, locale: str) -> list[DifferenceRow]:
    before, after = _texts(older, locale), _texts(newer, locale)
    return [
        DifferenceRow(
            label=label, pieces=[_piece(one) for one in bank_history.differences(before[label], text)]
        )
        for label, text in after.items()
        if before[label] != text
    ]


def _piece(one: Piece) -> PieceRow:
    return PieceRow(text=one.text, change=one.change.value)


def _texts(version: QuestionVersion, locale: str) -> dict[str, str]:
    """Every part of a version as text, under the name that its editor gives it."""
    form = bank.authoring_form(version)
    texts = {
        translate(N_("Question"), locale): version.stem,
        translate(N_("Points"), locale): format_number(version.points, locale),
        translate(N_("Feedback"), locale): version.feedback,
    }
    for field in question_type(version.type).editor:
        texts[translate(field.label, locale)] = _text_of(field, form.get(field.name, ""), locale)
    return texts


def _text_of(field: EditorField, value: object, locale: str) -> str:
    if isinstance(field, RowsField) and isinstance(value, list):
        return "\n".join(_row_text(field, row, locale) for row in value)
    if isinstance(field, FlagField):
        return translate(N_("Yes"), locale) if value else translate(N_("No"), locale)
    if isinstance(field, ChoiceField):
        return next((translate(label, locale) for key, label in field.choices if key == value), "")
    return str(value)


def _row_text(field: RowsField, row: Mapping[str, object], locale: str) -> str:
    parts: list[str] = []
    for column in field.columns:
        value = row.get(column.name)
        if column.choices:
            parts += [translate(label, locale) for key, label in column.choices if key == value]
        elif value is True:
            parts.append(f"({translate(column.label, locale)})")
        elif value:
            parts.append(str(value))
    return " · ".join(parts)
