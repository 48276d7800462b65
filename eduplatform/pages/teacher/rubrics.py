"""The rubrics of a course."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    confirm_dialog,
    dialog,
    empty_state,
    icon_button,
    page_header,
    radio_group,
    select,
    skeleton,
    skeleton_card,
    text_input,
)
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.rubrics import RubricsState

# The state's attributes are Vars here, which its annotations do not tell.
_S: Any = RubricsState


def _rubric(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(
                rx.el.a(
                    row["title"],
                    href=f"/teach/rubrics/{row['id']}",
                    class_name="rounded-sm text-ink no-underline hover:text-accent hover:underline",
                ),
                class_name="text-base font-semibold",
            ),
            rx.el.p(row["description"], class_name="mt-1 line-clamp-2 text-sm text-ink-muted empty:hidden"),
            class_name="min-w-0",
        ),
        rx.el.div(
            badge(row["total"], tone="accent"),
            rx.cond(
                row["holistic"],
                badge(_("Holistic")),
                badge(_n("{count} criterion", "{count} criteria", count=row["criteria"])),
            ),
            badge(_("Version {number}", number=row["version"])),
            rx.cond(
                row["uses"] > 0,
                badge(
                    _n("used by {count} question", "used by {count} questions", count=row["uses"]),
                    tone="info",
                ),
            ),
            class_name="mt-4 flex flex-wrap gap-1.5",
        ),
        rx.el.div(
            icon_button(
                "copy",
                label=_("Duplicate {title}", title=row["title"]),
                size="sm",
                on_click=_S.duplicate(row["id"]),
            ),
            icon_button(
                "trash",
                label=_("Delete {title}", title=row["title"]),
                size="sm",
                on_click=_S.ask_remove(row["id"]),
            ),
            class_name="mt-3 -mb-1 flex justify-end gap-1",
        ),
        key=row["id"],
        class_name="ui-card flex flex-col justify-between rounded-xl border border-line bg-surface p-5 shadow-sm",
    )


def _new_button() -> rx.Component:
    return button(_("New rubric"), icon="plus", variant="primary", opens="rubric-new")


def _new_dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            text_input(
                name="title",
                label=_("Title"),
                hint=_("What is judged, for example: Lab report."),
                error=_S.errors["title"],
                required=True,
                max_length=160,
            ),
            radio_group(
                name="kind",
                label=_("How work is judged"),
                options=[
                    ("analytic", _("Criterion by criterion"), _("Analytic: points of each aspect add up.")),
                    ("holistic", _("As a whole"), _("Holistic: one level for the whole work.")),
                ],
                default_value="analytic",
                layout="cards",
            ),
            rx.el.div(
                button(_("Cancel"), closes=True),
                button(_("Create rubric"), variant="primary", type="submit"),
                class_name="flex justify-end gap-2",
            ),
            on_submit=_S.create,
            class_name="flex flex-col gap-5",
        ),
        title=_("New rubric"),
        id="rubric-new",
    )


def _copy_dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            select(
                name="rubric_id",
                label=_("Rubric of another course"),
                options=_S.elsewhere,
                placeholder=_("Choose a rubric"),
                error=_S.errors["rubric_id"],
                required=True,
            ),
            rx.el.div(
                button(_("Cancel"), closes=True),
                button(_("Copy into this course"), variant="primary", type="submit"),
                class_name="flex justify-end gap-2",
            ),
            on_submit=_S.copy_here,
            class_name="flex flex-col gap-5",
        ),
        title=_("Copy a rubric"),
        description=_("The copy has a life of its own. Objectives are found again by their codes."),
        id="rubric-copy",
    )


@page(
    "/teach/courses/[course_id]/rubrics",
    title="Rubrics",
    roles=[Role.TEACHER],
    on_load=_S.load,
)
def rubrics() -> rx.Component:
    """All rubrics of the course."""
    return rx.el.div(
        page_body(
            _S,
            course_tabs(_S.course_id, "rubrics"),
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ul(
                    rx.foreach(_S.rows, _rubric),
                    class_name="grid gap-4 sm:grid-cols-2 xl:grid-cols-3",
                ),
                empty_state(
                    _("No rubrics yet"),
                    description=_(
                        "A rubric lists criteria and levels. Add it to an essay question of an assessment."
                    ),
                    icon="list-checks",
                    actions=[button(_("New rubric"), icon="plus", opens="rubric-new")],
                ),
            ),
            confirm_dialog(
                id="rubric-remove",
                title=_("Delete {title}?", title=_S.removing_title),
                message=_(
                    "The rubric is gone for everybody who teaches this course. One that is in use stays."
                ),
                confirm_label=_("Delete rubric"),
                on_confirm=_S.remove,
                open=_S.removing != "",
                on_close=_S.keep,
            ),
            skeleton=rx.el.div(
                skeleton(class_name="h-10 w-full"),
                rx.el.div(skeleton_card(), skeleton_card(), class_name="grid gap-4 sm:grid-cols-2"),
                class_name="flex flex-col gap-6",
            ),
            header=page_header(
                _("Rubrics"),
                description=_("Say what good work is once, and judge everybody by the same words."),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (
                        rx.cond(_S.loaded, _S.course_title, "…"),
                        f"/teach/courses/{_S.course_id}",
                    ),
                    current=_("Rubrics"),
                ),
                actions=[
                    rx.cond(
                        _S.elsewhere.length() > 0,
                        button(_("Copy from another course"), icon="copy", opens="rubric-copy"),
                    ),
                    _new_button(),
                ],
            ),
        ),
        _new_dialog(),
        _copy_dialog(),
        class_name="flex flex-col gap-6",
    )
