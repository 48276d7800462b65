"""The bell, the list of news, and how a person wants to be told."""

from __future__ import annotations

from time import monotonic
from typing import Annotated, Literal, TypedDict

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.messaging import notifications, settings
from eduplatform.domain.messaging.models import NotificationSetting
from eduplatform.domain.messaging.preferences import DAY_MINUTES, kinds_for, way_of
from eduplatform.domain.messaging.service import pages_of
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id
from eduplatform.state.courses import PageNumber
from eduplatform.state.rows import Option

ASK_AGAIN_SECONDS = 8.0
"""A tab that has asked for the number of its unread news does not ask again before."""

STEP = 30
"""Minutes between the times that can be chosen."""

Minute = Annotated[int, Field(ge=0, lt=DAY_MINUTES)]


class NewsLine(TypedDict):
    """A notification; ``kind`` chooses its icon."""

    id: str
    kind: str
    text: str
    href: str
    when: str
    moment: str
    unread: bool


class WayLine(TypedDict):
    """A kind of news and the way it comes."""

    kind: str
    name: str
    way: str


class HoursForm(Form):
    """When mail may come; times in minutes after midnight."""

    timezone: Annotated[str, Field(max_length=60)] = ""
    quiet: bool = False
    quiet_from: Minute
    quiet_until: Minute
    digest_at: Minute


class BellState(rx.State):
    """How many unread news the person has; kept while the tab lives."""

    unread: int = 0
    _asked_at: float = 0.0
    _asked_for: str = ""

    @handler(Permission.NOTIFICATION, quiet=True)
    async def poll(self, me: Principal) -> None:
        """Count again, unless this tab has just asked for the same person."""
        fresh = monotonic() - self._asked_at < ASK_AGAIN_SECONDS
        if fresh and self._asked_for == str(me.user):
            return
        await self._count(me)

    @handler(Permission.NOTIFICATION, quiet=True)
    async def count(self, me: Principal) -> None:
        """Count again: something has changed."""
        await self._count(me)

    async def _count(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            unread = await notifications.unread_count(work=work, me=me)
        _show_count(self, unread, me)


def _show_count(bell: BellState, unread: int, me: Principal) -> None:
    """Have the bell show a number that is known."""
    bell._asked_at, bell._asked_for = monotonic(), str(me.user)
    if unread != bell.unread:
        bell.unread = unread


class NewsState(PageMixin, rx.State):
    """The person's news, newest first."""

    rows: list[NewsLine] = []
    only_unread: bool = False
    unread: int = 0
    page: int = 1
    pages: int = 1

    @handler(Permission.NOTIFICATION, loads=True)
    async def load(self, me: Principal) -> None:
        """The newest page."""
        self.page = 1
        await self._read(me)

    @handler(Permission.NOTIFICATION, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """What has come since."""
        await self._read(me)

    @handler(Permission.NOTIFICATION)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.NOTIFICATION)
    async def show(self, me: Principal, only_unread: bool) -> None:
        """Show all, or only what is unread."""
        self.only_unread, self.page = only_unread, 1
        await self._read(me)

    @handler(Permission.NOTIFICATION)
    async def open(self, me: Principal, notification_id: Annotated[str, Field(max_length=36)]) -> object:
        """Mark one as read and go where it leads."""
        async with unit_of_work(me) as work:
            href = await notifications.open_one(work=work, me=me, notification_id=parse_id(notification_id))
            unread = await notifications.unread_count(work=work, me=me)
        _show_count(await self.get_state(BellState), unread, me)
        return rx.redirect(href)

    @handler(Permission.NOTIFICATION)
    async def read_all(self, me: Principal) -> None:
        """Mark all as read."""
        async with unit_of_work(me) as work:
            await notifications.mark_all_read(work=work, me=me)
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found, total = await notifications.list_own(
                work=work, me=me, unread=self.only_unread, page=self.page
            )
            unread = await notifications.unread_count(work=work, me=me)
        now = utc_now()
        rows = [
            NewsLine(
                id=str(one.id),
                kind=one.kind,
                text=translate(one.text, me.locale, **one.params),
                href=one.href,
                when=format_relative(one.created_at, now, me.locale),
                moment=format_datetime(one.created_at, me.locale, me.timezone),
                unread=one.read_at is None,
            )
            for one in found
        ]
        self.rows, self.unread, self.pages = rows, unread, pages_of(total)
        _show_count(await self.get_state(BellState), unread, me)


class NewsSettingState(PageMixin, rx.State):
    """How a person wants to be told, and when mail may come."""

    ways: list[WayLine] = []
    zone: str = ""
    quiet: bool = False
    quiet_from: str = ""
    quiet_until: str = ""
    digest_at: str = ""
    times: list[Option] = []

    @handler(Permission.NOTIFICATION, loads=True)
    async def load(self, me: Principal) -> None:
        """The person's choices."""
        async with unit_of_work(me) as work:
            self._show(await settings.read_own(work=work, me=me), me)

    @handler(Permission.NOTIFICATION)
    async def choose(
        self,
        me: Principal,
        kind: Annotated[str, Field(max_length=30)],
        way: Literal["app", "mail", "digest", "off"],
    ) -> None:
        """Have a kind of news come another way, at once."""
        async with unit_of_work(me) as work:
            await settings.choose_way(work=work, me=me, kind=kind, way=way)
            self._show(await settings.read_own(work=work, me=me), me)
        await notify(self, "success", translate(N_("Saved."), me.locale))

    @handler(Permission.NOTIFICATION)
    async def turn_quiet(self, me: Principal, on: bool) -> None:
        """Show or hide the two ends of the quiet hours; the form saves them."""
        self.quiet = on

    @handler(Permission.NOTIFICATION)
    async def save(self, me: Principal, form: HoursForm) -> None:
        """Set when mail may come."""
        async with unit_of_work(me) as work:
            await settings.save_hours(
                work=work,
                me=me,
                timezone=form.timezone,
                quiet_from=form.quiet_from if form.quiet else 0,
                quiet_until=form.quiet_until if form.quiet else 0,
                digest_at=form.digest_at,
            )
            self._show(await settings.read_own(work=work, me=me), me)
        await notify(self, "success", translate(N_("Saved."), me.locale))

    def _show(self, row: NotificationSetting, me: Principal) -> None:
        self.ways = [
            WayLine(kind=key, name=translate(kind.name, me.locale), way=way_of(row.ways, key))
            for key, kind in kinds_for(me.roles).items()
        ]
        self.quiet = row.quiet_from != row.quiet_until
        start, end = (row.quiet_from, row.quiet_until) if self.quiet else (21 * 60, 7 * 60)
        self.zone, self.digest_at = row.timezone or me.timezone, str(row.digest_at)
        self.quiet_from, self.quiet_until = str(start), str(end)
        self.times = [
            Option(value=str(minute), label=f"{minute // 60:02}:{minute % 60:02}")
            for minute in range(0, DAY_MINUTES, STEP)
        ]
