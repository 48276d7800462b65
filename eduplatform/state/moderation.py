"""What waits for a teacher's decision in the discussions of a course."""

from __future__ import annotations

from typing import TypedDict

import reflex as rx

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.courses import service as courses
from eduplatform.domain.messaging import moderation, service
from eduplatform.i18n.formatting import format_relative
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import PageMixin, handler, parse_id, route_argument
from eduplatform.state.courses import NO_COURSE, CourseHead, PageNumber, course_head
from eduplatform.state.discussion_rows import OPENING, ReasonForm, Target, post_key


class ReportLine(TypedDict):
    """A reported contribution; ``what`` is an answer's id, or ``thread``."""

    id: str
    thread_id: str
    what: str
    title: str
    author: str
    html: str
    reporter: str
    reason: str
    when: str


class ModerationState(PageMixin, rx.State):
    """Reported contributions of a course, and whether its students may write to each other."""

    course: CourseHead = NO_COURSE
    rows: list[ReportLine] = []
    page: int = 1
    pages: int = 1
    hiding: str = ""
    hiding_thread: str = ""
    classmates: bool = False

    @handler(Permission.COURSE_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The oldest reports first."""
        self.page, self.hiding = 1, ""
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def refresh(self, me: Principal) -> None:
        """What was reported since."""
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def dismiss(self, me: Principal, key: Target) -> None:
        """It is all right."""
        async with unit_of_work(me) as work:
            await moderation.dismiss(work=work, me=me, report_id=parse_id(key))
        await self._read(me)

    @handler(Permission.COURSE_EDIT)
    async def set_classmates(self, me: Principal, allowed: bool) -> None:
        """Let the students of the course write to each other, where the organisation leaves it to teachers."""
        async with unit_of_work(me) as work:
            await courses.set_classmate_messages(
                work=work, me=me, course_id=parse_id(route_argument(self, "course_id")), allowed=allowed
            )
        self.classmates = allowed

    @handler(Permission.COURSE_EDIT)
    async def ask_hide(self, me: Principal, thread_id: Target, what: Target) -> None:
        """Ask why it is hidden."""
        self.hiding_thread, self.hiding = thread_id, what

    @handler(Permission.COURSE_EDIT)
    async def keep(self, me: Principal) -> None:
        """Close the question."""
        self.hiding = ""

    @handler(Permission.COURSE_EDIT)
    async def hide(self, me: Principal, form: ReasonForm) -> None:
        """Take it out of sight."""
        async with unit_of_work(me) as work:
            await moderation.hide(
                work=work,
                me=me,
                thread_id=parse_id(self.hiding_thread),
                post_id=post_key(self.hiding),
                reason=form.reason,
            )
        self.hiding = ""
        await self._read(me)

    async def _read(self, me: Principal) -> None:
        course_id, now = parse_id(route_argument(self, "course_id")), utc_now()
        async with unit_of_work(me) as work:
            course, rows, total = await moderation.queue(
                work=work, me=me, course_id=course_id, page=self.page
            )
        self.course, self.pages = course_head(course), service.pages_of(total, moderation.QUEUE_SIZE)
        self.classmates = course.classmate_messages
        self.rows = [
            ReportLine(
                id=str(one.report.id),
                thread_id=str(one.thread.id),
                what=str(one.post.id) if one.post else OPENING,
                title=one.thread.title,
                author=one.author,
                html=one.post.body_html if one.post else one.thread.body_html,
                reporter=one.reporter,
                reason=one.report.reason,
                when=format_relative(one.report.created_at, now, me.locale),
            )
            for one in rows
        ]
