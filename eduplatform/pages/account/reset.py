"""Setting a new password behind a mailed link."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.layout.pending import pending
from eduplatform.components.layout.plain import (
    form_alert,
    link_not_valid,
    outcome,
    plain_frame,
    plain_heading,
)
from eduplatform.components.text import _
from eduplatform.components.ui import button, button_link, password_input
from eduplatform.pages.registry import page
from eduplatform.state.accounts import ResetState

_FORM = "new-password"


def _set() -> rx.Component:
    return rx.fragment(
        plain_heading(_("Set a new password"), _("You will be signed out everywhere else.")),
        rx.el.form(
            form_alert(ResetState.errors["form"]),
            password_input(
                name="password",
                id="password",
                label=_("New password"),
                hint=_("At least 12 characters. A few words that nobody else would put together are good."),
                new=True,
                required=True,
                error=ResetState.errors["password"],
            ),
            button(
                _("Save the new password"),
                type="submit",
                variant="primary",
                size="lg",
                full_width=True,
                loading=pending(_FORM, ResetState.tries, ResetState.errors),
            ),
            id=_FORM,
            on_submit=ResetState.save,
            class_name="flex flex-col gap-5",
        ),
    )


@page("/reset/[token]", title="Set a new password", on_load=ResetState.load, bare=True)
def reset() -> rx.Component:
    """The new password, and what became of it."""
    return plain_frame(
        rx.cond(
            ResetState.done,
            outcome(
                _("Your new password is set"),
                _("You can sign in with it now. All other sessions have ended."),
                button_link(_("Sign in"), "/login", variant="primary"),
            ),
            rx.cond(
                ResetState.link_is_valid,
                _set(),
                link_not_valid(
                    button_link(_("Ask for a new link"), "/forgot", variant="primary"),
                    button_link(_("Back to sign-in"), "/login", variant="quiet"),
                ),
            ),
        )
    )
