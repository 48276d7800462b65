"""The sign-in page."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.live.session_bridge import session_bridge
from eduplatform.components.text import _
from eduplatform.components.ui import button, password_input, text_input
from eduplatform.pages.registry import page
from eduplatform.state.accounts import SignInState


@page("/login", title="Sign in", on_load=SignInState.load, bare=True)
def login() -> rx.Component:
    """E-mail and password."""
    return rx.el.main(
        session_bridge(SignInState.ticket, SignInState.target),
        rx.el.h1(_("Sign in")),
        rx.el.form(
            text_input(name="email", id="email", label=_("Email"), type="email", required=True, error=SignInState.errors["email"]),
            password_input(name="password", id="password", label=_("Password"), required=True, error=SignInState.errors["password"]),
            button(_("Sign in"), type="submit", variant="primary"),
            rx.el.p(SignInState.errors["form"]),
            on_submit=SignInState.submit,
        ),
    )
