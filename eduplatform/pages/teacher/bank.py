"""The question bank of a course."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button_link,
    confirm_dialog,
    empty_state,
    icon_button,
    page_header,
    search_input,
    select,
    skeleton,
    skeleton_table,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.bank import BankState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = BankState


@page("/teach/courses/[course_id]/bank", title="Question bank", roles=(Role.TEACHER,), on_load=_S.load)
def question_bank() -> rx.Component:
    """Find, write and reuse questions."""
    new = f"/teach/courses/{_S.course_id}/bank/new"
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _("Question bank"),
                description=_("Questions live here once and can be asked in many assessments."),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (_S.course_title, f"/teach/courses/{_S.course_id}"),
                    current=_("Question bank"),
                ),
                actions=[button_link(_("New question"), new, variant="primary", icon="plus")],
            ),
            course_tabs(_S.course_id, "bank"),
            rx.el.div(
                search_input(
                    placeholder=_("Search in the questions"),
                    on_change=_S.find,
                    class_name="min-w-0 flex-1 basis-60 sm:max-w-md",
                ),
                rx.el.div(
                    select(
                        name="type",
                        options=_S.types,
                        placeholder=_("All types"),
                        value=_S.type,
                        on_change=_S.filter,
                        aria_label=_("Type of question"),
                    ),
                    class_name="basis-52",
                ),
                class_name="flex flex-wrap gap-3",
            ),
            rx.cond(
                _S.total > 0,
                data_table(
                    [
                        Column("excerpt", _("Question"), render=_title, row_header=True),
                        Column("type", _("Type")),
                        Column("points", _("Points"), align="end"),
                        Column("uses", _("Used"), render=_uses),
                        Column("changed", _("Changed")),
                    ],
                    _S.rows,
                    row_key="id",
                    caption=_("Questions of this course"),
                    row_actions=_row_actions,
                    paging=Paging(
                        _S.page,
                        _S.pages,
                        _S.go,
                        summary=_n("{count} question", "{count} questions", count=_S.total),
                    ),
                ),
                rx.cond(
                    (_S.search != "") | (_S.type != ""),
                    empty_state(
                        _("No question matches"),
                        description=_("Try other words, or look at all types."),
                        icon="search",
                    ),
                    empty_state(
                        _("No questions yet"),
                        description=_(
                            "Write the first one. You can use it in any assessment of this course."
                        ),
                        icon="circle-question-mark",
                        actions=[button_link(_("Write a question"), new, variant="primary", icon="plus")],
                    ),
                ),
            ),
            class_name="flex flex-col gap-6",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-56"),
            skeleton(class_name="mt-6 h-10 w-full"),
            skeleton_table(rows=8, class_name="mt-6"),
        ),
    )


def _title(row: Any) -> rx.Component:
    return rx.el.a(
        row["excerpt"],
        href=f"/teach/questions/{row['id']}",
        class_name=(
            "line-clamp-2 max-w-xl rounded-sm text-ink no-underline hover:text-accent hover:underline"
        ),
    )


def _uses(row: Any) -> rx.Component:
    return rx.cond(
        row["uses"].to(int) > 0,
        badge(_n("{count} assessment", "{count} assessments", count=row["uses"]), tone="accent"),
        rx.el.span(_("Not yet"), class_name="text-ink-muted"),
    )


def _row_actions(row: Any) -> rx.Component:
    return rx.fragment(
        icon_button(
            "archive",
            label=_("Take out of the bank"),
            size="sm",
            opens=f"archive-{row['id']}",
        ),
        confirm_dialog(
            id=f"archive-{row['id']}",
            title=_("Take this question out of the bank?"),
            message=_("Assessments that ask it keep it. It can no longer be added to new ones."),
            confirm_label=_("Take it out"),
            on_confirm=_S.archive(row["id"]),
        ),
    )
