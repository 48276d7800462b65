"""Importing people into a class: choose, look at what would happen, confirm."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import roster_import, roster_plan
from eduplatform.domain.courses.roster_file import COLUMNS, column_label
from eduplatform.domain.courses.roster_plan import OUTCOMES, Outcome, Plan, PlannedRow
from eduplatform.errors import Conflict
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import PageNumber, range_text
from eduplatform.state.rows import Option

PAGE = 25


class PlanLine(TypedDict):
    """A row of the file with what would become of it; ``problems`` name their columns."""

    number: int
    name: str
    email: str
    role: str
    guardian: str
    outcome: str
    problems: list[str]


class OutcomeGroup(TypedDict):
    """Rows with the same outcome."""

    outcome: str
    count: int


class RosterImportState(PageMixin, rx.State):
    """An import on its way. ``step``: 0 choose the class and the file, 1 look, 2 done."""

    course_id: str = ""
    course_title: str = ""
    sections: list[Option] = []
    section: str = ""
    columns: str = ""
    file_name: str = ""
    step: int = 0
    usable: int = 0
    bad: int = 0
    rows: list[PlanLine] = []
    groups: list[OutcomeGroup] = []
    outcome: str = ""
    page: int = 1
    pages: int = 1
    page_text: str = ""
    summary: str = ""
    attempts: int = 0
    _file: str = ""
    _fingerprint: str = ""

    @handler(Permission.ROSTER_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The classes to choose from; ``?section=`` chooses one."""
        self._begin()
        given = route_argument(self, "course_id")
        async with unit_of_work(me) as work:
            found = await roster_plan.list_sections(
                work=work, me=me, course_id=parse_id(given) if given else None
            )
        self.course_id, self.course_title = given, found[0].course_title if given and found else ""
        self.sections = [
            Option(value=str(one.id), label=one.name if given else f"{one.course_title} – {one.name}")
            for one in found
        ]
        asked = str(self.router.url.query_parameters.get("section", ""))
        known = [one["value"] for one in self.sections]
        self.section = asked if asked in known else (known[0] if len(known) == 1 else "")
        self.columns = ", ".join(column_label(one, me.locale) for one in COLUMNS)

    @handler(Permission.ROSTER_EDIT)
    async def choose_section(self, me: Principal, section: Annotated[str, Field(max_length=36)]) -> None:
        """Import into this class."""
        self.section = section
        await self._look(me)

    @handler(Permission.ROSTER_EDIT)
    async def uploaded(self, me: Principal, files: list[UUID]) -> None:
        """Look at the file that was just sent."""
        self._file = str(files[-1]) if files else ""
        await self._look(me)

    @handler(Permission.ROSTER_EDIT)
    async def show(self, me: Principal, outcome: Outcome | Literal[""]) -> None:
        """Only the rows with this outcome; empty shows all."""
        self.outcome, self.page = outcome, 1
        await self._look(me)

    @handler(Permission.ROSTER_EDIT)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._look(me)

    @handler(Permission.ROSTER_EDIT)
    async def confirm(self, me: Principal) -> None:
        """Do what the list shows."""
        try:
            async with unit_of_work(me) as work:
                done = await roster_import.apply(
                    work=work,
                    me=me,
                    section_id=parse_id(self.section),
                    file_id=parse_id(self._file),
                    fingerprint=self._fingerprint,
                )
        except Conflict as error:
            await self._look(me)
            await notify(self, "warning", translate(error.detail, me.locale))
            return
        self.step, self.rows, self.summary = 2, [], _summary(done, me.locale)

    @handler(Permission.ROSTER_EDIT)
    async def start_over(self, me: Principal) -> None:
        """Begin with another file."""
        self._begin()

    def _begin(self) -> None:
        self.step, self.page, self.outcome, self.summary = 0, 1, "", ""
        self.rows, self.groups, self.file_name = [], [], ""
        self._file = self._fingerprint = ""
        self.attempts += 1

    async def _look(self, me: Principal) -> None:
        if not (self._file and self.section):
            self.step = 0
            return
        async with unit_of_work(me) as work:
            found = await roster_plan.plan(
                work=work, me=me, section_id=parse_id(self.section), file_id=parse_id(self._file)
            )
        if found.fingerprint != self._fingerprint and self._fingerprint:
            self.page = 1
        self._fingerprint, self.file_name, self.step = found.fingerprint, found.file_name, 1
        counts = found.counts
        self.groups = [OutcomeGroup(outcome=one, count=counts[one]) for one in OUTCOMES if counts.get(one, 0)]
        self.bad = counts.get("bad", 0)
        self.usable = len(found.rows) - self.bad - counts.get("same", 0)
        if self.outcome and not counts.get(self.outcome, 0):
            self.outcome, self.page = "", 1
        shown = [one for one in found.rows if self.outcome in ("", one.outcome)]
        self.pages = max(1, -(-len(shown) // PAGE))
        self.page = min(self.page, self.pages)
        rows = shown[(self.page - 1) * PAGE : self.page * PAGE]
        self.rows = [_line(one, me.locale) for one in rows]
        self.page_text = range_text(me, self.page, PAGE, len(rows), len(shown))


def _line(row: PlannedRow, locale: str) -> PlanLine:
    problems: list[str] = []
    for one in row.problems:
        message, params = (one.message, {}) if isinstance(one.message, str) else one.message
        problems.append(f"{column_label(one.column, locale)}: {translate(message, locale, **params)}")
    return PlanLine(
        number=row.number,
        name=row.name,
        email=row.email,
        role=row.role,
        guardian=row.guardian,
        outcome=row.outcome,
        problems=problems,
    )


def _summary(done: Plan, locale: str) -> str:
    counts = done.counts
    joined = counts.get("add", 0) + counts.get("return", 0)
    parts = [
        translate_plural("{count} person joined.", "{count} people joined.", joined, locale),
        translate_plural(
            "{count} person was invited by mail.",
            "{count} people were invited by mail.",
            counts.get("invite", 0),
            locale,
        ),
    ]
    bad = counts.get("bad", 0)
    if bad:
        parts.append(
            translate_plural("{count} row was left out.", "{count} rows were left out.", bad, locale)
        )
    if not joined + counts.get("invite", 0):
        parts = [translate(N_("The guardians were noted."), locale), *parts[2:]]
    return " ".join(parts)
