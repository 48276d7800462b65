"""The dialogs that keep a bank in order: where questions are, their tags and objectives, names of banks and folders."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _, _n
from eduplatform.components.ui import button, callout, checkbox, dialog, select, text_input
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.state.bank import BankState
from eduplatform.state.bank_filing import BankFilingState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = BankFilingState
_LISTED: Any = BankState


def filing_dialogs() -> rx.Component:
    """All of them; the state says which one is open."""
    return rx.fragment(
        _form_dialog("place", _("Move or copy"), _S.place, _place(), _("Do it"), description=_chosen()),
        _form_dialog("tags", _("Tags"), _S.tag, _tags(), _("Save tags"), description=_chosen()),
        _form_dialog(
            "objectives", _("Objectives"), _S.aim, _objectives(), _("Save objectives"), description=_chosen()
        ),
        _form_dialog("bank", _("New bank"), _S.add_bank, _new_bank(), _("Create bank")),
        _form_dialog("rename_bank", _("Rename bank"), _S.rename_bank, _name(), _("Rename")),
        _form_dialog(
            "folder",
            _("New folder"),
            _S.add_folder,
            _name(),
            _("Create folder"),
            description=rx.cond(
                _LISTED.folder_id != "",
                _("In the folder {name}.", name=_LISTED.folder_name),
                _("In the bank {name}.", name=_LISTED.bank_name),
            ),
        ),
        _form_dialog("rename_folder", _("Rename folder"), _S.rename_folder, _name(), _("Rename")),
        _form_dialog(
            "move_folder",
            _("Move folder"),
            _S.move_folder,
            select(
                name="parent",
                id=field_id("filing-parent"),
                label=_("Into"),
                options=_S.folders,
                placeholder=_("The top of the bank"),
                error=_S.errors["parent"],
            ),
            _("Move"),
            description=_("Its questions and the folders in it go along."),
        ),
    )


def _chosen() -> rx.Var[str]:
    return _n("{count} question chosen", "{count} questions chosen", count=_S.count)


def _form_dialog(
    which: str, title: Any, on_submit: Any, fields: rx.Component, save: Any, *, description: Any = ""
) -> rx.Component:
    form = f"filing-{which}"
    return dialog(
        rx.cond(
            # A form made anew each time shows what the state holds now.
            _S.showing == which,
            rx.el.form(
                rx.cond(
                    _S.errors["form"], callout(_S.errors["form"], tone="danger", role="alert"), rx.fragment()
                ),
                fields,
                id=form,
                on_submit=on_submit,
                class_name="flex flex-col gap-5 py-1",
            ),
            rx.fragment(),
        ),
        title=title,
        description=description,
        id=f"dialog-{which}",
        open=_S.showing == which,
        on_close=_S.close,
        footer=[
            button(_("Cancel"), closes=True),
            button(save, type="submit", variant="primary", form=form, id=f"save-{which}"),
        ],
    )


def _place() -> rx.Component:
    return rx.fragment(
        select(
            name="place",
            id=field_id("filing-place"),
            label=_("Bank and folder"),
            options=_S.options,
            placeholder=_("Choose"),
            error=_S.errors["place"],
            required=True,
        ),
        checkbox(
            name="copy_them",
            id=field_id("filing-copy"),
            label=_("Copy instead of moving"),
            hint=_("A copy starts with its newest version and has a life of its own."),
            value="true",
        ),
    )


def _tags() -> rx.Component:
    return rx.fragment(
        rx.cond(
            _S.tags != "",
            rx.el.p(_("Tags now: {tags}", tags=_S.tags), class_name="text-sm text-ink-muted"),
            rx.fragment(),
        ),
        text_input(
            name="add",
            id=field_id("filing-add"),
            label=_("Add tags"),
            hint=_("Put commas between them."),
            auto_complete="off",
            list="filing-known-tags",
            error=_S.errors["tags"],
        ),
        rx.el.datalist(
            rx.foreach(_S.known_tags, lambda tag: rx.el.option(value=tag)), id="filing-known-tags"
        ),
        text_input(
            name="remove",
            id=field_id("filing-remove"),
            label=_("Take tags away"),
            auto_complete="off",
            list="filing-known-tags",
        ),
    )


def _objectives() -> rx.Component:
    return rx.cond(
        _S.objectives.length() > 0,
        rx.el.fieldset(
            rx.el.legend(_("What these questions ask for"), class_name="text-sm font-medium text-ink"),
            rx.cond(
                _S.errors["objectives"],
                rx.el.p(
                    _S.errors["objectives"], role="alert", class_name="mt-1 text-sm font-medium text-danger"
                ),
                rx.fragment(),
            ),
            rx.foreach(_S.objectives, _objective),
            class_name="flex flex-col gap-2.5 border-0 p-0 [&>legend]:mb-2.5",
        ),
        rx.el.p(
            _("This course has no objectives yet. Write them on its page of objectives."),
            class_name="text-sm text-ink-muted",
        ),
    )


def _objective(row: Any) -> rx.Component:
    return checkbox(
        name=row["value"],
        id=f"objective-{row['value']}",
        label=row["label"],
        default_checked=_S.aims.contains(row["value"]),
        value="true",
    )


def _name() -> rx.Component:
    return text_input(
        name="name",
        id=field_id("filing-name"),
        label=_("Name"),
        default_value=_S.name,
        error=_S.errors["name"],
        required=True,
        auto_complete="off",
    )


def _new_bank() -> rx.Component:
    return rx.fragment(
        _name(),
        rx.cond(
            _LISTED.own,
            rx.fragment(),
            checkbox(
                name="own",
                id=field_id("filing-own"),
                label=_("Only for me"),
                hint=_("Otherwise everybody who teaches this course can use and change its questions."),
                value="true",
            ),
        ),
    )
