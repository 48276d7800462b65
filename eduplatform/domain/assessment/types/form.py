"""Reading of an author's form: every refusal is remembered next to its field, and raised once at the end.

Values may come from a page's state (booleans, numbers, lists of rows) or from a plain HTML form (strings).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from eduplatform.domain.assessment.types.quantity import Quantity, read_quantity
from eduplatform.domain.assessment.types.text import clean_line, clean_text, is_invisible
from eduplatform.errors import FieldText, Invalid
from eduplatform.i18n import N_

_TICKED = frozenset({"true", "on", "1", "yes"})
_LONGEST_INTEGER = 512
"""Bits; Python refuses to write out integers without bound."""

_ENTER_NUMBER = N_("Enter a number")
_ENTER_WHOLE_NUMBER = N_("Enter a whole number")


class FormReader:
    """Reads the fields of one form and collects what is wrong with them."""

    def __init__(self, form: Mapping[str, object]) -> None:
        self._form = form
        self._problems: dict[str, FieldText] = {}

    def refuse(self, field: str, message: str, **params: str) -> None:
        """Note a problem, with the values of its placeholders; the first one per field is kept."""
        self._problems.setdefault(field, (message, params) if params else message)

    def finish(self) -> None:
        """End the reading.

        Raises:
            Invalid: Something was refused.
        """
        if self._problems:
            raise Invalid(fields=self._problems)

    def line(self, field: str, *, limit: int, too_long: str) -> str:
        """One line of text without spaces around it; empty when absent."""
        return self.line_of(self._form.get(field), field, limit=limit, too_long=too_long)

    def line_of(self, value: object, field: str, *, limit: int, too_long: str) -> str:
        """As `line`, for a value that was found elsewhere, such as in a row."""
        return self._capped(clean_line(_as_text(value)).strip(), field, limit, too_long)

    def text(self, field: str, *, limit: int, too_long: str) -> str:
        """Text of several lines; empty when absent."""
        return self.text_of(self._form.get(field), field, limit=limit, too_long=too_long)

    def text_of(self, value: object, field: str, *, limit: int, too_long: str) -> str:
        """As `text`, for a value that was found elsewhere, such as in a row."""
        return self._capped(clean_text(_as_text(value)).strip(), field, limit, too_long)

    def flag(self, field: str) -> bool:
        """Whether a box is ticked."""
        return is_ticked(self._form.get(field))

    def choice(self, field: str, allowed: tuple[str, ...], message: str) -> str:
        """One of the allowed words; the first one when absent."""
        value = self._form.get(field)
        if value is None or value == "":
            return allowed[0]
        if not isinstance(value, str) or value not in allowed:
            self.refuse(field, message)
            return allowed[0]
        return value

    def quantity(self, field: str) -> Quantity | None:
        """A number without a unit; None when absent or refused."""
        return self.quantity_of(self._form.get(field), field)

    def quantity_of(self, value: object, field: str) -> Quantity | None:
        """As `quantity`, for a value that was found elsewhere, such as in a row."""
        text = _as_text(value)
        if is_invisible(text):
            return None
        readings = read_quantity(text)
        if not readings or readings[0].unit:
            self.refuse(field, _ENTER_NUMBER)
            return None
        return readings[0]

    def whole(self, field: str, *, least: int, most: int, out_of_range: str) -> int | None:
        """A whole number within limits; None when absent or refused."""
        text = _as_text(self._form.get(field)).strip()
        if is_invisible(text):
            return None
        if not (text.isascii() and text.isdigit()) or len(text) > 9:
            self.refuse(field, _ENTER_WHOLE_NUMBER)
            return None
        number = int(text)
        if not least <= number <= most:
            self.refuse(field, out_of_range)
            return None
        return number

    def rows(self, field: str) -> list[Mapping[str, object]]:
        """The rows of a repeated part; what is not a row counts as an empty one."""
        value = self._form.get(field)
        if not isinstance(value, list | tuple):
            return []
        rows = cast(list[object] | tuple[object, ...], value)
        return [cast(Mapping[str, object], row) if isinstance(row, Mapping) else {} for row in rows]

    def lines(self, field: str) -> list[object]:
        """The entries of a list: a list, or one string with an entry per line."""
        value = self._form.get(field)
        if isinstance(value, str):
            return [*value.splitlines()]
        return [*cast(list[object], value)] if isinstance(value, list | tuple) else []

    def _capped(self, text: str, field: str, limit: int, too_long: str) -> str:
        if len(text) > limit:
            self.refuse(field, too_long)
            return ""
        return "" if is_invisible(text) else text


def is_ticked(value: object) -> bool:
    """What pages and HTML forms send for a ticked box."""
    return value is True or (isinstance(value, str) and value.strip().lower() in _TICKED)


def _as_text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return ""
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:
        return ""
    return str(value)
