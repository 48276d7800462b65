"""The organisation's rules for direct messages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    card,
    checkbox,
    confirm_dialog,
    icon,
    page_header,
    radio_group,
    skeleton_card,
)
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.messages import MessageRulesState

_S: Any = MessageRulesState


@page("/admin/messages", title="Messages", roles=[Role.ADMIN], on_load=_S.load)
def message_rules() -> rx.Component:
    """Who may write to whom beyond lessons, and who reads along."""
    return rx.el.div(
        page_body(
            _S,
            card(
                rx.el.form(
                    radio_group(
                        name="classmates",
                        label=_("Students may write to classmates"),
                        options=[
                            ("never", _("Nowhere")),
                            (
                                "teacher",
                                _("Where a teacher of the course allows it"),
                                _(
                                    "Teachers find the switch with the reported contributions of their course."
                                ),
                            ),
                            ("always", _("In all their classes")),
                        ],
                        default_value=_S.classmates,
                        id="classmates",
                    ),
                    checkbox(
                        name="guardians_see",
                        label=_("Verified guardians read along when a student writes with an adult"),
                        hint=_(
                            "Everybody in such a conversation is told. What classmates write to each other is not shown."
                        ),
                        default_checked=_S.guardians_see,
                    ),
                    rx.el.div(
                        button(_("Save"), type="submit", variant="primary"), class_name="flex justify-end"
                    ),
                    on_submit=_S.save,
                    class_name="flex flex-col gap-6",
                ),
                title=_("Rules for direct messages"),
                description=_("They hold at once, also for what was written before."),
            ),
            rx.cond(_S.waiting > 0, _reports(), rx.fragment()),
            confirm_dialog(
                id="remove-message",
                title=_("Remove this message?"),
                message=_(
                    "Its words disappear for both, and its author is told. They stay in this report only."
                ),
                confirm_label=_("Remove message"),
                open=_S.removing != "",
                on_close=_S.ask_remove(""),
                on_confirm=_S.remove,
            ),
            skeleton=skeleton_card(),
            header=page_header(
                _("Messages"),
                description=_(
                    "Teachers, their students and the families of those can always write to each other. The rest you decide here."
                ),
            ),
        ),
        class_name="flex max-w-3xl flex-col gap-6",
    )


def _reports() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            _("Reported messages"), " ", badge(_S.waiting), class_name="text-base font-semibold text-ink"
        ),
        rx.el.ol(rx.foreach(_S.reports, _report), class_name="mt-4 flex flex-col gap-4"),
        class_name="mt-8",
        id="reported-messages",
    )


def _report(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            icon("flag", class_name="text-warning"),
            rx.el.span(
                _("{name} reported: {reason}", name=row["reporter"], reason=row["reason"]),
                class_name="min-w-0 flex-1 break-words",
            ),
            rx.el.span(row["when"], class_name="text-xs text-ink-muted"),
            class_name="flex flex-wrap items-center gap-2 text-sm font-medium text-ink",
        ),
        rx.el.div(
            rx.el.p(
                _("{author} to {reader}", author=row["author"], reader=row["reader"]),
                class_name="text-sm font-semibold text-ink",
            ),
            rich_text(row["html"], class_name="prose-compact mt-2 text-[0.9375rem]"),
            class_name="mt-3 rounded-lg bg-sunken p-4",
        ),
        rx.el.div(
            button(_("It is all right"), size="sm", icon="check", on_click=_S.keep(row["id"])),
            button(_("Remove …"), size="sm", icon="trash", on_click=_S.ask_remove(row["id"])),
            class_name="mt-3 flex flex-wrap justify-end gap-2",
        ),
        key=row["id"],
        class_name="rounded-xl border border-line bg-surface p-5 shadow-sm",
    )
