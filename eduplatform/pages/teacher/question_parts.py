"""The fields of each question type in the editor, drawn from what the type says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import reflex as rx

from eduplatform.components.assessment.rows_editor import RowColumn, rows_editor
from eduplatform.components.text import _
from eduplatform.components.ui import checkbox, icon, number_input, select, text_input, textarea
from eduplatform.domain.assessment.question_types import bank_types
from eduplatform.domain.assessment.types.editor import (
    ChoiceField,
    EditorColumn,
    EditorField,
    FlagField,
    LineField,
    NumberField,
    RowsField,
    TextField,
)
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.state.question import QuestionState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = QuestionState

_ERRORS = _S.errors
_PARTS = _S.parts


def parts_of_type() -> Any:
    """The fields of the type that is being written."""
    return rx.match(
        _S.type, *((kind.key, editor_fields(kind.editor)) for kind in bank_types()), rx.fragment()
    )


def editor_fields(fields: Sequence[EditorField]) -> rx.Component:
    """The fields of one type: those that stand beside each other in a grid, the others below each other."""
    switches = {field.shown_when[0] for field in fields if field.shown_when is not None}
    groups: list[rx.Component] = []
    for half, together in groupby(fields, key=lambda field: field.half):
        drawn = [_shown(field, switches) for field in together]
        groups += [rx.el.div(*drawn, class_name="grid gap-5 sm:grid-cols-2")] if half else drawn
    return rx.el.div(*groups, class_name="flex flex-col gap-6")


def _shown(field: EditorField, switches: set[str]) -> rx.Component:
    drawn = _DRAWN[type(field)](field, field.name in switches)
    if field.shown_when is None:
        return drawn
    switch, values = field.shown_when
    condition = rx.Var.create(list(values)).to(list[str]).contains(_PARTS[switch])
    return rx.cond(condition, drawn, rx.fragment())


def _key(name: str) -> rx.Var[str]:
    """Makes a field anew when another question, or another version of it, is shown."""
    return rx.Var.create(f"{name}-{_S.question_id}-{_S.version}")


def _common(field: EditorField) -> dict[str, Any]:
    return {
        "name": field.name,
        "id": field_id(f"question-{field.name}"),
        "label": _(field.label),
        "key": _key(field.name),
        **({"hint": _(field.hint)} if field.hint else {}),
    }


def _line(field: LineField, _switch: bool) -> rx.Component:
    return text_input(
        **_common(field),
        default_value=_PARTS[field.name],
        error=_ERRORS[field.name],
        required=field.required,
        optional=field.optional,
        auto_complete="off",
    )


def _text(field: TextField, _switch: bool) -> rx.Component:
    return textarea(
        **_common(field),
        rows=field.lines,
        default_value=_PARTS[field.name],
        error=_ERRORS[field.name],
        required=field.required,
        optional=field.optional,
    )


def _number(field: NumberField, _switch: bool) -> rx.Component:
    return number_input(
        **_common(field),
        minimum=field.least,
        maximum=field.most,
        default_value=_PARTS[field.name],
        error=_ERRORS[field.name],
        optional=field.optional,
    )


def _flag(field: FlagField, _switch: bool) -> rx.Component:
    return checkbox(**_common(field), value="true", default_checked=_PARTS[field.name] == "true")


def _choice(field: ChoiceField, switch: bool) -> rx.Component:
    value: dict[str, Any] = {"default_value": _PARTS[field.name]}
    if switch:
        # Other fields come and go with it, so the state has to know.
        value = {
            "value": _PARTS[field.name],
            "on_change": lambda chosen: _S.set_part(field.name, chosen),
        }
    return select(
        **_common(field),
        **value,
        options=[(str(key), _(label)) for key, label in field.choices],
        placeholder="" if field.start else _("Choose"),
        error=_ERRORS[field.name],
        required=not field.start,
    )


def _rows(field: RowsField, _switch: bool) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(_(field.label), class_name="text-sm font-medium text-ink"),
            rx.el.p(
                _(field.hint) if field.hint else "", class_name="mt-0.5 text-sm text-ink-muted empty:hidden"
            ),
        ),
        _problem(field.name),
        rows_editor(
            id=f"question-{field.name}",
            name=field.name,
            value=_PARTS[field.name],
            revision=_key(field.name),
            columns=[*_columns(field.columns)],
            add_label=_(field.add),
            errors=_ERRORS,
            least=field.least,
            most=field.most,
            numbered=field.numbered,
        ),
        class_name="flex flex-col gap-3",
    )


def _columns(columns: Sequence[EditorColumn]) -> Iterator[RowColumn]:
    for column in columns:
        drawn: RowColumn = {"name": column.name, "label": _(column.label), "kind": column.kind}
        if column.placeholder:
            drawn["placeholder"] = _(column.placeholder)
        if column.example:
            drawn["placeholder"] = column.example
        if column.choices:
            drawn["choices"] = [{"value": str(key), "label": _(label)} for key, label in column.choices]
        if column.shown_when is not None:
            switch, values = column.shown_when
            drawn["shown"] = {"column": switch, "values": list(values)}
        yield drawn


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


_DRAWN: dict[type[EditorField], Callable[[Any, bool], rx.Component]] = {
    LineField: _line,
    TextField: _text,
    NumberField: _number,
    FlagField: _flag,
    ChoiceField: _choice,
    RowsField: _rows,
}
