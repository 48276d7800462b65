"""One's own password, and the browsers in which one is signed in."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.layout.pending import pending
from eduplatform.components.layout.plain import form_alert
from eduplatform.components.live.session_bridge import sign_out_button
from eduplatform.components.text import _
from eduplatform.components.ui import badge, button, card, icon, password_input, skeleton_card
from eduplatform.pages.account.settings_tabs import settings_head
from eduplatform.pages.registry import page
from eduplatform.state.accounts import SecurityState, SessionRow

_FORM = "change-password"


def _password() -> rx.Component:
    return card(
        rx.el.form(
            form_alert(SecurityState.errors["form"]),
            password_input(
                name="current",
                id="current-password",
                label=_("Current password"),
                required=True,
                error=SecurityState.errors["current"],
            ),
            password_input(
                name="password",
                id="new-password",
                label=_("New password"),
                hint=_("At least 12 characters. A few words that nobody else would put together are good."),
                new=True,
                required=True,
                error=SecurityState.errors["password"],
            ),
            rx.el.div(
                button(
                    _("Change the password"),
                    type="submit",
                    variant="primary",
                    loading=pending(_FORM, SecurityState.tries, SecurityState.errors),
                )
            ),
            # A new form after each change: nothing of the old one stays in its fields.
            key=SecurityState.changed.to_string(),
            id=_FORM,
            on_submit=SecurityState.change_password,
            class_name="flex max-w-md flex-col gap-5",
        ),
        title=_("Password"),
        description=_("Changing it ends your sessions in all other browsers."),
    )


def _session(row: rx.Var[SessionRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            icon("monitor", size="md"),
            class_name="grid size-10 shrink-0 place-items-center rounded-lg bg-ink/6 text-ink-muted",
        ),
        rx.el.div(
            rx.el.p(
                rx.el.span(row["device"], class_name="font-medium text-ink"),
                rx.cond(row["current"], badge(_("This device"), tone="success"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-x-2.5 gap-y-1",
            ),
            rx.el.p(
                _("Last seen {seen}, signed in {opened}", seen=row["seen"], opened=row["opened"]),
                class_name="text-sm text-ink-muted",
            ),
            class_name="min-w-0 flex-1 basis-48",
        ),
        rx.cond(
            row["current"],
            sign_out_button(
                _("Sign out"),
                class_name=(
                    "inline-flex h-8 items-center rounded-lg border border-line bg-raised px-3 text-sm font-medium "
                    "text-ink shadow-sm hover:border-line-strong pointer-coarse:h-10"
                ),
            ),
            button(
                _("End session"),
                size="sm",
                on_click=SecurityState.revoke(row["id"]),
                aria_label=_("End the session of {device}", device=row["device"]),
            ),
        ),
        key=row["id"],
        class_name="flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4 sm:flex-nowrap sm:px-6",
    )


def _sessions() -> rx.Component:
    return card(
        rx.el.ul(
            rx.foreach(SecurityState.sessions, _session),
            class_name="divide-y divide-line border-t border-line",
        ),
        title=_("Sessions"),
        description=_(
            "Browsers in which you are signed in. End those that you do not know, and change your password."
        ),
        flush=True,
    )


@page("/settings/security", title="Password and sessions", on_load=SecurityState.load)
def security() -> rx.Component:
    """Change the password; see and end sessions."""
    return rx.el.div(
        page_body(
            SecurityState,
            rx.el.div(_password(), _sessions(), class_name="flex flex-col gap-6"),
            skeleton=rx.el.div(skeleton_card(), skeleton_card(), class_name="flex flex-col gap-6"),
            header=settings_head("security"),
        ),
        class_name="max-w-3xl",
    )
