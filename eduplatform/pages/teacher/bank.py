"""The question banks of a course, and one's own: find, try, file and reuse questions."""

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
    menu,
    menu_item,
    menu_link,
    menu_separator,
    page_header,
    skeleton,
    skeleton_table,
)
from eduplatform.components.ui.table import Column, Paging, Selection, data_table
from eduplatform.pages.registry import page
from eduplatform.pages.teacher.bank_dialogs import filing_dialogs
from eduplatform.pages.teacher.bank_shelf import filters, selection_bar, shelf
from eduplatform.pages.teacher.question_preview import preview_dialog
from eduplatform.security.permissions import Role
from eduplatform.state.bank import BankState
from eduplatform.state.bank_filing import BankFilingState
from eduplatform.state.question_preview import PreviewState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = BankState
_FILING: Any = BankFilingState


@page("/teach/courses/[course_id]/bank", title="Question bank", roles=(Role.TEACHER,), on_load=_S.load)
def question_bank() -> rx.Component:
    """The banks of a course, and one's own beside them."""
    new = f"/teach/courses/{_S.course_id}/bank/new"
    header = page_header(
        _("Question bank"),
        description=_("Questions live here once and can be asked in many assessments."),
        breadcrumb=breadcrumb(
            (_("Courses"), "/teach/courses"),
            (_S.course_title, f"/teach/courses/{_S.course_id}"),
            current=_("Question bank"),
        ),
        actions=[
            button_link(_("Objectives"), f"/teach/courses/{_S.course_id}/objectives", icon="target"),
            button_link(_("New question"), new, variant="primary", icon="plus"),
        ],
    )
    return _body(header, course_tabs(_S.course_id, "bank"), new=new)


@page("/teach/bank", title="My questions", roles=(Role.TEACHER,), on_load=_S.load_own)
def own_bank() -> rx.Component:
    """One's own banks, which nobody else sees."""
    header = page_header(
        _("My questions"),
        description=_("Only you see them. You can use them in every course that you teach."),
        actions=[button_link(_("New question"), "/teach/bank/new", variant="primary", icon="plus")],
    )
    return _body(header, rx.fragment(), new="/teach/bank/new")


def _body(header: rx.Component, tabs: rx.Component, *, new: Any) -> rx.Component:
    return page_body(
        _S,
        rx.el.div(
            header,
            tabs,
            rx.el.div(
                shelf(),
                rx.el.div(
                    filters(),
                    selection_bar(),
                    _list(new),
                    class_name="flex min-w-0 flex-col gap-4",
                ),
                class_name="grid gap-6 lg:grid-cols-[15rem_minmax(0,1fr)] lg:items-start",
            ),
            filing_dialogs(),
            preview_dialog(),
            class_name="flex flex-col gap-6",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-56"),
            skeleton(class_name="mt-6 h-10 w-full"),
            skeleton_table(rows=8, class_name="mt-6"),
        ),
    )


def _list(new: Any) -> rx.Component:
    return rx.cond(
        _S.total > 0,
        data_table(
            [
                Column("excerpt", _("Question"), render=_title, row_header=True, class_name="md:min-w-64"),
                Column("type", _("Type")),
                Column("points", _("Points"), align="end"),
                Column("uses", _("Used"), render=_uses),
            ],
            _S.rows,
            row_key="id",
            caption=_("Questions"),
            selection=Selection(
                _S.selected,
                _S.select_row,
                on_select_all=_S.select_page,
                all_selected=_S.all_selected,
                name_of=lambda row: row["excerpt"],
            ),
            row_actions=_row_actions,
            paging=Paging(
                _S.page,
                _S.pages,
                _S.go,
                summary=_n("{count} question", "{count} questions", count=_S.total),
            ),
        ),
        rx.cond(
            _S.filtered,
            empty_state(
                _("No question matches"),
                description=_("Try other words, or take a filter away."),
                icon="search",
            ),
            empty_state(
                rx.cond(_S.folder_id != "", _("This folder is empty"), _("No questions yet")),
                description=rx.cond(
                    _S.folder_id != "",
                    _("Tick questions in the list and move them here, or write a new one."),
                    _("Write the first one. You can use it in any assessment."),
                ),
                icon="circle-question-mark",
                actions=[button_link(_("Write a question"), new, variant="primary", icon="plus")],
            ),
        ),
    )


def _title(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.a(
            row["excerpt"],
            href=f"/teach/questions/{row['id']}",
            class_name=(
                "line-clamp-2 max-w-xl rounded-sm text-ink no-underline hover:text-accent hover:underline"
            ),
        ),
        rx.el.div(
            rx.foreach(
                row["tags"].to(list[str]),
                lambda text: rx.el.span(
                    f"#{text}", class_name="rounded-sm bg-sunken px-1.5 py-0.5 text-xs text-ink-muted"
                ),
            ),
            class_name="mt-1 flex flex-wrap gap-1 empty:hidden",
        ),
    )


def _uses(row: Any) -> rx.Component:
    return rx.cond(
        row["uses"].to(int) > 0,
        badge(_n("{count} assessment", "{count} assessments", count=row["uses"]), tone="accent"),
        rx.el.span(_("Not yet"), class_name="text-ink-muted"),
    )


def _row_actions(row: Any) -> rx.Component:
    def file(which: str) -> Any:
        return _FILING.open_for(which, row["id"])

    return rx.fragment(
        menu(
            menu_item(_("Try it"), icon="eye", on_click=PreviewState.open(row["id"])),
            menu_link(_("Edit"), f"/teach/questions/{row['id']}", icon="pencil"),
            menu_link(_("Versions and use"), f"/teach/questions/{row['id']}/history", icon="clock"),
            menu_separator(),
            menu_item(_("Move or copy"), icon="folder", on_click=file("place")),
            menu_item(_("Tags"), icon="flag", on_click=file("tags")),
            rx.cond(
                _S.own,
                rx.fragment(),
                menu_item(_("Objectives"), icon="target", on_click=file("objectives")),
            ),
            menu_separator(),
            menu_item(_("Take out of the bank"), icon="archive", danger=True, opens=f"archive-{row['id']}"),
            id=f"question-menu-{row['id']}",
            label=_("Actions for {name}", name=row["excerpt"]),
            icon="ellipsis-vertical",
            icon_only=True,
            variant="quiet",
            size="sm",
        ),
        confirm_dialog(
            id=f"archive-{row['id']}",
            title=_("Take this question out of the bank?"),
            message=_("Assessments that ask it keep it. It can no longer be added to new ones."),
            confirm_label=_("Take it out"),
            on_confirm=_S.archive(row["id"]),
        ),
    )
