"""The choice between organisations, for people who belong to several."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.layout.navigation import role_name
from eduplatform.components.layout.plain import form_alert, plain_frame, plain_heading
from eduplatform.components.live.session_bridge import session_bridge, sign_out_button
from eduplatform.components.text import _
from eduplatform.components.ui import avatar, badge, button_link, empty_state, error_state, icon, skeleton
from eduplatform.pages.registry import page
from eduplatform.state.accounts import ChooseState, MembershipRow
from eduplatform.state.shell import ShellState

_ROW = (
    "flex w-full items-center gap-4 rounded-xl border border-line bg-surface p-4 text-start shadow-sm "
    "transition-colors duration-150 hover:border-accent hover:bg-accent-soft/40 disabled:opacity-60"
)


def _membership(row: rx.Var[MembershipRow]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            avatar(row["name"]),
            rx.el.span(
                rx.el.span(row["name"], class_name="block truncate font-medium text-ink"),
                rx.el.span(
                    rx.foreach(row["roles"], role_name),
                    class_name="flex flex-wrap gap-x-2 text-sm text-ink-muted",
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.cond(row["current"], badge(_("You are here"), tone="accent"), rx.fragment()),
            icon("chevron-right", class_name="text-ink-muted"),
            type="button",
            disabled=ChooseState.ticket != "",
            on_click=ChooseState.choose(row["tenant_id"]),
            class_name=_ROW,
        ),
        key=row["tenant_id"],
    )


def _operations() -> rx.Component:
    return rx.cond(
        ShellState.main_role == "operator",
        button_link(_("Go to operations"), "/operator", icon="server"),
        rx.fragment(),
    )


def _list() -> rx.Component:
    return rx.cond(
        ChooseState.memberships.length() > 0,
        rx.el.ul(
            rx.foreach(ChooseState.memberships, _membership),
            aria_label=_("Your organisations"),
            class_name="flex flex-col gap-3",
        ),
        empty_state(
            _("You do not belong to an organisation"),
            description=_("Ask the person who invited you to send a new invitation."),
            icon="building",
        ),
    )


@page("/choose", title="Choose an organisation", on_load=ChooseState.load, bare=True)
def choose() -> rx.Component:
    """One button per organisation."""
    waiting = rx.el.div(
        skeleton(class_name="h-18 w-full rounded-xl!"), skeleton(class_name="mt-3 h-18 w-full rounded-xl!")
    )
    return plain_frame(
        session_bridge(ChooseState.ticket, ChooseState.target),
        plain_heading(
            _("Where do you want to go?"), _("You can switch at any time from the menu of your account.")
        ),
        form_alert(ChooseState.errors["form"]),
        rx.cond(
            ChooseState.failure != "",
            error_state(reference=ChooseState.reference, on_retry=ChooseState.load),
            rx.cond(ChooseState.loaded, _list(), waiting),
        ),
        rx.el.div(
            _operations(),
            sign_out_button(
                _("Sign out"),
                class_name="rounded-sm text-sm font-medium text-accent underline underline-offset-3",
            ),
            class_name="flex flex-wrap items-center gap-4",
        ),
    )
