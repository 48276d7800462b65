"""The supports of one student, for those who teach them and for the administration."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    callout,
    card,
    date_time_input,
    dialog,
    empty_state,
    icon_button,
    number_input,
    page_header,
    skeleton,
    skeleton_card,
    text_input,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.support import SupportState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = SupportState

_ERRORS = _S.errors


@page(
    "/support/[student_id]",
    title="Support of a student",
    roles=(Role.TEACHER, Role.ADMIN),
    on_load=SupportState.load,
)
def support() -> rx.Component:
    """More time, more attempts, later dates: set once."""
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _S.name,
                description=_(
                    "Support that holds in every assessment of every course: more time, more attempts, later dates."
                ),
                actions=[
                    button(
                        _("Add support"),
                        icon="plus",
                        variant="primary",
                        on_click=_S.edit(""),
                        id="add-support",
                    )
                ],
            ),
            card(
                rx.cond(
                    _S.rows.length() > 0,
                    rx.el.ul(
                        rx.foreach(_S.rows, _row),
                        class_name="flex list-none flex-col divide-y divide-line p-0",
                        id="supports",
                    ),
                    empty_state(
                        _("No support yet"),
                        description=_(
                            "A student with more time always gets all of it, also when the class has to stop."
                        ),
                        icon="timer",
                        actions=[button(_("Add support"), icon="plus", on_click=_S.edit(""))],
                    ),
                ),
                title=_("Support"),
                flush=True,
            ),
            class_name="mx-auto flex w-full max-w-3xl flex-col gap-6",
        ),
        _dialog(),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"), skeleton_card(class_name="mt-8"), class_name="mx-auto max-w-3xl"
        ),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.foreach(row["what"].to(list[str]), _what),
                rx.match(
                    row["state"],
                    ("over", badge(_("Over"))),
                    ("later", badge(_("Not yet"))),
                    badge(_("In force"), tone="success", dot=True),
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(row["period"], class_name="mt-1 text-sm text-ink"),
            rx.el.p(row["reason"], class_name="mt-0.5 text-sm text-ink-muted"),
            class_name="min-w-0 flex-1 basis-60",
        ),
        rx.el.div(
            icon_button(
                "pencil",
                label=_("Change this support: {period}", period=row["period"]),
                size="sm",
                on_click=_S.edit(row["id"]),
            ),
            icon_button(
                "x",
                label=_("Remove this support: {period}", period=row["period"]),
                size="sm",
                on_click=_S.remove(row["id"]),
            ),
            class_name="flex",
        ),
        key=row["id"],
        class_name="flex flex-wrap items-start gap-x-4 gap-y-2 px-5 py-4 sm:px-6",
    )


def _what(text: Any) -> rx.Component:
    return badge(text, tone="info")


def _field(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": field_id(f"support-{name}"),
        "default_value": _S.one[name],
        "error": _ERRORS[name],
    }


def _dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            rx.el.div(
                text_input(
                    **_field("time_multiplier"),
                    label=_("How many times the time"),
                    hint=_("2 is double time. Empty: as everybody."),
                    input_mode="decimal",
                ),
                number_input(
                    **_field("extra_attempts"), label=_("Attempts more than others"), minimum=0, maximum=20
                ),
                number_input(
                    **_field("due_shift_days"),
                    label=_("Due later by"),
                    unit=_("days"),
                    minimum=0,
                    maximum=60,
                ),
                number_input(
                    **_field("due_shift_hours"),
                    label=_("And by"),
                    unit=_("hours"),
                    minimum=0,
                    maximum=23,
                ),
                date_time_input(
                    **_field("starts_on"),
                    kind="date",
                    label=_("From"),
                    hint=_("Empty: also for what is long past."),
                ),
                date_time_input(
                    **_field("ends_on"), kind="date", label=_("To"), hint=_("Empty: without an end.")
                ),
                class_name="grid gap-5 sm:grid-cols-2",
            ),
            textarea(
                **_field("reason"),
                label=_("Why"),
                hint=_("For teachers and the administration. Write no diagnosis; a reference is enough."),
                rows=2,
                max_length=500,
                required=True,
            ),
            rx.cond(_ERRORS["form"], callout(_ERRORS["form"], tone="danger", role="alert"), rx.fragment()),
            rx.el.div(
                button(_("Cancel"), on_click=_S.leave),
                button(_("Save"), type="submit", variant="primary", id="save-support"),
                class_name="flex flex-wrap justify-end gap-3",
            ),
            id="support-form",
            on_submit=_S.save,
            key=_S.form_key,
            class_name="flex flex-col gap-5",
        ),
        title=_("Support"),
        id="support-dialog",
        open=_S.editing,
        on_close=_S.leave,
    )
