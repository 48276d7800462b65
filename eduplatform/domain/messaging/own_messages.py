"""What becomes of a direct message after it was sent: its author corrects or deletes it, its reader reports it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.repository import Repository
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import AccountStatus, User
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.domain.courses.service import FILL_IN
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.domain.messaging import conversations, notifications
from eduplatform.domain.messaging.conversation_repository import (
    DirectMessageRepository,
    MessageBlockRepository,
)
from eduplatform.domain.messaging.models import Conversation, DirectMessage, MessageReport
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import render_markdown

EDITABLE = timedelta(minutes=15)
"""How long the author may correct a message."""

QUEUE_SIZE = 20
OPEN, KEPT, REMOVED = "open", "kept", "removed"


@dataclass(frozen=True, slots=True)
class ReportedMessage:
    """A report with its people; ``report.body_html`` is what the message said when it was reported."""

    report: MessageReport
    author: str
    reader: str
    reporter: str


class MessageReportRepository(Repository[MessageReport]):
    """Reports of direct messages."""

    model = MessageReport

    async def waiting_with(self, report_id: UUID) -> list[MessageReport]:
        """The reports that wait for the same decision as this one, locked; none when it waits no more. One statement."""
        asked = aliased(MessageReport)
        message = (
            select(asked.message_id)
            .where(col(asked.id) == report_id, col(asked.state) == OPEN)
            .scalar_subquery()
        )
        statement = self.rows().where(
            col(MessageReport.message_id) == message, col(MessageReport.state) == OPEN
        )
        return list((await self._session.exec(statement.with_for_update(of=MessageReport))).all())


def may_edit(message: DirectMessage, user_id: UUID, now: datetime) -> bool:
    """Whether a person may correct a message now."""
    own = message.author_id == user_id and message.deleted_at is None
    return own and now < message.created_at + EDITABLE


async def edit(
    *, work: Work, me: Principal, message_id: UUID, body: str, now: datetime | None = None
) -> DirectMessage:
    """Say a message in other words, within a quarter of an hour.

    Raises:
        NotFound: It does not exist, is another's, or was deleted.
        Conflict: It is too late, or one of the two has blocked the other.
        Invalid: The text is empty or too long; ``fields["body"]``.
    """
    text = paragraphs(body)
    if not text:
        raise Invalid(fields={"body": FILL_IN})
    if len(text) > conversations.MAX_BODY:
        limit = conversations.MAX_BODY
        raise Invalid(
            fields={"body": (N_("This is too long: at most {limit} characters."), {"limit": limit})}
        )
    html = await asyncio.to_thread(render_markdown, text)
    row = await own(work=work, me=me, message_id=message_id)
    moment = now or utc_now()
    if not may_edit(row, me.user, moment):
        raise Conflict(N_("A message can be corrected for 15 minutes. You can still delete it."))
    _row, conversation = await _message(work, message_id)
    if await MessageBlockRepository(work).between(conversation.first_id, conversation.second_id):
        raise Conflict(N_("You can no longer write to this person. You can still delete your message."))
    row.body, row.body_html, row.edited_at = text, html, moment
    await work.flush()
    await work.audit("message.edited", message_id=message_id)
    return row


async def delete(*, work: Work, me: Principal, message_id: UUID, now: datetime | None = None) -> None:
    """Take back one's own message; its words are gone, and that there was one stays.

    Raises:
        NotFound: It does not exist, is another's, or was deleted.
    """
    _forget(await own(work=work, me=me, message_id=message_id), now or utc_now())
    await work.flush()
    await work.audit("message.deleted", message_id=message_id)


async def report(*, work: Work, me: Principal, message_id: UUID, reason: str) -> None:
    """Ask the organisation to look at what somebody wrote to the person; asking twice counts once.

    The administration gets the words as they are now, whatever their author does to them later.

    Raises:
        NotFound: It was not written to this person, or was deleted.
        Invalid: There is no reason; ``fields["reason"]``.
    """
    me.require(Permission.MESSAGE)
    words = single_line(reason)[:500]
    if not words:
        raise Invalid(fields={"reason": FILL_IN})
    row, conversation = await _message(work, message_id)
    reader = conversation.second_id if row.author_id == conversation.first_id else conversation.first_id
    if reader != me.user or row.deleted_at is not None:
        raise NotFound
    reports = MessageReportRepository(work)
    known = col(MessageReport.message_id) == message_id, col(MessageReport.reporter_id) == me.user
    if await reports.first(*known) is not None:
        return
    await reports.add(
        MessageReport(message_id=message_id, reporter_id=me.user, body_html=row.body_html, reason=words)
    )
    await notifications.send(
        work=work,
        recipients=await _administrators(work),
        kind="report",
        text=N_("A direct message was reported"),
        href="/admin/messages",
    )
    await work.audit("message.reported", message_id=message_id)


async def queue(*, work: Work, me: Principal) -> tuple[list[ReportedMessage], int]:
    """The reports that wait for a decision, oldest first, and how many there are; two statements."""
    me.require(Permission.TENANT_EDIT)
    author, reporter, first, second = (aliased(User) for _ in range(4))
    rows = await fetch(
        work,
        select_columns(MessageReport, author, reporter, first, second)
        .join(DirectMessage, col(DirectMessage.id) == col(MessageReport.message_id))
        .join(Conversation, col(Conversation.id) == col(DirectMessage.conversation_id))
        .join(author, col(author.id) == col(DirectMessage.author_id))
        .join(reporter, col(reporter.id) == col(MessageReport.reporter_id))
        .join(first, col(first.id) == col(Conversation.first_id))
        .join(second, col(second.id) == col(Conversation.second_id))
        .where(col(MessageReport.tenant_id) == work.tenant_id, col(MessageReport.state) == OPEN)
        .order_by(col(MessageReport.created_at), col(MessageReport.id))
        .limit(QUEUE_SIZE),
    )
    total = await MessageReportRepository(work).count(col(MessageReport.state) == OPEN)
    return [
        ReportedMessage(row, writer.name, (other if writer.id == one.id else one).name, who.name)
        for row, writer, who, one, other in rows
    ], total


async def decide(
    *, work: Work, me: Principal, report_id: UUID, remove: bool, now: datetime | None = None
) -> None:
    """Leave a reported message as it is, or remove it and tell its author; all its reports are closed.

    Raises:
        NotFound: There is no such report that waits.
    """
    me.require(Permission.TENANT_EDIT)
    moment = now or utc_now()
    reports = await MessageReportRepository(work).waiting_with(report_id)
    if not reports:
        raise NotFound
    row = reports[0]
    for one in reports:
        one.state = REMOVED if remove else KEPT
        one.resolved_by, one.resolved_at = me.user, moment
    if remove:
        message, conversation = await _message(work, row.message_id)
        if message.deleted_at is None:
            _forget(message, moment)
        await notifications.send(
            work=work,
            recipients=[message.author_id],
            kind="message",
            text=N_("The administration removed a message that you wrote"),
            href=f"/messages/{conversation.id}",
            now=moment,
        )
    await work.flush()
    await work.audit("message.removed" if remove else "message.kept", message_id=row.message_id)


async def own(*, work: Work, me: Principal, message_id: UUID) -> DirectMessage:
    """One's own message, locked.

    Raises:
        NotFound: It does not exist, is another's, or was deleted.
    """
    me.require(Permission.MESSAGE)
    row = await DirectMessageRepository(work).get(message_id, lock=True)
    if row.author_id != me.user or row.deleted_at is not None:
        raise NotFound
    return row


async def _message(work: Work, message_id: UUID) -> tuple[DirectMessage, Conversation]:
    rows = await fetch(
        work,
        select_columns(DirectMessage, Conversation)
        .join(Conversation, col(Conversation.id) == col(DirectMessage.conversation_id))
        .where(col(DirectMessage.tenant_id) == work.tenant_id, col(DirectMessage.id) == message_id)
        .with_for_update(of=DirectMessage),
    )
    if not rows:
        raise NotFound
    return rows[0][0], rows[0][1]


def _forget(row: DirectMessage, moment: datetime) -> None:
    row.body = row.body_html = ""
    row.deleted_at = moment


async def _administrators(work: Work) -> Sequence[UUID]:
    found: Any = await work.session.exec(
        select(User.id).where(
            col(User.tenant_id) == work.tenant_id,
            col(User.roles).contains([Role.ADMIN.value]),
            col(User.status) == AccountStatus.ACTIVE,
        )
    )
    return list(found.all())
