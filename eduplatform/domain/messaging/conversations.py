"""Direct messages of two people, and who reads along."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts.models import AccountStatus, User
from eduplatform.domain.courses import service as course_service
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.domain.messaging import contact_policy, notifications
from eduplatform.domain.messaging.contact_policy import Classmates, Rules, Tie, rules_of
from eduplatform.domain.messaging.contacts import Contact, contacts
from eduplatform.domain.messaging.conversation_repository import (
    ConversationRepository,
    ConversationRow,
    DirectMessageRepository,
    MessageBlockRepository,
    of_children,
    of_person,
)
from eduplatform.domain.messaging.models import Conversation, DirectMessage, MessageBlock
from eduplatform.domain.tenants import repository as tenants
from eduplatform.domain.tenants import service as tenant_service
from eduplatform.errors import Invalid, NotFound, RateLimited
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import MessagePosted, Typing
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate
from eduplatform.security.rich_text import render_markdown

PAGE_SIZE = 20
SHOWN = 50
"""Newest messages of a conversation that are shown at once; more on request."""

MOST_SHOWN = 500
MAX_BODY = 5_000
WRITE_RATE = Rate(per_second=1 / 6, burst=20)
"""Messages of one person: twenty at once, then one every six seconds."""


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation as one of its two people, or a guardian of one of them, sees it.

    Attributes:
        row: The conversation with its people.
        messages: Its newest messages, oldest first.
        more: There are older ones.
        observing: The reader is neither of the two, but reads along as a guardian.
        writable: The reader may write now.
        blocked_by_me: The reader has blocked the other one.
        blockable: The reader may block the other one.
        watched: Whose verified guardians may read along; empty when nobody may.
    """

    row: ConversationRow
    messages: list[DirectMessage]
    more: bool
    observing: bool
    writable: bool
    blocked_by_me: bool
    blockable: bool
    watched: str


async def limit_writing(*, me: Principal) -> None:
    """Count one message; call it before the transaction.

    Raises:
        RateLimited: The person writes too fast.
    """
    wait = await rate_limits.take(f"message:{me.tenant_id}:{me.user}", WRITE_RATE)
    if wait > 0:
        message = N_("You are writing very fast. Please wait {seconds} seconds.")
        raise RateLimited(message, retry_after=math.ceil(wait))


async def read_rules(*, work: Work) -> Rules:
    """The organisation's rules for direct messages."""
    tenant = await tenants.own_tenant(work)
    return rules_of(tenant.kind, tenant.settings)


async def save_rules(*, work: Work, me: Principal, classmates: Classmates, guardians_see: bool) -> None:
    """Change the organisation's rules; they hold at once, for what was written before too."""
    me.require(Permission.TENANT_EDIT)
    value: dict[str, object] = {"classmates": classmates.value, "guardians_see": guardians_see}
    await tenant_service.save_setting(work=work, name=contact_policy.RULES_KEY, value=value)


async def reachable(*, work: Work, me: Principal, search: str = "", limit: int = 20) -> list[Contact]:
    """People to whom the person may write, by name; blocked ones are not among them. Two statements."""
    me.require(Permission.MESSAGE)
    ties = contact_policy.allowed_ties(await read_rules(work=work))
    found = await contacts(work=work, me=me, ties=ties, search=single_line(search)[:80], limit=limit)
    return [one for one in found if not one.blocked]


async def list_own(*, work: Work, me: Principal, page: int = 1) -> tuple[list[ConversationRow], int]:
    """A page of the person's conversations, the liveliest first, and how many there are; two statements."""
    me.require(Permission.MESSAGE)
    return await ConversationRepository(work).listed(of_person(me.user), number=page, size=PAGE_SIZE)


async def list_of_children(*, work: Work, me: Principal, page: int = 1) -> tuple[list[ConversationRow], int]:
    """A page of the conversations of a guardian's children with adults; none where the rules do not show them."""
    me.require(Permission.MESSAGE)
    if Role.GUARDIAN not in me.roles or not (await read_rules(work=work)).guardians_see:
        return [], 0
    return await ConversationRepository(work).listed(of_children(me.user), number=page, size=PAGE_SIZE)


async def read(
    *, work: Work, me: Principal, conversation_id: UUID, shown: int = SHOWN, now: datetime | None = None
) -> ConversationView:
    """A conversation with its newest messages; what is shown to one of the two counts as read. Seven statements.

    Raises:
        NotFound: The person takes no part in it and may not read along.
    """
    me.require(Permission.MESSAGE)
    row, rules, observing = await _readable(work, me, conversation_id)
    size = min(max(shown, SHOWN), MOST_SHOWN)
    messages = await DirectMessageRepository(work).newest(conversation_id, size=size + 1)
    watched = _watched(row, rules)
    more, messages = len(messages) > size, messages[-size:]
    if observing:
        return ConversationView(row, messages, more, True, False, False, False, watched)
    other = row.other(me.user)
    ties, blocks = await _standing(work, me, other)
    if is_unread(row.conversation, me.user):
        _mark_read(row.conversation, me.user, now or utc_now())
        await work.flush()
    return ConversationView(
        row=row,
        messages=messages,
        more=more,
        observing=False,
        writable=contact_policy.may_write(
            ties=ties, rules=rules, blocked=bool(blocks), active=other.status == AccountStatus.ACTIVE
        ),
        blocked_by_me=any(one.blocker_id == me.user for one in blocks),
        blockable=contact_policy.may_block(ties),
        watched=watched,
    )


async def require_reader(*, work: Work, me: Principal, conversation_id: UUID) -> bool:
    """Whether the person takes part in a conversation; otherwise they read along as a guardian.

    Raises:
        NotFound: Neither of both.
    """
    _row, _rules, observing = await _readable(work, me, conversation_id)
    return not observing


async def _readable(work: Work, me: Principal, conversation_id: UUID) -> tuple[ConversationRow, Rules, bool]:
    """The conversation, the rules, and whether the reader only reads along."""
    repository = ConversationRepository(work)
    row = await repository.one(conversation_id)
    if row is None:
        raise NotFound
    rules = await read_rules(work=work)
    observing = me.user not in (row.conversation.first_id, row.conversation.second_id)
    if observing:
        await _require_guardian(repository, me, row, rules)
    return row, rules, observing


async def write(
    *, work: Work, me: Principal, to: UUID, body: str, now: datetime | None = None
) -> Conversation:
    """Write to somebody; the conversation begins with the first message. Eight statements.

    Args:
        work: The open unit of work.
        me: The author.
        to: The other one.
        body: Markdown.
        now: When; the server's clock by default.

    Raises:
        NotFound: There is nobody to whom the person may write with this id: no tie, a block, or an ended account.
        Invalid: The text is empty or too long.
    """
    me.require(Permission.MESSAGE)
    text = paragraphs(body)
    if not text:
        raise Invalid(fields={"body": course_service.FILL_IN})
    if len(text) > MAX_BODY:
        raise Invalid(
            fields={"body": (N_("This is too long: at most {limit} characters."), {"limit": MAX_BODY})}
        )
    html = await asyncio.to_thread(render_markdown, text)
    found = await contacts(work=work, me=me, only=to)
    rules = await read_rules(work=work)
    if not found or not contact_policy.may_write(
        ties=found[0].ties, rules=rules, blocked=found[0].blocked, active=True
    ):
        raise NotFound
    moment, repository = now or utc_now(), ConversationRepository(work)
    first, second = sorted((me.user, to))
    conversation = await repository.between(me.user, to)
    # Who has an unread message of this conversation has been told of it already.
    told = conversation is not None and is_unread(conversation, to)
    new = conversation is None
    conversation = conversation or Conversation(
        first_id=first, second_id=second, last_message_at=moment, last_author_id=me.user
    )
    conversation.last_message_at, conversation.last_author_id = moment, me.user
    _mark_read(conversation, me.user, moment)
    if new:
        await repository.add(conversation)
    await DirectMessageRepository(work).add(
        DirectMessage(
            conversation_id=conversation.id, author_id=me.user, body=text, body_html=html, created_at=moment
        )
    )
    _publish(work, conversation)
    if not told:
        await notifications.send(
            work=work,
            recipients=[to],
            kind="message",
            text=N_("{name} wrote to you"),
            params={"name": me.name},
            href=f"/messages/{conversation.id}",
            now=moment,
        )
    return conversation


async def block(*, work: Work, me: Principal, user_id: UUID) -> None:
    """Want to hear nothing more of somebody; neither can write to the other then.

    Raises:
        NotFound: There is no conversation with such a person.
        Invalid: Those who teach the person, or their child, cannot be blocked.
    """
    row = await ConversationRepository(work).between(me.user, user_id)
    if row is None:
        raise NotFound
    found = await contacts(work=work, me=me, only=user_id)
    if found and not contact_policy.may_block(found[0].ties):
        raise Invalid(N_("Teachers cannot be blocked. Tell the school if something is wrong."))
    blocks = MessageBlockRepository(work)
    if not any(one.blocker_id == me.user for one in await blocks.between(me.user, user_id)):
        await blocks.add(MessageBlock(blocker_id=me.user, blocked_id=user_id))
        _publish(work, row)
    await work.audit("message.blocked", user_id=user_id)


async def unblock(*, work: Work, me: Principal, user_id: UUID) -> None:
    """Take a block back."""
    blocks = MessageBlockRepository(work)
    for one in await blocks.between(me.user, user_id):
        if one.blocker_id == me.user:
            await blocks.delete(one)
    await work.audit("message.unblocked", user_id=user_id)


async def tell_typing(*, work: Work, me: Principal, conversation_id: UUID) -> None:
    """Tell the other one that the person is writing; who only reads along tells nothing. Three statements.

    Raises:
        NotFound: The person takes no part in it and may not read along.
    """
    me.require(Permission.MESSAGE)
    if await require_reader(work=work, me=me, conversation_id=conversation_id):
        work.publish(Channel.conversation(conversation_id), Typing(user_id=me.user))


def _publish(work: Work, conversation: Conversation) -> None:
    """Tell the open conversation, and the lists of its two people."""
    event = MessagePosted(conversation_id=conversation.id)
    for one in (
        Channel.conversation(conversation.id),
        Channel.user(conversation.first_id),
        Channel.user(conversation.second_id),
    ):
        work.publish(one, event)


async def _standing(work: Work, me: Principal, other: User) -> tuple[frozenset[Tie], list[MessageBlock]]:
    found = await contacts(work=work, me=me, only=other.id)
    blocks = await MessageBlockRepository(work).between(me.user, other.id)
    return (found[0].ties if found else frozenset()), blocks


async def _require_guardian(
    repository: ConversationRepository, me: Principal, row: ConversationRow, rules: Rules
) -> None:
    """Stop unless the person is the guardian of one of the two and may read along."""
    wards = await repository.wards(me.user, [row.first.id, row.second.id])
    for child, other in ((row.first, row.second), (row.second, row.first)):
        if contact_policy.guardian_may_read(
            rules=rules,
            child_roles=frozenset(child.roles),
            other_roles=frozenset(other.roles),
            is_guardian=child.id in wards and Role.GUARDIAN in me.roles,
        ):
            return
    raise NotFound


def _watched(row: ConversationRow, rules: Rules) -> str:
    for child, other in ((row.first, row.second), (row.second, row.first)):
        if contact_policy.guardian_may_read(
            rules=rules,
            child_roles=frozenset(child.roles),
            other_roles=frozenset(other.roles),
            is_guardian=True,
        ):
            return child.name
    return ""


def is_unread(conversation: Conversation, user_id: UUID) -> bool:
    """Whether there is something that this one of the two has not read."""
    if conversation.last_author_id == user_id:
        return False
    first = conversation.first_id == user_id
    read = conversation.first_read_at if first else conversation.second_read_at
    return read is None or read < conversation.last_message_at


def _mark_read(conversation: Conversation, user_id: UUID, moment: datetime) -> None:
    if conversation.first_id == user_id:
        conversation.first_read_at = moment
    else:
        conversation.second_read_at = moment
