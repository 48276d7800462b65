"""One discussion with its answers, for both roles."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    avatar,
    badge,
    button,
    confirm_dialog,
    icon_button,
    page_header,
    pager,
    skeleton,
    skeleton_card,
)
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.pages.shared.discussions import discussion_breadcrumb
from eduplatform.security.permissions import Role
from eduplatform.state.discussions import DiscussionState

_S: Any = DiscussionState

REFRESH_SECONDS = 5

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
        beacon(_S.refresh, every=REFRESH_SECONDS, enabled=_S.loaded),
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
                ),
                rx.el.div(_post(_S.opening, opening=True), class_name="mt-6"),
                rx.el.h2(
                    _n("{count} answer", "{count} answers", count=_S.answers),
                    class_name="mt-10 mb-4 text-base font-semibold text-ink",
                ),
                rx.el.ol(
                    rx.foreach(_S.posts, lambda one: rx.el.li(_post(one), key=one["id"])),
                    class_name="flex flex-col gap-4 empty:hidden",
                ),
                rx.cond(_S.pages > 1, _pager(), rx.fragment()),
                _reply(),
                class_name="max-w-3xl",
            ),
            _confirmations(),
            skeleton=rx.el.div(
                skeleton(class_name="h-4 w-64"),
                skeleton(class_name="mt-4 h-8 w-96 max-w-full"),
                skeleton_card(class_name="mt-6"),
                class_name="max-w-3xl",
            ),
        ),
    )


def _post(post: Any, *, opening: bool = False) -> rx.Component:
    remove = _S.ask_remove("thread" if opening else post["id"])
    label = _("Delete this discussion") if opening else _("Delete this answer")
    return rx.el.article(
        rx.el.header(
            avatar(post["author"], size="sm"),
            rx.el.div(
                rx.el.p(
                    rx.el.span(post["author"], class_name="text-sm font-semibold text-ink"),
                    rx.cond(post["teacher"], badge(_("Teacher"), tone="accent"), rx.fragment()),
                    class_name="flex flex-wrap items-center gap-2",
                ),
                rx.el.p(post["when"], title=post["moment"], class_name="text-xs text-ink-muted"),
                class_name="min-w-0 flex-1",
            ),
            rx.cond(
                post["deletable"],
                icon_button("trash", label=label, size="sm", on_click=remove),
                rx.fragment(),
            ),
            class_name="flex items-center gap-3",
        ),
        rich_text(post["html"], class_name="prose-compact mt-3 text-[0.9375rem]"),
        class_name=[
            "rounded-xl border bg-surface p-5 shadow-sm",
            rx.cond(post["teacher"], "border-accent/50", "border-line"),
        ],
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
