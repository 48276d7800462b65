"""One member: roles, account, sections, guardians."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.navigation import role_name
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.layout.plain import form_alert
from eduplatform.components.text import _
from eduplatform.components.ui import (
    avatar,
    badge,
    breadcrumb,
    button,
    button_link,
    card,
    confirm_dialog,
    description_list,
    empty_state,
    icon_button,
    link,
    page_header,
    select,
    skeleton_card,
    text_input,
)
from eduplatform.pages.admin.parts import role_badges, role_boxes
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.people import PersonState

_P = PersonState.person
_ERRORS = PersonState.errors
_LIST = "divide-y divide-line border-t border-line"
_LINE = "flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3.5 sm:px-6"


@page("/admin/people/[user_id]", title="Person", roles=(Role.ADMIN,), on_load=PersonState.load)
def person() -> rx.Component:
    """What a member may do, and what they belong to."""
    return page_body(
        PersonState,
        rx.el.div(
            page_header(
                _P["name"],
                breadcrumb=breadcrumb((_("People"), "/admin/people"), current=_P["name"]),
                meta=[
                    rx.cond(_P["own"], badge(_("You"), tone="accent"), rx.fragment()),
                    rx.cond(_P["active"], rx.fragment(), badge(_("Deactivated"), tone="warning")),
                ],
            ),
            rx.el.div(
                rx.el.div(
                    _roles(),
                    _enrollments(),
                    rx.cond(_P["student"], _guardians(), rx.fragment()),
                    rx.cond(PersonState.students.length() > 0, _students(), rx.fragment()),
                    class_name="flex min-w-0 flex-col gap-6 lg:col-span-2",
                ),
                rx.el.div(_facts(), _account(), class_name="flex min-w-0 flex-col gap-6"),
                class_name="grid items-start gap-6 lg:grid-cols-3",
            ),
            class_name="flex flex-col gap-6",
        ),
        _deactivate_dialog(),
        skeleton=rx.el.div(
            rx.el.div(skeleton_card(), skeleton_card(), class_name="flex flex-col gap-6 lg:col-span-2"),
            skeleton_card(),
            class_name="grid items-start gap-6 lg:grid-cols-3",
        ),
    )


def _facts() -> rx.Component:
    return card(
        rx.el.div(
            avatar(_P["name"], size="lg"),
            rx.el.div(
                rx.el.p(_P["name"], class_name="truncate font-semibold text-ink"),
                rx.el.p(_P["email"], class_name="text-sm break-all text-ink-muted"),
                class_name="min-w-0",
            ),
            class_name="flex items-center gap-4",
        ),
        description_list(
            (_("Roles"), role_badges(_P["roles"])),
            (_("Last seen"), _P["seen"]),
            (_("Member since"), _P["joined"]),
            (_("Sessions"), _P["sessions"]),
            class_name="mt-4",
        ),
        rx.cond(
            _P["student"],
            button_link(
                _("Support"), f"/support/{_P['id']}", icon="timer", full_width=True, class_name="mt-4"
            ),
            rx.fragment(),
        ),
        title=_("Profile"),
    )


def _roles() -> rx.Component:
    return card(
        rx.el.form(
            form_alert(_ERRORS["form"]),
            rx.el.input(type="hidden", name="shown", value=_P["shown"]),
            role_boxes("person", error=_ERRORS["roles"], ticked=_P["roles"], own=_P["own"], hide_legend=True),
            rx.el.div(button(_("Save roles"), type="submit", variant="primary")),
            # A new form whenever the roles are others, so that its boxes begin with them.
            key=f"{_P['id']}-{_P['shown']}",
            on_submit=PersonState.save_roles,
            class_name="flex flex-col gap-5",
        ),
        title=_("Roles"),
        description=_("What this person may do in your organisation. A change is felt within seconds."),
    )


def _account() -> rx.Component:
    close = rx.fragment(
        rx.el.p(
            _("Deactivating ends all sessions. Work and grades stay, and you can reactivate the account."),
            class_name="mb-4 text-sm text-ink-muted",
        ),
        button(_("Deactivate account"), icon="lock", opens="deactivate-person"),
    )
    reopen = rx.fragment(
        rx.el.p(
            _("This person cannot sign in to your organisation."), class_name="mb-4 text-sm text-ink-muted"
        ),
        button(_("Reactivate account"), icon="undo-2", on_click=PersonState.reactivate),
    )
    own = rx.el.p(
        _("This is your own account. Another administrator can deactivate it."),
        class_name="text-sm text-ink-muted",
    )
    return card(rx.cond(_P["own"], own, rx.cond(_P["active"], close, reopen)), title=_("Account"))


def _deactivate_dialog() -> rx.Component:
    return confirm_dialog(
        id="deactivate-person",
        title=_("Deactivate the account of {name}?", name=_P["name"]),
        message=_("Their sessions end at once and they cannot sign in any more. Their work and grades stay."),
        confirm_label=_("Deactivate account"),
        on_confirm=PersonState.deactivate,
    )


def _enrollments() -> rx.Component:
    filled = rx.el.ul(rx.foreach(PersonState.enrollments, _enrollment), class_name=_LIST)
    nothing = empty_state(
        _("Not in any section"),
        description=_("Students join with the code of a section, which its teacher has."),
        icon="book-open",
        class_name="py-8",
    )
    return card(
        rx.cond(PersonState.enrollments.length() > 0, filled, nothing), title=_("Enrolments"), flush=True
    )


def _enrollment(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["course"], class_name="truncate text-sm font-medium text-ink"),
            rx.el.p(row["section"], class_name="truncate text-sm text-ink-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(row["active"], rx.fragment(), badge(_("Ended"))),
        badge(role_name(row["role"])),
        key=row["id"],
        class_name=_LINE,
    )


def _guardians() -> rx.Component:
    filled = rx.el.ul(rx.foreach(PersonState.guardians, _guardian), class_name=_LIST)
    nothing = rx.el.p(_("No guardian yet."), class_name="px-5 pb-2 text-sm text-ink-muted sm:px-6")
    return card(
        rx.cond(PersonState.guardians.length() > 0, filled, nothing),
        rx.el.form(
            rx.el.p(
                _("Add somebody who already belongs to your organisation with the role of guardian."),
                class_name="basis-full text-sm text-ink-muted",
            ),
            text_input(
                name="email",
                id=field_id("guardian-email"),
                type="email",
                label=_("Email of the guardian"),
                required=True,
                error=_ERRORS["email"],
                field_class="flex-1 basis-64",
            ),
            select(
                name="relation",
                id=field_id("guardian-relation"),
                label=_("Relation"),
                options=[
                    ("parent", _("Parent")),
                    ("guardian", _("Guardian")),
                    ("grandparent", _("Grandparent")),
                    ("sibling", _("Sibling")),
                    ("other", _("Other")),
                ],
                error=_ERRORS["relation"],
                field_class="basis-40",
            ),
            button(_("Add guardian"), type="submit", icon="plus"),
            key=f"guardian-{PersonState.added}",
            on_submit=PersonState.add_guardian,
            class_name="flex flex-wrap items-end gap-4 border-t border-line px-5 py-5 sm:px-6",
        ),
        title=_("Guardians"),
        description=_("A guardian sees grades and progress only after you have verified who they are."),
        flush=True,
    )


def _link_status(status: rx.Var[str]) -> rx.Component:
    return rx.match(
        status,
        ("verified", badge(_("Verified"), tone="success", icon="check")),
        ("pending", badge(_("To be verified"), tone="warning")),
        badge(_("Revoked")),
    )


def _relation_name(relation: rx.Var[str]) -> rx.Component:
    return rx.match(
        relation,
        ("parent", rx.el.span(_("Parent"))),
        ("guardian", rx.el.span(_("Guardian"))),
        ("grandparent", rx.el.span(_("Grandparent"))),
        ("sibling", rx.el.span(_("Sibling"))),
        rx.el.span(_("Other")),
    )


def _relative(row: Any) -> rx.Component:
    return rx.el.div(
        link(
            row["name"],
            f"/admin/people/{row['user_id']}",
            plain=True,
            class_name="block truncate text-sm font-medium",
        ),
        rx.el.p(
            _relation_name(row["relation"]), " · ", row["email"], class_name="truncate text-sm text-ink-muted"
        ),
        class_name="min-w-0 flex-1 basis-48",
    )


def _guardian(row: Any) -> rx.Component:
    return rx.el.li(
        avatar(row["name"], size="sm"),
        _relative(row),
        _link_status(row["status"]),
        rx.cond(
            row["status"] == "pending",
            button(
                _("Verify"),
                size="sm",
                icon="check",
                on_click=PersonState.verify_guardian(row["id"]),
                aria_label=_("Verify {name}", name=row["name"]),
            ),
            rx.fragment(),
        ),
        rx.cond(
            row["status"] != "revoked",
            icon_button(
                "x",
                label=_("Revoke {name}", name=row["name"]),
                size="sm",
                on_click=PersonState.revoke_guardian(row["id"]),
            ),
            rx.fragment(),
        ),
        key=row["id"],
        class_name=_LINE,
    )


def _students() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(PersonState.students, _student), class_name=_LIST),
        title=_("Guardian of"),
        description=_("Verify or revoke on the page of the student."),
        flush=True,
    )


def _student(row: Any) -> rx.Component:
    return rx.el.li(
        avatar(row["name"], size="sm"),
        _relative(row),
        _link_status(row["status"]),
        key=row["id"],
        class_name=_LINE,
    )
