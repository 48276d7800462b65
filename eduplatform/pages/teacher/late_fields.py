"""What lateness costs, as the fields in which teachers decide it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import number_input, select


def late_fields(stored: Callable[[str], dict[str, Any]], *, disabled: rx.Var[bool]) -> rx.Component:
    """The late rule of an assessment or an assignment; its form is a `state.assessment_settings.LateForm`.

    Args:
        stored: Name, id, value, key and error of a field, by its name.
        disabled: Whether the rule stays as it is.
    """
    return rx.el.div(
        number_input(
            **stored("late_percent_per_day"),
            label=_("Late penalty"),
            hint=_("Of the points earned. Empty: late work costs nothing."),
            minimum=0,
            maximum=100,
            unit="%",
            disabled=disabled,
        ),
        select(
            **stored("late_period"),
            label=_("For each"),
            hint=_("Begun days or hours count as whole ones."),
            options=[("day", _("day begun")), ("hour", _("hour begun"))],
            disabled=disabled,
        ),
        number_input(
            **stored("late_grace_minutes"),
            label=_("Not late within"),
            hint=_("After that, lateness counts from the due time."),
            minimum=0,
            maximum=10080,
            unit=_("minutes"),
            disabled=disabled,
        ),
        number_input(
            **stored("late_max_percent"),
            label=_("At most"),
            hint=_("Lateness never takes more than this."),
            minimum=0,
            maximum=100,
            unit="%",
            disabled=disabled,
        ),
        number_input(
            **stored("missing_percent"),
            label=_("Missing work gets"),
            hint=_("Of the possible points. Empty: no number at all."),
            minimum=0,
            maximum=100,
            unit="%",
            disabled=disabled,
        ),
        class_name="grid gap-5 sm:grid-cols-2",
    )
