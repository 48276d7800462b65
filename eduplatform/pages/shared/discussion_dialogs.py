"""What lies over a discussion: changing, reporting, hiding a contribution, and what it said before."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import button, dialog, empty_state, text_input, textarea
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.state.discussion_rows import OPENING
from eduplatform.state.discussions import DiscussionState

_S: Any = DiscussionState


def discussion_dialogs() -> rx.Component:
    """All of them, closed."""
    return rx.fragment(
        _edit(),
        reason_dialog(
            id="report-contribution",
            title=_("Report to the teachers"),
            description=_("Only the teachers of the course see that it was you."),
            label=_("What is wrong?"),
            action=_("Report"),
            open=_S.reporting != "",
            on_submit=_S.report,
            on_close=_S.keep,
            error=_S.errors["reason"],
        ),
        reason_dialog(
            id="hide-contribution",
            title=_("Hide this contribution?"),
            description=_("Students no longer see it. Its author sees it with your reason, and is told."),
            label=_("Reason, for the author"),
            action=_("Hide"),
            open=_S.hiding != "",
            on_submit=_S.hide,
            on_close=_S.keep,
            error=_S.errors["reason"],
        ),
        dialog(
            rx.cond(
                _S.revisions.length() > 0,
                rx.el.ol(
                    rx.foreach(_S.revisions, _revision), class_name="flex flex-col divide-y divide-line"
                ),
                empty_state(_("No earlier versions"), icon="clock"),
            ),
            title=_("Earlier versions"),
            id="contribution-history",
            open=_S.revisions_open,
            on_close=_S.keep,
            size="lg",
        ),
    )


def reason_dialog(
    *,
    id: str,
    title: Any,
    description: Any,
    label: Any,
    action: Any,
    open: Any,
    on_submit: Any,
    on_close: Any,
    error: Any,
) -> rx.Component:
    """Ask for a reason before something is done."""
    return dialog(
        rx.cond(
            open,
            rx.el.form(
                textarea(
                    name="reason",
                    id=field_id(f"{id}-reason"),
                    label=label,
                    rows=3,
                    max_length=300,
                    required=True,
                    error=error,
                ),
                rx.el.div(
                    button(_("Cancel"), closes=True),
                    button(action, type="submit", variant="primary"),
                    class_name="flex justify-end gap-2",
                ),
                on_submit=on_submit,
                class_name="flex flex-col gap-5",
            ),
            rx.fragment(),
        ),
        title=title,
        description=description,
        id=id,
        open=open,
        on_close=on_close,
    )


def _edit() -> rx.Component:
    return dialog(
        rx.cond(
            _S.editing != "",
            rx.el.form(
                rx.cond(
                    _S.editing == OPENING,
                    text_input(
                        name="title",
                        id=field_id("edit-title"),
                        label=_("What is it about?"),
                        default_value=_S.edit_title,
                        required=True,
                        max_length=160,
                        error=_S.errors["title"],
                    ),
                    rx.fragment(),
                ),
                markdown_editor(
                    id="edit-body",
                    name="body",
                    label=_("Text"),
                    value=_S.edit_body,
                    revision=_S.editing,
                    preview_html=_S.preview_html,
                    on_change=_S.preview,
                    rows=8,
                    max_length=20_000,
                    required=True,
                    error=_S.errors["body"],
                ),
                rx.el.p(
                    _("Others see that it was edited. You and the teachers can look at earlier versions."),
                    class_name="text-sm text-ink-muted",
                ),
                rx.el.div(
                    button(_("Cancel"), closes=True),
                    button(_("Save changes"), type="submit", variant="primary"),
                    class_name="flex justify-end gap-2",
                ),
                on_submit=_S.save_edit,
                class_name="flex flex-col gap-5",
            ),
            rx.fragment(),
        ),
        title=_("Edit"),
        id="edit-contribution",
        open=_S.editing != "",
        on_close=_S.keep,
        size="xl",
        dismissible=False,
    )


def _revision(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(_("Until {moment}", moment=one["until"]), class_name="text-xs text-ink-muted"),
        rx.cond(
            one["title"] != "", rx.el.p(one["title"], class_name="mt-1 font-semibold text-ink"), rx.fragment()
        ),
        rich_text(one["html"], class_name="prose-compact mt-2"),
        key=one["id"],
        class_name="py-4 first:pt-0",
    )
