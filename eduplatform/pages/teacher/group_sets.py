"""The group sets of a course."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    dialog,
    empty_state,
    icon,
    page_header,
    select,
    skeleton,
    skeleton_card,
    text_input,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.groups import GroupSetsState

_S: Any = GroupSetsState


@page(
    "/teach/courses/[course_id]/groups",
    title="Groups of a course",
    roles=(Role.TEACHER,),
    on_load=GroupSetsState.load,
)
def group_sets() -> rx.Component:
    """Ways in which the course is divided into groups."""
    new = button(_("New group set"), variant="primary", icon="plus", on_click=_S.open_create, id="new-set")
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _("Groups"),
                description=_("Divide the course, or one class of it, into groups that work together."),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (_S.course_title, f"/teach/courses/{_S.course_id}"),
                    current=_("Groups"),
                ),
                actions=[new],
            ),
            course_tabs(_S.course_id, "groups"),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ul(rx.foreach(_S.rows, _row), class_name="grid list-none gap-4 p-0 sm:grid-cols-2"),
                empty_state(
                    _("No groups yet"),
                    description=_(
                        "Make a set, then divide the class at random, paste a list, or place everybody yourself."
                    ),
                    icon="users",
                    actions=[button(_("Make the first set"), variant="primary", on_click=_S.open_create)],
                ),
            ),
            class_name="flex flex-col gap-6",
        ),
        _create(),
        skeleton=rx.el.div(skeleton(class_name="h-8 w-56"), skeleton_card(class_name="mt-8")),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                icon("users", class_name="text-accent"),
                rx.el.span(row["name"], class_name="font-semibold text-ink"),
                rx.cond(row["used"], badge(_("In use"), tone="accent"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-2.5",
            ),
            rx.el.span(row["whom"], class_name="text-sm text-ink"),
            rx.el.span(row["facts"], class_name="text-sm text-ink-muted"),
            href=f"/teach/groups/{row['id']}",
            class_name=(
                "flex flex-col gap-1.5 rounded-xl border border-line bg-surface px-5 py-4 no-underline shadow-sm "
                "hover:border-accent"
            ),
        ),
        key=row["id"],
    )


def _create() -> rx.Component:
    form = "new-group-set"
    return dialog(
        rx.el.form(
            text_input(
                name="name",
                id=field_id("group-set-name"),
                label=_("Name"),
                hint=_("For example: Project teams, Lab partners."),
                required=True,
                max_length=80,
                error=_S.errors["name"],
            ),
            select(
                name="section_id",
                id=field_id("group-set-section"),
                label=_("Whom it divides"),
                options=_S.sections,
                placeholder=_("The whole course"),
            ),
            id=form,
            on_submit=_S.create,
            class_name="flex flex-col gap-5",
        ),
        title=_("New group set"),
        id="group-set-dialog",
        open=_S.creating,
        on_close=_S.close_create,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Create set"), variant="primary", type="submit", form=form),
        ],
    )
