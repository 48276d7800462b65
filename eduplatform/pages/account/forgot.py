"""Asking for the link that sets a new password."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.layout.pending import pending
from eduplatform.components.layout.plain import form_alert, outcome, plain_frame, plain_heading
from eduplatform.components.text import _
from eduplatform.components.ui import button, button_link, link, text_input
from eduplatform.pages.registry import page
from eduplatform.state.accounts import ResetState

_FORM = "forgot"


def _ask() -> rx.Component:
    return rx.fragment(
        plain_heading(
            _("Forgot your password?"),
            _("Tell us your e-mail address, and we send you a link to set a new one."),
        ),
        rx.el.form(
            form_alert(ResetState.errors["form"]),
            text_input(
                name="email",
                id="email",
                label=_("Email"),
                type="email",
                auto_complete="username",
                required=True,
                error=ResetState.errors["email"],
            ),
            button(
                _("Send the link"),
                type="submit",
                variant="primary",
                size="lg",
                full_width=True,
                loading=pending(_FORM, ResetState.tries, ResetState.errors),
            ),
            id=_FORM,
            on_submit=ResetState.request,
            class_name="flex flex-col gap-5",
        ),
        rx.el.p(link(_("Back to sign-in"), "/login"), class_name="text-sm"),
    )


@page("/forgot", title="Forgot your password?", on_load=ResetState.load, bare=True)
def forgot() -> rx.Component:
    """The address, and then the same answer for everybody."""
    return plain_frame(
        rx.cond(
            ResetState.sent,
            outcome(
                _("Check your mail"),
                _(
                    "If there is an account with this address, a link is on its way. It works once, for one hour. "
                    "Look into the folder for unwanted mail, too."
                ),
                button_link(_("Back to sign-in"), "/login"),
                picture="mail",
            ),
            _ask(),
        )
    )
