"""One group set: its groups beside those who are in none; by dragging, by choosing, at random, or from a list."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.sortable import drag_handle, sort_item, sort_list, sortable
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    card,
    confirm_dialog,
    dialog,
    icon_button,
    number_input,
    page_header,
    pager,
    search_input,
    skeleton,
    skeleton_card,
    text_input,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.groups import NOBODY, GroupsState

_S: Any = GroupsState

_SELECT = (
    "h-9 w-24 min-w-0 shrink-0 rounded-md border border-line bg-surface px-2 text-sm text-ink-muted hover:border-line-strong "
    "focus-visible:border-accent pointer-coarse:h-11"
)


@page("/teach/groups/[set_id]", title="Groups", roles=(Role.TEACHER,), on_load=GroupsState.load)
def groups() -> rx.Component:
    """Who works with whom."""
    course = f"/teach/courses/{_S.course_id}"
    return page_body(
        _S,
        sortable("group-board", on_place=_S.drop),
        rx.el.div(
            page_header(
                _S.name,
                meta=[
                    badge(_S.whom),
                    rx.cond(_S.used, badge(_("In use"), tone="accent"), rx.fragment()),
                ],
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (_S.course_title, course),
                    (_("Groups"), f"{course}/groups"),
                    current=_S.name,
                ),
                actions=[
                    button(
                        _("Paste a list"), icon="clipboard-check", on_click=_S.open_paste, id="open-paste"
                    ),
                    button(
                        _("Divide at random"),
                        variant="primary",
                        icon="sparkles",
                        on_click=_S.open_split,
                        id="open-split",
                    ),
                ],
            ),
            rx.el.div(
                _without_group(),
                rx.el.div(
                    rx.el.ul(
                        rx.foreach(_S.rows, _group),
                        class_name="grid list-none grid-cols-1 gap-4 p-0 md:grid-cols-2 2xl:grid-cols-3",
                    ),
                    rx.cond(
                        _S.pages > 1,
                        pager(
                            page_text=_("Page {page} of {pages}", page=_S.page, pages=_S.pages),
                            has_previous=_S.page > 1,
                            has_next=_S.page < _S.pages,
                            on_previous=_S.go(_S.page - 1),
                            on_next=_S.go(_S.page + 1),
                        ),
                        rx.fragment(),
                    ),
                    _add_group(),
                    class_name="flex min-w-0 flex-1 flex-col gap-5",
                ),
                id="group-board",
                class_name="flex flex-col items-stretch gap-6 lg:flex-row lg:items-start",
            ),
            rx.cond(_S.used, rx.fragment(), _delete_set()),
            class_name="flex flex-col gap-6",
        ),
        _split(),
        _paste(),
        skeleton=rx.el.div(skeleton(class_name="h-8 w-56"), skeleton_card(class_name="mt-8")),
    )


def _without_group() -> rx.Component:
    return rx.el.aside(
        card(
            search_input(placeholder=_("Search by name or email"), on_change=_S.find),
            rx.cond(
                _S.unplaced.length() > 0,
                rx.fragment(),
                rx.el.p(
                    rx.cond(
                        _S.search != "",
                        _("Nobody without a group is called that."),
                        _("Everybody is placed."),
                    ),
                    class_name="mt-3 text-sm text-ink-muted",
                ),
            ),
            rx.el.ul(
                rx.foreach(_S.unplaced, _waiting),
                custom_attrs=sort_list("member", NOBODY),
                class_name="mt-3 flex min-h-12 list-none flex-col gap-1 p-0",
            ),
            rx.cond(
                _S.unplaced_total > _S.unplaced.length(),
                rx.el.p(
                    _("The first {count} are shown.", count=_S.unplaced.length()),
                    class_name="mt-3 text-sm text-ink-muted",
                ),
                rx.fragment(),
            ),
            title=_n("{count} without a group", "{count} without a group", count=_S.unplaced_total),
        ),
        class_name="w-full shrink-0 lg:w-80",
        aria_label=_("Without a group"),
    )


def _waiting(row: Any) -> rx.Component:
    return _person(row, NOBODY)


def _person(row: Any, group_id: Any) -> rx.Component:
    return rx.el.li(
        drag_handle(),
        rx.el.span(row["name"], title=row["email"], class_name="min-w-0 flex-1 truncate text-sm text-ink"),
        rx.el.select(
            rx.el.option(_("No group"), value=NOBODY),
            rx.foreach(_S.options, _option),
            value=group_id,
            on_change=lambda chosen: _S.move(row["id"], chosen),
            aria_label=_("Group of {name}", name=row["name"]),
            class_name=_SELECT,
        ),
        custom_attrs=sort_item("member", row["id"]),
        key=row["id"],
        class_name="flex min-w-0 items-center gap-1.5 rounded-lg bg-surface py-0.5",
    )


def _option(one: Any) -> rx.Component:
    return rx.el.option(one["label"], value=one["value"])


def _group(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.input(
                default_value=row["name"],
                key=row["name"],
                max_length=80,
                on_blur=lambda text: _S.rename(row["id"], text),
                aria_label=_("Name of the group {name}", name=row["name"]),
                class_name=(
                    "h-9 min-w-0 flex-1 rounded-md border border-transparent bg-transparent px-2 text-sm font-semibold "
                    "text-ink hover:border-line-strong focus-visible:border-accent pointer-coarse:h-11"
                ),
            ),
            rx.cond(
                row["begun"],
                badge(_("At work"), tone="accent"),
                icon_button(
                    "trash",
                    label=_("Delete {name}", name=row["name"]),
                    on_click=_S.delete(row["id"]),
                ),
            ),
            class_name="flex items-center gap-2 border-b border-line px-2.5 py-2",
        ),
        rx.el.ul(
            rx.foreach(row["members"], lambda member: _person(member, row["id"])),
            custom_attrs=sort_list("member", row["id"]),
            class_name="flex min-h-14 list-none flex-col gap-1 p-2.5",
        ),
        key=row["id"],
        class_name="min-w-0 rounded-xl border border-line bg-surface shadow-sm",
    )


def _add_group() -> rx.Component:
    return rx.el.form(
        text_input(
            name="name",
            id=field_id("group-name"),
            label=_("One more group"),
            placeholder=_("Name of the group"),
            required=True,
            max_length=80,
            error=_S.errors["name"],
            field_class="min-w-0 flex-1",
            key=rx.Var.create(f"add-{_S.total}"),
        ),
        button(_("Add group"), type="submit", icon="plus", class_name="mt-[26px]"),
        on_submit=_S.add,
        class_name="flex max-w-md items-start gap-3",
    )


def _delete_set() -> rx.Component:
    return rx.el.div(
        button(_("Delete this set"), variant="quiet", icon="trash", opens="delete-set"),
        confirm_dialog(
            id="delete-set",
            title=_("Delete this set?"),
            message=_("Its groups go with it. No work is lost: no assignment uses them."),
            confirm_label=_("Delete"),
            on_confirm=_S.delete_set,
        ),
        class_name="flex justify-end",
    )


def _split() -> rx.Component:
    form = "split-form"
    return dialog(
        rx.el.form(
            number_input(
                name="size",
                id=field_id("split-size"),
                label=_("Members per group"),
                hint=_("The groups will be even: their sizes differ by one at most."),
                default_value="3",
                minimum=2,
                maximum=20,
                required=True,
                error=_S.errors["size"],
            ),
            id=form,
            on_submit=_S.split,
        ),
        title=_("Divide at random"),
        description=_("Everybody who is in no group yet comes into a new one. Groups that exist stay."),
        id="split-dialog",
        open=_S.splitting,
        on_close=_S.close_dialogs,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Make groups"), variant="primary", type="submit", form=form),
        ],
    )


def _paste() -> rx.Component:
    form = "paste-form"
    return dialog(
        rx.el.form(
            textarea(
                name="text",
                id=field_id("paste-text"),
                label=_("Students and groups"),
                hint=_(
                    "One line each: email or full name, then the group. From a spreadsheet, copy two columns."
                ),
                placeholder=_("ada@example.org, Group 1"),
                rows=8,
                required=True,
                error=_S.errors["text"],
            ),
            id=form,
            on_submit=_S.check,
        ),
        rx.cond(
            _S.pasted.length() > 0,
            rx.el.div(
                rx.el.p(
                    _(
                        "Nothing was changed yet. {count} lines can be used; these have to be put right first:",
                        count=_S.pasted_good,
                    ),
                    class_name="text-sm text-ink",
                ),
                rx.el.ul(
                    rx.foreach(_S.pasted, _pasted), class_name="mt-2 flex list-none flex-col gap-1.5 p-0"
                ),
                role="status",
                class_name="mt-4 max-h-56 overflow-auto",
            ),
            rx.fragment(),
        ),
        title=_("Paste a list"),
        id="paste-dialog",
        open=_S.pasting,
        on_close=_S.close_dialogs,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Place everybody"), variant="primary", type="submit", form=form),
        ],
    )


def _pasted(row: Any) -> rx.Component:
    return rx.cond(
        row["problem"] != "",
        rx.el.li(
            rx.el.span(
                _("Line {number}: {student}", number=row["line"], student=row["student"]),
                class_name="font-medium text-ink",
            ),
            " ",
            rx.el.span(row["problem"], class_name="text-danger"),
            key=row["line"],
            class_name="text-sm",
        ),
        rx.fragment(),
    )
