"""The one component that shows HTML: what `render_markdown` or a chart function made on the server."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.ui.base import Text, classes

_SCRIPT = rx.asset("rich_text.js", shared=True).importable_path


class _RichText(rx.Component):
    """A div whose content is HTML that the server has cleaned."""

    library = _SCRIPT
    tag = "RichText"

    html: rx.Var[str]
    role: rx.Var[str]
    tab_index: rx.Var[int]


def rich_text(html: Text, *, class_name: str = "", **props: Any) -> rx.Component:
    """Show text that `eduplatform.security.rich_text.render_markdown` has rendered.

    Args:
        html: The rendered HTML; nothing else may be given, least of all what a person typed.
        class_name: Further literal classes, for example ``prose-compact`` for comments and answers.
        props: Further attributes of the element, for example ``id`` or ``lang``.
    """
    return _RichText.create(html=html, class_name=classes("prose", class_name), **props)


def trusted_markup(html: Text, *, class_name: str = "", **props: Any) -> rx.Component:
    """Show a chart that `eduplatform.charts` has drawn, without the look of running text."""
    return _RichText.create(html=html, class_name=class_name, **props)


__all__ = ["rich_text", "trusted_markup"]
