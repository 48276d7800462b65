"""The frame of pages without navigation: sign-in and what belongs to it, and the pages for lost readers."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.layout.brand import brand_class, brand_style, mark
from eduplatform.components.layout.shell import MAIN, notices, skip_link
from eduplatform.components.live.connection import connection_indicator
from eduplatform.components.text import _, language_switch, locale_bridge
from eduplatform.components.ui import icon, theme_switch
from eduplatform.state.shell import ShellState

_LANGUAGE = "h-9 rounded-lg border border-line bg-surface px-2 text-sm text-ink hover:border-line-strong"


@rx.memo
def plain_footer() -> rx.Component:
    """Language, theme and connection, for readers who have no navigation."""
    return rx.el.footer(
        language_switch(class_name=_LANGUAGE),
        theme_switch(),
        rx.el.div(connection_indicator(), class_name="ms-auto"),
        class_name="ui-screen-only flex w-full flex-wrap items-center gap-3",
    )


@rx.memo
def product_name() -> rx.Component:
    """The mark and the name of the product or, on its own address, of the organisation."""
    return rx.el.header(
        rx.el.a(
            mark(class_name="size-9"),
            rx.el.span(
                rx.cond(ShellState.tenant_name, ShellState.tenant_name, "EduPlatform"),
                class_name="truncate text-base font-semibold tracking-tight text-ink",
            ),
            href="/",
            class_name="inline-flex min-w-0 items-center gap-3 rounded-lg no-underline",
        )
    )


@rx.memo
def reader_language() -> rx.Component:
    """Makes the page follow the reader's language."""
    return locale_bridge(ShellState.locale)


def plain_frame(*content: rx.Component, aside: rx.Component | None = None) -> rx.Component:
    """Frame a page without navigation.

    The column begins at a fixed height and grows downwards: what arrives later, or an error, never moves what is
    above it out from under the pointer.

    Args:
        content: The page; one narrow column.
        aside: A picture that fills the other half of a wide window.
    """
    column = rx.el.div(
        product_name(),
        rx.el.main(
            *content,
            id=MAIN,
            tab_index=-1,
            class_name="mt-[9dvh] mb-auto flex w-full flex-col gap-6 pt-6 pb-10 outline-none",
        ),
        plain_footer(),
        class_name="mx-auto flex w-full max-w-md flex-1 flex-col px-5 py-6 sm:px-8 lg:py-8",
    )
    return rx.el.div(
        skip_link(),
        reader_language(),
        aside if aside is not None else rx.fragment(),
        column,
        notices(),
        class_name=["flex min-h-dvh bg-canvas", brand_class()],
        custom_attrs=brand_style(),
    )


def plain_heading(title: rx.Var[str], description: rx.Var[str] | rx.Component | str = "") -> rx.Component:
    """The heading of such a page and a sentence below it."""
    return rx.el.header(
        rx.el.h1(title, class_name="text-3xl font-semibold tracking-tight text-ink"),
        rx.el.p(description, class_name="mt-2 text-ink-muted empty:hidden"),
    )


def outcome(
    title: rx.Var[str],
    description: rx.Var[str],
    *actions: rx.Component,
    picture: str = "circle-check",
    good: bool = True,
) -> rx.Component:
    """In place of a form that is done with: what happened, and what comes next."""
    return rx.el.div(
        rx.el.span(
            icon(picture, size="lg"),
            class_name="grid size-12 place-items-center rounded-xl bg-success-soft text-success"
            if good
            else "grid size-12 place-items-center rounded-xl bg-warning-soft text-warning",
        ),
        rx.el.h1(title, class_name="text-2xl font-semibold tracking-tight text-ink"),
        rx.el.p(description, class_name="text-ink-muted"),
        rx.el.div(*actions, class_name="mt-2 flex flex-wrap items-center gap-3"),
        role="status",
        class_name="flex flex-col items-start gap-3",
    )


def link_not_valid(*actions: rx.Component) -> rx.Component:
    """What a used, replaced, too old or mistyped link of a mail leads to."""
    return outcome(
        _("This link is not valid any more"),
        _("Links work once and for a limited time. It may have been used already, or a newer one was sent."),
        *actions,
        picture="timer",
        good=False,
    )


def form_alert(message: rx.Var[str]) -> rx.Component:
    """The error of a whole form, read out when it appears."""
    return rx.el.div(
        rx.cond(
            message,
            rx.el.p(
                icon("circle-alert", size="md", class_name="mt-px"),
                rx.el.span(message),
                class_name="flex items-start gap-2.5 rounded-lg bg-danger-soft px-3.5 py-3 text-sm font-medium text-danger",
            ),
            rx.fragment(),
        ),
        role="alert",
        class_name="empty:-mb-5",
    )
