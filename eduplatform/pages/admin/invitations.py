"""Inviting people, and what became of invitations."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.layout.pending import pending
from eduplatform.components.layout.plain import form_alert
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    callout,
    card,
    empty_state,
    icon_button,
    page_header,
    section_header,
    select,
    skeleton_card,
    skeleton_table,
    tabs,
    text_input,
    textarea,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.admin.parts import role_badges, role_boxes
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.invitations import InvitationsState
from eduplatform.state.shell import ShellState

_ERRORS = InvitationsState.errors
_EXAMPLE = "ada@example.org, Ada, Lovelace, teacher\nalan@example.org, Alan, Turing, student"
_ONE, _MANY = "invite-one", "invite-many"


@page("/admin/invitations", title="Invitations", roles=(Role.ADMIN,), on_load=InvitationsState.load)
def invitations() -> rx.Component:
    """Invite one person or many; follow up."""
    return rx.el.div(
        page_body(
            InvitationsState,
            card(
                tabs(
                    ("one", _("One person"), _one()),
                    ("many", _("Several people"), _many()),
                    id="invite",
                    label=_("How many people to invite"),
                )
            ),
            _list(),
            skeleton=rx.el.div(skeleton_card(), skeleton_table(), class_name="flex flex-col gap-6"),
            header=page_header(
                _("Invitations"),
                description=_("People join by a mailed link, which works once and for 14 days."),
            ),
        ),
        class_name="flex flex-col gap-6",
    )


def _one() -> rx.Component:
    return rx.el.form(
        form_alert(_ERRORS["form"]),
        text_input(
            name="email",
            id=field_id("invite-email"),
            label=_("Email"),
            type="email",
            required=True,
            error=_ERRORS["email"],
        ),
        rx.el.div(
            text_input(
                name="given_name",
                id=field_id("invite-given"),
                label=_("Given name"),
                optional=True,
                error=_ERRORS["given_name"],
            ),
            text_input(
                name="family_name",
                id=field_id("invite-family"),
                label=_("Family name"),
                optional=True,
                error=_ERRORS["family_name"],
            ),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        role_boxes("one", error=_ERRORS["roles"]),
        rx.el.div(
            button(
                _("Send invitation"),
                type="submit",
                variant="primary",
                icon="send",
                loading=pending(_ONE, InvitationsState.tries, _ERRORS),
            )
        ),
        key=f"one-{InvitationsState.sent}",
        id=_ONE,
        on_submit=InvitationsState.send,
        class_name="flex max-w-2xl flex-col gap-5",
    )


def _many() -> rx.Component:
    return rx.el.form(
        local_draft(
            _MANY,
            f"invitations:{ShellState.person}",
            saved=InvitationsState.sent_lines,
            ready=ShellState.signed_in,
        ),
        _problems(),
        textarea(
            name="lines",
            id=field_id("invite-lines"),
            label=_("One person per line"),
            hint=_(
                "E-mail, given name, family name, roles; with commas, semicolons or tabs between them, as a spreadsheet copies them. Only the e-mail is needed."
            ),
            placeholder=_EXAMPLE,
            rows=8,
            required=True,
            error=_ERRORS["lines"],
            spell_check=False,
            class_name="font-mono",
        ),
        role_boxes("many", error=_ERRORS["roles"]),
        rx.el.p(
            _(
                "These roles are for lines that name none. At most 200 people at once; nothing is sent until every line is right."
            ),
            class_name="-mt-2 text-sm text-ink-muted",
        ),
        rx.el.div(
            button(
                _("Send invitations"),
                type="submit",
                variant="primary",
                icon="send",
                loading=pending(_MANY, InvitationsState.tries, _ERRORS),
            )
        ),
        key=f"many-{InvitationsState.sent_lines}",
        id=_MANY,
        on_submit=InvitationsState.send_lines,
        class_name="flex max-w-2xl flex-col gap-5",
    )


def _problems() -> rx.Component:
    return rx.el.div(
        rx.cond(
            InvitationsState.problem_text != "",
            callout(
                rx.el.ul(
                    rx.foreach(InvitationsState.problems, _problem), class_name="mt-2 flex flex-col gap-2"
                ),
                title=InvitationsState.problem_text,
                tone="danger",
            ),
            rx.fragment(),
        ),
        role="alert",
    )


def _problem(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(_("Line {number}:", number=row["number"]), " ", class_name="font-medium"),
        rx.el.span(row["message"]),
        rx.el.code(row["line"], class_name="block font-mono text-xs break-all text-ink-muted"),
        key=row["number"],
    )


def _list() -> rx.Component:
    return rx.el.section(
        section_header(
            _("Sent invitations"),
            actions=[
                select(
                    name="status",
                    id=field_id("invitation-status"),
                    options=[
                        ("open", _("Pending")),
                        ("accepted", _("Accepted")),
                        ("expired", _("Expired")),
                        ("revoked", _("Revoked")),
                    ],
                    placeholder=_("All invitations"),
                    value=InvitationsState.status,
                    on_change=InvitationsState.choose_status,
                    aria_label=_("State"),
                    class_name="min-w-44",
                )
            ],
        ),
        data_table(
            [
                Column("email", _("Person"), render=_person, row_header=True),
                Column("roles", _("Roles"), render=lambda row: role_badges(row["roles"])),
                Column("status", _("State"), render=_status),
                Column("sent", _("Sent")),
                Column("until", _("Link works until"), render=_until),
            ],
            InvitationsState.rows,
            row_key="id",
            caption=_("Sent invitations"),
            row_actions=_actions,
            paging=Paging(
                InvitationsState.page,
                InvitationsState.pages,
                InvitationsState.turn,
                InvitationsState.page_text,
            ),
            empty=rx.cond(
                InvitationsState.status != "", rx.el.span(_("No invitation is in this state.")), _nothing()
            ),
        ),
        class_name="mt-2 flex flex-col gap-4",
    )


def _person(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(row["email"], class_name="break-all"),
        rx.cond(
            row["name"] != "",
            rx.el.p(row["name"], class_name="text-xs font-normal text-ink-muted"),
            rx.fragment(),
        ),
    )


def _status(row: Any) -> rx.Component:
    return rx.match(
        row["status"],
        ("open", badge(_("Pending"), tone="info", dot=True)),
        ("accepted", badge(_("Accepted"), tone="success", dot=True)),
        ("expired", badge(_("Expired"), tone="warning", dot=True)),
        badge(_("Revoked"), dot=True),
    )


def _until(row: Any) -> rx.Component:
    return rx.cond(row["waiting"], rx.el.span(row["until"]), rx.el.span("–", class_name="text-ink-muted"))


def _actions(row: Any) -> rx.Component:
    return rx.cond(
        row["waiting"],
        rx.el.span(
            icon_button(
                "refresh-cw",
                label=_("Send again to {email}", email=row["email"]),
                size="sm",
                on_click=InvitationsState.resend(row["id"]),
            ),
            icon_button(
                "x",
                label=_("Revoke the invitation of {email}", email=row["email"]),
                size="sm",
                on_click=InvitationsState.revoke(row["id"]),
            ),
            class_name="inline-flex gap-1",
        ),
        rx.fragment(),
    )


def _nothing() -> rx.Component:
    return empty_state(
        _("Nobody is invited yet"),
        description=_("Invite your teachers first; they make the courses that students join."),
        icon="mail",
    )
