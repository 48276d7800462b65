"""Direct messages: the list, one conversation, and the organisation's rules."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import Field

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.messaging import conversations, own_messages
from eduplatform.domain.messaging.contact_policy import Classmates, Tie
from eduplatform.domain.messaging.contacts import Contact
from eduplatform.domain.messaging.conversation_repository import ConversationRow
from eduplatform.domain.messaging.conversations import ConversationView
from eduplatform.domain.messaging.service import pages_of
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_relative
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form, PageMixin, SearchText, handler, notify, parse_id, route_argument
from eduplatform.state.courses import PageNumber
from eduplatform.state.rows import ComboboxOption

Key = Annotated[str, Field(max_length=36)]
Body = Annotated[str, Field(min_length=1, max_length=conversations.MAX_BODY)]

TIE_NAMES: dict[Tie, str] = {
    Tie.MY_TEACHER: N_("Your teacher"),
    Tie.TEACHER_OF_MY_CHILD: N_("Teacher of your child"),
    Tie.MY_STUDENT: N_("Your student"),
    Tie.GUARDIAN_OF_MY_STUDENT: N_("Guardian of a student"),
    Tie.COLLEAGUE: N_("Colleague"),
    Tie.OPEN_CLASSMATE: N_("Classmate"),
    Tie.CLASSMATE: N_("Classmate"),
}
"""What somebody is to the reader; of several the first in this order is said."""


class FirstMessageForm(Form):
    """The first words to somebody."""

    to: Annotated[str, Field(min_length=1, max_length=36)]
    body: Body


class MessageForm(Form):
    """A message in a conversation."""

    body: Body


class ReportForm(Form):
    """Why a message is reported."""

    reason: Annotated[str, Field(max_length=500)] = ""


class ReportLine(TypedDict):
    """A reported message for the administration."""

    id: str
    reporter: str
    reason: str
    author: str
    reader: str
    html: str
    when: str


class RulesForm(Form):
    """The organisation's rules for direct messages."""

    classmates: Literal["never", "teacher", "always"]
    guardians_see: bool = False


class ConversationLine(TypedDict):
    """A conversation in the list; ``mine`` tells whether the newest words are the reader's."""

    id: str
    name: str
    newest: str
    when: str
    unread: bool
    mine: bool


class MessageLine(TypedDict):
    """A message; ``first`` begins a run of messages of one person. ``editable`` ends after a quarter of an hour."""

    id: str
    author: str
    own: bool
    html: str
    when: str
    moment: str
    first: bool
    edited: bool
    deleted: bool
    editable: bool


class InboxState(PageMixin, rx.State):
    """The person's conversations, and for guardians those of their children with adults."""

    rows: list[ConversationLine] = []
    page: int = 1
    pages: int = 1
    of_children: bool = False
    guardian: bool = False
    writing: bool = False
    contacts: list[ComboboxOption] = []

    @handler(Permission.MESSAGE, loads=True)
    async def load(self, me: Principal) -> None:
        """The liveliest first."""
        self.page, self.writing = 1, False
        await self._read(me)

    @handler(Permission.MESSAGE, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """What others have written since."""
        await self._read(me)

    @handler(Permission.MESSAGE)
    async def turn(self, me: Principal, page: PageNumber) -> None:
        """Show another page."""
        self.page = page
        await self._read(me)

    @handler(Permission.MESSAGE)
    async def show_children(self, me: Principal, on: bool) -> None:
        """One's own conversations, or those of one's children."""
        self.of_children, self.page = on, 1
        await self._read(me)

    @handler(Permission.MESSAGE)
    async def open_form(self, me: Principal) -> None:
        """Begin to write to somebody."""
        self.writing = True
        await self._find(me, "")

    @handler(Permission.MESSAGE)
    async def close_form(self, me: Principal) -> None:
        """Stop writing."""
        self.writing = False

    @handler(Permission.MESSAGE)
    async def search(self, me: Principal, text: SearchText) -> None:
        """People to whom the person may write."""
        await self._find(me, text)

    @handler(Permission.MESSAGE)
    async def begin(self, me: Principal, form: FirstMessageForm) -> rx.event.EventSpec:
        """Send the first words and open the conversation."""
        await conversations.limit_writing(me=me)
        async with unit_of_work(me) as work:
            found = await conversations.write(work=work, me=me, to=parse_id(form.to), body=form.body)
        self.writing = False
        return rx.redirect(f"/messages/{found.id}")

    async def _find(self, me: Principal, text: str) -> None:
        async with unit_of_work(me) as work:
            found = await conversations.reachable(work=work, me=me, search=text)
        self.contacts = [_contact(one, me) for one in found]

    async def _read(self, me: Principal) -> None:
        self.guardian = Role.GUARDIAN in me.roles
        async with unit_of_work(me) as work:
            listing = conversations.list_of_children if self.of_children else conversations.list_own
            found, total = await listing(work=work, me=me, page=self.page)
        rows = [_conversation(one, me, children=self.of_children) for one in found]
        self.rows, self.pages = rows, pages_of(total, conversations.PAGE_SIZE)


def _contact(one: Contact, me: Principal) -> ComboboxOption:
    tie = next(name for tie, name in TIE_NAMES.items() if tie in one.ties)
    return ComboboxOption(value=str(one.user.id), label=one.user.name, hint=translate(tie, me.locale))


def _conversation(one: ConversationRow, me: Principal, *, children: bool) -> ConversationLine:
    row = one.conversation
    return ConversationLine(
        id=str(row.id),
        name=f"{one.first.name} – {one.second.name}" if children else one.other(me.user).name,
        newest=" ".join(one.newest.split())[:140] or translate(N_("This message was deleted."), me.locale),
        when=format_relative(row.last_message_at, utc_now(), me.locale),
        unread=not children and conversations.is_unread(row, me.user),
        mine=row.last_author_id == me.user,
    )


class ConversationState(PageMixin, rx.State):
    """One conversation and the field for the next message."""

    key: str = ""
    name: str = ""
    other: str = ""
    messages: list[MessageLine] = []
    more: bool = False
    observing: bool = False
    writable: bool = False
    blocked_by_me: bool = False
    blockable: bool = False
    watched: str = ""
    person: str = ""
    saved: int = 0
    blocking: bool = False
    asked: str = ""
    asked_id: str = ""
    draft: str = ""
    _shown: int = conversations.SHOWN

    @handler(Permission.MESSAGE, loads=True)
    async def load(self, me: Principal) -> None:
        """The newest messages."""
        self._shown, self.blocking, self.asked = conversations.SHOWN, False, ""
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.MESSAGE, quiet=True)
    async def refresh(self, me: Principal) -> None:
        """What was written since."""
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.MESSAGE)
    async def show_more(self, me: Principal) -> None:
        """Older messages too."""
        self._shown = min(self._shown + conversations.SHOWN, conversations.MOST_SHOWN)
        async with unit_of_work(me) as work:
            await self._read(work, me)

    @handler(Permission.MESSAGE)
    async def send(self, me: Principal, form: MessageForm) -> object:
        """Write to the other one."""
        await conversations.limit_writing(me=me)
        async with unit_of_work(me) as work:
            await conversations.write(work=work, me=me, to=parse_id(self.other), body=form.body)
        self.saved += 1
        return ConversationState.refresh

    @handler(Permission.MESSAGE, quiet=True)
    async def tell_typing(self, me: Principal) -> None:
        """Let the other one see that something is being written."""
        async with unit_of_work(me) as work:
            await conversations.tell_typing(work=work, me=me, conversation_id=parse_id(self.key))

    @handler(Permission.MESSAGE)
    async def ask_block(self, me: Principal) -> None:
        """Ask before the other one is blocked."""
        self.blocking = True

    @handler(Permission.MESSAGE)
    async def keep(self, me: Principal) -> None:
        """Close the question."""
        self.blocking = False

    @handler(Permission.MESSAGE)
    async def block(self, me: Principal) -> object:
        """Hear nothing more of the other one."""
        self.blocking = False
        async with unit_of_work(me) as work:
            await conversations.block(work=work, me=me, user_id=parse_id(self.other))
        return ConversationState.refresh

    @handler(Permission.MESSAGE)
    async def unblock(self, me: Principal) -> object:
        """Take the block back."""
        async with unit_of_work(me) as work:
            await conversations.unblock(work=work, me=me, user_id=parse_id(self.other))
        return ConversationState.refresh

    @handler(Permission.MESSAGE)
    async def ask(self, me: Principal, what: Literal["edit", "delete", "report"], key: Key) -> None:
        """Open the dialog for one message."""
        self.asked, self.asked_id, self.draft = what, key, ""
        if what == "edit":
            async with unit_of_work(me) as work:
                row = await own_messages.own(work=work, me=me, message_id=parse_id(key))
                self.draft = row.body

    @handler(Permission.MESSAGE)
    async def answer(self, me: Principal) -> None:
        """Close the dialog."""
        self.asked = ""

    @handler(Permission.MESSAGE)
    async def correct(self, me: Principal, form: MessageForm) -> object:
        """Say one's own message in other words."""
        async with unit_of_work(me) as work:
            await own_messages.edit(work=work, me=me, message_id=parse_id(self.asked_id), body=form.body)
        self.asked = ""
        return ConversationState.refresh

    @handler(Permission.MESSAGE)
    async def remove(self, me: Principal) -> object:
        """Take back one's own message."""
        self.asked = ""
        async with unit_of_work(me) as work:
            await own_messages.delete(work=work, me=me, message_id=parse_id(self.asked_id))
        return ConversationState.refresh

    @handler(Permission.MESSAGE)
    async def report(self, me: Principal, form: ReportForm) -> None:
        """Ask the administration to look at a message."""
        async with unit_of_work(me) as work:
            await own_messages.report(
                work=work, me=me, message_id=parse_id(self.asked_id), reason=form.reason
            )
        self.asked = ""
        text = N_("Thank you. The administration will look at it.")
        await notify(self, "success", translate(text, me.locale))

    async def _read(self, work: Work, me: Principal) -> None:
        key = parse_id(route_argument(self, "conversation_id"))
        found = await conversations.read(work=work, me=me, conversation_id=key, shown=self._shown)
        row = found.row
        names = {row.first.id: row.first.name, row.second.id: row.second.name}
        name = " – ".join(names.values()) if found.observing else row.other(me.user).name
        messages = _messages(found, names, me)
        self.key, self.name, self.person = str(key), name, str(me.user)
        self.other = "" if found.observing else str(row.other(me.user).id)
        if messages != self.messages:
            self.messages = messages
        self.more, self.observing, self.writable = found.more, found.observing, found.writable
        self.blocked_by_me, self.blockable = found.blocked_by_me, found.blockable
        self.watched = found.watched


def _messages(found: ConversationView, names: dict[UUID, str], me: Principal) -> list[MessageLine]:
    now, previous = utc_now(), None
    lines: list[MessageLine] = []
    for one in found.messages:
        lines.append(
            MessageLine(
                id=str(one.id),
                author=names.get(one.author_id, ""),
                own=one.author_id == me.user,
                html=one.body_html,
                when=format_relative(one.created_at, now, me.locale),
                moment=format_datetime(one.created_at, me.locale, me.timezone),
                first=one.author_id != previous,
                edited=one.edited_at is not None,
                deleted=one.deleted_at is not None,
                editable=own_messages.may_edit(one, me.user, now),
            )
        )
        previous = one.author_id
    return lines


class MessageRulesState(PageMixin, rx.State):
    """The organisation's rules for direct messages."""

    classmates: str = ""
    guardians_see: bool = False
    reports: list[ReportLine] = []
    waiting: int = 0
    removing: str = ""

    @handler(Permission.TENANT_EDIT, loads=True)
    async def load(self, me: Principal) -> None:
        """The rules as they are, and the messages that were reported."""
        self.removing = ""
        async with unit_of_work(me) as work:
            rules = await conversations.read_rules(work=work)
            await self._read_reports(work, me)
        self.classmates, self.guardians_see = rules.classmates.value, rules.guardians_see

    @handler(Permission.TENANT_EDIT)
    async def save(self, me: Principal, form: RulesForm) -> None:
        """Change them."""
        async with unit_of_work(me) as work:
            await conversations.save_rules(
                work=work,
                me=me,
                classmates=Classmates(form.classmates),
                guardians_see=form.guardians_see,
            )
        self.classmates, self.guardians_see = form.classmates, form.guardians_see
        await notify(self, "success", translate(N_("Saved."), me.locale))

    @handler(Permission.TENANT_EDIT)
    async def keep(self, me: Principal, key: Key) -> object:
        """A reported message is all right."""
        return await self._decide(me, key, remove=False)

    @handler(Permission.TENANT_EDIT)
    async def ask_remove(self, me: Principal, key: Key) -> None:
        """Ask before a message is removed; an empty key closes the question."""
        self.removing = key

    @handler(Permission.TENANT_EDIT)
    async def remove(self, me: Principal) -> object:
        """Remove the message that was asked about."""
        key, self.removing = self.removing, ""
        return await self._decide(me, key, remove=True)

    @handler(Permission.TENANT_EDIT)
    async def read_reports(self, me: Principal) -> None:
        """What waits for a decision now."""
        async with unit_of_work(me) as work:
            await self._read_reports(work, me)

    async def _decide(self, me: Principal, key: str, *, remove: bool) -> object:
        async with unit_of_work(me) as work:
            await own_messages.decide(work=work, me=me, report_id=parse_id(key), remove=remove)
        return MessageRulesState.read_reports

    async def _read_reports(self, work: Work, me: Principal) -> None:
        found, self.waiting = await own_messages.queue(work=work, me=me)
        now = utc_now()
        self.reports = [
            ReportLine(
                id=str(one.report.id),
                reporter=one.reporter,
                reason=one.report.reason,
                author=one.author,
                reader=one.reader,
                html=one.report.body_html,
                when=format_relative(one.report.created_at, now, me.locale),
            )
            for one in found
        ]
