"""Direct messages: the list, and one conversation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.live.typing import typing_line, typing_watch
from eduplatform.components.text import _
from eduplatform.components.ui import (
    avatar,
    breadcrumb,
    button,
    callout,
    confirm_dialog,
    dialog,
    empty_state,
    link,
    menu,
    menu_item,
    page_header,
    pager,
    skeleton,
    skeleton_table,
    textarea,
)
from eduplatform.components.ui.combobox import combobox
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.realtime.events import MessagePosted
from eduplatform.security.permissions import Role
from eduplatform.state.messages import ConversationState, InboxState
from eduplatform.state.shell import ShellState

_S: Any = InboxState
_C: Any = ConversationState

_PEOPLE = (Role.STUDENT, Role.TEACHER, Role.GUARDIAN)


@page("/messages", title="Messages", roles=_PEOPLE, on_load=_S.load)
def inbox() -> rx.Component:
    """The liveliest conversation first."""
    return rx.el.div(
        channel(
            ShellState.user_channel,
            on_change=_S.refresh,
            events=[MessagePosted],
            enabled=_S.loaded & ~_S.writing,
        ),
        beacon(_S.refresh, every=60, enabled=_S.loaded & ~_S.writing),
        page_body(
            _S,
            rx.cond(
                _S.guardian,
                rx.el.div(
                    _choice(_("Mine"), False),
                    _choice(_("Of my children"), True),
                    role="group",
                    aria_label=_("Show"),
                    class_name="mb-4 flex w-fit gap-1 rounded-lg bg-sunken p-1",
                ),
                rx.fragment(),
            ),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.div(
                    rx.el.ul(rx.foreach(_S.rows, _row), class_name="divide-y divide-line"),
                    class_name="overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
                ),
                rx.cond(_S.of_children, _no_children(), _nothing()),
            ),
            rx.cond(
                _S.pages > 1,
                pager(
                    page_text=_("Page {page} of {pages}", page=_S.page, pages=_S.pages),
                    has_previous=_S.page > 1,
                    has_next=_S.page < _S.pages,
                    on_previous=_S.turn(_S.page - 1),
                    on_next=_S.turn(_S.page + 1),
                    class_name="mt-5",
                ),
                rx.fragment(),
            ),
            _new_message(),
            skeleton=skeleton_table(rows=5),
            header=page_header(
                _("Messages"),
                description=_("Between you and your teachers, students and families."),
                actions=[button(_("New message"), variant="primary", icon="pencil", on_click=_S.open_form)],
            ),
        ),
        class_name="flex max-w-3xl flex-col gap-6",
    )


def _choice(label: Any, children: bool) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        aria_pressed=rx.cond(_S.of_children == children, "true", "false"),
        on_click=_S.show_children(children),
        class_name=(
            "min-h-8 rounded-md px-3 text-sm font-medium text-ink-muted hover:text-ink aria-pressed:bg-surface "
            "aria-pressed:text-ink aria-pressed:shadow-sm pointer-coarse:min-h-11"
        ),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        avatar(row["name"], size="md"),
        rx.el.div(
            rx.el.div(
                link(
                    row["name"],
                    f"/messages/{row['id']}",
                    plain=True,
                    class_name="truncate text-sm font-semibold after:absolute after:inset-0",
                ),
                rx.el.span(row["when"], class_name="ms-auto shrink-0 text-xs text-ink-muted"),
                class_name="flex items-baseline gap-3",
            ),
            rx.el.p(
                rx.cond(row["mine"], rx.fragment(_("You:"), " "), rx.fragment()),
                row["newest"],
                class_name=[
                    "mt-0.5 truncate text-sm",
                    rx.cond(row["unread"], "font-semibold text-ink", "text-ink-muted"),
                ],
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            row["unread"],
            rx.el.span(
                rx.el.span(_("unread"), class_name="sr-only"),
                class_name="mt-2 size-2.5 shrink-0 rounded-full bg-accent",
            ),
            rx.fragment(),
        ),
        key=row["id"],
        class_name="relative flex items-start gap-3.5 px-4 py-3.5 hover:bg-sunken/60 sm:px-5",
    )


def _nothing() -> rx.Component:
    return empty_state(
        _("No messages yet"),
        description=_(
            "Ask a teacher something that is not for the whole class, or answer when somebody writes."
        ),
        icon="mail",
        actions=[button(_("Write the first one"), variant="primary", icon="pencil", on_click=_S.open_form)],
    )


def _no_children() -> rx.Component:
    return empty_state(
        _("Nothing to read along"),
        description=_(
            "Where the school lets guardians read along, messages between your children and their teachers appear here."
        ),
        icon="mail",
    )


def _new_message() -> rx.Component:
    return dialog(
        rx.cond(
            _S.writing,
            rx.el.form(
                combobox(
                    id="message-to",
                    name="to",
                    label=_("To"),
                    options=_S.contacts,
                    on_search=_S.search,
                    placeholder=_("Type a name"),
                    hint=_("You find the people here to whom you may write."),
                    required=True,
                    error=_S.errors["to"],
                ),
                textarea(
                    name="body",
                    id=field_id("first-message"),
                    label=_("Message"),
                    rows=6,
                    max_length=5000,
                    required=True,
                    error=_S.errors["body"],
                ),
                rx.el.div(
                    button(_("Cancel"), closes=True),
                    button(_("Send"), type="submit", variant="primary", icon="send"),
                    class_name="flex justify-end gap-2",
                ),
                id="first-message-form",
                on_submit=_S.begin,
                class_name="flex min-h-96 flex-col gap-5",
            ),
            rx.fragment(),
        ),
        title=_("New message"),
        id="new-message",
        open=_S.writing,
        on_close=_S.close_form,
        dismissible=False,
    )


@page("/messages/[conversation_id]", title="Messages", roles=_PEOPLE, on_load=_C.load)
def conversation() -> rx.Component:
    """What the two wrote, and the field for the next message."""
    return rx.fragment(
        channel(
            channel_name("conversation", _C.key),
            on_change=_C.refresh,
            events=[MessagePosted],
            enabled=_C.loaded,
        ),
        page_body(
            _C,
            rx.el.div(
                page_header(
                    _C.name,
                    breadcrumb=breadcrumb((_("Messages"), "/messages"), current=_C.name),
                    actions=[rx.cond(_C.blockable & ~_C.observing, _more(), rx.fragment())],
                ),
                rx.cond(
                    _C.watched != "",
                    callout(
                        rx.cond(
                            _C.observing,
                            _("You read along as a guardian of {name}. Both know it.", name=_C.watched),
                            _("Verified guardians of {name} can read this conversation.", name=_C.watched),
                        ),
                        tone="info",
                    ),
                    rx.fragment(),
                ),
                rx.cond(
                    _C.more,
                    rx.el.div(
                        button(_("Show older messages"), size="sm", on_click=_C.show_more),
                        class_name="flex justify-center",
                    ),
                    rx.fragment(),
                ),
                rx.el.ol(
                    rx.foreach(_C.messages, _message),
                    aria_label=_("Messages"),
                    class_name="flex flex-col gap-2",
                ),
                typing_line(
                    channel_name("conversation", _C.key),
                    person=_C.person,
                    text=rx.cond(
                        _C.observing,
                        _("Somebody is writing…"),
                        _("{name} is writing…", name=_C.name),
                    ),
                ),
                rx.cond(
                    _C.observing,
                    rx.fragment(),
                    rx.cond(_C.writable, _field(), _not_writable()),
                ),
                class_name="flex max-w-3xl flex-col gap-6",
            ),
            _message_dialogs(),
            confirm_dialog(
                id="block-person",
                title=_("Block {name}?", name=_C.name),
                message=_("Neither of you can write to the other. You can take it back here at any time."),
                confirm_label=_("Block"),
                open=_C.blocking,
                on_close=_C.keep,
                on_confirm=_C.block,
            ),
            skeleton=rx.el.div(
                skeleton(class_name="h-8 w-64"),
                skeleton_table(rows=4, class_name="mt-8"),
                class_name="max-w-3xl",
            ),
        ),
    )


def _more() -> rx.Component:
    return menu(
        rx.cond(
            _C.blocked_by_me,
            menu_item(_("Unblock"), icon="check", on_click=_C.unblock),
            menu_item(_("Block …"), icon="circle-x", danger=True, on_click=_C.ask_block),
        ),
        id="conversation-menu",
        label=_("Actions"),
        icon_only=True,
    )


def _message(one: Any) -> rx.Component:
    return rx.el.li(
        rx.cond(
            one["first"],
            rx.el.p(
                rx.cond(one["own"], _("You"), one["author"]),
                rx.el.span(" · ", one["when"], title=one["moment"], class_name="font-normal text-ink-muted"),
                class_name="mt-3 mb-1 text-xs font-medium text-ink",
            ),
            rx.fragment(),
        ),
        rx.cond(
            one["deleted"],
            rx.el.p(
                _("This message was deleted."),
                class_name="rounded-2xl border border-dashed border-line px-4 py-2.5 text-sm text-ink-muted italic",
            ),
            rx.el.div(
                rich_text(
                    one["html"],
                    class_name=rx.cond(
                        one["own"],
                        "prose-compact w-fit max-w-full rounded-2xl bg-accent-soft px-4 py-2.5 text-[0.9375rem]",
                        "prose-compact w-fit max-w-full rounded-2xl border border-line bg-surface px-4 py-2.5 text-[0.9375rem]",
                    ),
                ),
                rx.cond(_C.observing, rx.fragment(), _message_menu(one)),
                class_name=[
                    "flex max-w-full items-center gap-1",
                    rx.cond(one["own"], "flex-row-reverse", ""),
                ],
            ),
        ),
        rx.cond(
            one["edited"] & ~one["deleted"],
            rx.el.p(_("edited"), class_name="mt-0.5 px-2 text-xs text-ink-muted"),
            rx.fragment(),
        ),
        key=one["id"],
        class_name=[
            "flex max-w-[85%] flex-col",
            rx.cond(one["own"], "items-end self-end", "items-start self-start"),
        ],
    )


def _message_menu(one: Any) -> rx.Component:
    return menu(
        rx.cond(
            one["own"],
            rx.fragment(
                rx.cond(
                    one["editable"],
                    menu_item(_("Edit"), icon="pencil", on_click=_C.ask("edit", one["id"])),
                    rx.fragment(),
                ),
                menu_item(_("Delete"), icon="trash", danger=True, on_click=_C.ask("delete", one["id"])),
            ),
            menu_item(_("Report …"), icon="flag", on_click=_C.ask("report", one["id"])),
        ),
        id=rx.Var.create("message-") + one["id"].to(str),
        label=_("Actions for this message"),
        icon_only=True,
        variant="quiet",
        size="sm",
    )


def _message_dialogs() -> rx.Component:
    return rx.fragment(
        dialog(
            rx.el.form(
                textarea(
                    name="body",
                    id="corrected-body",
                    label=_("Corrected text"),
                    default_value=_C.draft,
                    key=_C.asked_id.to(str) + _C.draft.to(str),
                    rows=4,
                    max_length=5000,
                    required=True,
                    error=_C.errors["body"],
                ),
                rx.el.div(
                    button(_("Cancel"), closes=True),
                    button(_("Save changes"), type="submit", variant="primary"),
                    class_name="flex justify-end gap-2",
                ),
                on_submit=_C.correct,
                class_name="flex flex-col gap-5",
            ),
            title=_("Correct your message"),
            description=_("You can do this for 15 minutes. The other one sees that it was edited."),
            id="correct-message",
            open=_C.asked == "edit",
            on_close=_C.answer,
        ),
        confirm_dialog(
            id="delete-message",
            title=_("Delete this message?"),
            message=_("Its words disappear for both of you. That there was a message stays."),
            confirm_label=_("Delete message"),
            open=_C.asked == "delete",
            on_close=_C.answer,
            on_confirm=_C.remove,
        ),
        dialog(
            rx.el.form(
                textarea(
                    name="reason",
                    id="report-reason",
                    label=_("What is wrong with it?"),
                    hint=_(
                        "The administration reads the message and your reason. Its author does not learn of it."
                    ),
                    rows=3,
                    max_length=500,
                    required=True,
                    error=_C.errors["reason"],
                ),
                rx.el.div(
                    button(_("Cancel"), closes=True),
                    button(_("Report"), type="submit", variant="primary", icon="flag"),
                    class_name="flex justify-end gap-2",
                ),
                key=_C.asked_id,
                on_submit=_C.report,
                class_name="flex flex-col gap-5",
            ),
            title=_("Report this message"),
            id="report-message",
            open=_C.asked == "report",
            on_close=_C.answer,
        ),
    )


def _field() -> rx.Component:
    return rx.el.form(
        local_draft(
            "message-form",
            rx.cond(_C.key != "", f"message:{_C.person}:{_C.key}", ""),
            saved=_C.saved,
            ready=_C.loaded,
        ),
        typing_watch("message-form", on_typing=_C.tell_typing),
        textarea(
            name="body",
            id=field_id("message-body"),
            label=_("Message"),
            rows=3,
            max_length=5000,
            required=True,
            error=_C.errors["body"],
        ),
        rx.el.div(
            button(_("Send"), type="submit", variant="primary", icon="send"), class_name="flex justify-end"
        ),
        id="message-form",
        key=f"message-{_C.saved}",
        on_submit=_C.send,
        class_name="flex flex-col gap-3 border-t border-line pt-5",
    )


def _not_writable() -> rx.Component:
    return callout(
        rx.cond(
            _C.blocked_by_me,
            _("You have blocked this person."),
            _("You can no longer write to this person. What was written stays here."),
        ),
        tone="warning",
        actions=[
            rx.cond(_C.blocked_by_me, button(_("Unblock"), size="sm", on_click=_C.unblock), rx.fragment())
        ],
    )
