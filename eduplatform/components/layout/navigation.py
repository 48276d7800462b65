"""Where each role can go, as data; the sidebar, the phone's bar and the command palette are drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.security.permissions import Role


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A page in the navigation.

    Attributes:
        label: Its name.
        icon: Name of its icon.
        path: Address; pages below it count as this entry.
        start: The role's beginning: only the address itself counts, not what is below.
        development: Exists in development only.
    """

    label: rx.Var[str]
    icon: str
    path: str
    start: bool = False
    development: bool = False


NAVIGATION: dict[Role, tuple[NavEntry, ...]] = {
    Role.OPERATOR: (
        NavEntry(_("Tenants"), "server", "/operator", start=True),
        NavEntry(_("Outbox"), "inbox", "/outbox", development=True),
    ),
    Role.ADMIN: (
        NavEntry(_("Overview"), "layout-dashboard", "/admin", start=True),
        NavEntry(_("People"), "users", "/admin/people"),
        NavEntry(_("Invitations"), "user-plus", "/admin/invitations"),
        NavEntry(_("Audit trail"), "shield-check", "/admin/audit"),
        NavEntry(_("Organisation"), "building", "/admin/organisation"),
        NavEntry(_("Messages"), "mail", "/admin/messages"),
        NavEntry(_("AI"), "sparkles", "/admin/ai"),
        NavEntry(_("Cases"), "shield-check", "/cases"),
    ),
    Role.TEACHER: (
        NavEntry(_("Home"), "house", "/teach", start=True),
        NavEntry(_("Courses"), "book-open", "/teach/courses"),
        NavEntry(_("My questions"), "database", "/teach/bank"),
        NavEntry(_("Grading desk"), "clipboard-check", "/teach/grading"),
        NavEntry(_("Calendar"), "calendar", "/calendar"),
        NavEntry(_("Messages"), "mail", "/messages"),
    ),
    Role.STUDENT: (
        NavEntry(_("Home"), "house", "/learn", start=True),
        NavEntry(_("Courses"), "book-open", "/learn/courses"),
        NavEntry(_("Grades"), "chart-column", "/learn/grades"),
        NavEntry(_("Calendar"), "calendar", "/calendar"),
        NavEntry(_("Messages"), "mail", "/messages"),
    ),
    Role.GUARDIAN: (
        NavEntry(_("Family"), "users", "/family", start=True),
        NavEntry(_("Announcements"), "bell", "/family/announcements"),
        NavEntry(_("Calendar"), "calendar", "/calendar"),
        NavEntry(_("Messages"), "mail", "/messages"),
    ),
}
"""In the order in which the sections stand for a person with several roles."""

ACCOUNT: tuple[NavEntry, ...] = (
    NavEntry(_("Settings"), "settings", "/settings", start=True),
    NavEntry(_("Password and sessions"), "key-round", "/settings/security"),
)
"""For everybody who is signed in; found in the person's menu."""

SECTION_NAMES: dict[Role, rx.Var[str]] = {
    Role.OPERATOR: _("Operations"),
    Role.ADMIN: _("Administration"),
    Role.TEACHER: _("Teaching"),
    Role.STUDENT: _("Learning"),
    Role.GUARDIAN: _("Family"),
}

ROLE_NAMES: dict[Role, rx.Var[str]] = {
    Role.OPERATOR: _("Operator"),
    Role.ADMIN: _("Admin"),
    Role.TEACHER: _("Teacher"),
    Role.STUDENT: _("Student"),
    Role.GUARDIAN: _("Guardian"),
}


def role_name(role: rx.Var[str]) -> rx.Component | rx.Var[Any]:
    """The name of a role that only the browser knows."""
    return rx.match(
        role, *((key.value, rx.el.span(name)) for key, name in ROLE_NAMES.items()), rx.el.span(role)
    )
