"""The sign-in page."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from eduplatform.components.layout.illustration import calm_picture
from eduplatform.components.layout.pending import pending
from eduplatform.components.layout.plain import form_alert, plain_frame, plain_heading
from eduplatform.components.live.session_bridge import session_bridge
from eduplatform.components.text import _
from eduplatform.components.ui import button, checkbox, described_by, field, icon, invalid, link, text_input
from eduplatform.components.ui.base import UI_SCRIPT
from eduplatform.components.ui.fields import CONTROL
from eduplatform.pages.registry import page
from eduplatform.state.accounts import SignInState

_FORM = "sign-in"
_REQUIRED = rx.Var.create(True)
"""Both fields are needed, which nobody has to be told here: no marks beside their names."""


class _RevealButton(BaseHTML):
    library = UI_SCRIPT
    tag = "RevealButton"
    _is_tag_in_global_scope = False

    target: rx.Var[str]
    show_label: rx.Var[str]
    hide_label: rx.Var[str]


def _password() -> rx.Component:
    """The kit's field, except that nothing but the field itself is called "Password" on this page."""
    return field(
        rx.el.div(
            rx.el.input(
                type="password",
                name="password",
                id="password",
                required=_REQUIRED,
                auto_complete="current-password",
                aria_invalid=invalid(SignInState.errors["password"]),
                aria_describedby=described_by("password"),
                class_name=f"{CONTROL} h-10 ps-3 pe-11 text-sm pointer-coarse:h-11",
            ),
            _RevealButton.create(
                icon("eye", class_name="in-aria-pressed:hidden"),
                icon("eye-off", class_name="hidden in-aria-pressed:block"),
                target="password",
                show_label=_("Show what is typed"),
                hide_label=_("Hide what is typed"),
                class_name=(
                    "absolute end-1 top-1/2 grid size-8 -translate-y-1/2 place-items-center rounded-md text-ink-muted "
                    "hover:bg-ink/7 hover:text-ink"
                ),
            ),
            class_name="relative",
        ),
        label=_("Password"),
        control_id="password",
        error=SignInState.errors["password"],
        action=link(_("Forgot your password?"), "/forgot", class_name="text-sm"),
    )


def _form() -> rx.Component:
    waiting = pending(_FORM, SignInState.tries, SignInState.errors)
    return rx.el.form(
        form_alert(SignInState.errors["form"]),
        text_input(
            name="email",
            id="email",
            label=_("Email"),
            type="email",
            auto_complete="username",
            required=_REQUIRED,
            error=SignInState.errors["email"],
            custom_attrs={"autoCapitalize": "none", "spellCheck": "false"},
        ),
        _password(),
        checkbox(name="remember", id="remember", label=_("Keep me signed in on this device")),
        button(
            _("Sign in"),
            type="submit",
            variant="primary",
            size="lg",
            full_width=True,
            loading=waiting | (SignInState.ticket != ""),
        ),
        id=_FORM,
        on_submit=SignInState.submit,
        class_name="flex flex-col gap-5",
    )


def _demo_hint() -> rx.Component:
    """The published accounts of a demonstration; pressing one fills the form in."""

    def fill(email: rx.Var[str]) -> rx.Component:
        return rx.el.li(
            rx.el.button(
                rx.el.span(email, class_name="truncate"),
                icon("arrow-right", class_name="text-ink-muted"),
                type="button",
                on_click=[
                    rx.set_value("email", email),
                    rx.set_value("password", SignInState.demo_password),
                    rx.set_focus("password"),
                ],
                class_name=(
                    "flex w-full items-center justify-between gap-3 rounded-md px-2.5 py-1.5 text-start text-sm text-ink "
                    "hover:bg-ink/6 pointer-coarse:py-2.5"
                ),
            )
        )

    return rx.cond(
        SignInState.demo_accounts.length() > 0,
        rx.el.details(
            rx.el.summary(
                _("Demonstration accounts"), class_name="rounded-md px-2.5 py-2 text-sm font-medium text-ink"
            ),
            rx.el.ul(rx.foreach(SignInState.demo_accounts, fill), class_name="flex flex-col"),
            rx.el.p(
                _("The password of all of them is"),
                " ",
                rx.el.code(
                    SignInState.demo_password,
                    class_name="rounded bg-ink/7 px-1.5 py-0.5 font-mono select-all",
                ),
                class_name="px-2.5 pt-1 pb-2.5 text-xs text-ink-muted",
            ),
            open=True,
            id="demo-accounts",
            class_name="rounded-xl border border-dashed border-line-strong p-1.5",
        ),
        rx.fragment(),
    )


@page("/login", title="Sign in", on_load=SignInState.load, bare=True)
def login() -> rx.Component:
    """E-mail and password."""
    return plain_frame(
        session_bridge(SignInState.ticket, SignInState.target),
        plain_heading(
            _("Sign in"),
            rx.cond(
                SignInState.tenant_name,
                _("to {tenant}", tenant=SignInState.tenant_name),
                _("Good to see you."),
            ),
        ),
        _form(),
        _demo_hint(),
        aside=calm_picture(),
    )
