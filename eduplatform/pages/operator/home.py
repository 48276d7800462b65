"""All organisations of the installation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.layout.pending import pending
from eduplatform.components.layout.plain import form_alert
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    confirm_dialog,
    dialog,
    empty_state,
    page_header,
    search_input,
    select,
    skeleton_table,
    text_input,
)
from eduplatform.components.ui.combobox import combobox
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.i18n.languages import LOCALES
from eduplatform.pages.admin.parts import time_zone_options
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.operator import OperatorState

_ERRORS = OperatorState.errors
_CREATE, _SUSPEND = "create-tenant", "suspend-tenant"
_KINDS: list[tuple[str, rx.Var[str]]] = [
    ("school", _("School")),
    ("company", _("Company")),
    ("tutor", _("Tutor")),
]
_REASONS: list[tuple[str, rx.Var[str]]] = [
    ("payment", _("Payment is missing")),
    ("abuse", _("Abuse")),
    ("security", _("Security")),
    ("request", _("The organisation asked for it")),
    ("other", _("Another reason")),
]


@page("/operator", title="Tenants", roles=(Role.OPERATOR,), on_load=OperatorState.load)
def tenants() -> rx.Component:
    """See, make, suspend and reactivate organisations."""
    return rx.el.div(
        page_body(
            OperatorState,
            _filters(),
            data_table(
                [
                    Column("name", _("Name"), render=_name, sortable=True, row_header=True),
                    Column("kind", _("Kind"), render=_kind, sortable=True),
                    Column("status", _("State"), render=_status, sortable=True),
                    Column("people", _("People"), align="end"),
                    Column("active", _("Active, 7 days"), align="end"),
                    Column("created", _("Created"), sortable=True),
                ],
                OperatorState.rows,
                row_key="id",
                caption=_("Tenants"),
                sort_by=OperatorState.sort,
                sort_dir=OperatorState.direction,
                on_sort=OperatorState.sort_by,
                row_actions=_actions,
                paging=Paging(
                    OperatorState.page, OperatorState.pages, OperatorState.turn, OperatorState.page_text
                ),
                empty=_nothing(),
            ),
            _create_dialog(),
            _suspend_dialog(),
            confirm_dialog(
                id="reactivate-tenant",
                title=_("Reactivate {name}?", name=OperatorState.target_name),
                message=_("Its people can sign in and work again at once."),
                confirm_label=_("Reactivate"),
                on_confirm=OperatorState.reactivate,
                open=OperatorState.reactivating,
                on_close=OperatorState.close,
                danger=False,
            ),
            skeleton=skeleton_table(rows=6),
            header=page_header(
                _("Tenants"),
                description=_(
                    "All organisations of this installation. Each look at the counts is written to the platform’s audit trail."
                ),
                actions=[
                    button(
                        _("New tenant"), variant="primary", icon="plus", on_click=OperatorState.open_create
                    )
                ],
            ),
        ),
        class_name="flex flex-col gap-6",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        search_input(
            label=_("Search tenants"),
            placeholder=_("Search by name or address"),
            on_change=OperatorState.search,
            class_name="min-w-56 flex-1",
        ),
        select(
            name="status",
            id=field_id("tenants-status"),
            options=[("active", _("Active")), ("suspended", _("Suspended")), ("closed", _("Closed"))],
            placeholder=_("All states"),
            value=OperatorState.status,
            on_change=OperatorState.choose_status,
            aria_label=_("State"),
            class_name="min-w-40",
        ),
        role="search",
        class_name="flex flex-wrap gap-3",
    )


def _name(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(row["name"], class_name="truncate"),
        rx.el.code(row["slug"], class_name="font-mono text-xs font-normal text-ink-muted"),
        class_name="min-w-0",
    )


def _kind(row: Any) -> rx.Component:
    return rx.match(row["kind"], *((key, rx.el.span(name)) for key, name in _KINDS), rx.el.span(row["kind"]))


def _status(row: Any) -> rx.Component:
    suspended = rx.el.div(
        badge(_("Suspended"), tone="warning", dot=True),
        rx.el.p(
            rx.match(
                row["reason"], *((key, rx.el.span(name)) for key, name in _REASONS), rx.el.span(row["reason"])
            ),
            rx.cond(row["note"] != "", rx.el.span(": ", row["note"]), rx.fragment()),
            class_name="mt-1 max-w-56 text-xs text-ink-muted",
        ),
    )
    return rx.match(
        row["status"],
        ("active", badge(_("Active"), tone="success", dot=True)),
        ("suspended", suspended),
        badge(_("Closed"), dot=True),
    )


def _actions(row: Any) -> rx.Component:
    return rx.match(
        row["status"],
        (
            "active",
            button(
                _("Suspend"),
                size="sm",
                on_click=OperatorState.ask_suspend(row["id"]),
                aria_label=_("Suspend {name}", name=row["name"]),
            ),
        ),
        (
            "suspended",
            button(
                _("Reactivate"),
                size="sm",
                on_click=OperatorState.ask_reactivate(row["id"]),
                aria_label=_("Reactivate {name}", name=row["name"]),
            ),
        ),
        rx.fragment(),
    )


def _create_dialog() -> rx.Component:
    form = rx.el.form(
        form_alert(_ERRORS["form"]),
        text_input(
            name="name", id=field_id("tenant-name"), label=_("Name"), required=True, error=_ERRORS["name"]
        ),
        text_input(
            name="slug",
            id=field_id("tenant-slug"),
            label=_("Address name"),
            hint=_(
                "3 to 40 small letters, digits and hyphens; it stands in addresses and cannot be changed."
            ),
            required=True,
            auto_complete="off",
            error=_ERRORS["slug"],
        ),
        rx.el.div(
            select(
                name="kind",
                id=field_id("tenant-kind"),
                label=_("Kind"),
                options=_KINDS,
                error=_ERRORS["kind"],
            ),
            select(
                name="locale",
                id=field_id("tenant-locale"),
                label=_("Language"),
                options=list(LOCALES.items()),
                error=_ERRORS["locale"],
            ),
            class_name="grid items-start gap-5 sm:grid-cols-2",
        ),
        combobox(
            id="tenant-zone",
            name="timezone",
            label=_("Time zone"),
            options=time_zone_options(),
            value="UTC",
            required=True,
            clearable=False,
            error=_ERRORS["timezone"],
        ),
        rx.el.fieldset(
            rx.el.legend(
                _("First administrator"),
                class_name="mb-4 w-full border-t border-line pt-5 text-sm font-semibold text-ink",
            ),
            text_input(
                name="admin_email",
                id=field_id("tenant-admin-email"),
                label=_("Email"),
                hint=_("Gets an invitation by mail."),
                type="email",
                required=True,
                error=_ERRORS["admin_email"],
            ),
            rx.el.div(
                text_input(
                    name="admin_given_name",
                    id=field_id("tenant-admin-given"),
                    label=_("Given name"),
                    optional=True,
                    error=_ERRORS["admin_given_name"],
                ),
                text_input(
                    name="admin_family_name",
                    id=field_id("tenant-admin-family"),
                    label=_("Family name"),
                    optional=True,
                    error=_ERRORS["admin_family_name"],
                ),
                class_name="grid items-start gap-5 sm:grid-cols-2",
            ),
            class_name="flex min-w-0 flex-col gap-5 border-0 p-0",
        ),
        key=f"create-{OperatorState.opened}",
        id=_CREATE,
        on_submit=OperatorState.create,
        class_name="flex flex-col gap-5",
    )
    return dialog(
        rx.cond(OperatorState.creating, form, rx.fragment()),
        title=_("New tenant"),
        id="create-tenant-dialog",
        open=OperatorState.creating,
        on_close=OperatorState.close,
        footer=[
            button(_("Cancel"), closes=True),
            button(
                _("Create and invite"),
                type="submit",
                variant="primary",
                form=_CREATE,
                loading=pending(_CREATE, OperatorState.tries, _ERRORS),
            ),
        ],
    )


def _suspend_dialog() -> rx.Component:
    form = rx.el.form(
        form_alert(_ERRORS["form"]),
        rx.el.p(
            _(
                "Everybody is signed out at once and nobody can sign in until you reactivate it. Nothing is deleted."
            ),
            class_name="leading-relaxed text-ink-muted",
        ),
        select(
            name="reason",
            id=field_id("suspend-reason"),
            label=_("Reason"),
            options=_REASONS,
            placeholder=_("Choose a reason"),
            required=True,
            error=_ERRORS["reason"],
        ),
        text_input(
            name="note",
            id=field_id("suspend-note"),
            label=_("Note"),
            hint=_("Seen by operators only."),
            optional=True,
            max_length=300,
            error=_ERRORS["note"],
        ),
        key=f"suspend-{OperatorState.opened}",
        id=_SUSPEND,
        on_submit=OperatorState.suspend,
        class_name="flex flex-col gap-5",
    )
    return dialog(
        rx.cond(OperatorState.suspending, form, rx.fragment()),
        title=_("Suspend {name}?", name=OperatorState.target_name),
        id="suspend-tenant-dialog",
        size="sm",
        open=OperatorState.suspending,
        on_close=OperatorState.close,
        footer=[
            button(_("Cancel"), closes=True),
            button(
                _("Suspend tenant"),
                type="submit",
                variant="danger",
                form=_SUSPEND,
                loading=pending(_SUSPEND, OperatorState.tries, _ERRORS),
            ),
        ],
    )


def _nothing() -> rx.Component:
    return empty_state(
        _("No tenant matches"),
        description=_("Look for a part of the name, or make the first tenant."),
        icon="building",
    )
