"""Random questions of an assessment: their place in the list, and the window that says what is drawn from where."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    callout,
    dialog,
    icon,
    icon_button,
    number_input,
    select,
    text_input,
)
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.state.builder import BuilderState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = BuilderState

_ONE = _S.pool
_ERRORS = _S.errors


def random_questions(row: Any) -> rx.Component:
    """Random questions in the list of an assessment's questions."""
    return rx.el.li(
        rx.el.span(
            icon("sparkles"),
            class_name="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft text-accent",
        ),
        rx.el.div(
            rx.el.p(row["title"], class_name="font-medium text-ink"),
            rx.el.div(
                rx.el.span(row["details"]),
                rx.cond(row["short"], badge(_("Too few questions"), tone="warning"), rx.fragment()),
                class_name="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-muted",
            ),
            class_name="min-w-0 flex-1 basis-60",
        ),
        rx.cond(
            _S.settings["published"],
            rx.fragment(),
            rx.el.div(
                icon_button(
                    "pencil",
                    label=_("Change random questions {number}", number=row["number"]),
                    size="sm",
                    on_click=_S.open_pool(row["id"]),
                ),
                icon_button(
                    "x",
                    label=_("Take random questions {number} out", number=row["number"]),
                    size="sm",
                    on_click=_S.remove_pool(row["id"]),
                ),
                class_name="flex",
            ),
        ),
        key=row["id"],
        class_name="flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4 sm:px-6",
    )


def pool_dialog() -> rx.Component:
    """What is drawn from where."""
    return dialog(
        rx.el.form(
            select(
                **_field("source"),
                label=_("From"),
                hint=_("A folder contains the folders in it."),
                options=_S.sources,
                placeholder=_("The whole bank of this course"),
            ),
            text_input(
                **_field("tag"),
                label=_("Only with the tag"),
                hint=_("Empty: with or without tags."),
                max_length=40,
            ),
            rx.el.div(
                number_input(
                    **_field("draw"),
                    label=_("How many for each student"),
                    minimum=1,
                    maximum=50,
                    required=True,
                ),
                text_input(
                    **_field("points"),
                    label=_("Points each"),
                    input_mode="decimal",
                    required=True,
                ),
                class_name="grid gap-5 sm:grid-cols-2",
            ),
            rx.cond(
                _ERRORS["form"],
                callout(_ERRORS["form"], tone="danger", role="alert"),
                rx.fragment(),
            ),
            rx.el.div(
                button(_("Cancel"), on_click=_S.close_pool),
                button(_("Save"), type="submit", variant="primary", id="save-pool"),
                class_name="flex flex-wrap justify-end gap-3",
            ),
            id="pool-form",
            on_submit=_S.save_pool,
            key=rx.Var.create(f"pool-form-{_ONE['id']}-{_S.editing_pool}"),
            class_name="flex flex-col gap-5",
        ),
        title=_("Random questions"),
        description=_(
            "Each attempt draws its own questions. What may be drawn is fixed when you publish, and an attempt keeps what it drew."
        ),
        id="pool-dialog",
        open=_S.editing_pool,
        on_close=_S.close_pool,
    )


def _field(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": field_id(f"pool-{name}"),
        "default_value": _ONE[name],
        "error": _ERRORS[name],
    }
