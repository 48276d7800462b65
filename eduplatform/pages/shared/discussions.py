"""The discussions of a course, for both roles."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs, learn_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    avatar,
    badge,
    breadcrumb,
    button,
    button_link,
    card,
    empty_state,
    icon,
    link,
    page_header,
    pager,
    skeleton,
    skeleton_table,
    text_input,
)
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.realtime.events import DiscussionChanged
from eduplatform.security.permissions import Role
from eduplatform.state.discussions import DiscussionListState

_S: Any = DiscussionListState


_COURSE = _S.course


@page(
    "/courses/[course_id]/discussions",
    title="Discussions",
    roles=(Role.TEACHER, Role.STUDENT),
    on_load=_S.load,
)
def discussions() -> rx.Component:
    """All discussions of the course, the liveliest first."""
    return rx.fragment(
        channel(
            channel_name("course", _S.course["id"]),
            on_change=_S.refresh,
            events=[DiscussionChanged],
            enabled=_S.loaded,
        ),
        page_body(
            _S,
            rx.el.div(
                page_header(
                    _("Discussions"),
                    description=_("Ask, answer, and see what others wonder about."),
                    breadcrumb=discussion_breadcrumb(_S.teaches, _COURSE, current=_("Discussions")),
                    actions=[
                        rx.cond(
                            _S.teaches,
                            button_link(
                                _("Reported"), f"/teach/courses/{_COURSE['id']}/moderation", icon="flag"
                            ),
                            rx.fragment(),
                        ),
                        button(
                            _("New discussion"),
                            variant="primary",
                            icon="plus",
                            on_click=_S.open_form,
                        ),
                    ],
                ),
                role_tabs(_S.teaches, _COURSE["id"]),
                class_name="mb-8 flex flex-col gap-5",
            ),
            rx.cond(_S.writing, _new_thread(), rx.fragment()),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.div(
                    rx.el.ul(rx.foreach(_S.rows, _row), class_name="divide-y divide-line"),
                    class_name="overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
                ),
                rx.cond(_S.writing, rx.fragment(), _nothing()),
            ),
            rx.cond(
                _S.pages > 1,
                pager(
                    page_text=_(
                        "Page {page} of {pages}",
                        page=_S.page,
                        pages=_S.pages,
                    ),
                    has_previous=_S.page > 1,
                    has_next=_S.page < _S.pages,
                    on_previous=_S.turn(_S.page - 1),
                    on_next=_S.turn(_S.page + 1),
                    class_name="mt-5",
                ),
                rx.fragment(),
            ),
            skeleton=rx.el.div(
                skeleton(class_name="h-8 w-56"),
                skeleton(class_name="mt-6 h-10 w-full"),
                skeleton_table(rows=5, class_name="mt-8"),
            ),
        ),
    )


def discussion_breadcrumb(
    teaches: Any, course: Any, *, current: Any, list_link: bool = False
) -> rx.Component:
    """The way from the person's courses to here."""

    def way(root: str) -> rx.Component:
        above = [(_("Courses"), root), (course["title"], f"{root}/{course['id']}")]
        if list_link:
            above.append((_("Discussions"), f"/courses/{course['id']}/discussions"))
        return breadcrumb(*above, current=current)

    return rx.cond(teaches, way("/teach/courses"), way("/learn/courses"))


def role_tabs(teaches: Any, course_id: Any, current: str = "discussions") -> rx.Component:
    """The other pages of the course, as the person knows them."""
    return rx.cond(teaches, course_tabs(course_id, current), learn_tabs(course_id, current))


def _new_thread() -> rx.Component:
    errors = _S.errors
    return card(
        rx.el.form(
            local_draft(
                "thread-form",
                f"thread:{_S.person}:{_COURSE['id']}",
                saved=_S.saved,
                ready=_S.loaded,
            ),
            text_input(
                name="title",
                id=field_id("thread-title"),
                label=_("What is it about?"),
                required=True,
                max_length=160,
                error=errors["title"],
            ),
            markdown_editor(
                id="thread-body",
                name="body",
                label=_("Your question or thought"),
                preview_html=_S.preview_html,
                on_change=_S.preview,
                rows=8,
                max_length=20_000,
                required=True,
                error=errors["body"],
            ),
            rx.el.div(
                button(_("Cancel"), variant="quiet", on_click=_S.close_form),
                button(_("Start discussion"), type="submit", variant="primary", icon="send"),
                class_name="flex justify-end gap-2",
            ),
            id="thread-form",
            on_submit=_S.create,
            class_name="flex flex-col gap-5",
        ),
        title=_("New discussion"),
        class_name="mb-6",
    )


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        avatar(row["author"], size="sm", class_name="mt-0.5"),
        rx.el.div(
            link(
                row["title"],
                f"/courses/{_COURSE['id']}/discussions/{row['id']}",
                plain=True,
                class_name="text-sm font-semibold after:absolute after:inset-0",
            ),
            rx.el.p(
                row["author"],
                rx.cond(row["teacher"], badge(_("Teacher"), tone="accent"), rx.fragment()),
                rx.el.span("·", aria_hidden="true"),
                row["active"],
                rx.cond(
                    row["solved"], badge(_("Solved"), tone="success", icon="circle-check"), rx.fragment()
                ),
                rx.cond(row["locked"], badge(_("Closed"), icon="lock"), rx.fragment()),
                rx.cond(row["hidden"], badge(_("Hidden"), tone="warning", icon="eye-off"), rx.fragment()),
                class_name="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(
            icon("message-square"),
            _n("{count} answer", "{count} answers", count=row["answers"]),
            class_name="inline-flex shrink-0 items-center gap-1.5 text-sm text-ink-muted tabular-nums",
        ),
        key=row["id"],
        class_name="relative flex items-start gap-3.5 px-5 py-4 hover:bg-sunken/60",
    )


def _nothing() -> rx.Component:
    return empty_state(
        _("No discussions yet"),
        description=_("Begin one: a question about a lesson, or something that the class should talk about."),
        icon="message-square",
        actions=[
            button(
                _("Start the first one"),
                variant="primary",
                icon="plus",
                on_click=_S.open_form,
            )
        ],
    )
