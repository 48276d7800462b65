"""The teacher's side of a question type as data: the fields of its editor, which the pages draw with their own kit.

A field's ``name`` is its key in the form that ``parse_authoring`` reads and ``authoring`` fills. Labels and hints are
message keys. Values travel as text: flags as ``true`` or empty, rows as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorField:
    """What every field has.

    Attributes:
        name: Key in the form.
        label: What it is called.
        hint: What to know when filling it in.
        start: Its value in a new question.
        half: Stands beside the next field where there is room.
        shown_when: Another field, a choice, and the values of it with which this field is there.
    """

    name: str
    label: str
    hint: str = ""
    start: str = ""
    half: bool = False
    shown_when: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineField(EditorField):
    """One line of text."""

    required: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField(EditorField):
    """Text of several lines; ``lines`` are shown at first."""

    lines: Literal[3, 4, 6, 8] = 4
    required: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField(EditorField):
    """A whole number."""

    least: int
    most: int
    optional: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagField(EditorField):
    """A box to tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(EditorField):
    """One of several words, as pairs of value and label; without ``start`` nothing is chosen at first."""

    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorColumn:
    """A part of each row; ``radio`` ticks at most one row.

    Attributes:
        name: Key in the row.
        label: What it is called.
        kind: What the author does there.
        placeholder: A message key for an empty part.
        example: As ``placeholder``, yet the same in every language: a unit, a number.
        choices: Of a ``select``, as pairs of value and label.
        shown_when: A ``select`` of the row and the values of it with which this part is there.
    """

    name: str
    label: str
    kind: Literal["text", "radio", "checkbox", "select"] = "text"
    placeholder: str = ""
    example: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    shown_when: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsField(EditorField):
    """Rows that the author adds, removes and puts in order.

    Attributes:
        columns: The parts of a row, a text or select first.
        add: What one more row is called.
        least: Rows that cannot be removed.
        most: Rows that there can be.
        new_rows: Empty rows in a new question.
    """

    columns: tuple[EditorColumn, ...]
    add: str
    least: int = 0
    most: int = 20
    new_rows: int = 0
