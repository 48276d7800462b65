"""How the style guide shows a family of components and an example of it."""

from typing import Any

import reflex as rx


def part(key: str, title: str, *content: rx.Component) -> rx.Component:
    """One family with its heading, reachable as `#key`."""
    return rx.el.section(
        rx.el.h2(title, id=f"{key}-title", class_name="text-xl font-semibold text-ink"),
        rx.el.div(*content, class_name="mt-5 flex flex-col gap-8"),
        id=key,
        aria_labelledby=f"{key}-title",
        class_name="scroll-mt-8",
    )


def example(name: str, *content: Any, class_name: str = "flex flex-wrap items-center gap-3") -> rx.Component:
    """A few components with their name above."""
    return rx.el.div(
        rx.el.h3(name, class_name="mb-3 text-xs font-medium text-ink-muted"),
        rx.el.div(*content, class_name=class_name),
        class_name="min-w-0",
    )
