"""What the head of every document needs besides the theme: icons, and how the application looks when installed."""

from __future__ import annotations

import reflex as rx


def document_head() -> list[rx.Component]:
    """Icons, manifest, and the colours of the browser's own bars."""
    return [
        rx.el.link(rel="icon", href="/favicon.ico", sizes="32x32"),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icons/touch-180.png"),
        rx.el.link(rel="manifest", href="/manifest.json"),
        rx.el.meta(
            name="theme-color", content="#f8f8f6", custom_attrs={"media": "(prefers-color-scheme: light)"}
        ),
        rx.el.meta(
            name="theme-color", content="#131417", custom_attrs={"media": "(prefers-color-scheme: dark)"}
        ),
    ]
