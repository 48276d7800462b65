"""Importing grades: choose a file, read what it would change, and only then let it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.file_upload import file_upload
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    breadcrumb,
    button,
    button_link,
    callout,
    card,
    page_header,
    pager,
    skeleton_card,
    stat,
    stat_row,
)
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.gradebook_import import GradebookImportState

# The state's attributes are Vars here, which its annotations do not tell.
_S: Any = GradebookImportState


def _choose() -> rx.Component:
    return card(
        rx.cond(_S.refused != "", callout(_S.refused, tone="danger", role="alert", class_name="mb-5")),
        rx.cond(
            _S.done != "",
            callout(
                rx.el.p(_S.done),
                rx.cond(
                    _S.conflicts.length() > 0,
                    rx.el.ul(
                        rx.foreach(_S.conflicts, lambda name: rx.el.li(name)),
                        class_name="mt-2 list-disc ps-5",
                    ),
                ),
                tone="success",
                role="status",
                actions=[
                    button_link(
                        _("Back to the gradebook"), f"/teach/courses/{_S.course_id}/gradebook", icon="table"
                    )
                ],
                class_name="mb-5",
            ),
        ),
        file_upload(
            id="grades-file",
            purpose="import",
            label=_("A CSV or XLSX file with grades"),
            hint=_("Easiest: export the gradebook, change the file, and choose it here. At most 5 MB."),
            on_uploaded=_S.uploaded,
            course_id=_S.course_id,
            multiple=False,
            accept=".csv,.xlsx",
            revision=_S.revision,
        ),
        rx.el.ul(
            rx.el.li(_("Nothing changes before you have seen every difference and agreed.")),
            rx.el.li(_("Empty cells change nothing. EX means excused, MI means missing.")),
            rx.el.li(
                _("Students are found by the column “Student ID” or “Email”, or by a name that only one has.")
            ),
            class_name="mt-5 list-disc space-y-1 ps-5 text-sm text-ink-muted",
        ),
    )


def _preview() -> rx.Component:
    return rx.fragment(
        stat_row(
            stat(_("Students found"), _S.students),
            stat(_("Grades that change"), _S.total),
            stat(_("Grades that stay"), _S.same),
            stat(_("Problems"), _S.problem_count),
        ),
        rx.cond(
            _S.problem_count > 0,
            callout(
                rx.el.ul(
                    rx.foreach(_S.problems, lambda text: rx.el.li(text)),
                    class_name="max-h-72 list-disc space-y-1 overflow-auto ps-5",
                    tab_index=0,
                    aria_label=_("Problems"),
                ),
                title=_("These parts of the file are left out"),
                tone="warning",
            ),
        ),
        card(
            rx.cond(
                _S.total > 0,
                rx.fragment(
                    _table(),
                    rx.cond(
                        _S.pages > 1,
                        rx.el.div(
                            pager(
                                page_text=_("Page {page} of {pages}", page=_S.page, pages=_S.pages),
                                has_previous=_S.page > 1,
                                has_next=_S.page < _S.pages,
                                on_previous=_S.turn(_S.page - 1),
                                on_next=_S.turn(_S.page + 1),
                            ),
                            class_name="border-t border-line px-4 py-3",
                        ),
                    ),
                ),
                rx.el.p(_("This file says what the gradebook says already."), class_name="px-6 pb-5"),
            ),
            title=_("What would change"),
            description=_S.file_name,
            actions=[
                button(_("Cancel"), on_click=_S.cancel),
                rx.cond(
                    _S.total > 0,
                    button(
                        _n("Change {count} grade", "Change {count} grades", count=_S.total),
                        variant="primary",
                        on_click=_S.confirm,
                    ),
                ),
            ],
            flush=True,
        ),
    )


def _table() -> rx.Component:
    heads = (_("Student"), _("Column"), _("Now"), _("Then"))
    return rx.el.div(
        rx.el.table(
            rx.el.caption(_("What would change"), class_name="sr-only"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(
                            text,
                            scope="col",
                            class_name="bg-sunken px-4 py-2.5 text-start text-xs font-semibold text-ink-muted",
                        )
                        for text in heads
                    ]
                )
            ),
            rx.el.tbody(rx.foreach(_S.changes, _row), class_name="divide-y divide-line"),
            class_name="w-full text-sm text-ink",
        ),
        role="region",
        aria_label=_("What would change"),
        tab_index=0,
        class_name="relative overflow-x-auto border-t border-line",
    )


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row["student"], scope="row", class_name="px-4 py-2 text-start font-medium"),
        rx.el.td(row["column"], class_name="px-4 py-2"),
        rx.el.td(rx.el.del_(row["before"], class_name="text-ink-muted"), class_name="px-4 py-2 tabular-nums"),
        rx.el.td(
            rx.el.ins(row["after"], class_name="font-semibold text-accent no-underline"),
            class_name="px-4 py-2 tabular-nums",
        ),
    )


@page(
    "/teach/courses/[course_id]/gradebook/import",
    title="Import grades",
    roles=[Role.TEACHER],
    on_load=_S.load,
)
def gradebook_import() -> rx.Component:
    """A file of grades, compared before it changes anything."""
    return rx.el.div(
        page_body(
            _S,
            course_tabs(_S.course_id, "gradebook"),
            rx.cond(_S.import_id != "", _preview(), _choose()),
            skeleton=skeleton_card(),
            header=page_header(
                _("Import grades"),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (rx.cond(_S.loaded, _S.course_title, "…"), f"/teach/courses/{_S.course_id}"),
                    (_("Gradebook"), f"/teach/courses/{_S.course_id}/gradebook"),
                    current=_("Import grades"),
                ),
            ),
        ),
        class_name="flex flex-col gap-6",
    )
