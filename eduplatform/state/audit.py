"""The audit trail: reading it in plain words, filtering it, checking its seals."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.operations import trail
from eduplatform.domain.operations.repository import TrailFilter
from eduplatform.domain.operations.trail import TrailEntry
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_number, time_zone
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, SearchText, handler
from eduplatform.state.rows import Option

MOST_PROBLEMS = 20
FIRST_YEAR, LAST_YEAR = 1990, 2200

Day = Annotated[str, Field(max_length=10)]


class TrailRow(TypedDict):
    """An event in words; ``details`` are its codes, a line each."""

    id: str
    when: str
    text: str
    action: str
    known: bool
    details: str


def event_text(entry: TrailEntry, locale: str) -> str:
    """Who did what, as a sentence; the bare code for an action that has no words yet."""
    message = trail.ACTIONS.get(entry.event.action)
    if message is None:
        return entry.event.action
    nobody = N_("EduPlatform") if entry.event.actor_id is None else N_("An operator")
    return translate(
        message,
        locale,
        who=entry.who or translate(nobody, locale),
        whom=entry.whom or translate(N_("a former member"), locale),
    )


def _row(entry: TrailEntry, me: Principal) -> TrailRow:
    event = entry.event
    facts = [f"{translate(N_('Event'), me.locale)} {event.number}: {event.action}"]
    facts += [
        f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in sorted(event.details.items())
    ]
    facts.append(f"{translate(N_('Seal'), me.locale)}: {event.hash[:16]}")
    return TrailRow(
        id=str(event.id),
        when=format_datetime(event.created_at, me.locale, me.timezone),
        text=event_text(entry, me.locale),
        action=event.action,
        known=event.action in trail.ACTIONS,
        details="\n".join(facts),
    )


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(fields={field: N_("Please enter a date.")}) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(fields={field: N_("Please check the year.")})
    return day


class AuditState(PageMixin, rx.State):
    """The trail's page. ``checked`` is ``whole``, ``broken`` or empty while nobody has verified the chain."""

    rows: list[TrailRow] = []
    areas: list[Option] = []
    area: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    page: int = 1
    pages: int = 1
    total: int = 0
    page_text: str = ""
    resets: int = 0
    checked: str = ""
    checked_text: str = ""
    problems: list[str] = []

    @handler(Permission.AUDIT_READ, loads=True)
    async def load(self, me: Principal) -> None:
        """The newest events."""
        self._clear()
        self.checked, self.checked_text, self.problems = "", "", []
        self.areas = [
            Option(value=prefix, label=translate(label, me.locale)) for prefix, label in trail.AREAS.items()
        ]
        await self._read(me)

    @handler(Permission.AUDIT_READ)
    async def choose_area(self, me: Principal, prefix: Annotated[str, Field(max_length=80)]) -> None:
        """Only actions whose code begins like this."""
        self.area, self.page = prefix, 1
        await self._read(me)

    @handler(Permission.AUDIT_READ)
    async def search_person(self, me: Principal, text: SearchText) -> None:
        """Only what people did whose name or address holds the text."""
        self.person, self.page = text, 1
        await self._read(me)

    @handler(Permission.AUDIT_READ)
    async def choose_since(self, me: Principal, day: Day) -> None:
        """Only from this day on."""
        _day(day, "since")
        self.since, self.page = day, 1
        await self._read(me)

    @handler(Permission.AUDIT_READ)
    async def choose_until(self, me: Principal, day: Day) -> None:
        """Only up to this day, itself included."""
        _day(day, "until")
        self.until, self.page = day, 1
        await self._read(me)

    @handler(Permission.AUDIT_READ)
    async def clear(self, me: Principal) -> None:
        """Show everything again."""
        self._clear()
        await self._read(me)

    @handler(Permission.AUDIT_READ)
    async def turn(self, me: Principal, page: Annotated[int, Field(ge=1, le=100_000)]) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.AUDIT_READ)
    async def verify(self, me: Principal) -> None:
        """Check the seal of every event."""
        async with unit_of_work(me) as work:
            result = await trail.verify(work=work)
        self.problems = result.problems[:MOST_PROBLEMS]
        self.checked = "broken" if result.problems else "whole"
        message = (
            N_(
                "The chain is broken in {problems} places. Tell your operator before anything else is changed."
            )
            if result.problems
            else N_("All {events} events carry the right seal: nothing was changed, removed or reordered.")
        )
        self.checked_text = translate(
            message,
            me.locale,
            events=format_number(result.events, me.locale, 0),
            problems=format_number(len(result.problems), me.locale, 0),
        )
        await self._read(me)

    def _clear(self) -> None:
        self.area = self.person = self.since = self.until = ""
        self.page, self.resets = 1, self.resets + 1

    async def _read(self, me: Principal) -> None:
        first, last = _day(self.since, "since"), _day(self.until, "until")
        wanted = TrailFilter(
            action=self.area,
            person=self.person,
            since=_midnight(first, me.timezone),
            until=_midnight(last + timedelta(days=1) if last else None, me.timezone),
        )
        async with unit_of_work(me) as work:
            entries, total = await trail.list_trail(work=work, wanted=wanted, page=self.page)
        self.rows = [_row(entry, me) for entry in entries]
        self.total, self.pages = total, max(1, -(-total // trail.PAGE))
        self.page_text = range_text(me, self.page, trail.PAGE, len(entries), total)


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time.min, time_zone(zone)).astimezone(UTC) if day else None


def range_text(me: Principal, page: int, size: int, shown: int, total: int) -> str:
    """``26–50 of 136`` in the reader's language."""
    first = (page - 1) * size + 1 if shown else 0
    return translate(
        N_("{first}–{last} of {total}"),
        me.locale,
        first=format_number(first, me.locale, 0),
        last=format_number(first + shown - 1 if shown else 0, me.locale, 0),
        total=format_number(total, me.locale, 0),
    )
