"""The product's mark, and an organisation's own colour."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.state.shell import ShellState

# The organisation's colour is set on the frame; the tokens made from it stay readable in light and in dark
# (tests/integration/shell/test_brand_contrast.py does the same arithmetic for arbitrary colours).
BRANDED = (
    "[--color-accent:var(--tenant-accent)] "
    "[--color-accent-strong:color-mix(in_srgb,var(--tenant-accent)_82%,black)] "
    "[--color-accent-soft:color-mix(in_srgb,var(--tenant-accent)_8%,white)] "
    "[--color-focus:var(--tenant-accent)] "
    "dark:[--color-accent:color-mix(in_srgb,var(--tenant-accent)_38%,white)] "
    "dark:[--color-accent-strong:color-mix(in_srgb,var(--tenant-accent)_24%,white)] "
    "dark:[--color-accent-soft:color-mix(in_srgb,var(--tenant-accent)_24%,#131417)] "
    "dark:[--color-focus:color-mix(in_srgb,var(--tenant-accent)_38%,white)]"
)


def brand_class() -> rx.Var[str]:
    """Classes of the element inside which the organisation's colour is the accent."""
    return rx.cond(ShellState.accent != "", BRANDED, "")


def brand_style() -> dict[str, Any]:
    """Attributes that go with ``brand_class``; the state holds only checked colours."""
    return {"style": {"--tenant-accent": ShellState.accent}}


def mark(*, class_name: str = "size-8") -> rx.Component:
    """The mark: an open book whose pages rise like steps."""
    return rx.el.svg(
        rx.el.rect(width="32", height="32", rx="8", fill="var(--color-accent)"),
        rx.el.path(
            d="M16 24.2c-2-1.7-4.7-2.5-8-2.5V10.3c3.3 0 6 .9 8 2.6 2-1.7 4.7-2.6 8-2.6v11.4c-3.3 0-6 .8-8 2.5Z",
            fill="none",
            stroke="var(--color-on-accent)",
            custom_attrs={"strokeWidth": "2", "strokeLinejoin": "round"},
        ),
        rx.el.path(
            d="M16 12.9v11.3M19.4 16.1c.7-.3 1.5-.5 2.3-.6M19.4 19.3c.7-.3 1.5-.5 2.3-.6",
            fill="none",
            stroke="var(--color-on-accent)",
            custom_attrs={"strokeWidth": "1.6", "strokeLinecap": "round"},
        ),
        rx.el.circle(cx="23.4", cy="8.2", r="1.9", fill="var(--color-on-accent)"),
        view_box="0 0 32 32",
        aria_hidden="true",
        class_name=f"shrink-0 {class_name}",
    )
