"""What several pages of the administration show: roles, people, the boxes to choose roles."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import reflex as rx

from eduplatform.components.layout.navigation import ROLE_NAMES
from eduplatform.components.text import _
from eduplatform.components.ui import avatar, badge, checkbox, link
from eduplatform.components.ui.fields import error_text
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.rows import ComboboxOption

TENANT_ROLES = (Role.STUDENT, Role.TEACHER, Role.GUARDIAN, Role.ADMIN)

_ROLE_HINTS: dict[Role, rx.Var[str]] = {
    Role.STUDENT: _("Takes courses and sees their own grades."),
    Role.TEACHER: _("Makes courses and grades what is handed in."),
    Role.GUARDIAN: _("Follows the children they are verified for."),
    Role.ADMIN: _("Manages people, settings and the audit trail."),
}
_REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)

ROLE_OPTIONS: list[tuple[str, rx.Var[str]]] = [(role.value, ROLE_NAMES[role]) for role in TENANT_ROLES]


def time_zone_options() -> list[ComboboxOption]:
    """The time zones of the world, by region and city."""
    names = sorted(name for name in available_timezones() if name.startswith(_REGIONS))
    return [ComboboxOption(value=name, label=name.replace("_", " ")) for name in ("UTC", *names)]


def role_badges(roles: Any) -> rx.Component:
    """The roles of a person, as badges."""
    return rx.el.span(
        rx.foreach(roles, _role_badge), class_name="inline-flex flex-wrap gap-1.5 max-md:justify-end"
    )


def _role_badge(role: rx.Var[str]) -> rx.Component:
    return rx.match(
        role,
        *(
            (one.value, badge(ROLE_NAMES[one], tone="accent" if one is Role.ADMIN else "neutral"))
            for one in TENANT_ROLES
        ),
        badge(role),
    )


def person_cell(name: Any, email: Any, href: Any) -> rx.Component:
    """A person in a table: picture, name as a link, address."""
    return rx.el.div(
        avatar(name, size="sm"),
        rx.el.div(
            link(name, href, plain=True, class_name="block truncate font-medium"),
            rx.el.p(email, class_name="truncate text-xs font-normal text-ink-muted"),
            class_name="min-w-0",
        ),
        class_name="flex min-w-0 items-center gap-3",
    )


def role_boxes(
    prefix: str,
    *,
    error: rx.Var[str],
    ticked: Any = None,
    own: rx.Var[bool] | None = None,
    hide_legend: bool = False,
) -> rx.Component:
    """Four boxes to choose roles with.

    Args:
        prefix: Begins the ids, unique on the page.
        error: What is wrong with the choice.
        ticked: Var of the roles that are ticked at first.
        own: Whether it is the administrator's own account, whose role of administrator stays as it is.
        hide_legend: Keeps the word "Roles" for screen readers only, under a heading that says it already.
    """
    return rx.el.fieldset(
        rx.el.legend(
            _("Roles"), class_name="sr-only" if hide_legend else "mb-2 text-sm font-medium text-ink"
        ),
        rx.el.div(
            *(_role_box(prefix, role, ticked, own) for role in TENANT_ROLES),
            class_name="grid gap-3 sm:grid-cols-2",
        ),
        error_text(f"{prefix}-roles", error),
        class_name="flex min-w-0 flex-col gap-2 border-0 p-0",
    )


def _role_box(prefix: str, role: Role, ticked: Any, own: rx.Var[bool] | None) -> rx.Component:
    start: dict[str, Any] = {}
    if ticked is not None:
        start["default_checked"] = ticked.contains(role.value)

    def box(**props: Any) -> rx.Component:
        return checkbox(
            name=role.value,
            id=field_id(f"{prefix}-{role.value}"),
            label=ROLE_NAMES[role],
            hint=props.pop("hint", _ROLE_HINTS[role]),
            **{**start, **props},
        )

    if own is None or role is not Role.ADMIN:
        return box()
    locked = rx.fragment(
        # A disabled box is not sent with the form.
        rx.el.input(type="hidden", name=role.value, value="on"),
        box(disabled=True, default_checked=True, hint=_("Another administrator can change this.")),
    )
    return rx.cond(own, locked, box())
