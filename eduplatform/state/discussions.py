"""Discussions of a course, for those who teach it and those who take it."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.messaging import moderation, service
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import render_markdown
from eduplatform.state.base import Form, PageMixin, handler, notify, parse_id, route_argument
from eduplatform.state.courses import NO_COURSE, CourseHead, PageNumber, course_head
from eduplatform.state.discussion_rows import (
    NO_POST,
    Body,
    PostLine,
    ReasonForm,
    RevisionLine,
    Target,
    ThreadLine,
    opening_line,
    post_key,
    post_line,
)


class ThreadForm(Form):
    """A new discussion."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    body: Body


class ReplyForm(Form):
    """An answer."""

    body: Body


class EditForm(Form):
    """A contribution that is changed; only a discussion's beginning has a title."""

    title: Annotated[str, Field(max_length=160)] = ""
    body: Body


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
                locked=one.thread.locked,
                solved=one.thread.accepted_post_id is not None,
                hidden=one.thread.hidden_at is not None,
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
    locked: bool = False
    closed: bool = False
    removing: str = ""
    answering: str = ""
    answering_name: str = ""
    editing: str = ""
    edit_title: str = ""
    edit_body: str = ""
    reporting: str = ""
    hiding: str = ""
    revisions: list[RevisionLine] = []
    revisions_open: bool = False

    @handler(Permission.DISCUSSION, loads=True)
    async def load(self, me: Principal) -> None:
        """The beginning and the first answers."""
        self.page, self.preview_html = 1, ""
        self.removing = self.answering = self.editing = self.reporting = self.hiding = ""
        self.revisions_open = False
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
    async def answer(self, me: Principal, key: Target) -> None:
        """Answer one of the answers; an empty key means the discussion itself."""
        found = next((one for one in self.posts if one["id"] == key), None)
        self.answering = key if found else ""
        self.answering_name = found["author"] if found else ""

    @handler(Permission.DISCUSSION)
    async def reply(self, me: Principal, form: ReplyForm) -> object:
        """Add the answer and show the page it is on."""
        await service.limit_writing(me=me)
        parent = parse_id(self.answering) if self.answering else None
        async with unit_of_work(me) as work:
            post = await service.reply(
                work=work, me=me, thread_id=self._thread(), body=form.body, parent_id=parent
            )
        async with unit_of_work(me) as work:
            self.page = await service.page_of_post(work=work, post=post)
        self.saved += 1
        self.preview_html, self.answering = "", ""
        return DiscussionState.refresh

    @handler(Permission.DISCUSSION)
    async def edit(self, me: Principal, what: Target) -> None:
        """Open one's own contribution to change it."""
        async with unit_of_work(me) as work:
            title, body = await service.own_words(
                work=work, me=me, thread_id=self._thread(), post_id=post_key(what)
            )
        self.editing, self.edit_title, self.edit_body = what, title, body
        self.preview_html = await asyncio.to_thread(render_markdown, body)

    @handler(Permission.DISCUSSION)
    async def save_edit(self, me: Principal, form: EditForm) -> object:
        """Keep what was changed."""
        await service.limit_writing(me=me)
        post_id = post_key(self.editing)
        async with unit_of_work(me) as work:
            if post_id is None:
                await service.edit_thread(
                    work=work, me=me, thread_id=self._thread(), title=form.title, body=form.body
                )
            else:
                await service.edit_post(work=work, me=me, post_id=post_id, body=form.body)
        self.editing, self.preview_html = "", ""
        return DiscussionState.refresh

    @handler(Permission.DISCUSSION)
    async def show_history(self, me: Principal, what: Target) -> None:
        """What a contribution said before."""
        async with unit_of_work(me) as work:
            found = await service.history(work=work, me=me, thread_id=self._thread(), post_id=post_key(what))
        rendered = await asyncio.to_thread(lambda: [render_markdown(one.body) for one in found])
        self.revisions = [
            RevisionLine(
                id=str(one.id),
                title=one.title,
                html=html,
                until=format_datetime(one.created_at, me.locale, me.timezone),
            )
            for one, html in zip(found, rendered, strict=True)
        ]
        self.revisions_open = True

    @handler(Permission.DISCUSSION)
    async def accept(self, me: Principal, key: Target, accepted: bool) -> object:
        """Mark the answer that helped, or take the mark back."""
        async with unit_of_work(me) as work:
            await moderation.accept(work=work, me=me, post_id=parse_id(key), accepted=accepted)
        return DiscussionState.refresh

    @handler(Permission.COURSE_EDIT)
    async def endorse(self, me: Principal, key: Target, endorsed: bool) -> object:
        """Stand behind an answer, or no longer."""
        async with unit_of_work(me) as work:
            await moderation.endorse(work=work, me=me, post_id=parse_id(key), endorsed=endorsed)
        return DiscussionState.refresh

    @handler(Permission.COURSE_EDIT)
    async def lock(self, me: Principal, locked: bool) -> object:
        """Close the discussion, or open it again."""
        async with unit_of_work(me) as work:
            await moderation.lock(work=work, me=me, thread_id=self._thread(), locked=locked)
        return DiscussionState.refresh

    @handler(Permission.DISCUSSION)
    async def ask_report(self, me: Principal, what: Target) -> None:
        """Ask why something is reported."""
        self.reporting = what

    @handler(Permission.DISCUSSION)
    async def report(self, me: Principal, form: ReasonForm) -> None:
        """Ask the teachers to look at it."""
        await service.limit_writing(me=me)
        async with unit_of_work(me) as work:
            await moderation.report(
                work=work,
                me=me,
                thread_id=self._thread(),
                post_id=post_key(self.reporting),
                reason=form.reason,
            )
        self.reporting = ""
        await notify(self, "success", translate(N_("Thank you. A teacher will look at it."), me.locale))

    @handler(Permission.COURSE_EDIT)
    async def ask_hide(self, me: Principal, what: Target) -> None:
        """Ask why something is hidden."""
        self.hiding = what

    @handler(Permission.COURSE_EDIT)
    async def hide(self, me: Principal, form: ReasonForm) -> object:
        """Take it out of sight."""
        async with unit_of_work(me) as work:
            await moderation.hide(
                work=work,
                me=me,
                thread_id=self._thread(),
                post_id=post_key(self.hiding),
                reason=form.reason,
            )
        self.hiding = ""
        return DiscussionState.refresh

    @handler(Permission.COURSE_EDIT)
    async def show(self, me: Principal, what: Target) -> object:
        """Bring a hidden contribution back."""
        async with unit_of_work(me) as work:
            await moderation.show(work=work, me=me, thread_id=self._thread(), post_id=post_key(what))
        return DiscussionState.refresh

    @handler(Permission.DISCUSSION)
    async def ask_remove(self, me: Principal, what: Target) -> None:
        """Ask before a contribution is deleted: an answer's id, or ``thread`` for all of it."""
        self.removing = what

    @handler(Permission.DISCUSSION)
    async def keep(self, me: Principal) -> None:
        """Close whatever is open over the page."""
        self.removing = self.reporting = self.hiding = self.editing = ""
        self.revisions_open = False

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

        opening = opening_line(found, me, now)
        posts = [post_line(one, found, me, now) for one in found.posts]
        closed = (thread.locked or thread.hidden_at is not None) and not found.teaches
        new = (opening, posts, found.page, found.pages, thread.title, found.teaches, thread.locked, closed)
        if new != (
            self.opening,
            self.posts,
            self.page,
            self.pages,
            self.title,
            self.teaches,
            self.locked,
            self.closed,
        ):
            self.opening, self.posts, self.page, self.pages = opening, posts, found.page, found.pages
            self.title, self.teaches, self.locked, self.closed = (
                thread.title,
                found.teaches,
                thread.locked,
                closed,
            )
            self.answers, self.course = thread.post_count, course_head(found.course)
            self.thread_key, self.person = str(thread.id), str(me.user)
