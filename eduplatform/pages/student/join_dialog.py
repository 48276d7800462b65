"""The dialog in which a student types the code of a class."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import button, dialog, text_input
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.state.learning import JoinState

_S: Any = JoinState


def join_button(label: Any = None, **props: Any) -> rx.Component:
    """Opens the dialog."""
    return button(
        label if label is not None else _("Join with a code"), icon="log-in", on_click=_S.open, **props
    )


def join_dialog() -> rx.Component:
    """The dialog itself; once per page."""
    return dialog(
        rx.cond(
            _S.joining,
            rx.el.form(
                text_input(
                    name="code",
                    id=field_id("join-code"),
                    label=_("Code"),
                    hint=_("Eight letters and digits, capitals or not."),
                    placeholder=_("For example ABCD-2345"),
                    required=True,
                    max_length=40,
                    auto_complete="off",
                    auto_capitalize="characters",
                    spell_check=False,
                    error=_S.errors["code"],
                    class_name="font-mono text-lg tracking-widest uppercase placeholder:normal-case",
                ),
                id="join-form",
                on_submit=_S.join,
            ),
            rx.fragment(),
        ),
        title=_("Join a class"),
        description=_("Your teacher has given you a code. Type it here once."),
        id="join",
        open=_S.joining,
        on_close=_S.close,
        size="sm",
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Join"), type="submit", variant="primary", form="join-form"),
        ],
    )
