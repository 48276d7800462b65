"""What every part of the kit shares: text and flags that may be known now or only in the browser."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import reflex as rx

Text: TypeAlias = str | rx.Var
Flag: TypeAlias = bool | rx.Var
Amount: TypeAlias = int | float | rx.Var
Content: TypeAlias = str | rx.Var | rx.Component

# The scripts of the interactive parts, bundled by the build.
UI_SCRIPT = rx.asset("behaviour.js", shared=True).importable_path


def given(value: Any) -> bool:
    """Whether a parameter was filled in: any Var counts, of the rest what is true."""
    return isinstance(value, rx.Var) or bool(value)


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` if the condition holds, else `no`; decided in the browser when the condition is a Var."""
    if isinstance(condition, rx.Var):
        return rx.cond(condition, yes, no)
    return yes if condition else no


def either(first: Flag, second: Flag) -> Flag:
    """Whether one of two flags holds."""
    if isinstance(first, rx.Var) or isinstance(second, rx.Var):
        return rx.Var.create(first) | rx.Var.create(second)
    return first or second


def classes(*parts: str | rx.Var) -> str | list[str | rx.Var]:
    """Joins class names, left to right, leaving out empty ones."""
    kept = [part for part in parts if given(part)]
    if all(isinstance(part, str) for part in kept):
        return " ".join(str(part) for part in kept)
    return kept


def optional(value: Any, build: Any) -> rx.Component:
    """The component `build(value)`, or nothing when the value is empty (in the browser, for a Var)."""
    if isinstance(value, rx.Var):
        return rx.cond(value, build(value), rx.fragment())
    return build(value) if value else rx.fragment()


def attributes(**values: Any) -> dict[str, Any]:
    """Keeps the attributes that were given, so that an empty one does not reach the page."""
    return {name: value for name, value in values.items() if given(value)}


def children_of(content: Content | Sequence[Content]) -> Sequence[Content]:
    """One content or several, always as a sequence."""
    if isinstance(content, str | rx.Var | rx.Component):
        return [content]
    return content
