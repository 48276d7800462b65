"""Announcements: of a course for those who teach and take it, and all that concern a student or a family."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.messaging import announcements
from eduplatform.domain.messaging.announcement_repository import AnnouncementHead, AnnouncementRow
from eduplatform.domain.messaging.announcements import Draft
from eduplatform.domain.messaging.service import pages_of
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import plain_text, render_markdown
from eduplatform.state.assessment_settings import from_wall_clock, wall_clock
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import NO_COURSE, CourseHead, PageNumber, course_head
from eduplatform.state.rows import Option

Key = Annotated[str, Field(max_length=36)]
EXCERPT = 180


class AnnouncementForm(Form):
    """An announcement; ``publish_at`` is local time of the organisation, empty for now."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    body: Annotated[str, Field(min_length=1, max_length=announcements.MAX_BODY)]
    publish_at: Annotated[str, Field(max_length=30)] = ""
    pinned: bool = False


class AnnouncementLine(TypedDict):
    """An announcement in a list; ``readers`` is a sentence for its teachers."""

    id: str
    title: str
    html: str
    author: str
    course: str
    course_id: str
    classes: list[str]
    when: str
    moment: str
    pinned: bool
    scheduled: bool
    edited: bool
    new: bool
    readers: str


class AnnouncementStripLine(TypedDict):
    """An announcement above another page."""

    id: str
    title: str
    excerpt: str
    course: str
    course_id: str
    when: str
    pinned: bool
    new: bool


class AnnouncementEdit(TypedDict):
    """The announcement in the form; an empty ``id`` is a new one."""

    id: str
    version: str
    title: str
    body: str
    publish_at: str
    pinned: bool
    told: bool


NO_EDIT = AnnouncementEdit(id="", version="", title="", body="", publish_at="", pinned=False, told=False)


def announcement_line(one: AnnouncementRow, me: Principal) -> AnnouncementLine:
    """A row as it is shown."""
    row, now = one.announcement, utc_now()
    return AnnouncementLine(
        id=str(row.id),
        title=row.title,
        html=row.body_html,
        author=one.author,
        course=one.course_title,
        course_id=str(row.course_id),
        classes=list(one.classes),
        when=format_relative(row.publish_at, now, me.locale),
        moment=format_datetime(row.publish_at, me.locale, me.timezone),
        pinned=row.pinned,
        scheduled=row.publish_at > now,
        edited=row.edited_at is not None,
        new=not one.read,
        readers=translate(
            N_("Read by {readers} of {audience}"), me.locale, readers=one.readers, audience=one.audience
        ),
    )


class AnnouncementState(PageMixin, rx.State):
    """The announcements of a course, and the form of those who teach it."""

    course: CourseHead = NO_COURSE
    teaches: bool = False
    rows: list[AnnouncementLine] = []
    sections: list[Option] = []
    chosen: list[str] = []
    page: int = 1
    pages: int = 1
    writing: bool = False
    edit: AnnouncementEdit = NO_EDIT
    preview_html: str = ""
    removing: str = ""
    person: str = ""
    saved: int = 0
    zone: str = ""

    @handler(Permission.DISCUSSION, loads=True)
    async def load(self, me: Principal) -> None:
        """The newest page; what is shown counts as read."""
        self.page, self.writing, self.removing = 1, False, ""
        await self._read(me)

    @handler(Permission.DISCUSSION, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """What has come since."""
        await self._read(me)

    @handler(Permission.DISCUSSION)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def open_form(self, me: Principal) -> None:
        """Begin a new one."""
        self.writing, self.edit, self.chosen, self.preview_html = True, NO_EDIT, [], ""
        self.zone = me.timezone

    @handler(Permission.COURSE_EDIT)
    async def change(self, me: Principal, key: Key) -> None:
        """Open one in the form."""
        async with unit_of_work(me) as work:
            found = await announcements.read_one(work=work, me=me, announcement_id=parse_id(key))
        row = found.announcement
        self.edit = AnnouncementEdit(
            id=str(row.id),
            version=announcements.version_of(row),
            title=row.title,
            body=row.body,
            publish_at=wall_clock(row.publish_at, me.timezone),
            pinned=row.pinned,
            told=row.told_at is not None,
        )
        self.chosen = [str(one) for one in found.section_ids]
        self.preview_html, self.writing, self.zone = row.body_html, True, me.timezone

    @handler(Permission.COURSE_EDIT)
    async def close_form(self, me: Principal) -> None:
        """Stop writing."""
        self.writing = False

    @handler(Permission.COURSE_EDIT)
    async def choose_section(self, me: Principal, key: Key, on: bool) -> None:
        """Add a class to those that it is for, or take it out."""
        known = {one["value"] for one in self.sections}
        self.chosen = [one for one in self.chosen if one != key] + ([key] if on and key in known else [])

    @handler(Permission.COURSE_EDIT)
    async def preview(
        self, me: Principal, text: Annotated[str, Field(max_length=announcements.MAX_BODY)]
    ) -> None:
        """Show what has been typed as others will see it."""
        self.preview_html = await asyncio.to_thread(render_markdown, text)

    @handler(Permission.COURSE_EDIT)
    async def save(self, me: Principal, form: AnnouncementForm) -> None:
        """Announce it, or keep what was changed."""
        publish_at = from_wall_clock(form.publish_at, "publish_at", me.timezone, "earlier")
        if publish_at is not None and publish_at <= utc_now():
            publish_at = None
        draft = Draft(
            title=form.title,
            body=form.body,
            publish_at=publish_at,
            pinned=form.pinned,
            section_ids=tuple(UUID(one) for one in self.chosen),
        )
        async with unit_of_work(me) as work:
            if self.edit["id"]:
                await announcements.update(
                    work=work,
                    me=me,
                    announcement_id=parse_id(self.edit["id"]),
                    version=self.edit["version"],
                    draft=draft,
                )
            else:
                await announcements.create(work=work, me=me, course_id=self._course(), draft=draft)
        self.writing, self.page = False, 1
        self.saved += 1
        said = N_("Announced.") if publish_at is None else N_("It will be announced at its time.")
        await notify(self, "success", translate(said, me.locale))
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def pin(self, me: Principal, key: Key, pinned: bool) -> None:
        """Keep one on top, or no longer."""
        async with unit_of_work(me) as work:
            await announcements.pin(work=work, me=me, announcement_id=parse_id(key), pinned=pinned)
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def ask_remove(self, me: Principal, key: Key) -> None:
        """Ask before one is deleted."""
        self.removing = key

    @handler(Permission.COURSE_EDIT)
    async def keep(self, me: Principal) -> None:
        """Close the question."""
        self.removing = ""

    @handler(Permission.COURSE_EDIT)
    async def remove(self, me: Principal) -> None:
        """Delete the one that was asked about."""
        key, self.removing = self.removing, ""
        async with unit_of_work(me) as work:
            await announcements.delete(work=work, me=me, announcement_id=parse_id(key))
        await notify(self, "success", translate(N_("Deleted."), me.locale))
        await self._read(me)

    def _course(self) -> UUID:
        return parse_id(route_argument(self, "course_id"))

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found = await announcements.list_of_course(
                work=work, me=me, course_id=self._course(), page=self.page
            )
            if not found.teaches:
                await announcements.mark_read(work=work, me=me, rows=found.rows)
        rows = [announcement_line(one, me) for one in found.rows]
        # What was new when the page was opened stays marked as new while it is open.
        still = {one["id"] for one in self.rows if one["new"]}
        for one in rows:
            one["new"] = not found.teaches and (one["new"] or one["id"] in still)
        self.rows = rows
        self.course, self.teaches, self.person = course_head(found.course), found.teaches, str(me.user)
        self.sections = [Option(value=str(key), label=name) for key, name in found.sections]
        self.pages = pages_of(found.total, announcements.PAGE_SIZE)


class AnnouncementStripState(rx.State):
    """The few announcements above another page; the handler that fills the page fills them, too."""

    rows: list[AnnouncementStripLine] = []


async def show_strip(state: rx.State, work: Work, me: Principal, *, course_id: UUID | None = None) -> None:
    """Put above a page what is new in one course, or in all of them."""
    found = await announcements.list_new(work=work, me=me, course_id=course_id)
    strip = await state.get_state(AnnouncementStripState)
    rows = [_strip_line(one, me) for one in found]
    if rows != strip.rows:
        strip.rows = rows


def _strip_line(one: AnnouncementHead, me: Principal) -> AnnouncementStripLine:
    text = plain_text(one.body)
    return AnnouncementStripLine(
        id=str(one.id),
        title=one.title,
        excerpt=text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …",
        course=one.course_title,
        course_id=str(one.course_id),
        when=format_relative(one.publish_at, utc_now(), me.locale),
        pinned=one.pinned,
        new=not one.read,
    )


class FamilyAnnouncementState(PageMixin, rx.State):
    """All announcements that concern a guardian's children."""

    rows: list[AnnouncementLine] = []
    page: int = 1
    pages: int = 1

    @handler(Permission.CHILD_READ, loads=True)
    async def load(self, me: Principal) -> None:
        """The newest page."""
        self.page = 1
        await self._read(me)

    @handler(Permission.CHILD_READ)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        async with unit_of_work(me) as work:
            found, total = await announcements.list_own(work=work, me=me, page=self.page)
            await announcements.mark_read(work=work, me=me, rows=found)
        self.rows = [announcement_line(one, me) for one in found]
        self.pages = pages_of(total, announcements.PAGE_SIZE)
