"""The announcements of a course, for both roles."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _
from eduplatform.components.ui import (
    button,
    card,
    checkbox,
    confirm_dialog,
    date_time_input,
    empty_state,
    icon_button,
    page_header,
    pager,
    skeleton,
    skeleton_card,
    text_input,
)
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.pages.registry import page
from eduplatform.pages.shared.announcement_parts import announcement_article
from eduplatform.pages.shared.discussions import discussion_breadcrumb, role_tabs
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.realtime.events import AnnouncementsChanged
from eduplatform.security.permissions import Role
from eduplatform.state.announcements import AnnouncementState

_S: Any = AnnouncementState
_COURSE = _S.course
_EDIT = _S.edit


@page(
    "/courses/[course_id]/announcements",
    title="Announcements",
    roles=(Role.TEACHER, Role.STUDENT),
    on_load=_S.load,
)
def course_announcements() -> rx.Component:
    """Pinned ones first, then the newest."""
    return rx.fragment(
        *(
            channel(
                channel_name(kind, subject),
                on_change=_S.refresh,
                events=[AnnouncementsChanged],
                enabled=_S.loaded & ~_S.writing,
            )
            for kind, subject in (
                ("course", _S.course["id"]),
                ("section", _S.section),
                ("staff", rx.cond(_S.teaches, _S.course["id"], "")),
            )
        ),
        page_body(
            _S,
            rx.el.div(
                page_header(
                    _("Announcements"),
                    description=rx.cond(
                        _S.teaches,
                        _("What everybody should know, now or at a time that you choose."),
                        _("What your teachers want you to know."),
                    ),
                    breadcrumb=discussion_breadcrumb(_S.teaches, _COURSE, current=_("Announcements")),
                    actions=[
                        rx.cond(
                            _S.teaches,
                            button(
                                _("New announcement"), variant="primary", icon="plus", on_click=_S.open_form
                            ),
                            rx.fragment(),
                        )
                    ],
                ),
                role_tabs(_S.teaches, _COURSE["id"], "announcements"),
                class_name="mb-8 flex flex-col gap-5",
            ),
            rx.cond(_S.writing, _form(), rx.fragment()),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ol(
                    rx.foreach(
                        _S.rows,
                        lambda row: rx.el.li(announcement_article(row, actions=_actions(row)), key=row["id"]),
                    ),
                    class_name="flex max-w-3xl flex-col gap-4",
                ),
                rx.cond(_S.writing, rx.fragment(), _nothing()),
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
            confirm_dialog(
                id="remove-announcement",
                title=_("Delete this announcement?"),
                message=_("It disappears for everybody. Those who have read it have read it."),
                confirm_label=_("Delete announcement"),
                open=_S.removing != "",
                on_close=_S.keep,
                on_confirm=_S.remove,
            ),
            skeleton=rx.el.div(
                skeleton(class_name="h-8 w-56"),
                skeleton(class_name="mt-6 h-10 w-full"),
                skeleton_card(class_name="mt-8"),
            ),
        ),
    )


def _actions(row: Any) -> rx.Component:
    return rx.cond(
        _S.teaches,
        rx.el.div(
            rx.cond(
                row["scheduled"],
                rx.fragment(),
                rx.el.span(row["readers"], class_name="me-2 text-xs text-ink-muted tabular-nums"),
            ),
            rx.cond(
                row["pinned"],
                icon_button("flag", label=_("No longer pin"), size="sm", on_click=_S.pin(row["id"], False)),
                icon_button("flag", label=_("Pin to the top"), size="sm", on_click=_S.pin(row["id"], True)),
            ),
            icon_button("pencil", label=_("Edit"), size="sm", on_click=_S.change(row["id"])),
            icon_button("trash", label=_("Delete"), size="sm", on_click=_S.ask_remove(row["id"])),
            class_name="flex items-center gap-1",
        ),
        rx.fragment(),
    )


def _form() -> rx.Component:
    errors = _S.errors
    key = rx.cond(_EDIT["id"] != "", _EDIT["id"], "new")
    return card(
        rx.el.form(
            local_draft(
                "announcement-form",
                f"announcement:{_S.person}:{_COURSE['id']}:{key}",
                saved=_S.saved,
                ready=_S.loaded,
            ),
            text_input(
                name="title",
                id=field_id("announcement-title"),
                label=_("Title"),
                default_value=_EDIT["title"],
                required=True,
                max_length=160,
                error=errors["title"],
            ),
            markdown_editor(
                id="announcement-body",
                name="body",
                label=_("Text"),
                value=_EDIT["body"],
                revision=f"{key}:{_EDIT['version']}",
                preview_html=_S.preview_html,
                on_change=_S.preview,
                rows=8,
                max_length=20_000,
                required=True,
                error=errors["body"],
            ),
            rx.el.fieldset(
                rx.el.legend(_("For"), class_name="mb-1.5 text-sm font-medium text-ink"),
                rx.el.p(
                    _("Without a choice it is for all classes of the course."),
                    class_name="mb-2 text-sm text-ink-muted",
                ),
                rx.el.div(rx.foreach(_S.sections, _section), class_name="flex flex-wrap gap-x-6 gap-y-2.5"),
                class_name="border-0 p-0",
            ),
            rx.cond(
                _EDIT["told"],
                rx.el.p(
                    _(
                        "It has been announced already; a change is seen by everybody, but nobody is told again."
                    ),
                    class_name="text-sm text-ink-muted",
                ),
                date_time_input(
                    name="publish_at",
                    label=_("Announce at"),
                    hint=_("Leave it empty to announce it now."),
                    zone=_S.zone,
                    default_value=_EDIT["publish_at"],
                    error=errors["publish_at"],
                    field_class="max-w-md",
                ),
            ),
            checkbox(
                name="pinned",
                label=_("Pin to the top"),
                hint=_("It stays above newer ones until you unpin it."),
                default_checked=_EDIT["pinned"],
            ),
            rx.el.div(
                button(_("Cancel"), variant="quiet", on_click=_S.close_form),
                button(
                    rx.cond(_EDIT["id"] != "", _("Save changes"), _("Announce")),
                    type="submit",
                    variant="primary",
                    icon="send",
                ),
                class_name="flex justify-end gap-2",
            ),
            id="announcement-form",
            key=f"{key}:{_EDIT['version']}",
            on_submit=_S.save,
            class_name="flex flex-col gap-5",
        ),
        title=rx.cond(_EDIT["id"] != "", _("Edit announcement"), _("New announcement")),
        class_name="mb-6 max-w-3xl",
    )


def _section(one: Any) -> rx.Component:
    return checkbox(
        name=f"section-{one['value']}",
        id=f"section-{one['value']}",
        label=one["label"],
        checked=_S.chosen.contains(one["value"]),
        on_change=lambda on: _S.choose_section(one["value"], on),
        form="announcement-classes",  # of no form: what is ticked is kept by the state
    )


def _nothing() -> rx.Component:
    return rx.cond(
        _S.teaches,
        empty_state(
            _("No announcements yet"),
            description=_("Tell your classes what is coming: a test, a trip, a change of room."),
            icon="bell",
            actions=[button(_("Write the first one"), variant="primary", icon="plus", on_click=_S.open_form)],
        ),
        empty_state(
            _("No announcements yet"),
            description=_("When your teacher announces something, it appears here."),
            icon="bell",
        ),
    )
