"""A field for rich text: markdown with a toolbar, and a preview made by the server."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Amount, Flag, Text, given
from eduplatform.components.ui.fields import described_by, field
from eduplatform.components.ui.icons import ICON_PATHS

EDITOR_SCRIPT = rx.asset("markdown_editor.js", shared=True).importable_path

EDITOR_TOOLS: list[list[str]] = [
    [name, ICON_PATHS[picture]]
    for name, picture in (
        ("bold", "bold"),
        ("italic", "italic"),
        ("heading", "heading"),
        ("list", "list"),
        ("ordered", "list-ordered"),
        ("quote", "quote"),
        ("link", "link"),
        ("image", "image"),
        ("formula", "sigma"),
        ("code", "code"),
        ("table", "table"),
    )
]

EDITOR_CLASSES = {
    "frame": (
        "overflow-hidden rounded-lg border border-line-strong bg-surface focus-within:border-accent "
        "data-invalid:border-danger"
    ),
    "head": "flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-sunken px-2 py-1.5",
    "tabs": "flex gap-1 lg:hidden",
    "tab": (
        "min-h-9 rounded-md px-3 text-sm font-medium text-ink-muted hover:text-ink aria-selected:bg-surface "
        "aria-selected:text-ink aria-selected:shadow-sm pointer-coarse:min-h-11"
    ),
    "toolbar": "flex flex-wrap items-center gap-0.5",
    "tool": (
        "grid size-8 place-items-center rounded-md text-ink-muted hover:bg-surface hover:text-ink "
        "disabled:opacity-50 pointer-coarse:size-11"
    ),
    "panels": "grid lg:grid-cols-2 lg:divide-x lg:divide-line rtl:lg:divide-x-reverse",
    "single": "grid",
    "write": "block min-w-0",
    "writeAway": "hidden min-w-0 lg:block",
    "area": (
        "block size-full min-h-48 resize-y bg-transparent p-4 font-mono text-sm leading-relaxed text-ink "
        "focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-focus "
        "disabled:bg-sunken disabled:text-ink-muted"
    ),
    "preview": "relative block min-w-0 overflow-auto p-4 lg:max-h-[70dvh]",
    "previewAway": "relative hidden min-w-0 overflow-auto p-4 lg:block lg:max-h-[70dvh]",
    "prose": "prose",
    "nothing": "text-sm text-ink-muted",
}


def _text_event(text: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (text,)


class _MarkdownEditor(rx.Component):
    """Toolbar, textarea and preview."""

    library = EDITOR_SCRIPT
    tag = "MarkdownEditor"

    name: rx.Var[str]
    value: rx.Var[str]
    revision: rx.Var[Any]
    preview: rx.Var[str]
    with_preview: rx.Var[bool]
    rows: rx.Var[int]
    max_length: rx.Var[int]
    required: rx.Var[bool]
    disabled: rx.Var[bool]
    invalid: rx.Var[bool]
    described_by: rx.Var[str]
    placeholder: rx.Var[str]
    texts: rx.Var[dict[str, str]]
    names: rx.Var[dict[str, str]]
    words: rx.Var[dict[str, str]]
    tools: rx.Var[list[list[str]]]
    classes: rx.Var[dict[str, str]]
    on_change: rx.EventHandler[_text_event]


def editor_words() -> dict[str, dict[str, rx.Var[str]]]:
    """What the editor says, as its ``texts``, ``names`` and ``words``; for scripts that draw it themselves."""
    return {
        "texts": {
            "toolbar": _("Formatting"),
            "view": _("View"),
            "write": _("Write"),
            "preview": _("Preview"),
            "nothing": _("What you write appears here as readers will see it."),
        },
        "names": {
            "bold": _("Bold (Ctrl+B)"),
            "italic": _("Italic (Ctrl+I)"),
            "heading": _("Heading"),
            "list": _("List (Ctrl+Shift+8)"),
            "ordered": _("Numbered list (Ctrl+Shift+7)"),
            "quote": _("Quotation (Ctrl+Shift+9)"),
            "link": _("Link (Ctrl+K)"),
            "image": _("Image"),
            "formula": _("Formula (Ctrl+M)"),
            "code": _("Code (Ctrl+E)"),
            "table": _("Table"),
        },
        "words": {
            "bold": _("bold text"),
            "italic": _("italic text"),
            "link": _("link text"),
            "image": _("description of the image"),
            "column": _("Column"),
        },
    }


def markdown_editor(
    *,
    id: str,
    name: str,
    label: Text,
    value: Text = "",
    revision: Text | Amount = 0,
    preview_html: Text | None = None,
    on_change: Any = None,
    rows: int = 14,
    max_length: int = 200_000,
    placeholder: Text = "",
    hint: Text = "",
    error: Text = "",
    required: bool = False,
    disabled: Flag = False,
    hide_label: bool = False,
    class_name: str = "",
) -> rx.Component:
    """Let a person write rich text.

    The textarea is the browser's own, so that typing never waits. ``value`` fills it as long as nobody has typed in it;
    afterwards only a change of ``revision`` lets ``value`` replace its text.

    Args:
        id: Id of the textarea; must be unique in the page.
        name: Name under which a form sends the text.
        value: The server's text.
        revision: Anything that changes when ``value`` must replace what was typed: the id of the document, a counter
            that goes up when a version is restored, a draft is inserted or the field is emptied after sending.
        preview_html: ``render_markdown`` of what ``on_change`` reported; None leaves the preview out.
        on_change: Event with the whole text, 0.4 s after the last key and when the field is left.
        rows: Height of the field in lines.
        max_length: Longest text in characters.
        error: Message of the server.
    """
    events = {} if on_change is None else {"on_change": on_change}
    return field(
        _MarkdownEditor.create(
            id=id,
            name=name,
            value=value,
            revision=revision,
            preview="" if preview_html is None else preview_html,
            with_preview=preview_html is not None,
            rows=rows,
            max_length=max_length,
            required=required,
            disabled=disabled,
            invalid=rx.Var.create(error).bool() if given(error) else False,
            described_by=described_by(id),
            placeholder=placeholder,
            **editor_words(),
            tools=EDITOR_TOOLS,
            classes=EDITOR_CLASSES,
            **events,
        ),
        label=label,
        control_id=id,
        hint=hint,
        error=error,
        required=required,
        hide_label=hide_label,
        class_name=class_name,
    )


__all__ = ["EDITOR_CLASSES", "EDITOR_SCRIPT", "EDITOR_TOOLS", "editor_words", "markdown_editor"]
