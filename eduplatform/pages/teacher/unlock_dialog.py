"""The dialog that says when a module opens."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import button, date_time_input, dialog, number_input, select
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.state.unlocking import UnlockState

_S: Any = UnlockState

_FORM = "unlock-form"


def unlock_dialog() -> rx.Component:
    """Up to one condition of each kind; all of them have to be met."""
    errors = _S.errors
    return dialog(
        rx.cond(
            _S.opened,
            rx.el.form(
                select(
                    name="module",
                    id=field_id("unlock-module"),
                    label=_("After all lessons of this module are read"),
                    options=_S.modules,
                    placeholder=_("Does not matter"),
                    default_value=_S.module,
                    error=errors["module"],
                ),
                date_time_input(
                    name="date",
                    id=field_id("unlock-date"),
                    label=_("Not before"),
                    zone=_S.zone,
                    default_value=_S.date,
                    error=errors["date"],
                ),
                rx.el.div(
                    select(
                        name="assessment",
                        id=field_id("unlock-assessment"),
                        label=_("With enough points in"),
                        options=_S.assessments,
                        placeholder=_("Does not matter"),
                        default_value=_S.assessment,
                        error=errors["assessment"],
                    ),
                    number_input(
                        name="percent",
                        id=field_id("unlock-percent"),
                        label=_("At least"),
                        minimum=1,
                        maximum=100,
                        step=1,
                        unit="%",
                        default_value=_S.percent,
                        error=errors["percent"],
                    ),
                    class_name="grid gap-5 sm:grid-cols-[minmax(0,1fr)_8rem]",
                ),
                rx.el.p(
                    _("Points count once the grade is released. Assessments keep their own dates."),
                    class_name="text-sm text-ink-muted",
                ),
                id=_FORM,
                on_submit=_S.save,
                class_name="flex flex-col gap-5",
            ),
            rx.fragment(),
        ),
        title=_("When “{module}” opens", module=_S.title),
        description=_("Students need to meet everything you set here. Set nothing, and it is open at once."),
        id="dialog-unlock",
        open=_S.opened,
        on_close=_S.close,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Save"), type="submit", variant="primary", form=_FORM),
        ],
    )
