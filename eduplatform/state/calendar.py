"""A person's calendar, the events of a teacher, and the secret address for other programs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, TypedDict
from zoneinfo import ZoneInfo

import reflex as rx
from babel import Locale
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.calendar import feed, service
from eduplatform.domain.calendar.service import Entry, EventDraft
from eduplatform.errors import Invalid, NotFound
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_date, format_relative, format_time, format_weekday, time_zone
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal
from eduplatform.state.assessment_settings import from_wall_clock, wall_clock
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id
from eduplatform.state.rows import Option

View = Literal["month", "week", "agenda"]
AGENDA_DAYS = 30
WEEK = 7
FIRST_YEAR, LAST_YEAR = 2000, 2100


class EntryLine(TypedDict):
    """Something in the calendar; ``at`` is a time of day, or empty for whole days."""

    key: str
    id: str
    kind: str
    title: str
    course: str
    at: str
    child: str
    place: str
    note: str
    href: str
    editable: bool


class DayLine(TypedDict):
    """A day with what stands on it; ``label`` is its full name for people who hear the page."""

    day: str
    number: str
    weekday: str
    label: str
    inside: bool
    today: bool
    chosen: bool
    count: int
    entries: list[EntryLine]


class EventEdit(TypedDict):
    """The event in the form; an empty ``id`` is a new one."""

    id: str
    version: str
    target: str
    title: str
    starts_at: str
    ends_at: str
    all_day: bool
    place: str
    note: str


NO_EVENT = EventEdit(
    id="", version="", target="", title="", starts_at="", ends_at="", all_day=False, place="", note=""
)
NO_DAY = DayLine(
    day="",
    number="",
    weekday="",
    label="",
    inside=True,
    today=False,
    chosen=False,
    count=0,
    entries=[],
)


class EventForm(Form):
    """An event; ``target`` is ``course:`` or ``section:`` and an id, times are local to the organisation."""

    target: Annotated[str, Field(min_length=1, max_length=60)]
    title: Annotated[str, Field(min_length=1, max_length=160)]
    starts_at: Annotated[str, Field(min_length=1, max_length=30)]
    ends_at: Annotated[str, Field(max_length=30)] = ""
    all_day: bool = False
    place: Annotated[str, Field(max_length=160)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""


class CalendarState(PageMixin, rx.State):
    """A month, a week or the next thirty days."""

    view: str = "month"
    anchor: str = ""
    heading: str = ""
    weekdays: list[str] = []
    weeks: list[list[DayLine]] = []
    days: list[DayLine] = []
    chosen: DayLine = NO_DAY
    teaches: bool = False
    targets: list[Option] = []
    editing: bool = False
    edit: EventEdit = NO_EVENT
    zone: str = ""
    removing: bool = False
    feed_open: bool = False
    feed_there: bool = False
    feed_used: str = ""
    feed_address: str = ""

    @handler(Permission.CALENDAR, loads=True)
    async def load(self, me: Principal) -> None:
        """The month that the person looked at last, or this one."""
        today = _today(me)
        if not self.anchor:
            self.anchor, self.chosen = today.isoformat(), {**NO_DAY, "day": today.isoformat()}
        self.editing = self.feed_open = self.removing = False
        self.feed_address = ""
        await self._read(me)

    @handler(Permission.CALENDAR, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """What has changed since."""
        await self._read(me)

    @handler(Permission.CALENDAR)
    async def show(self, me: Principal, view: View) -> None:
        """Month, week or agenda."""
        self.view = view
        await self._read(me)

    @handler(Permission.CALENDAR)
    async def today(self, me: Principal) -> None:
        """Back to today."""
        self.anchor = _today(me).isoformat()
        self.chosen = {**NO_DAY, "day": self.anchor}
        await self._read(me)

    @handler(Permission.CALENDAR)
    async def earlier(self, me: Principal) -> None:
        """The month, week or thirty days before."""
        await self._move(me, -1)

    @handler(Permission.CALENDAR)
    async def later(self, me: Principal) -> None:
        """The month, week or thirty days after."""
        await self._move(me, 1)

    @handler(Permission.CALENDAR)
    async def choose(self, me: Principal, day: Annotated[str, Field(max_length=10)]) -> None:
        """Show what stands on a day."""
        found = next((one for one in self.days if one["day"] == day), None)
        if found is None:
            raise NotFound
        self.chosen = found
        self.days = [{**one, "chosen": one["day"] == day} for one in self.days]
        self.weeks = _in_weeks(self.days) if self.view != "agenda" else []

    @handler(Permission.COURSE_EDIT)
    async def open_form(self, me: Principal) -> None:
        """Begin a new event on the chosen day."""
        day = self.chosen["day"] or self.anchor
        start = datetime.combine(date.fromisoformat(day), time(9), time_zone(me.timezone))
        await self._targets(me)
        self.edit = {
            **NO_EVENT,
            "starts_at": wall_clock(start, me.timezone),
            "ends_at": wall_clock(start + timedelta(hours=1), me.timezone),
        }
        self.editing, self.zone = True, me.timezone

    @handler(Permission.COURSE_EDIT)
    async def change(self, me: Principal, key: Annotated[str, Field(max_length=36)]) -> None:
        """Open one's own event in the form."""
        await self._targets(me)
        async with unit_of_work(me) as work:
            event = await service.read_event(work=work, me=me, event_id=parse_id(key))
        self.edit = EventEdit(
            id=str(event.id),
            version=service.version_of(event),
            target=f"section:{event.section_id}" if event.section_id else f"course:{event.course_id}",
            title=event.title,
            starts_at=wall_clock(event.starts_at, me.timezone),
            ends_at=wall_clock(event.ends_at, me.timezone),
            all_day=event.all_day,
            place=event.place,
            note=event.note,
        )
        self.editing, self.zone = True, me.timezone

    @handler(Permission.CALENDAR)
    async def close(self, me: Principal) -> None:
        """Close whatever is open over the page; a secret that was shown is gone."""
        self.editing = self.feed_open = self.removing = False
        self.feed_address = ""

    @handler(Permission.COURSE_EDIT)
    async def save(self, me: Principal, form: EventForm) -> None:
        """Put the event into the calendar."""
        draft = await self._draft(me, form)
        async with unit_of_work(me) as work:
            await service.save_event(
                work=work,
                me=me,
                event_id=parse_id(self.edit["id"]) if self.edit["id"] else None,
                version=self.edit["version"],
                draft=draft,
            )
        self.editing = False
        day = draft.starts_at.astimezone(time_zone(me.timezone)).date().isoformat()
        self.anchor, self.chosen = day, {**NO_DAY, "day": day}
        await notify(self, "success", translate(N_("Saved."), me.locale))
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def ask_remove(self, me: Principal) -> None:
        """Ask before the event in the form is deleted."""
        self.removing = True

    @handler(Permission.COURSE_EDIT)
    async def remove(self, me: Principal) -> None:
        """Delete the event in the form."""
        self.removing = self.editing = False
        async with unit_of_work(me) as work:
            await service.delete_event(work=work, me=me, event_id=parse_id(self.edit["id"]))
        await notify(self, "success", translate(N_("Deleted."), me.locale))
        await self._read(me)

    @handler(Permission.CALENDAR)
    async def open_feed(self, me: Principal) -> None:
        """How the calendar gets into other programs."""
        async with unit_of_work(me) as work:
            await self._show_feed(await feed.status(work=work, me=me), me)
        self.feed_open, self.feed_address = True, ""

    @handler(Permission.CALENDAR)
    async def renew_feed(self, me: Principal) -> None:
        """Make a new address and show it once."""
        async with unit_of_work(me) as work:
            secret = await feed.renew(work=work, me=me)
            await self._show_feed(await feed.status(work=work, me=me), me)
        self.feed_address = feed.address(secret)

    @handler(Permission.CALENDAR)
    async def revoke_feed(self, me: Principal) -> None:
        """End the address at once."""
        async with unit_of_work(me) as work:
            await feed.revoke(work=work, me=me)
        self.feed_there, self.feed_address, self.feed_used = False, "", ""
        await notify(self, "success", translate(N_("The address no longer works."), me.locale))

    async def _show_feed(self, row: feed.CalendarFeed | None, me: Principal) -> None:
        self.feed_there = row is not None
        used = row.last_used_at if row is not None else None
        self.feed_used = format_relative(used, utc_now(), me.locale) if used else ""

    async def _targets(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found = await service.places(work=work, me=me)
        options: list[Option] = []
        for course_id in dict.fromkeys(one.course_id for one in found):
            own = [one for one in found if one.course_id == course_id]
            every = translate(N_("{course}: all classes"), me.locale, course=own[0].course_title)
            options.append(Option(value=f"course:{course_id}", label=every))
            options += [
                Option(value=f"section:{one.section_id}", label=f"{one.course_title} · {one.section_name}")
                for one in own
                if one.section_id is not None
            ]
        self.targets = options

    async def _draft(self, me: Principal, form: EventForm) -> EventDraft:
        start = from_wall_clock(form.starts_at, "starts_at", me.timezone, "earlier")
        end = from_wall_clock(form.ends_at, "ends_at", me.timezone, "later") or start
        if start is None or end is None:
            raise Invalid(fields={"starts_at": N_("Please enter a date and a time.")})
        kind, _, key = form.target.partition(":")
        async with unit_of_work(me) as work:
            found = await service.places(work=work, me=me)
        wanted = parse_id(key)
        place = next(
            (one for one in found if wanted == (one.section_id if kind == "section" else one.course_id)), None
        )
        if place is None:
            raise NotFound
        return EventDraft(
            course_id=place.course_id,
            section_id=place.section_id if kind == "section" else None,
            title=form.title,
            starts_at=start,
            ends_at=end,
            all_day=form.all_day,
            place=form.place,
            note=form.note,
        )

    async def _move(self, me: Principal, by: int) -> None:
        anchor = date.fromisoformat(self.anchor)
        if self.view == "month":
            month = anchor.year * 12 + anchor.month - 1 + by
            moved = date(month // 12, month % 12 + 1, 1)
        else:
            moved = anchor + timedelta(days=by * (WEEK if self.view == "week" else AGENDA_DAYS))
        if not FIRST_YEAR <= moved.year < LAST_YEAR:
            return
        self.anchor, self.chosen = moved.isoformat(), {**NO_DAY, "day": moved.isoformat()}
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        zone, anchor = time_zone(me.timezone), date.fromisoformat(self.anchor)
        week_start = Locale.parse(me.locale).first_week_day
        first, last = _span(self.view, anchor, week_start)
        async with unit_of_work(me) as work:
            found = await service.entries(
                work=work, me=me, start=_midnight(first, zone), end=_midnight(last + timedelta(days=1), zone)
            )
        self.days = [
            _day(
                day,
                found,
                me,
                zone,
                month=anchor.month if self.view == "month" else 0,
                chosen=self.chosen["day"],
            )
            for day in _days(first, last)
        ]
        self.weeks = _in_weeks(self.days) if self.view != "agenda" else []
        self.chosen = next((one for one in self.days if one["chosen"]), NO_DAY)
        self.weekdays = [format_date_part(day, me.locale) for day in _days(first, first + timedelta(days=6))]
        self.heading = _heading(self.view, anchor, first, last, me)
        self.teaches = Role.TEACHER in me.roles


def _today(me: Principal) -> date:
    return utc_now().astimezone(time_zone(me.timezone)).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _in_weeks(days: list[DayLine]) -> list[list[DayLine]]:
    return [days[start : start + WEEK] for start in range(0, len(days), WEEK)]


def _span(view: str, anchor: date, week_start: int) -> tuple[date, date]:
    """First and last day that a view shows; a month shows whole weeks, so that the grid has no holes."""
    if view == "agenda":
        return anchor, anchor + timedelta(days=AGENDA_DAYS - 1)
    start = anchor.replace(day=1) if view == "month" else anchor
    first = start - timedelta(days=(start.weekday() - week_start) % WEEK)
    if view == "week":
        return first, first + timedelta(days=6)
    end = (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first, end + timedelta(days=(week_start - 1 - end.weekday()) % WEEK)


def _day(day: date, found: list[Entry], me: Principal, zone: ZoneInfo, *, month: int, chosen: str) -> DayLine:
    entries = [
        _entry(one, me)
        for one in found
        if one.starts_at.astimezone(zone).date() <= day <= one.ends_at.astimezone(zone).date()
    ]
    return DayLine(
        day=day.isoformat(),
        number=str(day.day),
        weekday=format_weekday(day, me.locale),
        label=format_date(day, me.locale, width="full"),
        inside=month in (0, day.month),
        today=day == _today(me),
        chosen=day.isoformat() == chosen,
        count=len(entries),
        entries=entries,
    )


def _entry(one: Entry, me: Principal) -> EntryLine:
    at = "" if one.all_day else format_time(one.starts_at, me.locale, me.timezone)
    if not one.all_day and one.ends_at > one.starts_at:
        at = f"{at}–{format_time(one.ends_at, me.locale, me.timezone)}"
    return EntryLine(
        key=f"{one.kind}-{one.id}-{one.child_id or ''}",
        id=str(one.id),
        kind=one.kind,
        title=one.title,
        course=one.course,
        at=at,
        child=one.child,
        place=one.place,
        note=one.note,
        href=one.href,
        editable=one.editable,
    )


def format_date_part(day: date, locale: str) -> str:
    """The short name of a day of the week."""
    return str(Locale.parse(locale).days["stand-alone"]["abbreviated"][day.weekday()])


def _heading(view: str, anchor: date, first: date, last: date, me: Principal) -> str:
    if view == "month":
        name = str(Locale.parse(me.locale).months["stand-alone"]["wide"][anchor.month])
        return f"{name[:1].upper()}{name[1:]} {anchor.year}"
    return f"{format_date(first, me.locale)} – {format_date(last, me.locale)}"
