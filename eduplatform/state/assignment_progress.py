"""Who has handed in an assignment: the teacher's overview, reminders, how a work came about, adjustments in a group."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import drafts, handed_in
from eduplatform.domain.assessment.drafts import RevisionRow
from eduplatform.domain.assessment.handed_in import PAGE_SIZE, Progress, ProgressRow
from eduplatform.domain.courses.models import PublicationStatus
from eduplatform.domain.grading import group_grades
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_datetime, format_duration
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.assessments import PageNumber
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument

MOST_REVISIONS = 60

PROGRESS_NAMES: dict[Progress, tuple[str, str]] = {
    Progress.HANDED_IN: (N_("Handed in"), "success"),
    Progress.LATE: (N_("Handed in late"), "warning"),
    Progress.DRAFT: (N_("Draft begun"), "info"),
    Progress.MISSING: (N_("Missing"), "danger"),
    Progress.NOT_BEGUN: (N_("Not begun"), "neutral"),
}


class StudentLine(TypedDict):
    """A student of the assignment."""

    id: str
    name: str
    section: str
    group: str
    status: str
    tone: str
    when: str
    details: str
    attempt_id: str
    submitted: bool
    grouped: bool


class Count(TypedDict):
    """How many students have come how far."""

    key: str
    label: str
    count: int


class RevisionLine(TypedDict):
    """A revision in words."""

    id: str
    when: str
    author: str
    words: str
    change: str


class AdjustForm(Form):
    """What a member gets more or less than the group."""

    points: Annotated[str, Field(min_length=1, max_length=12)]
    reason: Annotated[str, Field(min_length=1, max_length=600)]


class AssignmentProgressState(PageMixin, rx.State):
    """The students of one assignment."""

    assessment_id: str = ""
    course_id: str = ""
    course_title: str = ""
    title: str = ""
    published: bool = False
    grouped: bool = False
    rows: list[StudentLine] = []
    counts: list[Count] = []
    only: str = ""
    page: int = 1
    pages: int = 1
    total: int = 0
    waiting: int = 0
    looking: str = ""
    revisions: list[RevisionLine] = []
    revision_count: int = 0
    adjusting: str = ""
    adjusting_name: str = ""
    _adjusting_attempt: str = ""

    @handler(Permission.GRADE_WRITE, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.reset()
        self.assessment_id = route_argument(self, "assessment_id")
        await self._read(me)

    @handler(Permission.GRADE_WRITE, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """What has come in since."""
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def choose(
        self, me: Principal, only: Literal["", "handed_in", "late", "draft", "missing", "not_begun"]
    ) -> None:
        """Show those only who have come that far."""
        self.only, self.page = only, 1
        await self._read(me)

    @handler(Permission.GRADE_WRITE)
    async def go(self, me: Principal, page: PageNumber) -> None:
        """Another page of students."""
        self.page = page
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found = await handed_in.read_progress(
                work=work,
                me=me,
                assessment_id=parse_id(self.assessment_id),
                only=Progress(self.only) if self.only else None,
                page=self.page,
            )
        one = found.assessment
        self.course_id, self.course_title, self.title = str(found.course.id), found.course.title, one.title
        self.published = one.status == PublicationStatus.PUBLISHED
        self.grouped = one.group_set_id is not None
        self.rows = [_line(row, me) for row in found.rows]
        self.total, self.pages = found.total, max(1, -(-found.total // PAGE_SIZE))
        self.counts = [
            Count(key=kind.value, label=translate(name, me.locale), count=found.counts[kind])
            for kind, (name, _tone) in PROGRESS_NAMES.items()
        ]
        done = found.counts[Progress.HANDED_IN] + found.counts[Progress.LATE]
        self.waiting = sum(found.counts.values()) - done

    @handler(Permission.GRADE_WRITE)
    async def remind(self, me: Principal) -> None:
        """Tell those who have not handed in."""
        async with unit_of_work(me) as work:
            told = await handed_in.remind(work=work, me=me, assessment_id=parse_id(self.assessment_id))
        text = translate_plural(
            "{count} student has been reminded.",
            "{count} students have been reminded.",
            told,
            me.locale,
            count=told,
        )
        await notify(self, "success", text)

    @handler(Permission.GRADE_WRITE)
    async def look(
        self, me: Principal, attempt_id: UUID, name: Annotated[str, Field(max_length=200)]
    ) -> None:
        """Show how a work came about: times and words, not what was written."""
        async with unit_of_work(me) as work:
            found = await drafts.taught_history(work=work, me=me, attempt_id=attempt_id)
        self.looking, self.revision_count = name, len(found)
        self.revisions = [_revision(row, me) for row in found[:MOST_REVISIONS]]

    @handler(Permission.GRADE_WRITE)
    async def close(self, me: Principal) -> None:
        """Enough seen."""
        self.looking, self.revisions, self.adjusting = "", [], ""

    @handler(Permission.GRADE_WRITE)
    async def open_adjust(
        self, me: Principal, user_id: UUID, attempt_id: UUID, name: Annotated[str, Field(max_length=200)]
    ) -> None:
        """Ask what a member gets more or less than the group."""
        self.adjusting, self.adjusting_name = str(user_id), name
        self._adjusting_attempt = str(attempt_id)

    @handler(Permission.GRADE_WRITE)
    async def adjust(self, me: Principal, form: AdjustForm) -> None:
        """Give one member more or less."""
        try:
            points = Decimal(form.points.replace(",", ".").replace("−", "-"))
        except InvalidOperation:
            raise Invalid(fields={"points": N_("Please enter a number.")}) from None
        async with unit_of_work(me) as work:
            await group_grades.adjust(
                work=work,
                me=me,
                attempt_id=parse_id(self._adjusting_attempt),
                user_id=parse_id(self.adjusting),
                points=points,
                reason=form.reason,
            )
        self.adjusting = ""
        await notify(
            self, "success", translate(N_("Saved. The reason is in the grade's history."), me.locale)
        )


def _line(row: ProgressRow, me: Principal) -> StudentLine:
    locale = me.locale
    name, tone = PROGRESS_NAMES[row.progress]
    submitted = row.progress in (Progress.HANDED_IN, Progress.LATE)
    details: list[str] = []
    if row.late_seconds:
        late = format_duration(timedelta(seconds=row.late_seconds), locale)
        details.append(translate(N_("late by {time}"), locale, time=late))
    if row.handed_in_by and row.handed_in_by != row.name:
        details.append(translate(N_("by {name}"), locale, name=row.handed_in_by))
    if submitted and row.needs_grading:
        details.append(translate(N_("to grade"), locale))
    if not submitted and row.due_at is not None:
        due = format_datetime(row.due_at, locale, me.timezone)
        details.append(translate(N_("due {moment}"), locale, moment=due))
    return StudentLine(
        id=str(row.user_id),
        name=row.name,
        section=row.section,
        group=row.group,
        status=translate(name, locale),
        tone=tone,
        when=format_datetime(row.moment, locale, me.timezone) if row.moment is not None else "",
        details=", ".join(details),
        attempt_id=str(row.attempt_id or ""),
        submitted=submitted,
        grouped=bool(row.group),
    )


def _revision(row: RevisionRow, me: Principal) -> RevisionLine:
    locale = me.locale
    change = f"+{row.added}" if row.added > 0 else f"−{-row.added}" if row.added < 0 else ""
    when = format_datetime(row.begun_at, locale, me.timezone)
    if (row.saved_at - row.begun_at).total_seconds() >= 60:
        lasted = format_duration(row.saved_at - row.begun_at, locale)
        when = translate(N_("{moment}, for {duration}"), locale, moment=when, duration=lasted)
    return RevisionLine(
        id=str(row.id),
        when=when,
        author=row.author,
        words=translate_plural("{count} word", "{count} words", row.words, locale, count=row.words),
        change=change,
    )
