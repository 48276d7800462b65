"""Keyboard shortcuts of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from eduplatform.components.text import _

_SCRIPT = rx.asset("hotkeys.js", shared=True).importable_path


class _Hotkey(rx.Component):
    """Listens for one shortcut; shows nothing."""

    library = _SCRIPT
    tag = "Hotkey"

    keys: rx.Var[str]
    focus_id: rx.Var[str]
    click_id: rx.Var[str]
    in_fields: rx.Var[bool]
    enabled: rx.Var[bool]
    on_press: rx.EventHandler[rx.event.no_args_event_spec]


class _HotkeySwitch(rx.Component):
    """Switches the single-key shortcuts of this browser off and on."""

    library = _SCRIPT
    tag = "HotkeySwitch"

    label: rx.Var[str]
    box_class_name: rx.Var[str]


class _ShowFromTop(rx.Component):
    """Scrolls to an element when the subject changes; shows nothing."""

    library = _SCRIPT
    tag = "ShowFromTop"

    target_id: rx.Var[str]
    subject: rx.Var[str]


@dataclass(frozen=True, slots=True)
class Hotkey:
    """One shortcut.

    Attributes:
        keys: The key as the browser names it, with modifiers before it: ``"j"``, ``"?"``, ``"escape"``,
            ``"shift+arrowup"``, ``"mod+k"`` (``mod`` is Ctrl, or Command on a Mac).
        on_press: Event to fire.
        focus: Id of the element that gets the focus.
        click: Id of the element that is pressed; nothing happens while it is disabled or not shown.
        in_fields: Listen also while the reader is typing in a field; only for shortcuts with Ctrl or Alt.
        enabled: A Var that switches the shortcut off, for readers who speak or use a switch device.
    """

    keys: str
    on_press: Any = None
    focus: str = ""
    click: str = ""
    in_fields: bool = False
    enabled: rx.Var[bool] | bool = True


def hotkeys(*bindings: Hotkey) -> rx.Component:
    """Make the page listen for shortcuts; place it anywhere in the page, it shows nothing."""
    return rx.fragment(*(_listener(binding) for binding in bindings))


def hotkey_switch() -> rx.Component:
    """A switch for shortcuts without Ctrl, Command or Alt, on all pages of this browser; on until it is switched off.

    A page with such shortcuts shows it: people who speak to their computer press single keys without meaning it.
    """
    return _HotkeySwitch.create(
        label=_("Keyboard shortcuts"),
        box_class_name="ui-switch",
        class_name="inline-flex items-center gap-2 font-medium text-ink",
    )


def show_from_top(target: str, *, subject: rx.Var[str]) -> rx.Component:
    """Scroll to an element whenever another subject takes its place, unless its top is in sight.

    Args:
        target: Id of the element; it can take the focus.
        subject: What is shown, for example an id.
    """
    return _ShowFromTop.create(target_id=target, subject=subject)


def _listener(binding: Hotkey) -> rx.Component:
    events = {} if binding.on_press is None else {"on_press": binding.on_press}
    return _Hotkey.create(
        keys=binding.keys,
        focus_id=binding.focus,
        click_id=binding.click,
        in_fields=binding.in_fields,
        enabled=binding.enabled,
        **events,
    )


__all__ = ["Hotkey", "hotkey_switch", "hotkeys", "show_from_top"]
