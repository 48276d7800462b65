"""Beside and above the list of questions: banks and folders, filters, and what can be done with ticked questions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _, _n
from eduplatform.components.ui import button, confirm_dialog, icon, icon_button, search_input, select, switch
from eduplatform.state.bank import BankState
from eduplatform.state.bank_filing import BankFilingState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = BankState
_FILING: Any = BankFilingState

_ENTRY = (
    "flex min-h-9 w-full items-center gap-2 rounded-lg px-2.5 py-1.5 text-start text-sm text-ink hover:bg-ink/7 "
    "aria-[current=true]:bg-accent-soft aria-[current=true]:font-medium aria-[current=true]:text-accent "
    "pointer-coarse:min-h-11"
)
_HEAD = "text-xs font-semibold tracking-wide text-ink-muted uppercase"


def shelf() -> rx.Component:
    """The banks, and the folders of the chosen one."""
    return rx.el.nav(
        rx.el.div(
            rx.el.h2(_("Banks"), class_name=_HEAD),
            icon_button(
                "plus", label=_("New bank"), size="sm", variant="quiet", on_click=_FILING.open("bank")
            ),
            class_name="flex items-center justify-between gap-2",
        ),
        rx.el.ul(
            rx.el.li(
                _entry(
                    rx.cond(_S.own, _("All my questions"), _("All of this course")),
                    "layers",
                    chosen=_S.bank_id == "",
                    on_click=_S.choose_bank(""),
                )
            ),
            rx.foreach(_S.banks, _bank),
            class_name="flex list-none flex-col gap-0.5 p-0",
        ),
        rx.cond(_S.bank_id != "", _folders(), rx.fragment()),
        aria_label=_("Banks and folders"),
        class_name="flex flex-col gap-2 rounded-xl border border-line bg-surface p-3",
    )


def _entry(
    label: Any, symbol: str, *, chosen: Any, on_click: Any, count: Any = "", hint: Any = ""
) -> rx.Component:
    return rx.el.button(
        icon(symbol, class_name="shrink-0"),
        rx.el.span(label, class_name="min-w-0 grow truncate"),
        hint,
        rx.el.span(count, class_name="text-xs text-ink-muted tabular-nums"),
        type="button",
        on_click=on_click,
        class_name=_ENTRY,
        custom_attrs={"aria-current": rx.cond(chosen, "true", "false")},
    )


def _bank(row: Any) -> rx.Component:
    return rx.el.li(
        _entry(
            row["name"],
            "database",
            chosen=_S.bank_id == row["id"],
            on_click=_S.choose_bank(row["id"]),
            count=row["questions"],
            hint=rx.cond(
                row["own"].to(bool) & ~_S.own,
                icon("lock", size="xs", label=_("Only you see this bank")),
                rx.fragment(),
            ),
        ),
        key=row["id"],
    )


def _folders() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2(_("Folders"), class_name=_HEAD),
            icon_button(
                "plus", label=_("New folder"), size="sm", variant="quiet", on_click=_FILING.open("folder")
            ),
            class_name="flex items-center justify-between gap-2",
        ),
        rx.el.ul(
            rx.el.li(
                _entry(
                    _("All folders"),
                    "folder",
                    chosen=_S.folder_id == "",
                    on_click=_S.choose_folder(""),
                )
            ),
            rx.foreach(_S.folders, _folder),
            class_name="flex list-none flex-col gap-0.5 p-0",
        ),
        rx.el.div(
            rx.cond(
                _S.folder_id != "",
                rx.fragment(
                    button(
                        _("Rename folder"),
                        size="sm",
                        variant="quiet",
                        on_click=_FILING.open("rename_folder"),
                    ),
                    button(
                        _("Move folder"), size="sm", variant="quiet", on_click=_FILING.open("move_folder")
                    ),
                    button(_("Delete folder"), size="sm", variant="quiet", opens="delete-folder"),
                ),
                rx.fragment(
                    button(
                        _("Rename bank"), size="sm", variant="quiet", on_click=_FILING.open("rename_bank")
                    ),
                    button(_("Delete bank"), size="sm", variant="quiet", opens="delete-bank"),
                ),
            ),
            class_name="mt-1 flex flex-wrap gap-1 border-t border-line pt-2",
        ),
        confirm_dialog(
            id="delete-folder",
            title=_("Delete the folder {name}?", name=_S.folder_name),
            message=_("Its questions and folders go to the one around it."),
            confirm_label=_("Delete folder"),
            on_confirm=_FILING.delete_folder,
        ),
        confirm_dialog(
            id="delete-bank",
            title=_("Delete the bank {name}?", name=_S.bank_name),
            message=_("Only a bank without questions can be deleted."),
            confirm_label=_("Delete bank"),
            on_confirm=_FILING.delete_bank,
        ),
        class_name="mt-2 flex flex-col gap-2 border-t border-line pt-3",
    )


_INDENTS = ("ps-0", "ps-4", "ps-8", "ps-12")


def _folder(row: Any) -> rx.Component:
    return rx.el.li(
        _entry(
            row["name"],
            "folder",
            chosen=_S.folder_id == row["id"],
            on_click=_S.choose_folder(row["id"]),
            count=row["questions"],
        ),
        key=row["id"],
        class_name=rx.match(
            row["depth"], *((depth, name) for depth, name in enumerate(_INDENTS)), _INDENTS[-1]
        ),
    )


def filters() -> rx.Component:
    """Words, type, tag, objective, and whether it is used at all."""
    return rx.el.div(
        search_input(
            placeholder=_("Search in the questions"),
            on_change=_S.find,
            class_name="min-w-0 flex-1 basis-56",
        ),
        _select("type", _("Type of question"), _("All types"), _S.types, _S.type, _S.filter),
        rx.cond(
            _S.tags.length() > 0,
            rx.el.div(
                select(
                    name="tag",
                    options=_S.tag_options,
                    placeholder=_("All tags"),
                    value=_S.tag,
                    on_change=_S.by_tag,
                    aria_label=_("Tag"),
                ),
                class_name="min-w-0 basis-40",
            ),
            rx.fragment(),
        ),
        rx.cond(
            _S.objectives.length() > 0,
            _select(
                "objective",
                _("Objective"),
                _("All objectives"),
                _S.objectives,
                _S.objective,
                _S.by_objective,
            ),
            rx.fragment(),
        ),
        switch(
            name="unused",
            label=_("Unused only"),
            checked=_S.unused,
            on_change=_S.only_unused,
        ),
        class_name="flex flex-wrap items-center gap-3",
    )


def _select(name: str, label: Any, every: Any, options: Any, value: Any, on_change: Any) -> rx.Component:
    return rx.el.div(
        select(
            name=name, options=options, placeholder=every, value=value, on_change=on_change, aria_label=label
        ),
        class_name="min-w-0 basis-44",
    )


def selection_bar() -> rx.Component:
    """What can be done with the ticked questions; there only while some are."""
    return rx.el.div(
        rx.cond(
            _S.selected.length() > 0,
            rx.el.div(
                rx.el.p(
                    _n("{count} question chosen", "{count} questions chosen", count=_S.selected.length()),
                    class_name="me-auto text-sm font-medium text-ink",
                ),
                button(_("Move or copy"), size="sm", icon="folder", on_click=_FILING.open("place")),
                button(_("Tags"), size="sm", icon="flag", on_click=_FILING.open("tags")),
                rx.cond(
                    _S.own,
                    rx.fragment(),
                    button(_("Objectives"), size="sm", icon="target", on_click=_FILING.open("objectives")),
                ),
                button(_("Take out"), size="sm", icon="archive", opens="archive-selected"),
                icon_button(
                    "x", label=_("Choose none"), size="sm", variant="quiet", on_click=_S.clear_selection
                ),
                class_name=(
                    "flex flex-wrap items-center gap-2 rounded-xl border border-accent bg-accent-soft px-4 py-2.5"
                ),
            ),
            rx.fragment(),
        ),
        confirm_dialog(
            id="archive-selected",
            title=_("Take these questions out of the bank?"),
            message=_("Assessments that ask them keep them. They can no longer be added to new ones."),
            confirm_label=_("Take them out"),
            on_confirm=_S.archive_selected,
        ),
        aria_live="polite",
    )
