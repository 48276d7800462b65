"""Copying a course: a look at the new dates, then the copy."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import copying
from eduplatform.domain.courses.copying import CopyPlan
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_date, format_datetime, format_weekday
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import NO_COURSE, CourseHead, Title, course_head

Day = Annotated[str, Field(max_length=10)]


class CopyForm(Form):
    """What the copy is called, and its first day (ISO; empty keeps the dates)."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    title: Title
    starts_on: Day = ""


class DateLine(TypedDict):
    """A date before and after."""

    key: str
    title: str
    what: str
    before: str
    after: str


class CourseCopyState(PageMixin, rx.State):
    """The page that copies a course."""

    course: CourseHead = NO_COURSE
    lessons: int = 0
    dates: list[DateLine] = []
    first_day: str = ""
    first_day_text: str = ""
    shift_text: str = ""
    proposed_code: str = ""

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The original with its dates."""
        await self._read(me, "")

    @handler(Permission.COURSE_EDIT)
    async def preview(self, me: Principal, day: Day) -> None:
        """Show the dates with another first day."""
        self.errors = {}
        await self._read(me, day)

    @handler(Permission.COURSE_EDIT)
    async def copy(self, me: Principal, form: CopyForm) -> rx.event.EventSpec:
        """Make the copy and open it."""
        async with unit_of_work(me) as work:
            course = await copying.copy_course(
                work=work,
                me=me,
                course_id=parse_id(route_argument(self, "course_id")),
                code=form.code,
                title=form.title,
                starts_on=_day(form.starts_on),
            )
        text = N_("The copy is there, as a draft that only you see.")
        await notify(self, "success", translate(text, me.locale))
        return rx.redirect(f"/teach/courses/{course.id}")

    async def _read(self, me: Principal, day: str) -> None:
        async with unit_of_work(me) as work:
            found = await copying.plan(
                work=work,
                me=me,
                course_id=parse_id(route_argument(self, "course_id")),
                starts_on=_day(day),
            )
        self.course, self.lessons = course_head(found.course), found.lessons
        self.proposed_code = f"{found.course.code}-2"[:40]
        self.first_day = found.first_day.isoformat() if found.first_day else ""
        self.first_day_text = _day_text(found.first_day, me.locale) if found.first_day else ""
        self.shift_text = _shift_text(found, me.locale)
        self.dates = [
            DateLine(
                key=str(number),
                title=one.title,
                what=translate(one.what, me.locale),
                before=format_datetime(one.before, me.locale, me.timezone),
                after=format_datetime(one.after, me.locale, me.timezone),
            )
            for number, one in enumerate(found.dates)
        ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(fields={"starts_on": N_("Please enter a date.")}) from None


def _day_text(day: date, locale: str) -> str:
    return f"{format_weekday(day, locale)}, {format_date(day, locale)}"


def _shift_text(found: CopyPlan, locale: str) -> str:
    if found.days == 0:
        return translate(N_("The dates stay as they are."), locale)
    if found.days > 0:
        return translate_plural(
            "All dates move {count} day later.", "All dates move {count} days later.", found.days, locale
        )
    return translate_plural(
        "All dates move {count} day earlier.", "All dates move {count} days earlier.", -found.days, locale
    )
