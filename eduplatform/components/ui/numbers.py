"""Numbers that matter, and bars that show how far something has come."""

from typing import Any

import reflex as rx

from eduplatform.components.ui.base import Amount, Content, Text, attributes, classes, optional
from eduplatform.components.ui.display import Tone, badge
from eduplatform.components.ui.icons import icon as draw_icon


def stat(
    label: Text,
    value: Content,
    *,
    hint: Text = "",
    trend: Text = "",
    trend_tone: Tone | rx.Var = "neutral",
    icon: str = "",
    class_name: str = "",
) -> rx.Component:
    """One number that matters.

    Args:
        label: What is counted.
        value: The number, formatted for the reader.
        hint: What it is compared with ("last 7 days").
        trend: The change ("+12 %").
        trend_tone: Whether the change is good, as a tone.
        icon: Icon beside the label.
        class_name: Further classes.
    """
    return rx.el.div(
        rx.el.dt(
            label,
            draw_icon(icon, class_name="text-ink-muted") if icon else rx.fragment(),
            class_name="flex items-center justify-between gap-2 text-sm text-ink-muted",
        ),
        rx.el.dd(
            rx.el.span(value, class_name="text-2xl font-semibold tracking-tight text-ink tabular-nums"),
            optional(trend, lambda text: badge(text, tone=trend_tone)),
            class_name="mt-2 flex flex-wrap items-center gap-x-2.5 gap-y-1",
        ),
        optional(hint, lambda text: rx.el.dd(text, class_name="mt-1 text-xs text-ink-muted")),
        class_name=classes("ui-card rounded-xl border border-line bg-surface p-5 shadow-sm", class_name),
    )


def stat_row(*stats: rx.Component, class_name: str = "") -> rx.Component:
    """Several `stat` beside each other; as many columns as fit."""
    return rx.el.dl(
        *stats, class_name=classes("grid grid-cols-[repeat(auto-fit,minmax(11.5rem,1fr))] gap-4", class_name)
    )


def _bar_caption(id: Text, label: Text, value_text: Text, hide_label: bool) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=id, class_name="min-w-0 truncate font-medium text-ink"),
        rx.el.span(value_text, class_name="shrink-0 text-ink-muted tabular-nums"),
        class_name="sr-only" if hide_label else "flex items-baseline justify-between gap-3 text-sm",
    )


def progress(
    value: Amount | None,
    *,
    label: Text,
    id: Text,
    maximum: Amount = 100,
    value_text: Text = "",
    hide_label: bool = False,
    class_name: str = "",
) -> rx.Component:
    """How far something has come.

    Args:
        value: How much is done; None while nobody knows.
        label: What is being done.
        id: Id of the bar.
        maximum: How much is all.
        value_text: The amount in words ("7 of 12 lessons").
        hide_label: Only the bar is seen.
        class_name: Further classes.
    """
    amount: dict[str, Any] = {} if value is None else {"value": value}
    return rx.el.div(
        _bar_caption(id, label, value_text, hide_label),
        rx.el.progress(
            id=id, max=maximum, class_name="ui-bar", **attributes(aria_valuetext=value_text), **amount
        ),
        class_name=classes("flex min-w-0 flex-col gap-2", class_name),
    )


def meter(
    value: Amount,
    *,
    label: Text,
    id: Text,
    minimum: Amount = 0,
    maximum: Amount = 100,
    low: Amount | None = None,
    high: Amount | None = None,
    optimum: Amount | None = None,
    value_text: Text = "",
    hide_label: bool = False,
    class_name: str = "",
) -> rx.Component:
    """An amount within known limits (storage used, mastery); green, amber or red by `low`, `high` and `optimum`.

    Args:
        value: The amount.
        label: What is measured.
        id: Id of the bar.
        minimum: The least there can be.
        maximum: The most there can be.
        low: Below it is little.
        high: Above it is much.
        optimum: Where the good side lies.
        value_text: The amount in words.
        hide_label: Only the bar is seen.
        class_name: Further classes.
    """
    limits: dict[str, Any] = {"low": low, "high": high, "optimum": optimum}
    return rx.el.div(
        _bar_caption(id, label, value_text, hide_label),
        rx.el.meter(
            id=id,
            value=value,
            min=minimum,
            max=maximum,
            class_name="ui-bar",
            **{name: limit for name, limit in limits.items() if limit is not None},
        ),
        class_name=classes("flex min-w-0 flex-col gap-2", class_name),
    )
