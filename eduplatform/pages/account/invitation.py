"""Joining an organisation by a mailed link."""

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
from eduplatform.components.live.session_bridge import session_bridge
from eduplatform.components.text import _
from eduplatform.components.ui import (
    button,
    button_link,
    error_state,
    password_input,
    skeleton,
    skeleton_text,
    text_input,
)
from eduplatform.pages.registry import page
from eduplatform.state.accounts import InvitationState

_FORM = "accept-invitation"


def _names() -> rx.Component:
    return rx.el.div(
        text_input(
            name="given_name",
            id="given-name",
            label=_("Given name"),
            default_value=InvitationState.given_name,
            auto_complete="given-name",
            required=True,
            error=InvitationState.errors["given_name"],
        ),
        text_input(
            name="family_name",
            id="family-name",
            label=_("Family name"),
            default_value=InvitationState.family_name,
            auto_complete="family-name",
            required=True,
            error=InvitationState.errors["family_name"],
        ),
        class_name="grid gap-5 sm:grid-cols-2",
    )


def _password() -> rx.Component:
    return rx.cond(
        InvitationState.known,
        password_input(
            name="password",
            id="password",
            label=_("Your password"),
            hint=_("You have an account with this address already. Its password stays the same."),
            required=True,
            error=InvitationState.errors["password"],
        ),
        password_input(
            name="password",
            id="password",
            label=_("Choose a password"),
            hint=_("At least 12 characters. A few words that nobody else would put together are good."),
            new=True,
            required=True,
            error=InvitationState.errors["password"],
        ),
    )


def _join() -> rx.Component:
    waiting = pending(_FORM, InvitationState.tries, InvitationState.errors)
    return rx.fragment(
        plain_heading(
            _("Welcome to {tenant}", tenant=InvitationState.tenant_name),
            _("You are invited as {email}.", email=InvitationState.email),
        ),
        rx.el.form(
            form_alert(InvitationState.errors["form"]),
            # Password managers look for the account's name beside the password.
            rx.el.input(
                type="email",
                value=InvitationState.email,
                auto_complete="username",
                read_only=True,
                tab_index=-1,
                aria_hidden="true",
                class_name="sr-only",
            ),
            _names(),
            _password(),
            button(
                _("Accept and sign in"),
                type="submit",
                variant="primary",
                size="lg",
                full_width=True,
                loading=waiting | (InvitationState.ticket != ""),
            ),
            id=_FORM,
            on_submit=InvitationState.accept,
            class_name="flex flex-col gap-5",
        ),
    )


def _waiting() -> rx.Component:
    return rx.el.div(skeleton(class_name="h-9 w-64 max-w-full"), skeleton_text(lines=4, class_name="mt-6"))


@page("/invitation/[token]", title="Your invitation", on_load=InvitationState.load, bare=True)
def invitation() -> rx.Component:
    """Names and password, and then the way in."""
    return plain_frame(
        session_bridge(InvitationState.ticket),
        rx.cond(
            InvitationState.failure != "",
            error_state(reference=InvitationState.reference, on_retry=InvitationState.load),
            rx.cond(
                ~InvitationState.loaded,
                _waiting(),
                rx.cond(
                    InvitationState.accepted,
                    outcome(
                        _("Welcome to {tenant}", tenant=InvitationState.tenant_name),
                        _("Your account is ready."),
                        button_link(_("Sign in"), "/login", variant="primary"),
                    ),
                    rx.cond(
                        InvitationState.link_is_valid,
                        _join(),
                        link_not_valid(button_link(_("Go to sign-in"), "/login", variant="primary")),
                    ),
                ),
            ),
        ),
    )
