"""The organisation's rules for direct messages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import button, card, checkbox, page_header, radio_group, skeleton_card
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.messages import MessageRulesState

_S: Any = MessageRulesState


@page("/admin/messages", title="Messages", roles=[Role.ADMIN], on_load=_S.load)
def message_rules() -> rx.Component:
    """Who may write to whom beyond lessons, and who reads along."""
    return rx.el.div(
        page_header(
            _("Messages"),
            description=_(
                "Teachers, their students and the families of those can always write to each other. The rest you decide here."
            ),
        ),
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
            skeleton=skeleton_card(),
        ),
        class_name="flex max-w-3xl flex-col gap-6",
    )
