"""How a class works on a quiz or exam at this moment: the teacher's monitor."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypedDict
from uuid import UUID, uuid4

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import extensions, monitor
from eduplatform.domain.assessment.extensions import ExtensionDraft
from eduplatform.domain.assessment.monitor import PAGE_SIZE, Standing, Watched
from eduplatform.domain.assessment.monitor_repository import MonitorRow, Sorting
from eduplatform.domain.assessment.rules import KIND_NAMES
from eduplatform.domain.courses import service as courses
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_relative, format_time
from eduplatform.realtime.channels import Channel
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.assessments import PageNumber
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import range_text
from eduplatform.state.rows import Option

STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.NOT_STARTED: (N_("Not begun"), "neutral"),
    Standing.WORKING: (N_("Working"), "accent"),
    Standing.QUIET: (N_("No progress"), "warning"),
    Standing.LOST: (N_("Connection lost"), "danger"),
    Standing.HANDED_IN: (N_("Handed in"), "success"),
}


class WatchedLine(TypedDict):
    """A student in the monitor; ``deadline`` is in ISO format and empty when there is none to count down to."""

    id: str
    attempt_id: str
    name: str
    section: str
    status: str
    tone: str
    running: bool
    timed: bool
    answered: int
    questions: int
    progress: str
    saved: str
    connection: str
    here: bool
    deadline: str
    extra: str


class ExtendForm(Form):
    """More time: minutes for a student without extended time, and why."""

    minutes: Annotated[int, Field(ge=1, le=extensions.MAX_EXTRA_MINUTES)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class MonitorState(PageMixin, rx.State):
    """The students of an assessment; ``chosen`` are the attempts that the next extension is for, none meaning all."""

    assessment_id: str = ""
    course_id: str = ""
    course_title: str = ""
    title: str = ""
    kind: str = ""
    channel: str = ""
    now: str = ""
    rows: list[WatchedLine] = []
    students: int = 0
    not_started: int = 0
    working: int = 0
    handed_in: int = 0
    attention: int = 0
    sections: list[Option] = []
    section: str = ""
    sorting: str = "attention"
    page: int = 1
    pages: int = 1
    page_text: str = ""
    chosen: list[str] = []
    extending: bool = False
    extending_for: str = ""
    ending: str = ""
    ending_name: str = ""
    _request: str = ""

    @handler(Permission.ASSESSMENT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page; ``?section=`` chooses a class."""
        self.reset()
        self.assessment_id = route_argument(self, "assessment_id")
        self.section = str(self.router.url.query_parameters.get("section", ""))
        await self._read(me)
        async with unit_of_work(me) as work:
            sections = await courses.list_sections(work=work, course_id=parse_id(self.course_id))
            self.channel = Channel.monitor(parse_id(self.assessment_id)).name(work.tenant_id)
        self.sections = [Option(value=str(one.section.id), label=one.section.name) for one in sections]

    @handler(Permission.ASSESSMENT_EDIT, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """What has happened since."""
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def sort(self, me: Principal, sorting: Literal["attention", "name", "time", "progress"]) -> None:
        """Have something else first."""
        self.sorting, self.page = sorting, 1
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def choose_section(self, me: Principal, section: Annotated[str, Field(max_length=36)]) -> None:
        """Show one class; empty shows all."""
        self.section, self.page, self.chosen = section, 1, []
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page of students."""
        self.page = page
        await self._read(me)

    @handler(Permission.ASSESSMENT_EDIT)
    async def pick(self, me: Principal, attempt_id: UUID, picked: bool) -> None:
        """Choose a student for more time, or not."""
        key = str(attempt_id)
        others = [one for one in self.chosen if one != key]
        self.chosen = [*others, key][-PAGE_SIZE:] if picked else others

    @handler(Permission.ASSESSMENT_EDIT)
    async def ask_extend(self, me: Principal, attempt_id: Annotated[str, Field(max_length=36)]) -> None:
        """Ask how much more time: for one student, or with an empty id for those who are chosen or all."""
        if attempt_id:
            self.chosen = [str(parse_id(attempt_id))]
        names = [one["name"] for one in self.rows if one["attempt_id"] in self.chosen]
        if not self.chosen:
            self.extending_for = translate(N_("For everybody who is working now"), me.locale)
        elif len(names) == len(self.chosen) and len(names) <= 3:
            self.extending_for = translate(N_("For {names}"), me.locale, names=", ".join(names))
        else:
            self.extending_for = translate_plural(
                "For {count} student",
                "For {count} students",
                len(self.chosen),
                me.locale,
                count=len(self.chosen),
            )
        self._request, self.extending, self.errors = str(uuid4()), True, {}

    @handler(Permission.ASSESSMENT_EDIT)
    async def stay(self, me: Principal) -> None:
        """Close the question."""
        self.extending, self.ending = False, ""

    @handler(Permission.ASSESSMENT_EDIT)
    async def extend(self, me: Principal, form: ExtendForm) -> object:
        """Give the time. A second click of the same question changes nothing."""
        draft = ExtensionDraft(
            minutes=form.minutes,
            reason=form.reason,
            request_id=parse_id(self._request),
            attempt_ids=[parse_id(one) for one in self.chosen] or None,
            section_id=parse_id(self.section) if self.section else None,
        )
        async with unit_of_work(me) as work:
            count = await extensions.extend(
                work=work, me=me, assessment_id=parse_id(self.assessment_id), draft=draft
            )
        self.extending, self.chosen = False, []
        text = translate_plural(
            "{count} student has more time.",
            "{count} students have more time.",
            count,
            me.locale,
            count=count,
        )
        await notify(self, "success", text)
        return MonitorState.refresh

    @handler(Permission.ASSESSMENT_EDIT)
    async def ask_end(self, me: Principal, attempt_id: UUID) -> None:
        """Ask before an attempt is ended."""
        self.ending = str(attempt_id)
        self.ending_name = next((one["name"] for one in self.rows if one["attempt_id"] == self.ending), "")

    @handler(Permission.ASSESSMENT_EDIT)
    async def end(self, me: Principal) -> object:
        """End the attempt."""
        attempt_id, self.ending = parse_id(self.ending), ""
        async with unit_of_work(me) as work:
            await extensions.end(
                work=work, me=me, assessment_id=parse_id(self.assessment_id), attempt_id=attempt_id
            )
        await notify(self, "success", translate(N_("The attempt is being handed in."), me.locale))
        return MonitorState.refresh

    async def _read(self, me: Principal) -> None:
        now = utc_now()
        async with unit_of_work(me) as work:
            found = await monitor.watch(
                work=work,
                me=me,
                assessment_id=parse_id(self.assessment_id),
                section_id=parse_id(self.section) if self.section else None,
                sorting=Sorting(self.sorting),
                page=self.page,
                now=now,
            )
        self._show(found, me)

    def _show(self, found: Watched, me: Principal) -> None:
        one, tally = found.assessment, found.tally
        self.course_id, self.course_title, self.title = str(found.course.id), found.course.title, one.title
        self.kind, self.now = translate(KIND_NAMES[one.kind], me.locale), found.now.isoformat()
        self.students, self.not_started = tally.students, tally.not_started
        self.working, self.handed_in = tally.working, tally.handed_in
        self.attention = tally.lost + tally.quiet
        self.rows = [_line(row, found.now, me) for row in found.rows]
        running = {one["attempt_id"] for one in self.rows if one["running"]}
        shown = {one["attempt_id"] for one in self.rows}
        self.chosen = [one for one in self.chosen if one in running or one not in shown]
        self.pages = max(1, -(-tally.students // PAGE_SIZE))
        self.page_text = range_text(me, self.page, PAGE_SIZE, len(found.rows), tally.students)


def _line(row: MonitorRow, now: datetime, me: Principal) -> WatchedLine:
    standing = monitor.standing_of(row, now)
    status, tone = STANDINGS[standing]
    running = standing in (Standing.WORKING, Standing.QUIET, Standing.LOST)
    here = running and row.shown and standing is not Standing.LOST
    attempt_id = str(row.attempt_id) if row.attempt_id else ""
    progress = translate(N_("{done} of {total} answered"), me.locale, done=row.answered, total=row.questions)
    return WatchedLine(
        id=attempt_id or str(row.user_id),
        attempt_id=attempt_id,
        name=row.name,
        section=row.section,
        status=translate(status, me.locale),
        tone=tone,
        running=running,
        timed=running and row.deadline_at is not None and row.deadline_at > now,
        answered=row.answered,
        questions=row.questions,
        progress=progress if attempt_id else "",
        saved=_saved(row, now, me) if attempt_id else "",
        connection=_connection(row, standing, me) if running else "",
        here=here,
        deadline=row.deadline_at.isoformat() if running and row.deadline_at else "",
        extra=translate(N_("+{minutes} min"), me.locale, minutes=row.extra_minutes)
        if row.extra_minutes
        else "",
    )


def _saved(row: MonitorRow, now: datetime, me: Principal) -> str:
    if row.submitted_at is not None:
        moment = format_time(row.submitted_at, me.locale, me.timezone)
        return translate(N_("Handed in at {time}"), me.locale, time=moment)
    if row.saved_at is None:
        return translate(N_("Nothing saved yet"), me.locale)
    return translate(N_("Saved {when}"), me.locale, when=format_relative(row.saved_at, now, me.locale))


def _connection(row: MonitorRow, standing: Standing, me: Principal) -> str:
    if not row.shown:
        return translate(N_("Not shown"), me.locale)
    if standing is not Standing.LOST:
        return translate(N_("Connected"), me.locale)
    assert row.started_at is not None
    seen = max(one for one in (row.started_at, row.saved_at, row.seen_at) if one is not None)
    moment = format_time(seen, me.locale, me.timezone)
    return translate(N_("Lost since {time}"), me.locale, time=moment)


__all__ = ["MonitorState"]
