"""The list of members."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    button_link,
    empty_state,
    page_header,
    search_input,
    select,
    skeleton_table,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.admin.parts import ROLE_OPTIONS, person_cell, role_badges
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.people import PeopleState


@page("/admin/people", title="People", roles=(Role.ADMIN,), on_load=PeopleState.load)
def people() -> rx.Component:
    """Everybody who belongs to the organisation."""
    return rx.el.div(
        page_body(
            PeopleState,
            _filters(),
            data_table(
                [
                    Column("name", _("Name"), render=_person, sortable=True, row_header=True),
                    Column("roles", _("Roles"), render=lambda row: role_badges(row["roles"])),
                    Column("status", _("Account"), render=_account),
                    Column("last_seen", _("Last seen"), render=lambda row: row["seen"], sortable=True),
                    Column("created", _("Member since"), render=lambda row: row["joined"], sortable=True),
                ],
                PeopleState.rows,
                row_key="id",
                caption=_("People"),
                sort_by=PeopleState.sort,
                sort_dir=PeopleState.direction,
                on_sort=PeopleState.sort_by,
                paging=Paging(PeopleState.page, PeopleState.pages, PeopleState.turn, PeopleState.page_text),
                empty=_nobody(),
            ),
            skeleton=skeleton_table(rows=8),
            header=page_header(
                _("People"),
                description=_(
                    "Everybody who belongs to your organisation: what they may do, and when they were last here."
                ),
                actions=[
                    button_link(_("Import into a class"), "/admin/people/import", icon="upload"),
                    button_link(
                        _("Invite people"), "/admin/invitations", variant="primary", icon="user-plus"
                    ),
                ],
            ),
        ),
        class_name="flex flex-col gap-6",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        search_input(
            placeholder=_("Search by name or email"),
            label=_("Search people"),
            on_change=PeopleState.search,
            key=f"search-{PeopleState.resets}",
            class_name="min-w-56 flex-1",
        ),
        select(
            name="role",
            id=field_id("people-role"),
            options=ROLE_OPTIONS,
            placeholder=_("All roles"),
            value=PeopleState.role,
            on_change=PeopleState.choose_role,
            aria_label=_("Role"),
            class_name="min-w-40",
        ),
        select(
            name="status",
            id=field_id("people-status"),
            options=[("active", _("Active")), ("deactivated", _("Deactivated"))],
            placeholder=_("All accounts"),
            value=PeopleState.status,
            on_change=PeopleState.choose_status,
            aria_label=_("Account"),
            class_name="min-w-40",
        ),
        role="search",
        class_name="flex flex-wrap gap-3",
    )


def _person(row: Any) -> rx.Component:
    return person_cell(row["name"], row["email"], f"/admin/people/{row['id']}")


def _account(row: Any) -> rx.Component:
    return rx.cond(
        row["active"], badge(_("Active"), tone="success", dot=True), badge(_("Deactivated"), dot=True)
    )


def _nobody() -> rx.Component:
    return empty_state(
        _("Nobody matches"),
        description=_("Try a part of the name or of the address, or look at all accounts."),
        icon="users",
        actions=[button(_("Show everybody"), on_click=PeopleState.clear)],
    )
