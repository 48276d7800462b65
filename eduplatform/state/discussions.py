"""Discussions of a course, for those who teach it and those who take it."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.messaging import policy, service
from eduplatform.domain.messaging.models import Post, Thread
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import render_markdown
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import NO_COURSE, CourseHead, PageNumber, course_head

Body = Annotated[str, Field(min_length=1, max_length=service.MAX_BODY)]


class ThreadForm(Form):
    """A new discussion."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    body: Body


class ReplyForm(Form):
    """An answer."""

    body: Body


class ThreadLine(TypedDict):
    """A discussion in the list."""

    id: str
    title: str
    author: str
    teacher: bool
    answers: int
    active: str


class PostLine(TypedDict):
    """A contribution; the first of a discussion is its beginning, whose ``id`` is empty."""

    id: str
    author: str
    teacher: bool
    own: bool
    html: str
    when: str
    moment: str
    deletable: bool


NO_POST = PostLine(id="", author="", teacher=False, own=False, html="", when="", moment="", deletable=False)


class DiscussionListState(PageMixin, rx.State):
    """The discussions of a course."""

    course: CourseHead = NO_COURSE
    teaches: bool = False
    rows: list[ThreadLine] = []
    page: int = 1
    pages: int = 1
    total: int = 0
    writing: bool = False
    preview_html: str = ""
    person: str = ""
    saved: int = 0

    @handler(Permission.DISCUSSION, loads=True)
    async def load(self, me: Principal) -> None:
        """The discussions with the newest activity."""
        self.page, self.writing, self.preview_html = 1, False, ""
        await self._read(me)

    @handler(Permission.DISCUSSION)
    async def refresh(self, me: Principal) -> None:
        """What others have written since."""
        await self._read(me)

    @handler(Permission.DISCUSSION)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.DISCUSSION)
    async def open_form(self, me: Principal) -> None:
        """Begin to write."""
        self.writing, self.preview_html = True, ""

    @handler(Permission.DISCUSSION)
    async def close_form(self, me: Principal) -> None:
        """Stop writing."""
        self.writing = False

    @handler(Permission.DISCUSSION)
    async def preview(self, me: Principal, text: Annotated[str, Field(max_length=service.MAX_BODY)]) -> None:
        """Show what has been typed as others will see it."""
        self.preview_html = await asyncio.to_thread(render_markdown, text)

    @handler(Permission.DISCUSSION)
    async def create(self, me: Principal, form: ThreadForm) -> rx.event.EventSpec:
        """Begin the discussion and open it."""
        await service.limit_writing(me=me)
        course_id = parse_id(route_argument(self, "course_id"))
        async with unit_of_work(me) as work:
            thread = await service.create_thread(
                work=work, me=me, course_id=course_id, title=form.title, body=form.body
            )
        self.writing = False
        self.saved += 1
        return rx.redirect(f"/courses/{course_id}/discussions/{thread.id}")

    async def _read(self, me: Principal) -> None:
        course_id = parse_id(route_argument(self, "course_id"))
        now = utc_now()
        async with unit_of_work(me) as work:
            found = await service.list_threads(work=work, me=me, course_id=course_id, page=self.page)
        rows = [
            ThreadLine(
                id=str(one.thread.id),
                title=one.thread.title,
                author=one.author,
                teacher=one.thread.author_id in found.teachers,
                answers=one.thread.post_count,
                active=format_relative(one.thread.last_post_at, now, me.locale),
            )
            for one in found.rows
        ]
        course = course_head(found.course)
        if (rows, found.total, course, found.teaches) != (self.rows, self.total, self.course, self.teaches):
            self.rows, self.total, self.course, self.teaches = rows, found.total, course, found.teaches
            self.pages, self.person = service.pages_of(found.total), str(me.user)


class DiscussionState(PageMixin, rx.State):
    """One discussion and the field for an answer."""

    course: CourseHead = NO_COURSE
    teaches: bool = False
    thread_key: str = ""
    title: str = ""
    opening: PostLine = NO_POST
    posts: list[PostLine] = []
    answers: int = 0
    page: int = 1
    pages: int = 1
    preview_html: str = ""
    saved: int = 0
    person: str = ""
    removing: str = ""

    @handler(Permission.DISCUSSION, loads=True)
    async def load(self, me: Principal) -> None:
        """The beginning and the first answers."""
        self.page, self.preview_html, self.removing = 1, "", ""
        await self._read(me)

    @handler(Permission.DISCUSSION)
    async def refresh(self, me: Principal) -> None:
        """What others have written since."""
        await self._read(me)

    @handler(Permission.DISCUSSION)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page of answers."""
        self.page = page
        await self._read(me)

    @handler(Permission.DISCUSSION)
    async def preview(self, me: Principal, text: Annotated[str, Field(max_length=service.MAX_BODY)]) -> None:
        """Show what has been typed as others will see it."""

        self.preview_html = await asyncio.to_thread(render_markdown, text)

    @handler(Permission.DISCUSSION)
    async def reply(self, me: Principal, form: ReplyForm) -> object:
        """Add the answer and show the page it is on."""
        await service.limit_writing(me=me)
        async with unit_of_work(me) as work:
            await service.reply(work=work, me=me, thread_id=self._thread(), body=form.body)
        self.saved += 1
        self.preview_html = ""
        self.page = 0
        return DiscussionState.refresh

    @handler(Permission.DISCUSSION)
    async def ask_remove(self, me: Principal, what: Annotated[str, Field(max_length=36)]) -> None:
        """Ask before a contribution is deleted: an answer's id, or ``thread`` for all of it."""
        self.removing = what

    @handler(Permission.DISCUSSION)
    async def keep(self, me: Principal) -> None:
        """Close the question."""
        self.removing = ""

    @handler(Permission.DISCUSSION)
    async def remove(self, me: Principal) -> object:
        """Delete what was asked about."""
        what, self.removing = self.removing, ""
        if what == "thread":
            async with unit_of_work(me) as work:
                course_id = await service.delete_thread(work=work, me=me, thread_id=self._thread())
            await notify(self, "success", translate(N_("Deleted."), me.locale))
            return rx.redirect(f"/courses/{course_id}/discussions")
        async with unit_of_work(me) as work:
            await service.delete_post(work=work, me=me, post_id=parse_id(what))
        await notify(self, "success", translate(N_("Deleted."), me.locale))
        return DiscussionState.refresh

    def _thread(self) -> UUID:
        return parse_id(route_argument(self, "thread_id"))

    async def _read(self, me: Principal) -> None:
        now = utc_now()
        async with unit_of_work(me) as work:
            found = await service.read_thread(work=work, me=me, thread_id=self._thread(), page=self.page)
        thread = found.thread

        def line(one: Thread | Post, author: str, deletable: bool, key: str) -> PostLine:
            return PostLine(
                id=key,
                author=author,
                teacher=one.author_id in found.teachers,
                own=one.author_id == me.user,
                html=one.body_html,
                when=format_relative(one.created_at, now, me.locale),
                moment=format_datetime(one.created_at, me.locale, me.timezone),
                deletable=deletable,
            )

        begins = found.teaches or (thread.author_id == me.user and not thread.post_count)
        opening = line(thread, found.author, begins, "")
        posts = [
            line(
                one.post,
                one.author,
                policy.may_delete(me=me, author_id=one.post.author_id, teaches=found.teaches),
                str(one.post.id),
            )
            for one in found.posts
        ]
        new = (opening, posts, found.page, found.pages, thread.title, found.teaches)
        if new != (self.opening, self.posts, self.page, self.pages, self.title, self.teaches):
            self.opening, self.posts, self.page, self.pages, self.title, self.teaches = new
            self.answers, self.course = thread.post_count, course_head(found.course)
            self.thread_key, self.person = str(thread.id), str(me.user)
