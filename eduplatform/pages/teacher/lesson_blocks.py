"""The blocks of a lesson in its editor: shown as readers see them, each with what can be done to it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.lesson.blocks import show_block
from eduplatform.components.live.sortable import drag_handle, sort_item, sort_list, sortable
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    button,
    dialog,
    empty_state,
    icon,
    icon_button,
    menu,
    menu_item,
    visually_hidden,
)
from eduplatform.pages.teacher.block_forms import block_form
from eduplatform.pages.teacher.course_tools import keep_focus
from eduplatform.state.lessons import LessonEditorState

_S: Any = LessonEditorState

_KINDS = (
    ("text", "file-text", _("Text"), _("Headings, lists, tables, links")),
    ("image", "image", _("Picture"), _("With a description for everybody")),
    ("video", "play", _("Video"), _("A file or an address, with transcript")),
    ("file", "paperclip", _("File"), _("Something to download")),
    ("code", "code", _("Code"), _("Highlighted in its language")),
    ("formula", "sigma", _("Formula"), _("Typeset, and read aloud")),
    ("callout", "info", _("Box"), _("Note, tip, warning or example")),
    ("quiz", "list-checks", _("Quiz"), _("Starts an assessment of the course")),
)


def lesson_blocks() -> rx.Component:
    """The list of blocks, with what adds one."""
    return rx.el.section(
        rx.el.h2(_("Content"), class_name="text-lg font-semibold text-ink"),
        keep_focus(_S.focus, _S.drawn),
        visually_hidden(_S.announcement, role="status"),
        sortable("lesson-blocks", on_place=_S.place),
        _undo(),
        rx.cond(
            _S.blocks.length() > 0,
            rx.el.ol(
                rx.foreach(_S.blocks, _block),
                id="lesson-blocks",
                custom_attrs=sort_list("block", "blocks"),
                class_name="mt-4 flex flex-col gap-4",
            ),
            rx.el.div(
                empty_state(
                    _("Nothing here yet"),
                    description=_("A lesson is made of blocks. Most begin with a text."),
                    icon="layers",
                ),
                class_name="mt-4 rounded-xl border border-dashed border-line-strong",
            ),
        ),
        rx.el.div(
            rx.el.h3(_("Add a block"), class_name="text-sm font-semibold text-ink"),
            _palette("", "add"),
            class_name="mt-6 rounded-xl border border-dashed border-line-strong p-4 sm:p-5",
        ),
        dialog(
            _palette(_S.before, "insert"),
            title=_("Add a block here"),
            id="dialog-add",
            open=_S.dialog == "add",
            on_close=_S.keep,
            size="md",
        ),
        class_name="mt-10",
    )


def _palette(before: Any, prefix: str) -> rx.Component:
    return rx.el.ul(
        *[
            rx.el.li(
                rx.el.button(
                    icon(picture, size="md", class_name="shrink-0 text-accent"),
                    rx.el.span(
                        rx.el.span(name, class_name="block text-sm font-medium text-ink"),
                        rx.el.span(words, class_name="block text-xs text-ink-muted"),
                        class_name="min-w-0 text-start",
                    ),
                    id=f"{prefix}-{kind}",
                    type="button",
                    on_click=_S.add(kind, before),
                    class_name=(
                        "flex size-full items-center gap-3 rounded-lg border border-line bg-raised p-3 shadow-sm "
                        "hover:border-accent"
                    ),
                )
            )
            for kind, picture, name, words in _KINDS
        ],
        class_name="mt-3 grid gap-2 sm:grid-cols-2",
    )


def _undo() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _S.undo != "",
            rx.el.div(
                icon("trash", class_name="shrink-0 text-ink-muted"),
                rx.el.span(_S.undo_text, class_name="flex-1 text-sm text-ink"),
                button(_("Undo"), id="block-undo", icon="undo-2", size="sm", on_click=_S.bring_back),
                icon_button("x", label=_("Dismiss"), size="sm", on_click=_S.forget_undo),
                class_name="mt-4 flex items-center gap-3 rounded-xl border border-line bg-sunken px-4 py-2.5",
            ),
            rx.fragment(),
        ),
        role="status",
        class_name="sticky top-16 z-10",
    )


def _block(row: Any) -> rx.Component:
    key = row["id"]
    opened = _S.editing == key
    return rx.el.li(
        _insert_here(row),
        rx.el.div(
            _tools(row, opened),
            rx.cond(
                opened,
                rx.el.div(block_form(row), class_name="border-t border-line p-4 sm:p-5"),
                rx.el.div(
                    rx.cond(
                        row["empty"],
                        rx.el.p(_("Empty. Click to write."), class_name="py-2 text-sm text-ink-muted"),
                        show_block(row["view"]),
                    ),
                    on_click=_S.open(key),
                    class_name=(
                        "cursor-text border-t border-line px-4 py-3 hover:bg-sunken/40 sm:px-6 "
                        "[&_:is(a,summary,video)]:pointer-events-none"
                    ),
                ),
            ),
            class_name=[
                "overflow-clip rounded-xl border bg-surface shadow-sm",
                rx.cond(
                    opened, "border-accent", rx.cond(row["problems"] > 0, "border-warning", "border-line")
                ),
            ],
        ),
        id=f"block-{key}",
        key=key,
        custom_attrs=sort_item("block", key),
        class_name="group/block scroll-mt-20 data-dragged:opacity-50",
    )


def _insert_here(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.button(
            icon("plus"),
            visually_hidden(_("Add a block before block {number}", number=row["number"])),
            type="button",
            on_click=_S.ask("add", row["id"]),
            class_name=(
                "grid size-7 place-items-center rounded-full border border-line bg-raised text-ink-muted opacity-0 "
                "shadow-sm transition-opacity group-hover/block:opacity-100 hover:border-accent hover:text-accent "
                "focus-visible:opacity-100 pointer-coarse:size-10 pointer-coarse:opacity-100"
            ),
        ),
        class_name="relative z-[1] -mt-2 -mb-2.5 flex justify-center pointer-coarse:my-0 pointer-coarse:pb-2",
    )


def _tools(row: Any, opened: Any) -> rx.Component:
    key, name, number = row["id"], row["name"], row["number"]
    return rx.el.div(
        drag_handle(),
        rx.el.h3(
            rx.el.span(number, class_name="text-ink-muted tabular-nums"),
            " ",
            name,
            class_name="min-w-0 flex-1 truncate text-sm font-medium text-ink",
        ),
        rx.cond(
            row["problems"] > 0,
            badge(
                _n("{count} problem", "{count} problems", count=row["problems"]),
                tone="warning",
                icon="triangle-alert",
            ),
            rx.fragment(),
        ),
        rx.cond(
            opened,
            rx.fragment(),
            icon_button(
                "pencil",
                label=_("Write in block {number}, {kind}", number=number, kind=name),
                size="sm",
                id=f"block-{key}-edit",
                on_click=_S.open(key),
            ),
        ),
        icon_button(
            "arrow-up",
            label=_("Move block {number} up", number=number),
            size="sm",
            disabled=row["first"],
            id=f"block-{key}-up",
            on_click=_S.move(key, "up"),
        ),
        icon_button(
            "arrow-down",
            label=_("Move block {number} down", number=number),
            size="sm",
            disabled=row["last"],
            id=f"block-{key}-down",
            on_click=_S.move(key, "down"),
        ),
        menu(
            menu_item(_("Duplicate"), icon="copy", on_click=_S.duplicate(key)),
            menu_item(_("Add a block before"), icon="plus", on_click=_S.ask("add", key)),
            menu_item(_("Remove"), icon="trash", danger=True, on_click=_S.remove_block(key)),
            id=f"menu-{key}",
            label=_("Actions for block {number}", number=number),
            icon_only=True,
            variant="quiet",
            size="sm",
        ),
        class_name="flex items-center gap-1 px-2 py-1.5 sm:px-3",
    )
