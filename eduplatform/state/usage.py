"""The administrator's overview: people, courses, submissions, and what happened last."""

from __future__ import annotations

from typing import TypedDict

import reflex as rx
from babel.dates import format_skeleton

from eduplatform.charts import bar_chart_svg
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.operations import trail, usage
from eduplatform.domain.operations.usage import Usage
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_date, format_number, format_percent, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.audit import event_text
from eduplatform.state.base import PageMixin, handler

RECENT = 8


class Numbers(TypedDict):
    """The counts of the overview, formatted."""

    people: str
    active: str
    active_share: str
    deactivated: str
    students: str
    teachers: str
    guardians: str
    admins: str
    courses: str
    published: str
    sections: str
    enrolments: str
    open_invitations: str


class RecentRow(TypedDict):
    """An event of the audit trail in a list."""

    id: str
    text: str
    when: str


NO_NUMBERS = Numbers(
    people="",
    active="",
    active_share="",
    deactivated="",
    students="",
    teachers="",
    guardians="",
    admins="",
    courses="",
    published="",
    sections="",
    enrolments="",
    open_invitations="",
)


def _numbers(found: Usage, me: Principal) -> Numbers:
    def show(count: int) -> str:
        return format_number(count, me.locale, 0)

    people, courses = found.people, found.courses
    share = format_percent(people.active / people.total if people.total else 0, me.locale)
    return Numbers(
        people=show(people.total),
        active=show(people.active),
        active_share=translate(N_("{share} of everybody"), me.locale, share=share),
        deactivated=""
        if not people.deactivated
        else translate(N_("{count} deactivated"), me.locale, count=show(people.deactivated)),
        students=show(people.students),
        teachers=show(people.teachers),
        guardians=show(people.guardians),
        admins=show(people.admins),
        courses=show(courses.courses),
        published=translate(N_("{count} published"), me.locale, count=show(courses.published)),
        sections=show(courses.sections),
        enrolments=show(courses.enrolments),
        open_invitations=show(courses.open_invitations),
    )


class UsageState(PageMixin, rx.State):
    """The overview. ``chart`` is the drawn chart, ``weeks`` the same numbers for its table."""

    numbers: Numbers = NO_NUMBERS
    term: str = ""
    chart: str = ""
    weeks: list[list[str]] = []
    submissions: str = ""
    has_submissions: bool = False
    recent: list[RecentRow] = []

    @handler(Permission.USAGE_READ, loads=True)
    async def load(self, me: Principal) -> None:
        """Count everything."""
        await self._read(me)

    @handler(Permission.USAGE_READ)
    async def refresh(self, me: Principal) -> None:
        """Count again."""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        now = utc_now()
        async with unit_of_work(me) as work:
            found = await usage.read_usage(work=work, me=me, now=now)
            entries = await trail.recent(work=work, count=RECENT)
        self.numbers, self.term = _numbers(found, me), found.term
        self._draw(found, me)
        self.recent = [
            RecentRow(
                id=str(one.event.id),
                text=event_text(one, me.locale),
                when=format_relative(one.event.created_at, now, me.locale),
            )
            for one in entries
        ]

    def _draw(self, found: Usage, me: Principal) -> None:
        days = [format_skeleton("MMMd", week.monday, locale=me.locale) for week in found.weeks]
        total = sum(week.submissions for week in found.weeks)
        self.has_submissions = total > 0
        self.submissions = translate_plural(
            "{number} submission",
            "{number} submissions",
            total,
            me.locale,
            number=format_number(total, me.locale, 0),
        )
        self.weeks = [
            [format_date(week.monday, me.locale), format_number(week.submissions, me.locale, 0)]
            for week in found.weeks
        ]
        self.chart = bar_chart_svg(
            list(zip(days, (week.submissions for week in found.weeks), strict=True)),
            title=translate(N_("Submissions per week"), me.locale),
        )
