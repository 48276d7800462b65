"""One discussion with its answers, for both roles."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    avatar,
    badge,
    button,
    callout,
    confirm_dialog,
    menu,
    menu_item,
    page_header,
    pager,
    skeleton,
    skeleton_card,
)
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.pages.shared.discussion_dialogs import discussion_dialogs
from eduplatform.pages.shared.discussions import discussion_breadcrumb
from eduplatform.security.permissions import Role
from eduplatform.state.discussion_rows import OPENING
from eduplatform.state.discussions import DiscussionState

_S: Any = DiscussionState


_BODY = "reply-body"


@page(
    "/courses/[course_id]/discussions/[thread_id]",
    title="Discussion",
    roles=(Role.TEACHER, Role.STUDENT),
    on_load=_S.load,
)
def discussion() -> rx.Component:
    """The beginning, the answers, and the field for one's own."""
    return rx.fragment(
        channel(channel_name("thread", _S.thread_key), on_change=_S.refresh, enabled=_S.loaded),
        page_body(
            _S,
            rx.el.div(
                page_header(
                    _S.title,
                    breadcrumb=discussion_breadcrumb(
                        _S.teaches,
                        _S.course,
                        current=_S.title,
                        list_link=True,
                    ),
                    actions=[rx.cond(_S.teaches, _lock_button(), rx.fragment())],
                ),
                rx.cond(
                    _S.locked,
                    callout(
                        rx.cond(
                            _S.teaches,
                            _("This discussion is closed for students."),
                            _("A teacher has closed this discussion. Nothing can be added."),
                        ),
                        tone="info",
                        class_name="mt-6",
                    ),
                    rx.fragment(),
                ),
                rx.el.div(_post(_S.opening, opening=True), class_name="mt-6"),
                rx.el.h2(
                    _n("{count} answer", "{count} answers", count=_S.answers),
                    class_name="mt-10 mb-4 text-base font-semibold text-ink",
                ),
                rx.el.ol(
                    rx.foreach(_S.posts, _answer),
                    class_name="flex flex-col gap-4 empty:hidden",
                ),
                rx.cond(_S.pages > 1, _pager(), rx.fragment()),
                rx.cond(_S.closed, rx.fragment(), _reply()),
                class_name="max-w-3xl",
            ),
            _confirmations(),
            discussion_dialogs(),
            skeleton=rx.el.div(
                skeleton(class_name="h-4 w-64"),
                skeleton(class_name="mt-4 h-8 w-96 max-w-full"),
                skeleton_card(class_name="mt-6"),
                class_name="max-w-3xl",
            ),
        ),
    )


def _lock_button() -> rx.Component:
    return rx.cond(
        _S.locked,
        button(_("Open for answers"), icon="lock", on_click=_S.lock(False)),
        button(_("Close for answers"), icon="lock", on_click=_S.lock(True)),
    )


def _answer(one: Any) -> rx.Component:
    return rx.el.li(
        _post(one),
        key=one["id"],
        class_name=rx.match(
            one["depth"],
            (1, "ms-4 border-s-2 border-line ps-3 sm:ms-8 sm:ps-4"),
            (2, "ms-8 border-s-2 border-line ps-3 sm:ms-16 sm:ps-4"),
            "",
        ),
    )


def _post(post: Any, *, opening: bool = False) -> rx.Component:
    return rx.el.article(
        rx.cond(
            post["concealed"] == "",
            rx.fragment(
                _head(post, opening=opening),
                rx.cond(
                    post["hidden"],
                    callout(
                        _("Hidden by a teacher: {reason}", reason=post["reason"]),
                        tone="warning",
                        class_name="mt-3",
                    ),
                    rx.fragment(),
                ),
                rich_text(post["html"], class_name="prose-compact mt-3 text-[0.9375rem]"),
                rx.fragment() if opening else _below(post),
            ),
            rx.el.p(
                rx.cond(
                    post["concealed"] == "deleted",
                    _("This answer was deleted by its author or a teacher."),
                    _("A teacher has hidden this answer."),
                ),
                class_name="text-sm text-ink-muted italic",
            ),
        ),
        class_name=[
            "rounded-xl border bg-surface p-5 shadow-sm",
            rx.cond(
                post["accepted"],
                "border-success",
                rx.cond(post["teacher"], "border-accent/50", "border-line"),
            ),
        ],
    )


def _head(post: Any, *, opening: bool) -> rx.Component:
    return rx.el.header(
        avatar(post["author"], size="sm"),
        rx.el.div(
            rx.el.p(
                rx.el.span(post["author"], class_name="text-sm font-semibold text-ink"),
                rx.cond(post["teacher"], badge(_("Teacher"), tone="accent"), rx.fragment()),
                rx.cond(
                    post["accepted"],
                    badge(_("Accepted answer"), tone="success", icon="circle-check"),
                    rx.fragment(),
                ),
                rx.cond(
                    post["endorsed"],
                    badge(_("Endorsed by a teacher"), tone="info", icon="award"),
                    rx.fragment(),
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(
                rx.el.span(post["when"], title=post["moment"]),
                rx.cond(post["edited"], rx.fragment(" · ", _("edited")), rx.fragment()),
                class_name="text-xs text-ink-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        _post_menu(post, opening=opening),
        class_name="flex items-center gap-3",
    )


def _below(post: Any) -> rx.Component:
    """What is most often done to an answer, in sight below it."""
    return rx.el.div(
        rx.cond(
            post["answerable"],
            button(_("Answer"), size="sm", variant="quiet", icon="undo-2", on_click=_S.answer(post["id"])),
            rx.fragment(),
        ),
        rx.cond(
            post["acceptable"],
            rx.cond(
                post["accepted"],
                button(
                    _("No longer accepted"),
                    size="sm",
                    variant="quiet",
                    icon="x",
                    on_click=_S.accept(post["id"], False),
                ),
                button(
                    _("This solved it"),
                    size="sm",
                    variant="quiet",
                    icon="circle-check",
                    on_click=_S.accept(post["id"], True),
                ),
            ),
            rx.fragment(),
        ),
        class_name="mt-3 -mb-1 -ms-2 flex flex-wrap gap-1 empty:hidden",
    )


def _post_menu(post: Any, *, opening: bool) -> rx.Component:
    key = OPENING if opening else post["id"]

    def when(condition: Any, item: rx.Component) -> rx.Component:
        return rx.cond(condition, item, rx.fragment())

    endorsing: list[rx.Component] = (
        []
        if opening
        else [
            when(
                _S.teaches & ~post["endorsed"],
                menu_item(_("Endorse"), icon="award", on_click=_S.endorse(post["id"], True)),
            ),
            when(
                _S.teaches & post["endorsed"],
                menu_item(_("No longer endorse"), icon="award", on_click=_S.endorse(post["id"], False)),
            ),
        ]
    )
    return rx.cond(
        post["editable"] | post["reportable"] | post["deletable"] | _S.teaches,
        menu(
            *endorsing,
            when(post["editable"], menu_item(_("Edit"), icon="pencil", on_click=_S.edit(key))),
            when(
                post["edited"] & (post["own"] | _S.teaches),
                menu_item(_("Earlier versions"), icon="clock", on_click=_S.show_history(key)),
            ),
            when(
                _S.teaches & ~post["hidden"],
                menu_item(_("Hide …"), icon="eye-off", on_click=_S.ask_hide(key)),
            ),
            when(_S.teaches & post["hidden"], menu_item(_("Show again"), icon="eye", on_click=_S.show(key))),
            when(post["reportable"], menu_item(_("Report …"), icon="flag", on_click=_S.ask_report(key))),
            when(
                post["deletable"],
                menu_item(
                    _("Delete this discussion") if opening else _("Delete this answer"),
                    icon="trash",
                    danger=True,
                    on_click=_S.ask_remove(key),
                ),
            ),
            id="opening-menu" if opening else f"menu-{post['id']}",
            label=_("Actions"),
            icon_only=True,
            variant="quiet",
            size="sm",
        ),
        rx.fragment(),
    )


def _pager() -> rx.Component:
    return pager(
        page_text=_("Page {page} of {pages}", page=_S.page, pages=_S.pages),
        has_previous=_S.page > 1,
        has_next=_S.page < _S.pages,
        on_previous=_S.turn(_S.page - 1),
        on_next=_S.turn(_S.page + 1),
        label=_("Pages of answers"),
        class_name="mt-5",
    )


def _reply() -> rx.Component:
    return rx.el.form(
        local_draft(
            "reply-form",
            rx.cond(
                _S.thread_key != "",
                f"reply:{_S.person}:{_S.thread_key}",
                "",
            ),
            saved=_S.saved,
            ready=_S.loaded,
        ),
        rx.cond(
            _S.answering != "",
            rx.el.p(
                rx.el.span(_("To {name}", name=_S.answering_name), class_name="font-medium text-ink"),
                button(
                    _("Answer the discussion instead"),
                    size="sm",
                    variant="quiet",
                    icon="x",
                    on_click=_S.answer(""),
                ),
                class_name="flex flex-wrap items-center gap-2 text-sm",
            ),
            rx.fragment(),
        ),
        markdown_editor(
            id=_BODY,
            name="body",
            label=_("Your answer"),
            value="",
            revision=f"{_S.thread_key}:{_S.saved}",
            preview_html=_S.preview_html,
            on_change=_S.preview,
            rows=6,
            max_length=20_000,
            required=True,
            error=_S.errors["body"],
        ),
        rx.el.div(
            button(_("Send answer"), type="submit", variant="primary", icon="send"),
            class_name="flex justify-end",
        ),
        id="reply-form",
        on_submit=_S.reply,
        class_name="mt-10 flex flex-col gap-4",
    )


def _confirmations() -> rx.Component:
    is_thread = _S.removing == "thread"
    return confirm_dialog(
        id="remove-contribution",
        title=rx.cond(is_thread, _("Delete this discussion?"), _("Delete this answer?")),
        message=rx.cond(
            is_thread,
            _("It is deleted with all its answers and cannot be brought back."),
            _("It cannot be brought back."),
        ),
        confirm_label=rx.cond(is_thread, _("Delete discussion"), _("Delete answer")),
        open=_S.removing != "",
        on_close=_S.keep,
        on_confirm=_S.remove,
    )
