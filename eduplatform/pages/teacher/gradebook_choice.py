"""A short list to choose from without a form around it: filters, and settings that are saved at once."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.ui import icon


def chooser(*options: rx.Component, width: str = "", **props: Any) -> rx.Component:
    """A select in the look of the kit.

    Args:
        options: Its options.
        width: Literal class of its width.
        props: ``value``, ``on_change``, ``aria_label`` and other attributes.
    """
    return rx.el.div(
        rx.el.select(
            *options,
            class_name=(
                "ui-select h-10 w-full cursor-pointer truncate rounded-lg border border-line-strong bg-surface ps-3 pe-9 text-sm "
                "text-ink shadow-sm pointer-coarse:h-11"
            ),
            **props,
        ),
        rx.el.span(
            icon("chevrons-up-down"),
            class_name="pointer-events-none absolute inset-y-0 end-2.5 grid place-items-center text-ink-muted",
        ),
        class_name=f"relative min-w-0 {width}".strip(),
    )


__all__ = ["chooser"]
