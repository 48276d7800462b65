"""The supports of one student: set once, applied everywhere."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.assessment import exceptions
from eduplatform.domain.assessment.availability import local_to_utc
from eduplatform.domain.assessment.exceptions import AccommodationDraft
from eduplatform.domain.assessment.models import StudentAccommodation
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_date, format_number, time_zone
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.assessment_settings import whole
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument

DAY = "%Y-%m-%d"


class SupportLine(TypedDict):
    """A support, for reading and for the form; ``state`` is ``now``, ``later`` or ``over``."""

    id: str
    what: list[str]
    period: str
    state: str
    reason: str
    time_multiplier: str
    extra_attempts: str
    due_shift_days: str
    due_shift_hours: str
    starts_on: str
    ends_on: str


class SupportForm(Form):
    """A support as it is entered; the days are those of the organisation, both included."""

    time_multiplier: Annotated[str, Field(max_length=8)] = ""
    extra_attempts: Annotated[str, Field(max_length=5)] = ""
    due_shift_days: Annotated[str, Field(max_length=5)] = ""
    due_shift_hours: Annotated[str, Field(max_length=5)] = ""
    starts_on: Annotated[str, Field(max_length=20)] = ""
    ends_on: Annotated[str, Field(max_length=20)] = ""
    reason: Annotated[str, Field(max_length=600)] = ""


NO_SUPPORT = SupportLine(
    id="",
    what=[],
    period="",
    state="now",
    reason="",
    time_multiplier="",
    extra_attempts="",
    due_shift_days="",
    due_shift_hours="",
    starts_on="",
    ends_on="",
)


def _day(moment: datetime | None, timezone: str) -> str:
    return moment.astimezone(time_zone(timezone)).strftime(DAY) if moment else ""


def _boundary(text: str, field: str, timezone: str, clock: time) -> datetime | None:
    """The beginning or the end of a day on the organisation's wall clock."""
    if not text:
        return None
    try:
        day = datetime.strptime(text[:10], DAY).date()  # noqa: DTZ007 - the zone is added below
        return local_to_utc(datetime.combine(day, clock), time_zone(timezone).key)
    except (ValueError, OverflowError):
        raise Invalid(fields={field: N_("Please enter a date.")}) from None


def _draft(form: SupportForm, timezone: str) -> AccommodationDraft:
    try:
        multiplier = Decimal((form.time_multiplier or "1").replace(",", "."))
    except InvalidOperation:
        raise Invalid(fields={"time_multiplier": N_("Please enter a number.")}) from None
    return AccommodationDraft(
        time_multiplier=multiplier,
        extra_attempts=whole(form.extra_attempts, "extra_attempts"),
        due_shift_days=whole(form.due_shift_days, "due_shift_days"),
        due_shift_hours=whole(form.due_shift_hours, "due_shift_hours"),
        starts_at=_boundary(form.starts_on, "starts_on", timezone, time.min),
        ends_at=_boundary(form.ends_on, "ends_on", timezone, time(23, 59, 59)),
        reason=form.reason,
    )


def _line(one: StudentAccommodation, me: Principal, now: datetime) -> SupportLine:
    locale = me.locale
    what: list[str] = []
    if one.time_multiplier > 1:
        factor = format_number(one.time_multiplier, locale)
        what.append(translate(N_("{factor} times the time"), locale, factor=factor))
    attempts, days, hours = one.extra_attempts, one.due_shift_days, one.due_shift_hours
    if attempts:
        what.append(
            translate_plural(
                "{count} more attempt", "{count} more attempts", attempts, locale, count=attempts
            )
        )
    if days:
        what.append(
            translate_plural("due {count} day later", "due {count} days later", days, locale, count=days)
        )
    if hours:
        what.append(
            translate_plural("due {count} hour later", "due {count} hours later", hours, locale, count=hours)
        )

    def day(at: datetime) -> str:
        return format_date(at, locale, me.timezone)

    if one.starts_at and one.ends_at:
        period = translate(
            N_("From {start} to {end}"), locale, start=day(one.starts_at), end=day(one.ends_at)
        )
    elif one.starts_at:
        period = translate(N_("From {start} on"), locale, start=day(one.starts_at))
    elif one.ends_at:
        period = translate(N_("Until {end}"), locale, end=day(one.ends_at))
    else:
        period = translate(N_("Always"), locale)
    later = one.starts_at is not None and one.starts_at > now
    over = one.ends_at is not None and one.ends_at < now
    return SupportLine(
        id=str(one.id),
        what=what,
        period=period,
        state="over" if over else "later" if later else "now",
        reason=one.reason,
        time_multiplier=f"{one.time_multiplier.normalize():f}",
        extra_attempts=str(one.extra_attempts or ""),
        due_shift_days=str(one.due_shift_days or ""),
        due_shift_hours=str(one.due_shift_hours or ""),
        starts_on=_day(one.starts_at, me.timezone),
        ends_on=_day(one.ends_at, me.timezone),
    )


class SupportState(PageMixin, rx.State):
    """The supports of one student."""

    student_id: str = ""
    name: str = ""
    rows: list[SupportLine] = []
    one: SupportLine = NO_SUPPORT
    editing: bool = False
    form_key: int = 0
    today: str = ""

    @handler(Permission.SUPPORT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """Fill the page."""
        self.reset()
        self.student_id = route_argument(self, "student_id")
        self.today = _day(utc_now(), me.timezone)
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.SUPPORT_EDIT)
    async def refresh(self, me: Principal) -> None:
        """What a change has made of them."""
        async with unit_of_work(me) as work:
            await self._read(work, me)

    async def _read(self, work: Work, me: Principal) -> None:
        user, rows = await exceptions.accommodations_of(work=work, me=me, user_id=parse_id(self.student_id))
        now = utc_now()
        self.name = f"{user.given_name} {user.family_name}".strip()
        self.rows = [_line(row, me, now) for row in rows]

    @handler(Permission.SUPPORT_EDIT)
    async def edit(self, me: Principal, accommodation_id: Annotated[str, Field(max_length=40)]) -> None:
        """Ask for a support; empty for a new one, from today on."""
        self.one = next(
            (row for row in self.rows if row["id"] == accommodation_id),
            {**NO_SUPPORT, "starts_on": self.today},
        )
        self.form_key += 1
        self.editing = True

    @handler(Permission.SUPPORT_EDIT)
    async def leave(self, me: Principal) -> None:
        """Close the window."""
        self.editing = False

    @handler(Permission.SUPPORT_EDIT)
    async def save(self, me: Principal, form: SupportForm) -> rx.event.EventSpec:
        """Store a support."""
        draft = _draft(form, me.timezone)
        async with unit_of_work(me) as work:
            await exceptions.save_accommodation(
                work=work,
                me=me,
                user_id=parse_id(self.student_id),
                draft=draft,
                accommodation_id=parse_id(self.one["id"]) if self.one["id"] else None,
            )
        self.editing = False
        await notify(self, "success", translate(N_("Saved. It applies everywhere from now on."), me.locale))
        return SupportState.refresh

    @handler(Permission.SUPPORT_EDIT)
    async def remove(self, me: Principal, accommodation_id: UUID) -> rx.event.EventSpec:
        """Take a support away."""
        async with unit_of_work(me) as work:
            await exceptions.remove_accommodation(
                work=work,
                me=me,
                user_id=parse_id(self.student_id),
                accommodation_id=accommodation_id,
            )
        await notify(self, "success", translate(N_("Removed."), me.locale))
        return SupportState.refresh
