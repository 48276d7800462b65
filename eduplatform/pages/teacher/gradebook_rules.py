"""The grading rules of a course: how totals are made, letters, categories, periods, columns."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment.rows_editor import rows_editor
from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.sortable import drag_handle, sort_item, sort_list, sortable
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    callout,
    card,
    icon_button,
    page_header,
    pager,
    radio_group,
    select,
    skeleton_card,
)
from eduplatform.pages.registry import page
from eduplatform.pages.teacher.gradebook_choice import chooser
from eduplatform.pages.teacher.gradebook_rule_dialogs import dialogs
from eduplatform.security.permissions import Role
from eduplatform.state.gradebook_rules import PAGE_SIZE, GradingRulesState

# The state's attributes are Vars here, which its annotations do not tell.
_S: Any = GradingRulesState


def _method() -> rx.Component:
    return card(
        rx.el.form(
            radio_group(
                name="method",
                label=_("How totals are made"),
                options=[
                    ("points", _("All points together")),
                    ("weighted", _("Each category by its weight")),
                ],
                default_value=_S.method,
            ),
            radio_group(
                name="missing",
                label=_("Missing work"),
                options=[("zero", _("Counts as zero")), ("ignore", _("Does not count"))],
                default_value=_S.missing,
            ),
            rx.el.div(button(_("Save"), variant="primary", type="submit"), class_name="flex justify-end"),
            on_submit=_S.save_method,
            key=_S.method + _S.missing,
            class_name="flex flex-col gap-5",
        ),
        title=_("Totals"),
        description=_("Excused work and work that is not graded yet never counts."),
    )


def _letters() -> rx.Component:
    return card(
        select(
            name="preset",
            label=_("Begin with a usual scheme"),
            options=_S.presets,
            placeholder=_("No letters"),
            value=_S.scheme,
            on_change=_S.use_preset,
        ),
        rx.el.form(
            rows_editor(
                id="bands",
                name="bands",
                value=_S.bands,
                revision=_S.bands_revision,
                columns=[
                    {"name": "letter", "label": _("Letter"), "kind": "text", "placeholder": _("Letter")},
                    {
                        "name": "minimum",
                        "label": _("From percent"),
                        "kind": "text",
                        "placeholder": _("From percent"),
                    },
                ],
                add_label=_("Add letter"),
                errors=_S.errors,
            ),
            rx.cond(
                _S.errors["bands"], rx.el.p(_S.errors["bands"], class_name="text-sm font-medium text-danger")
            ),
            rx.el.div(
                button(_("Save letters"), variant="primary", type="submit"), class_name="flex justify-end"
            ),
            on_submit=_S.save_scheme,
            class_name="mt-4 flex flex-col gap-4",
        ),
        title=_("Letters"),
        description=_(
            "Each letter with the lowest percentage that earns it. Students see the letter beside the total."
        ),
    )


def _categories() -> rx.Component:
    return card(
        rx.cond(
            _S.categories.length() > 0,
            rx.fragment(
                sortable("grade-categories", on_place=_S.place_category),
                rx.el.ul(
                    rx.foreach(_S.categories, _category),
                    id="grade-categories",
                    custom_attrs=sort_list("category", "categories"),
                    class_name="divide-y divide-line",
                ),
            ),
            rx.el.p(
                _("No categories yet. Add one for each kind of work, such as quizzes or projects."),
                class_name="text-ink-muted",
            ),
        ),
        rx.cond(
            (_S.method == "weighted") & ~_S.weights_fit,
            callout(
                _("The weights add up to {sum} %. Totals take them in proportion.", sum=_S.weights),
                tone="warning",
                class_name="mt-4",
            ),
        ),
        rx.cond(
            (_S.method == "weighted") & (_S.loose > 0) & (_S.categories.length() > 0),
            callout(
                _("Columns without a category, which do not count: {count}", count=_S.loose),
                tone="warning",
                class_name="mt-4",
            ),
        ),
        title=_("Categories"),
        actions=[button(_("Add category"), icon="plus", size="sm", on_click=_S.edit_category(""))],
    )


def _category(row: Any, place: Any) -> rx.Component:
    return rx.el.li(
        drag_handle("max-sm:hidden"),
        rx.el.div(
            rx.el.p(row["name"], class_name="font-medium text-ink"),
            rx.el.p(
                row["columns"],
                rx.cond(row["notes"] != "", " · " + row["notes"].to(str), ""),
                class_name="text-sm text-ink-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.span(row["weight_text"], class_name="font-semibold text-ink tabular-nums"),
        rx.el.div(
            icon_button(
                "arrow-up",
                label=_("Move {name} up", name=row["name"]),
                size="sm",
                disabled=place == 0,
                on_click=_S.move_category(row["id"], True),
            ),
            icon_button(
                "arrow-down",
                label=_("Move {name} down", name=row["name"]),
                size="sm",
                disabled=place == _S.categories.length() - 1,
                on_click=_S.move_category(row["id"], False),
            ),
            icon_button(
                "pencil",
                label=_("Edit {name}", name=row["name"]),
                size="sm",
                on_click=_S.edit_category(row["id"]),
            ),
            class_name="flex items-center",
        ),
        key=row["id"],
        custom_attrs=sort_item("category", row["id"]),
        class_name="flex items-center gap-4 py-3",
    )


def _periods() -> rx.Component:
    return card(
        rx.cond(
            _S.periods.length() > 0,
            rx.el.ul(rx.foreach(_S.periods, _period), class_name="divide-y divide-line"),
            rx.el.p(
                _("Without periods there is one total for the whole course."),
                class_name="text-ink-muted",
            ),
        ),
        title=_("Grading periods"),
        actions=[button(_("Add period"), icon="plus", size="sm", on_click=_S.new_period)],
    )


def _period(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["name"], class_name="font-medium text-ink"),
            rx.el.p(row["dates"], class_name="text-sm text-ink-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(row["term"], badge(_("Term"), tone="info")),
        icon_button(
            "trash",
            label=_("Remove {name}", name=row["name"]),
            size="sm",
            on_click=_S.remove_period(row["id"]),
        ),
        key=row["id"],
        class_name="flex items-center gap-4 py-3",
    )


def _columns() -> rx.Component:
    return card(
        rx.cond(
            _S.columns.length() > 0,
            rx.el.ul(rx.foreach(_S.columns, _column), class_name="divide-y divide-line border-t border-line"),
            rx.el.p(
                _("Published assessments appear here by themselves."),
                class_name="px-6 pb-5 text-ink-muted",
            ),
        ),
        rx.cond(
            _S.total > PAGE_SIZE,
            rx.el.div(
                pager(
                    page_text=_("Page {page}", page=_S.page),
                    has_previous=_S.page > 1,
                    has_next=_S.page * PAGE_SIZE < _S.total,
                    on_previous=_S.turn(_S.page - 1),
                    on_next=_S.turn(_S.page + 1),
                ),
                class_name="border-t border-line px-4 py-3",
            ),
        ),
        title=_("Columns"),
        description=_("Changes are saved at once."),
        actions=[button(_("Add column"), icon="plus", size="sm", on_click=_S.edit_manual(""))],
        flush=True,
    )


def _column(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                row["title"],
                rx.cond(
                    row["manual"],
                    icon_button(
                        "pencil",
                        label=_("Edit {name}", name=row["title"]),
                        size="sm",
                        on_click=_S.edit_manual(row["id"]),
                        class_name="ms-1 size-7!",
                    ),
                ),
                class_name="font-medium text-ink",
            ),
            rx.el.p(
                row["note"],
                rx.cond(row["manual"], rx.fragment(" · ", _("entered by hand")), ""),
                class_name="text-sm text-ink-muted",
            ),
            class_name="min-w-0 lg:flex-1",
        ),
        chooser(
            rx.el.option(_("No category"), value=""),
            rx.foreach(_S.category_options, lambda one: rx.el.option(one["label"], value=one["value"])),
            value=row["category_id"],
            on_change=lambda value: _S.set_category_of(row["id"], value),
            aria_label=_("Category of {name}", name=row["title"]),
            width="lg:w-48",
        ),
        rx.cond(
            _S.periods.length() > 0,
            chooser(
                rx.el.option(row["period_hint"], value=""),
                rx.foreach(_S.period_options, lambda one: rx.el.option(one["label"], value=one["value"])),
                value=row["period_id"],
                on_change=lambda value: _S.set_period_of(row["id"], value),
                aria_label=_("Grading period of {name}", name=row["title"]),
                width="lg:w-48",
            ),
        ),
        rx.el.div(
            _tick(
                _("Extra credit"),
                row["title"],
                row["extra_credit"],
                lambda value: _S.set_extra(row["id"], value),
            ),
            _tick(_("Counts"), row["title"], row["counts"], lambda value: _S.set_counts(row["id"], value)),
            class_name="flex gap-5",
        ),
        key=row["id"],
        class_name="flex flex-col gap-2.5 px-5 py-3 sm:px-6 lg:flex-row lg:items-center lg:gap-4",
    )


def _tick(label: Any, title: Any, checked: Any, on_change: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", checked=checked, on_change=on_change, class_name="ui-check"),
        rx.el.span(label, rx.el.span(" ", title, class_name="sr-only")),
        class_name="inline-flex min-h-9 items-center gap-2 text-sm text-ink pointer-coarse:min-h-11",
    )


@page(
    "/teach/courses/[course_id]/gradebook/rules",
    title="Grading rules",
    roles=[Role.TEACHER],
    on_load=_S.load,
)
def gradebook_rules() -> rx.Component:
    """What every total of the course depends on."""
    book = f"/teach/courses/{_S.course_id}/gradebook"
    return rx.el.div(
        page_body(
            _S,
            course_tabs(_S.course_id, "gradebook"),
            rx.el.div(
                rx.el.div(_categories(), _method(), _periods(), class_name="flex min-w-0 flex-col gap-6"),
                _letters(),
                class_name="grid items-start gap-6 lg:grid-cols-2",
            ),
            _columns(),
            dialogs(_S),
            skeleton=rx.el.div(skeleton_card(), skeleton_card(), class_name="grid gap-6 lg:grid-cols-2"),
            header=page_header(
                _("Grading rules"),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (rx.cond(_S.loaded, _S.course_title, "…"), f"/teach/courses/{_S.course_id}"),
                    (_("Gradebook"), book),
                    current=_("Grading rules"),
                ),
                description=_("They hold for everybody in the course, and change totals at once."),
                actions=[button_link(_("Back to the gradebook"), book, icon="table")],
            ),
        ),
        class_name="flex flex-col gap-6",
    )
