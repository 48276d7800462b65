"""The gradebook: students by assessments as a spreadsheet, with totals."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.gradebook_grid import gradebook_grid
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    breadcrumb,
    button_link,
    empty_state,
    icon,
    menu,
    menu_link,
    page_header,
    search_input,
    skeleton,
    skeleton_table,
)
from eduplatform.pages.registry import page
from eduplatform.pages.teacher.gradebook_choice import chooser
from eduplatform.pages.teacher.gradebook_panels import panels
from eduplatform.security.permissions import Role
from eduplatform.state.gradebook import GradebookState
from eduplatform.state.gradebook_panels import GradebookPanelState

# The states' attributes are Vars here, which their annotations do not tell.
_S: Any = GradebookState
_P: Any = GradebookPanelState


def _legend() -> rx.Component:
    signs = (
        ("circle-x", _("Missing")),
        ("clock", _("Late")),
        ("minus", _("Excused")),
        ("circle-dot", _("In review")),
        ("eye-off", _("Not released")),
        ("calendar", _("Release is planned")),
    )
    return rx.el.ul(
        *[
            rx.el.li(icon(name, size="xs"), text, class_name="inline-flex items-center gap-1.5")
            for name, text in signs
        ],
        rx.el.li(
            rx.el.span("•", aria_hidden="true", class_name="text-accent"),
            _("Entered by a teacher"),
            class_name="inline-flex items-center gap-1.5",
        ),
        class_name="flex flex-wrap gap-x-5 gap-y-1.5 text-xs text-ink-muted",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        search_input(
            name="student",
            label=_("Search students"),
            placeholder=_("Search students"),
            on_change=_S.search_for,
            class_name="w-full sm:w-56",
        ),
        _choice("section", _("Section"), _("All sections"), _S.sections, _S.section_id, _S.choose_section),
        rx.cond(
            _S.categories.length() > 0,
            _choice(
                "category",
                _("Category"),
                _("All categories"),
                _S.categories,
                _S.category,
                _S.choose_category,
                rx.el.option(_("Without category"), value="none"),
            ),
        ),
        rx.cond(
            _S.periods.length() > 0,
            _choice(
                "period", _("Grading period"), _("Whole course"), _S.periods, _S.period_id, _S.choose_period
            ),
        ),
        rx.el.p(
            _n("{count} student", "{count} students", count=_S.total_rows),
            " · ",
            _n("{count} column", "{count} columns", count=_S.total_columns),
            role="status",
            class_name="ms-auto pb-2.5 text-sm text-ink-muted",
        ),
        class_name="flex flex-wrap items-end gap-3",
    )


def _choice(
    name: str, label: Any, everything: Any, options: Any, value: Any, on_change: Any, *more: rx.Component
) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="text-xs font-medium text-ink-muted"),
        chooser(
            rx.el.option(everything, value=""),
            rx.foreach(options, lambda row: rx.el.option(row["label"], value=row["value"])),
            *more,
            name=name,
            value=value,
            on_change=on_change,
            width="sm:w-48",
        ),
        class_name="flex flex-col gap-1 max-sm:w-full",
    )


def _actions() -> list[rx.Component]:
    return [
        button_link(
            _("Grading rules"), f"/teach/courses/{_S.course_id}/gradebook/rules", icon="sliders-horizontal"
        ),
        menu(
            menu_link(
                _("Import from a file"), f"/teach/courses/{_S.course_id}/gradebook/import", icon="upload"
            ),
            menu_link(
                _("Export as Excel (XLSX)"),
                f"/api/courses/{_S.course_id}/gradebook/grades.xlsx",
                icon="download",
                reload=True,
            ),
            menu_link(
                _("Export as CSV"),
                f"/api/courses/{_S.course_id}/gradebook/grades.csv",
                icon="download",
                reload=True,
            ),
            id="gradebook-files",
            label=_("Export and import"),
            icon="download",
        ),
    ]


def _empty() -> rx.Component:
    return rx.cond(
        _S.all_columns == 0,
        empty_state(
            _("No columns yet"),
            description=_(
                "A column appears here for each assessment that you publish. For something done outside, such as a talk, add a "
                "column of your own in the grading rules."
            ),
            icon="table",
            actions=[
                button_link(_("Grading rules"), f"/teach/courses/{_S.course_id}/gradebook/rules"),
                button_link(
                    _("Assessments"),
                    f"/teach/courses/{_S.course_id}/assessments",
                    variant="primary",
                ),
            ],
        ),
        empty_state(
            _("No students yet"),
            description=_("Students appear here when they join with the code of a section."),
            icon="users",
            actions=[button_link(_("People"), f"/teach/courses/{_S.course_id}/people")],
        ),
    )


@page(
    "/teach/courses/[course_id]/gradebook",
    title="Gradebook",
    roles=[Role.TEACHER],
    on_load=(_S.load, _S.read_choices),
)
def gradebook() -> rx.Component:
    """Everybody's grades in one grid."""
    filtered = (_S.search != "") | (_S.section_id != "") | (_S.category != "") | (_S.period_id != "")
    return rx.el.div(
        page_body(
            _S,
            course_tabs(_S.course_id, "gradebook"),
            rx.cond(
                filtered | ((_S.all_columns > 0) & (_S.total_rows > 0)),
                rx.fragment(
                    _filters(),
                    _legend(),
                    gradebook_grid(
                        id="gradebook-grid",
                        state=_S,
                        on_cell=_P.open_cell,
                        on_column=_P.open_column,
                        on_total=_P.open_total,
                    ),
                ),
                _empty(),
            ),
            panels(_P),
            skeleton=rx.el.div(
                skeleton(class_name="h-10 w-full"), skeleton_table(rows=8), class_name="flex flex-col gap-6"
            ),
            header=page_header(
                _("Gradebook"),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (
                        rx.cond(_S.loaded, _S.course_title, "…"),
                        f"/teach/courses/{_S.course_id}",
                    ),
                    current=_("Gradebook"),
                ),
                actions=_actions(),
            ),
        ),
        class_name="flex flex-col gap-6",
    )
