"""The fields of each question type in the editor."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment.rows_editor import RowColumn, rows_editor
from eduplatform.components.text import _
from eduplatform.components.ui import checkbox, icon, number_input, select, text_input, textarea
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.state.bank import QuestionState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = QuestionState

_ERRORS = _S.errors
_PARTS = _S.parts


def parts_of_type() -> Any:
    """The fields of the type that is being written."""
    return rx.match(
        _S.type,
        ("single_choice", _options("radio", _("Mark the one that is right."))),
        (
            "multiple_choice",
            _options("checkbox", _("Mark all that are right. Each wrong choice takes one away.")),
        ),
        ("true_false", _true_false()),
        ("numeric", _numeric()),
        ("short_text", _short_text()),
        ("essay", _essay()),
        rx.fragment(),
    )


def _key(name: str) -> rx.Var[str]:
    """Makes a field anew when another question, or another version of it, is shown."""
    return rx.Var.create(f"{name}-{_S.question_id}-{_S.version}")


def _problem(field: str) -> rx.Component:
    return rx.el.div(
        rx.cond(
            _ERRORS[field],
            rx.el.p(
                icon("circle-alert", class_name="mt-[3px]"),
                rx.el.span(_ERRORS[field]),
                class_name="flex items-start gap-1.5 text-sm font-medium text-danger",
            ),
            rx.fragment(),
        ),
        aria_live="polite",
        class_name="empty:hidden",
    )


def _line(name: str, **props: Any) -> rx.Component:
    return text_input(
        name=name,
        id=field_id(f"question-{name}"),
        default_value=_PARTS[name],
        key=_key(name),
        error=_ERRORS[name],
        **props,
    )


def _options(kind: Any, hint: rx.Var[str]) -> rx.Component:
    columns: list[RowColumn] = [
        {"name": "text", "label": _("Option"), "kind": "text", "placeholder": _("Text of the option")},
        {"name": "correct", "label": _("Right"), "kind": kind},
    ]
    return rx.el.div(
        rx.el.p(hint, class_name="text-sm text-ink-muted"),
        _problem("options"),
        rows_editor(
            id="question-options",
            name="options",
            value=_S.options,
            revision=_key("options"),
            columns=columns,
            add_label=_("Add an option"),
            errors=_ERRORS,
            least=2,
        ),
        checkbox(
            name="shuffle",
            id=field_id("question-shuffle"),
            label=_("Show the options in another order to each student"),
            default_checked=_S.shuffle,
            key=_key("shuffle"),
        ),
        class_name="flex flex-col gap-4",
    )


def _true_false() -> rx.Component:
    return select(
        name="answer",
        id=field_id("question-answer"),
        label=_("The statement is"),
        options=[("true", _("True")), ("false", _("False"))],
        placeholder=_("Choose"),
        default_value=_PARTS["answer"],
        key=_key("answer"),
        error=_ERRORS["answer"],
        required=True,
        class_name="max-w-60",
    )


def _numeric() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _line(
                "value",
                label=_("Right answer"),
                hint=_("A decimal, a fraction, or 6.63e-34."),
                required=True,
                auto_complete="off",
            ),
            _line(
                "tolerance", label=_("Tolerance"), hint=_("Empty means exactly this value."), optional=True
            ),
            select(
                name="tolerance_kind",
                id=field_id("question-tolerance_kind"),
                label=_("Tolerance is"),
                hint=_("Absolute: in the unit of the answer."),
                options=[("absolute", _("absolute")), ("relative", _("a percentage of the answer"))],
                default_value=_PARTS["tolerance_kind"],
                key=_key("tolerance_kind"),
                error=_ERRORS["tolerance_kind"],
            ),
            number_input(
                name="significant_figures",
                id=field_id("question-significant_figures"),
                label=_("Significant figures"),
                hint=_("Empty when they do not matter."),
                minimum=1,
                maximum=15,
                default_value=_PARTS["significant_figures"],
                key=_key("significant_figures"),
                error=_ERRORS["significant_figures"],
                optional=True,
            ),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        select(
            name="unit_rule",
            id=field_id("question-unit_rule"),
            label=_("Unit"),
            options=[
                ("none", _("A number without a unit")),
                ("optional", _("A unit may be given")),
                ("required", _("A unit has to be given")),
            ],
            value=_PARTS["unit_rule"],
            on_change=_S.set_unit_rule,
            error=_ERRORS["unit_rule"],
            class_name="sm:max-w-sm",
        ),
        rx.cond(_PARTS["unit_rule"] != "none", _units(), rx.fragment()),
        class_name="flex flex-col gap-6",
    )


def _units() -> rx.Component:
    columns: list[RowColumn] = [
        {"name": "unit", "label": _("Other unit"), "kind": "text", "placeholder": _("mm")},
        {"name": "factor", "label": _("Factor"), "kind": "text", "placeholder": _("0.001")},
    ]
    return rx.el.div(
        _line("unit", label=_("Unit of the right answer"), class_name="max-w-60", required=True),
        rx.el.div(
            rx.el.p(_("Other units that count"), class_name="text-sm font-medium text-ink"),
            rx.el.p(
                _(
                    "The factor says how many units of the right answer one of them is: for m, one mm is 0.001."
                ),
                class_name="mt-0.5 text-sm text-ink-muted",
            ),
        ),
        _problem("other_units"),
        rows_editor(
            id="question-units",
            name="other_units",
            value=_S.other_units,
            revision=_key("units"),
            columns=columns,
            add_label=_("Add a unit"),
            errors=_ERRORS,
        ),
        class_name="flex flex-col gap-4",
    )


def _short_text() -> rx.Component:
    return rx.el.div(
        textarea(
            name="accepted",
            id=field_id("question-accepted"),
            label=_("Accepted answers"),
            hint=_("One per line. The first is shown as the solution."),
            default_value=_PARTS["accepted"],
            key=_key("accepted"),
            error=_ERRORS["accepted"],
            required=True,
        ),
        checkbox(
            name="case_matters",
            id=field_id("question-case_matters"),
            label=_("Capital and small letters matter"),
            default_checked=_S.case_matters,
            key=_key("case"),
        ),
        checkbox(
            name="accents_matter",
            id=field_id("question-accents_matter"),
            label=_("Accents matter"),
            default_checked=_S.accents_matter,
            key=_key("accents"),
        ),
        class_name="flex flex-col gap-4",
    )


def _essay() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            number_input(
                name="min_words",
                id=field_id("question-min_words"),
                label=_("At least (words)"),
                minimum=1,
                maximum=10_000,
                default_value=_PARTS["min_words"],
                key=_key("min_words"),
                error=_ERRORS["min_words"],
                optional=True,
            ),
            number_input(
                name="max_words",
                id=field_id("question-max_words"),
                label=_("At most (words)"),
                minimum=1,
                maximum=10_000,
                default_value=_PARTS["max_words"],
                key=_key("max_words"),
                error=_ERRORS["max_words"],
                optional=True,
            ),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        textarea(
            name="notes",
            id=field_id("question-notes"),
            label=_("Notes for grading"),
            hint=_("What a good answer contains. Students never see this."),
            default_value=_PARTS["notes"],
            key=_key("notes"),
            error=_ERRORS["notes"],
            rows=6,
            optional=True,
        ),
        class_name="flex flex-col gap-5",
    )
