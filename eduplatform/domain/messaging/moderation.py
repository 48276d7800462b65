"""Keeping discussions good: what helped most, what a teacher stands behind, what is closed, hidden or reported."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import policy as courses
from eduplatform.domain.courses import service as course_service
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.texts import single_line
from eduplatform.domain.messaging import notifications, policy
from eduplatform.domain.messaging.models import Post, Report, Thread
from eduplatform.domain.messaging.policy import ThreadAccess
from eduplatform.domain.messaging.repository import (
    OPEN,
    PostRepository,
    ReportRepository,
    ReportRow,
    ThreadRepository,
)
from eduplatform.domain.messaging.service import publish_change
from eduplatform.errors import Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import ReportsChanged
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal

QUEUE_SIZE = 20


async def accept(*, work: Work, me: Principal, post_id: UUID, accepted: bool) -> None:
    """Mark the answer that solved the question, or take the mark back: who asked, or a teacher.

    Raises:
        NotFound: It does not exist for this person, or they neither asked nor teach.
    """
    post, access = await _post(work, me, post_id)
    thread = access.thread
    if not access.teaches and thread.author_id != me.user:
        raise NotFound
    if not accepted:
        if thread.accepted_post_id == post.id:
            thread.accepted_post_id = None
            await work.flush()
            publish_change(work, thread)
        return
    thread.accepted_post_id = post.id
    await work.flush()
    publish_change(work, thread)
    await _tell_author(work, post, thread, N_("Your answer in “{title}” was accepted"))


async def endorse(*, work: Work, me: Principal, post_id: UUID, endorsed: bool) -> None:
    """Say as a teacher that an answer is right, or take it back.

    Raises:
        NotFound: It does not exist, or the person does not teach the course.
    """
    post, access = await _post(work, me, post_id)
    _require_teaching(access)
    post.endorsed_by = me.user if endorsed else None
    await work.flush()
    publish_change(work, access.thread)
    if endorsed:
        await _tell_author(work, post, access.thread, N_("A teacher endorsed your answer in “{title}”"))


async def lock(*, work: Work, me: Principal, thread_id: UUID, locked: bool) -> None:
    """Let nobody but teachers add anything, or open the discussion again.

    Raises:
        NotFound: It does not exist, or the person does not teach the course.
    """
    access = await policy.require_thread(work=work, me=me, thread_id=thread_id, lock=True)
    _require_teaching(access)
    access.thread.locked = locked
    await work.audit("thread.locked" if locked else "thread.unlocked", thread_id=thread_id)
    publish_change(work, access.thread)


async def hide(
    *,
    work: Work,
    me: Principal,
    thread_id: UUID,
    post_id: UUID | None,
    reason: str,
    now: datetime | None = None,
) -> None:
    """Take a contribution out of sight: its author and the teachers still see it, with the reason.

    Args:
        work: The open unit of work.
        me: A teacher of the course.
        thread_id: The discussion.
        post_id: The answer; None for the whole discussion.
        reason: Shown to the author.
        now: The server's clock by default.

    Raises:
        NotFound: It does not exist, or the person does not teach the course.
        Invalid: There is no reason.
    """
    reason = single_line(reason)[:300]
    if not reason:
        raise Invalid(fields={"reason": course_service.FILL_IN})
    target, thread = await _target(work, me, thread_id, post_id)
    moment = now or utc_now()
    target.hidden_at, target.hidden_reason = moment, reason
    if thread.accepted_post_id == post_id:
        thread.accepted_post_id = None
    await work.flush()
    await ReportRepository(work).resolve(thread_id, post_id, state="hidden", by=me.user, moment=moment)
    await _tell_author(work, target, thread, N_("A teacher hid what you wrote in “{title}”"))
    await work.audit("contribution.hidden", thread_id=thread_id, post_id=post_id)
    publish_change(work, thread)
    work.publish(Channel.staff(thread.course_id), ReportsChanged())


async def show(*, work: Work, me: Principal, thread_id: UUID, post_id: UUID | None) -> None:
    """Bring a hidden contribution back.

    Raises:
        NotFound: It does not exist, or the person does not teach the course.
    """
    target, thread = await _target(work, me, thread_id, post_id)
    target.hidden_at, target.hidden_reason = None, ""
    await work.flush()
    publish_change(work, thread)
    await work.audit("contribution.shown", thread_id=thread_id, post_id=post_id)


async def report(*, work: Work, me: Principal, thread_id: UUID, post_id: UUID | None, reason: str) -> None:
    """Ask the teachers to look at what somebody else wrote; asking twice counts once.

    Raises:
        NotFound: It does not exist for this person, is their own, or is out of sight already.
        Invalid: There is no reason.
    """
    reason = single_line(reason)[:500]
    if not reason:
        raise Invalid(fields={"reason": course_service.FILL_IN})
    access = await policy.require_thread(work=work, me=me, thread_id=thread_id)
    target: Thread | Post = access.thread
    if post_id is not None:
        target = await PostRepository(work).get(post_id)
        if target.thread_id != thread_id or target.deleted_at:
            raise NotFound
    if target.author_id == me.user or target.hidden_at is not None:
        raise NotFound
    reports = ReportRepository(work)
    same = col(Report.post_id).is_(None) if post_id is None else col(Report.post_id) == post_id
    if await reports.first(
        col(Report.thread_id) == thread_id,
        same,
        col(Report.reporter_id) == me.user,
        col(Report.state) == OPEN,
    ):
        return
    course = access.course
    await reports.add(
        Report(course_id=course.id, thread_id=thread_id, post_id=post_id, reporter_id=me.user, reason=reason)
    )
    work.publish(Channel.staff(course.id), ReportsChanged())
    await notifications.send(
        work=work,
        recipients=sorted(await course_service.teachers_of(work=work, course=course)),
        kind="report",
        text=N_("A contribution in “{title}” was reported"),
        params={"title": access.thread.title},
        href=f"/teach/courses/{course.id}/moderation",
    )


async def queue(
    *, work: Work, me: Principal, course_id: UUID, page: int = 1
) -> tuple[Course, list[ReportRow], int]:
    """What waits for a decision, oldest first, and how much; three statements.

    Raises:
        NotFound: The person does not teach the course.
    """
    course = await courses.require_teacher(work=work, me=me, course_id=course_id)
    rows, total = await ReportRepository(work).open_of(course_id, number=page, size=QUEUE_SIZE)
    return course, rows, total


async def dismiss(*, work: Work, me: Principal, report_id: UUID, now: datetime | None = None) -> None:
    """Decide that a reported contribution is all right; all its reports are closed.

    Raises:
        NotFound: There is no such report, or the person does not teach the course.
    """
    reports = ReportRepository(work)
    row = await reports.get(report_id, lock=True)
    await courses.require_teacher(work=work, me=me, course_id=row.course_id)
    await reports.resolve(row.thread_id, row.post_id, state="kept", by=me.user, moment=now or utc_now())
    await work.audit("report.dismissed", report_id=report_id)
    work.publish(Channel.staff(row.course_id), ReportsChanged())


async def _post(work: Work, me: Principal, post_id: UUID) -> tuple[Post, ThreadAccess]:
    post, thread = await PostRepository(work).with_thread(post_id)
    access = await policy.require_thread(work=work, me=me, thread_id=thread.id)
    if post.deleted_at or (post.hidden_at and not access.teaches):
        raise NotFound
    return post, access


async def _target(
    work: Work, me: Principal, thread_id: UUID, post_id: UUID | None
) -> tuple[Thread | Post, Thread]:
    """A contribution to a discussion of a course that the person teaches, and the discussion; both locked."""
    me.require(Permission.DISCUSSION)
    if Role.TEACHER not in me.roles:
        raise NotFound
    if post_id is None:
        thread = await ThreadRepository(work).taught(thread_id, me.user)
        return thread, thread
    post, thread = await PostRepository(work).taught(thread_id, post_id, me.user)
    if post.deleted_at:
        raise NotFound
    return post, thread


def _require_teaching(access: ThreadAccess) -> None:
    if not access.teaches:
        raise NotFound


async def _tell_author(work: Work, target: Thread | Post, thread: Thread, text: str) -> None:
    await notifications.send(
        work=work,
        recipients=[target.author_id],
        kind="reply",
        text=text,
        params={"title": thread.title},
        href=f"/courses/{thread.course_id}/discussions/{thread.id}",
    )
