"""Correcting a question that students have answered: who would get what, apply, undo."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.assessment import regrade
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.regrade import Mode, Outcome
from eduplatform.domain.assessment.regrade_repository import AskedQuestion, RegradeRow
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, format_points
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.bank import excerpt
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.rows import Option

MOST_SHOWN = 100


class QuestionLine(TypedDict):
    """A question that can be corrected."""

    id: str
    question_id: str
    number: int
    excerpt: str
    type: str
    answers: str
    key_changed: bool
    wording_changed: bool
    judged: str
    modes: list[str]


class EffectLine(TypedDict):
    """What a student gets before and after."""

    id: str
    name: str
    before: str
    after: str
    tone: str


class HistoryLine(TypedDict):
    """Something that was corrected."""

    id: str
    excerpt: str
    mode: str
    details: str
    reason: str
    undone: str
    can_undo: bool


class RegradeForm(Form):
    """Why a question is corrected."""

    reason: Annotated[str, Field(max_length=600)] = ""


NO_QUESTION = QuestionLine(
    id="",
    question_id="",
    number=0,
    excerpt="",
    type="",
    answers="",
    key_changed=False,
    wording_changed=False,
    judged="",
    modes=[],
)

MODES: dict[str, str] = {
    Mode.RESCORE: N_("Score again with the corrected answer"),
    Mode.BOTH: N_("Accept the old and the corrected answer"),
    Mode.FULL: N_("Full marks for everybody"),
    Mode.DROP: N_("Drop the question"),
}

_JUDGED: dict[str, str] = {
    "full": N_("Full marks for everybody"),
    "both": N_("Old and corrected answer accepted"),
}


def _question(one: AskedQuestion, number: int, me: Principal) -> QuestionLine:
    locale = me.locale
    judged = translate(N_("Dropped"), locale) if not one.item.points else ""
    if not judged and one.item.scoring in _JUDGED:
        judged = translate(_JUDGED[one.item.scoring], locale)
    return QuestionLine(
        id=str(one.item.id),
        question_id=str(one.item.question_id),
        number=number,
        excerpt=excerpt(one.version.stem),
        type=translate(question_type(one.version.type).name, locale),
        answers=translate_plural("{count} answer", "{count} answers", one.answers, locale, count=one.answers),
        key_changed=regrade.key_changed(one),
        wording_changed=regrade.wording_changed(one),
        judged=judged,
        modes=[str(mode) for mode in regrade.modes(one)],
    )


def _effects(found: Outcome, me: Principal) -> list[EffectLine]:
    return [
        EffectLine(
            id=str(row.user_id),
            name=row.name,
            before=_points(row.before, me),
            after=_points(row.after, me),
            tone="success" if float(row.after or 0) > float(row.before or 0) else "danger",
        )
        for row in found.effects[:MOST_SHOWN]
    ]


def _points(stored: str | None, me: Principal) -> str:
    return "–" if stored is None else format_points(float(stored), me.locale)


def _history(row: RegradeRow, newest: set[str], me: Principal) -> HistoryLine:
    one, locale = row.regrade, me.locale
    details = [
        format_datetime(one.created_at, locale, me.timezone),
        row.by,
        translate_plural(
            "{count} grade changed", "{count} grades changed", one.students, locale, count=one.students
        ),
        translate(N_("{raised} higher, {lowered} lower"), locale, raised=one.raised, lowered=one.lowered),
    ]
    undone = ""
    if one.undone_at is not None:
        moment = format_datetime(one.undone_at, locale, me.timezone)
        undone = translate(N_("Undone {moment}"), locale, moment=moment)
    return HistoryLine(
        id=str(one.id),
        excerpt=excerpt(row.stem),
        mode=translate(MODES[one.mode], locale),
        details=" · ".join(part for part in details if part),
        reason=one.reason,
        undone=undone,
        can_undo=str(one.id) in newest,
    )


class RegradeState(PageMixin, rx.State):
    """The correction of questions of one assessment."""

    assessment_id: str = ""
    title: str = ""
    course_id: str = ""
    course_title: str = ""
    questions: list[QuestionLine] = []
    history: list[HistoryLine] = []
    one: QuestionLine = NO_QUESTION
    choices: list[Option] = []
    mode: str = ""
    working: bool = False
    previewed: bool = False
    summary: str = ""
    effects: list[EffectLine] = []
    more: int = 0

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.reset()
        self.assessment_id = route_argument(self, "assessment_id")
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def refresh(self, me: Principal) -> None:
        """What a correction has made of it."""
        async with unit_of_work(me) as work:
            await self._read(work, me)

    async def _read(self, work: Work, me: Principal) -> None:
        found = await regrade.regradable(work=work, me=me, assessment_id=parse_id(self.assessment_id))
        self.title = found.assessment.title
        self.course_id, self.course_title = str(found.course.id), found.course.title
        self.questions = [_question(one, number, me) for number, one in enumerate(found.questions, start=1)]
        newest: dict[UUID, str] = {}
        for row in found.history:
            if row.regrade.undone_at is None:
                newest.setdefault(row.regrade.item_id, str(row.regrade.id))
        self.history = [_history(row, set(newest.values()), me) for row in found.history]

    @handler(Permission.ASSESSMENT_EDIT)
    async def choose(self, me: Principal, item_id: UUID) -> None:
        """Ask how a question is to be judged."""
        self.one = next((row for row in self.questions if row["id"] == str(item_id)), NO_QUESTION)
        self.choices = [
            Option(value=mode, label=translate(MODES[mode], me.locale)) for mode in self.one["modes"]
        ]
        self.mode, self.previewed, self.effects, self.summary = "", False, [], ""
        self.working = True

    @handler(Permission.ASSESSMENT_EDIT)
    async def leave(self, me: Principal) -> None:
        """Leave everything as it is."""
        self.working = False

    @handler(Permission.ASSESSMENT_EDIT)
    async def show(self, me: Principal, mode: Annotated[str, Field(max_length=20)]) -> None:
        """Who would get what."""
        async with unit_of_work(me) as work:
            found = await regrade.preview(
                work=work,
                me=me,
                assessment_id=parse_id(self.assessment_id),
                item_id=parse_id(self.one["id"]),
                mode=mode,
            )
        self.mode, self.previewed = mode, True
        self.summary = self._sum_up(found, me)
        self.effects = _effects(found, me)
        self.more = max(0, len(found.effects) - MOST_SHOWN)

    @handler(Permission.ASSESSMENT_EDIT)
    async def apply(self, me: Principal, form: RegradeForm) -> rx.event.EventSpec:
        """Judge the question anew."""
        async with unit_of_work(me) as work:
            found = await regrade.apply(
                work=work,
                me=me,
                assessment_id=parse_id(self.assessment_id),
                item_id=parse_id(self.one["id"]),
                mode=self.mode,
                reason=form.reason,
            )
        self.working = False
        return await self._saved(me, self._sum_up(found, me))

    @handler(Permission.ASSESSMENT_EDIT)
    async def undo(self, me: Principal, regrade_id: UUID) -> rx.event.EventSpec:
        """Take a correction back."""
        async with unit_of_work(me) as work:
            await regrade.undo(
                work=work, me=me, assessment_id=parse_id(self.assessment_id), regrade_id=regrade_id
            )
        return await self._saved(
            me, translate(N_("Undone. Everybody has the former points again."), me.locale)
        )

    def _sum_up(self, found: Outcome, me: Principal) -> str:
        if not found.effects:
            return translate(N_("No grade changes."), me.locale)
        grades = translate_plural(
            "{count} grade changes",
            "{count} grades change",
            len(found.effects),
            me.locale,
            count=len(found.effects),
        )
        ways = translate(
            N_("{raised} higher, {lowered} lower"), me.locale, raised=found.raised, lowered=found.lowered
        )
        return f"{grades}: {ways}."

    async def _saved(self, me: Principal, text: str) -> rx.event.EventSpec:
        await notify(self, "success", text)
        return RegradeState.refresh
