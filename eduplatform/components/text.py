"""Texts of pages: ``_("Sign in")`` is a Var that shows the sentence in the reader's language.

The browser keeps one small store of messages per page (``text.js`` next to this module), not the session's state: a
catalogue in the state would be sent again for every tab and kept in memory for every session. A component that uses
a text subscribes to the store by itself, because the Var carries the hook.
"""

from __future__ import annotations

import json
from typing import Any, cast

import reflex as rx
from reflex_base.vars.base import VarData

from eduplatform.i18n.languages import LOCALES

_SCRIPT = rx.asset("text.js", shared=True).importable_path
_HOOK = "const messages = useMessages();"
_MESSAGES = rx.Var("messages")


def _text_data(*helpers: str, params: tuple[Any, ...] = ()) -> VarData | None:
    """Return what a component needs to show a text: the hook, the imports, and what its parameters need."""
    own = VarData(imports={_SCRIPT: ["useMessages", *helpers]}, hooks={_HOOK: None}, deps=[_MESSAGES])
    return VarData.merge(own, *(rx.Var.create(value)._get_all_var_data() for value in params))


def _text_var(expression: str, data: VarData | None) -> rx.Var[str]:
    return cast("rx.Var[str]", rx.Var(_js_expr=expression, _var_type=str, _var_data=data).guess_type())


def _js_object(params: dict[str, Any]) -> str:
    pairs = (f"{json.dumps(name)}: {rx.Var.create(value)!s}" for name, value in params.items())
    return "{" + ", ".join(pairs) + "}"


def _(message: str, /, **params: Any) -> rx.Var[str]:
    """Show a sentence in the reader's language.

    Args:
        message: The English sentence, as a literal; it is the key. ``{name}`` marks a place for a value.
        params: Values or Vars for the places; shown as they are (numbers are not regrouped).

    Returns:
        A Var that works as child and as attribute, in ``rx.cond``, ``rx.match`` and ``rx.foreach``.
    """
    key = json.dumps(message)
    sentence = f"(messages[{key}] ?? {key})"
    if not params:
        return _text_var(sentence, _text_data())
    expression = f"fill({sentence}, {_js_object(params)})"
    return _text_var(expression, _text_data("fill", params=tuple(params.values())))


def _n(one: str, many: str, /, *, count: Any, **params: Any) -> rx.Var[str]:
    """Show a sentence that depends on a number.

    Args:
        one: English sentence for exactly one, as a literal; it is the key.
        many: English sentence for every other number, as a literal.
        count: The number or a Var of it; fills ``{count}``, written the way of the reader's language.
        params: Values or Vars for further places.
    """
    expression = f"plural(messages, {json.dumps(one)}, {json.dumps(many)}, {rx.Var.create(count)!s}, {_js_object(params)})"
    return _text_var(expression, _text_data("plural", params=(count, *params.values())))


class _LocaleBridge(rx.Component):
    """Makes the browser follow the language of the state."""

    library = _SCRIPT
    tag = "LocaleBridge"

    locale: rx.Var[str]
    locales: rx.Var[list[str]]


def _locale_event(code: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (code,)


class _LanguageSwitch(rx.Component):
    """A native select with the offered languages."""

    library = _SCRIPT
    tag = "LanguageSwitch"

    locales: rx.Var[list[str]]
    names: rx.Var[dict[str, str]]
    label: rx.Var[str]
    on_locale_change: rx.EventHandler[_locale_event]


def locale_bridge(locale: rx.Var[str] | str = "") -> rx.Component:
    """Show the page in the language of the state; place it once in the shell of every page.

    Args:
        locale: A key of `LOCALES`, or empty while the state does not know the reader: then the language chosen
            earlier in this browser is used, else the browser's own preference, else English. So the state's
            default must be empty.
    """
    return _LocaleBridge.create(locale=locale, locales=list(LOCALES))


def language_switch(
    *,
    on_change: rx.event.EventType[str] | None = None,
    class_name: str = (
        "h-9 rounded-md border border-line-strong bg-surface px-2 text-sm text-ink hover:border-accent"
    ),
    **props: Any,
) -> rx.Component:
    """Let the reader choose a language; takes effect at once, also before sign-in.

    Args:
        on_change: Handler that stores the choice in the person's profile; gets the code.
        class_name: Literal Tailwind classes that replace the usual ones.
        props: Further attributes, for example ``id``.
    """
    events = {} if on_change is None else {"on_locale_change": on_change}
    return _LanguageSwitch.create(
        locales=list(LOCALES), names=LOCALES, label=_("Language"), class_name=class_name, **events, **props
    )


__all__ = ["_", "_n", "language_switch", "locale_bridge"]
