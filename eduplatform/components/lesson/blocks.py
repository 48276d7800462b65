"""A block of a lesson as its readers see it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import icon
from eduplatform.components.ui.rich_text import rich_text

_TONES = {
    "note": ("info", "border-info bg-info-soft"),
    "tip": ("lightbulb", "border-success bg-success-soft"),
    "warning": ("triangle-alert", "border-warning bg-warning-soft"),
    "example": ("sparkles", "border-accent bg-accent-soft"),
}
_PROSE = "max-w-none"


def show_block(block: Any, *, quiz_action: Any = None) -> rx.Component:
    """Show a `BlockView`.

    Args:
        block: The view.
        quiz_action: What a quiz's link says; None leaves the link out.
    """
    return rx.match(
        block["kind"],
        ("text", rich_text(block["html"], class_name=_PROSE)),
        ("image", _image(block)),
        ("video", _video(block)),
        ("file", _file(block)),
        ("code", _code(block)),
        ("formula", _formula(block)),
        ("callout", _callout(block)),
        ("quiz", _quiz(block, quiz_action)),
        rx.fragment(),
    )


def _caption(block: Any) -> rx.Component:
    return rx.cond(
        block["caption"] != "",
        rx.el.figcaption(block["caption"], class_name="mt-2 text-sm text-ink-muted"),
        rx.fragment(),
    )


def _image(block: Any) -> rx.Component:
    return rx.el.figure(
        rx.el.img(
            src=block["src"],
            alt=block["alt"],
            loading="lazy",
            custom_attrs={"decoding": "async"},
            class_name="mx-auto h-auto max-h-[36rem] max-w-full rounded-lg bg-white",
        ),
        _caption(block),
        class_name="my-2",
    )


def _video(block: Any) -> rx.Component:
    return rx.el.figure(
        rx.cond(
            block["media"] != "",
            rx.el.video(
                rx.el.source(src=block["media"]),
                rx.cond(
                    block["track"] != "",
                    rx.el.track(src=block["track"], kind="captions", label=_("Captions"), default=True),
                    rx.fragment(),
                ),
                controls=True,
                preload="metadata",
                aria_label=block["title"],
                class_name="aspect-video w-full rounded-xl bg-black print:hidden",
            ),
            rx.el.a(
                rx.el.span(
                    icon("play", size="lg"),
                    class_name="grid size-14 place-items-center rounded-full bg-accent text-on-accent shadow-sm",
                ),
                rx.el.span(block["title"], class_name="text-lg font-semibold text-balance text-ink"),
                rx.el.span(
                    _("Opens {host} in a new tab", host=block["host"]),
                    icon("external-link"),
                    class_name="inline-flex items-center gap-1.5 text-sm text-ink-muted",
                ),
                href=block["href"],
                target="_blank",
                rel="noopener noreferrer nofollow",
                class_name=(
                    "flex min-h-52 flex-col items-center justify-center gap-3 rounded-xl border border-line bg-sunken "
                    "p-6 text-center no-underline hover:border-line-strong print:min-h-0"
                ),
            ),
        ),
        rx.cond(
            block["html"] != "",
            rx.el.details(
                rx.el.summary(
                    _("Transcript of the video"),
                    class_name=(
                        "w-fit cursor-pointer rounded-sm py-1.5 text-sm font-medium text-accent "
                        "hover:text-accent-strong"
                    ),
                ),
                rich_text(
                    block["html"],
                    class_name="prose-compact mt-2 max-h-96 max-w-none overflow-auto text-sm",
                    tab_index=0,
                    role="group",
                    aria_label=_("Transcript of the video"),
                ),
                class_name="mt-2",
            ),
            rx.fragment(),
        ),
        class_name="my-2",
    )


def _file(block: Any) -> rx.Component:
    return rx.el.a(
        rx.el.span(
            icon("download", size="md"),
            class_name="grid size-11 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent",
        ),
        rx.el.span(
            rx.el.span(block["title"], class_name="block truncate text-sm font-semibold text-ink"),
            rx.cond(
                block["caption"] != "",
                rx.el.span(block["caption"], class_name="block text-sm text-ink-muted"),
                rx.fragment(),
            ),
            rx.el.span(block["detail"], class_name="block text-xs text-ink-muted"),
            class_name="min-w-0",
        ),
        href=block["href"],
        reload_document=True,
        class_name=(
            "my-2 flex items-center gap-4 rounded-xl border border-line bg-surface p-4 no-underline shadow-sm "
            "hover:border-line-strong"
        ),
    )


def _code(block: Any) -> rx.Component:
    return rx.el.figure(
        rich_text(block["html"], class_name=f"{_PROSE} [&>*]:my-0!"), _caption(block), class_name="my-2"
    )


def _formula(block: Any) -> rx.Component:
    return rx.el.figure(
        rich_text(block["html"], class_name=f"{_PROSE} text-lg [&>*]:my-0!"),
        rx.cond(
            block["caption"] != "",
            rx.el.figcaption(block["caption"], class_name="mt-2 text-center text-sm text-ink-muted"),
            rx.fragment(),
        ),
        class_name="my-2",
    )


def _callout(block: Any) -> rx.Component:
    looks = [
        (
            tone,
            rx.el.aside(
                rx.el.p(
                    icon(picture, class_name="shrink-0"),
                    rx.el.span(block["tone_name"], class_name="sr-only"),
                    rx.cond(
                        block["title"] != "",
                        rx.el.span(block["title"]),
                        rx.el.span(block["tone_name"], aria_hidden="true"),
                    ),
                    class_name="flex items-center gap-2 text-sm font-semibold text-ink",
                ),
                rich_text(block["html"], class_name="prose-compact mt-1 max-w-none"),
                class_name=f"my-2 break-inside-avoid rounded-xl border-s-4 {colours} px-5 py-4",
            ),
        )
        for tone, (picture, colours) in _TONES.items()
    ]
    return rx.match(block["tone"], *looks, rx.fragment())


def _quiz(block: Any, action: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            icon("list-checks", size="md"),
            class_name="grid size-11 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent",
        ),
        rx.el.div(
            rx.el.p(
                rx.cond(block["title"] != "", block["title"], _("This quiz is not there any more.")),
                class_name="text-sm font-semibold text-ink",
            ),
            rx.cond(
                block["caption"] != "",
                rx.el.p(block["caption"], class_name="text-sm text-ink-muted"),
                rx.fragment(),
            ),
            rx.el.p(block["detail"], class_name="text-xs text-ink-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.fragment()
        if action is None
        else rx.cond(
            block["href"] != "",
            rx.el.a(
                action,
                rx.el.span(block["title"], class_name="sr-only"),
                href=block["href"],
                class_name=(
                    "inline-flex h-10 items-center gap-2 rounded-lg bg-accent px-4 text-sm font-medium text-on-accent "
                    "no-underline shadow-sm hover:bg-accent-strong pointer-coarse:h-11 print:hidden"
                ),
            ),
            rx.fragment(),
        ),
        class_name=(
            "my-2 flex flex-wrap items-center gap-4 rounded-xl border border-line bg-surface p-4 shadow-sm"
        ),
    )


__all__ = ["show_block"]
