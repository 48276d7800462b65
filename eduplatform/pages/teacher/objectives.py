"""The objectives of a course."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    breadcrumb,
    button,
    callout,
    confirm_dialog,
    dialog,
    empty_state,
    icon_button,
    page_header,
    skeleton,
    skeleton_table,
    text_input,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.objectives import ObjectivesState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = ObjectivesState


@page("/teach/courses/[course_id]/objectives", title="Objectives", roles=(Role.TEACHER,), on_load=_S.load)
def course_objectives() -> rx.Component:
    """Write objectives, and put them in order."""
    course = f"/teach/courses/{_S.course_id}"
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _("Objectives"),
                description=_(
                    "What students of this course should be able to do. Questions and rubrics refer to them."
                ),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (_S.course_title, course),
                    (_("Question bank"), f"{course}/bank"),
                    current=_("Objectives"),
                ),
                actions=[button(_("New objective"), icon="plus", variant="primary", on_click=_S.write)],
            ),
            course_tabs(_S.course_id, "bank"),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ol(
                    rx.foreach(_S.rows, _row),
                    class_name="flex list-none flex-col gap-2 p-0",
                    aria_label=_("Objectives"),
                ),
                empty_state(
                    _("No objectives yet"),
                    description=_("Write the first one, for example: 1.1 Read values from a graph."),
                    icon="target",
                    actions=[button(_("Write an objective"), icon="plus", on_click=_S.write)],
                ),
            ),
            _dialog(),
            class_name="flex flex-col gap-6",
        ),
        skeleton=rx.el.div(skeleton(class_name="h-8 w-56"), skeleton_table(rows=5, class_name="mt-6")),
    )


def _row(row: Any, index: Any) -> rx.Component:
    name = row["code"]
    return rx.el.li(
        rx.el.span(
            row["code"],
            class_name="mt-0.5 shrink-0 rounded-md bg-accent-soft px-2 py-0.5 text-sm font-semibold text-accent",
        ),
        rx.el.div(
            rx.el.p(row["statement"], class_name="text-sm text-ink"),
            rx.el.p(
                rx.cond(
                    row["questions"].to(int) > 0,
                    _n("{count} question", "{count} questions", count=row["questions"]),
                    _("No question yet"),
                ),
                class_name="mt-0.5 text-xs text-ink-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.el.div(
            icon_button(
                "arrow-up",
                label=_("Move {name} up", name=name),
                size="sm",
                variant="quiet",
                disabled=index == 0,
                on_click=_S.move(row["id"], "up"),
            ),
            icon_button(
                "arrow-down",
                label=_("Move {name} down", name=name),
                size="sm",
                variant="quiet",
                disabled=index == _S.rows.length() - 1,
                on_click=_S.move(row["id"], "down"),
            ),
            icon_button(
                "pencil",
                label=_("Edit {name}", name=name),
                size="sm",
                variant="quiet",
                on_click=_S.edit(row["id"]),
            ),
            icon_button(
                "trash",
                label=_("Delete {name}", name=name),
                size="sm",
                variant="quiet",
                opens=f"remove-{row['id']}",
            ),
            class_name="flex shrink-0 gap-0.5",
        ),
        confirm_dialog(
            id=f"remove-{row['id']}",
            title=_("Delete the objective {name}?", name=name),
            message=_("Questions and rubrics stay; they no longer refer to it."),
            confirm_label=_("Delete objective"),
            on_confirm=_S.remove(row["id"]),
        ),
        key=row["id"],
        class_name=(
            "flex flex-wrap items-start gap-x-4 gap-y-2 rounded-xl border border-line bg-surface px-4 py-3 shadow-sm "
            "sm:flex-nowrap"
        ),
    )


def _dialog() -> rx.Component:
    return dialog(
        rx.cond(
            _S.showing,
            rx.el.form(
                rx.cond(
                    _S.errors["form"], callout(_S.errors["form"], tone="danger", role="alert"), rx.fragment()
                ),
                text_input(
                    name="code",
                    id=field_id("objective-code"),
                    label=_("Code"),
                    hint=_("Short, for lists: 2.3"),
                    default_value=_S.code,
                    error=_S.errors["code"],
                    required=True,
                    auto_complete="off",
                    class_name="max-w-40",
                ),
                textarea(
                    name="statement",
                    id=field_id("objective-statement"),
                    label=_("What students can do"),
                    default_value=_S.statement,
                    error=_S.errors["statement"],
                    required=True,
                    rows=3,
                ),
                id="objective-form",
                on_submit=_S.save,
                class_name="flex flex-col gap-5 py-1",
            ),
            rx.fragment(),
        ),
        title=rx.cond(_S.editing != "", _("Edit objective"), _("New objective")),
        id="objective-dialog",
        open=_S.showing,
        on_close=_S.close,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Save objective"), type="submit", variant="primary", form="objective-form"),
        ],
    )
