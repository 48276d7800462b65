"""Who has other dates in an assessment, and why; and who need not do it."""

from __future__ import annotations

from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.assessment import exceptions
from eduplatform.domain.assessment.exception_repository import OverrideRow
from eduplatform.domain.assessment.exceptions import Exceptions, OverrideDraft, OwnRules
from eduplatform.domain.grading import service as grading
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, time_zone
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.assessment_settings import from_wall_clock, wall_clock, whole
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.rows import ComboboxOption


class OverrideLine(TypedDict):
    """Own dates of a student or a class, for reading and for the form."""

    id: str
    target: str
    name: str
    whole_class: bool
    differs: list[str]
    reason: str
    opens_at: str
    due_at: str
    closes_at: str
    minutes: str
    attempts_allowed: str


class OwnRulesLine(TypedDict):
    """A student whose rules differ."""

    id: str
    name: str
    section: str
    due: str
    what: list[str]
    why: list[str]


class ExcusedLine(TypedDict):
    """A student who need not do it."""

    id: str
    name: str
    reason: str


class OverrideForm(Form):
    """Own dates as they are entered, on the organisation's wall clock."""

    target: Annotated[str, Field(max_length=60)] = ""
    opens_at: Annotated[str, Field(max_length=30)] = ""
    due_at: Annotated[str, Field(max_length=30)] = ""
    closes_at: Annotated[str, Field(max_length=30)] = ""
    minutes: Annotated[str, Field(max_length=9)] = ""
    attempts_allowed: Annotated[str, Field(max_length=9)] = ""
    reason: Annotated[str, Field(max_length=600)] = ""


class ExcuseForm(Form):
    """Whom to excuse, and why."""

    student: Annotated[str, Field(max_length=40)] = ""
    excuse_reason: Annotated[str, Field(max_length=600)] = ""


NO_OVERRIDE = OverrideLine(
    id="",
    target="",
    name="",
    whole_class=False,
    differs=[],
    reason="",
    opens_at="",
    due_at="",
    closes_at="",
    minutes="",
    attempts_allowed="",
)


def _override_line(row: OverrideRow, me: Principal) -> OverrideLine:
    one, locale = row.override, me.locale

    def moment(at: object) -> str:
        return format_datetime(at, locale, me.timezone)  # pyright: ignore[reportArgumentType]

    facts = (
        (one.opens_at, N_("Opens {moment}.")),
        (one.due_at, N_("Due {moment}.")),
        (one.closes_at, N_("Closes {moment}.")),
    )
    differs = [translate(text, locale, moment=moment(at)) for at, text in facts if at]
    if one.minutes:
        differs.append(translate(N_("Minutes: {count}."), locale, count=one.minutes))
    if one.attempts_allowed:
        differs.append(translate(N_("Attempts: {count}."), locale, count=one.attempts_allowed))
    return OverrideLine(
        id=str(one.id),
        target=f"student:{one.user_id}" if one.user_id else f"section:{one.section_id}",
        name=row.name,
        whole_class=one.section_id is not None,
        differs=differs,
        reason=one.reason,
        opens_at=wall_clock(one.opens_at, me.timezone),
        due_at=wall_clock(one.due_at, me.timezone),
        closes_at=wall_clock(one.closes_at, me.timezone),
        minutes=str(one.minutes or ""),
        attempts_allowed=str(one.attempts_allowed or ""),
    )


def _own_rules_line(one: OwnRules, me: Principal) -> OwnRulesLine:
    policy = one.policy
    return OwnRulesLine(
        id=str(one.student.user_id),
        name=one.student.name,
        section=one.student.section,
        due=format_datetime(policy.due_at, me.locale, me.timezone) if policy.due_at else "–",
        what=[step.render(me.locale) for step in policy.adjustments],
        why=list(one.reasons),
    )


def _draft(form: OverrideForm, target: str, timezone: str) -> OverrideDraft:
    kind, _, key = target.partition(":")
    try:
        chosen = UUID(key) if key else None
    except ValueError:
        chosen = None
    return OverrideDraft(
        user_id=chosen if kind == "student" else None,
        section_id=chosen if kind == "section" else None,
        opens_at=from_wall_clock(form.opens_at, "opens_at", timezone, "earlier"),
        due_at=from_wall_clock(form.due_at, "due_at", timezone, "later"),
        closes_at=from_wall_clock(form.closes_at, "closes_at", timezone, "later"),
        minutes=whole(form.minutes, "minutes") if form.minutes else None,
        attempts_allowed=whole(form.attempts_allowed, "attempts_allowed") if form.attempts_allowed else None,
        reason=form.reason,
    )


class ExceptionsState(PageMixin, rx.State):
    """The exceptions of one assessment."""

    assessment_id: str = ""
    title: str = ""
    course_id: str = ""
    course_title: str = ""
    due: str = ""
    zone: str = ""
    overrides: list[OverrideLine] = []
    own_rules: list[OwnRulesLine] = []
    excused: list[ExcusedLine] = []
    targets: list[ComboboxOption] = []
    students: list[ComboboxOption] = []
    one: OverrideLine = NO_OVERRIDE
    editing: bool = False
    excusing: bool = False
    form_key: int = 0

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.reset()
        self.assessment_id = route_argument(self, "assessment_id")
        self.zone = time_zone(me.timezone).key
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def refresh(self, me: Principal) -> None:
        """What a change has made of them."""
        async with unit_of_work(me) as work:
            await self._read(work, me)

    async def _read(self, work: Work, me: Principal) -> None:
        self._show(
            await exceptions.exceptions_of(work=work, me=me, assessment_id=parse_id(self.assessment_id)), me
        )

    def _show(self, found: Exceptions, me: Principal) -> None:
        one = found.assessment
        self.title, self.course_id, self.course_title = one.title, str(found.course.id), found.course.title
        self.due = format_datetime(one.due_at, me.locale, me.timezone) if one.due_at else ""
        self.overrides = [_override_line(row, me) for row in found.overrides]
        self.own_rules = [_own_rules_line(row, me) for row in found.own_rules]
        self.excused = [
            ExcusedLine(id=str(row.user_id), name=row.name, reason=row.reason) for row in found.excused
        ]
        self.students = [
            ComboboxOption(value=str(row.user_id), label=row.name, hint=row.section) for row in found.students
        ]
        whole_class = translate(N_("The whole class"), me.locale)
        self.targets = [
            *[
                ComboboxOption(value=f"section:{key}", label=name, hint=whole_class)
                for key, name in found.sections
            ],
            *[
                ComboboxOption(value=f"student:{row.user_id}", label=row.name, hint=row.section)
                for row in found.students
            ],
        ]

    @handler(Permission.ASSESSMENT_EDIT)
    async def edit(self, me: Principal, override_id: Annotated[str, Field(max_length=40)]) -> None:
        """Ask for own dates; empty for new ones."""
        self.one = next((row for row in self.overrides if row["id"] == override_id), NO_OVERRIDE)
        self.form_key += 1
        self.editing = True

    @handler(Permission.ASSESSMENT_EDIT)
    async def leave(self, me: Principal) -> None:
        """Close the windows."""
        self.editing = self.excusing = False

    @handler(Permission.ASSESSMENT_EDIT)
    async def save(self, me: Principal, form: OverrideForm) -> rx.event.EventSpec:
        """Store own dates."""
        draft = _draft(form, self.one["target"] or form.target, me.timezone)
        async with unit_of_work(me) as work:
            await exceptions.save_override(
                work=work, me=me, assessment_id=parse_id(self.assessment_id), draft=draft
            )
        self.editing = False
        return await self._saved(me, N_("Saved. Running attempts and grades follow it."))

    @handler(Permission.ASSESSMENT_EDIT)
    async def remove(self, me: Principal, override_id: UUID) -> rx.event.EventSpec:
        """Let the rules of the class hold again."""
        async with unit_of_work(me) as work:
            await exceptions.remove_override(
                work=work, me=me, assessment_id=parse_id(self.assessment_id), override_id=override_id
            )
        return await self._saved(me, N_("Removed. The rules of the class hold again."))

    @handler(Permission.ASSESSMENT_EDIT)
    async def ask_excuse(self, me: Principal) -> None:
        """Ask whom to excuse."""
        self.form_key += 1
        self.excusing = True

    @handler(Permission.GRADE_WRITE)
    async def excuse(self, me: Principal, form: ExcuseForm) -> rx.event.EventSpec:
        """Excuse a student."""
        if not form.student:
            raise Invalid(fields={"student": N_("Choose a student.")})
        try:
            async with unit_of_work(me) as work:
                await grading.excuse(
                    work=work,
                    me=me,
                    assessment_id=parse_id(self.assessment_id),
                    user_id=parse_id(form.student),
                    reason=form.excuse_reason,
                )
        except Invalid as error:
            raise Invalid(fields={f"excuse_{name}": text for name, text in error.fields.items()}) from error
        self.excusing = False
        return await self._saved(me, N_("Excused. It does not count for this student."))

    @handler(Permission.GRADE_WRITE)
    async def take_back(self, me: Principal, student_id: UUID) -> rx.event.EventSpec:
        """Take an excuse back."""
        async with unit_of_work(me) as work:
            await grading.excuse(
                work=work,
                me=me,
                assessment_id=parse_id(self.assessment_id),
                user_id=student_id,
                reason=translate(N_("Excuse taken back"), me.locale),
                excused=False,
            )
        return await self._saved(me, N_("It counts again for this student."))

    async def _saved(self, me: Principal, text: str) -> rx.event.EventSpec:
        await notify(self, "success", translate(text, me.locale))
        return ExceptionsState.refresh
