"""Showing things: cards and headings, badges and tags, people, lists of facts."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui.base import Content, Text, choose, classes, given, optional
from eduplatform.components.ui.buttons import icon_button
from eduplatform.components.ui.icons import icon as draw_icon

Tone = Literal["neutral", "accent", "success", "warning", "danger", "info"]

SOFT_TONES: dict[str, str] = {
    "neutral": "bg-ink/7 text-ink",
    "accent": "bg-accent-soft text-accent",
    "success": "bg-success-soft text-success",
    "warning": "bg-warning-soft text-warning",
    "danger": "bg-danger-soft text-danger",
    "info": "bg-info-soft text-info",
}


def visually_hidden(content: Content, **props: Any) -> rx.Component:
    """Text for screen readers only."""
    return rx.el.span(content, class_name="sr-only", **props)


def badge(
    label: Content,
    *,
    tone: Tone | rx.Var = "neutral",
    icon: str = "",
    dot: bool = False,
    class_name: str = "",
) -> rx.Component:
    """A short state of something ("Draft", "Late").

    Args:
        label: One or two words; the colour never says it alone.
        tone: `neutral`, `accent`, `success`, `warning`, `danger` or `info`, or a Var of one of them.
        icon: Icon before the label.
        dot: A dot before the label.
        class_name: Further classes.
    """
    color = (
        rx.match(tone, *SOFT_TONES.items(), SOFT_TONES["neutral"])
        if isinstance(tone, rx.Var)
        else SOFT_TONES[tone]
    )
    return rx.el.span(
        draw_icon(icon, size="xs") if icon else rx.fragment(),
        rx.el.span(class_name="size-1.5 rounded-full bg-current") if dot else rx.fragment(),
        label,
        class_name=classes(
            "inline-flex h-[1.375rem] w-fit shrink-0 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium "
            "whitespace-nowrap",
            color,  # pyright: ignore[reportArgumentType]
            class_name,
        ),
    )


def tag(label: Text, *, on_remove: Any = None, class_name: str = "") -> rx.Component:
    """A label that somebody put on a thing, or one of several chosen values; removable with `on_remove`."""
    removal = (
        icon_button(
            "x",
            label=_("Remove {name}", name=label),
            size="sm",
            on_click=on_remove,
            class_name="-me-1.5 size-6! rounded-md pointer-coarse:size-8!",
        )
        if on_remove is not None
        else rx.fragment()
    )
    return rx.el.span(
        rx.el.span(label, class_name="truncate"),
        removal,
        class_name=classes(
            "inline-flex min-h-7 max-w-full items-center gap-1 rounded-md border border-line bg-surface px-2 "
            "text-xs font-medium text-ink",
            class_name,
        ),
    )


def _initials(name: Text) -> Text:
    if isinstance(name, rx.Var):
        words = f'(String({name!s} ?? "").trim().split(/\\s+/))'
        expression = (
            f"((words) => (words[0]?.[0] ?? '') + (words.length > 1 ? words.at(-1)[0] : ''))({words})"
        )
        return rx.Var(expression, _var_type=str, _var_data=name._get_all_var_data()).to(str).upper()
    words_now = name.split()
    return "".join(word[0] for word in (words_now[:1] + words_now[1:][-1:])).upper()


def avatar(
    name: Text, *, src: Text = "", size: Literal["xs", "sm", "md", "lg"] = "md", class_name: str = ""
) -> rx.Component:
    """A person's picture or initials. Decoration beside the written name.

    Args:
        name: The person's name.
        src: Address of the picture; initials without it.
        size: 24, 32, 40 or 56 px.
        class_name: Further classes.
    """
    sizes = {
        "xs": "size-6 text-2xs",
        "sm": "size-8 text-xs",
        "md": "size-10 text-sm",
        "lg": "size-14 text-lg",
    }
    letters = rx.el.span(_initials(name), aria_hidden="true")
    shown = (
        choose(src, rx.el.img(src=src, alt="", loading="lazy", class_name="size-full object-cover"), letters)
        if given(src)
        else letters
    )
    return rx.el.span(
        shown,
        class_name=classes(
            "inline-grid shrink-0 place-items-center overflow-hidden rounded-full bg-accent-soft font-semibold "
            "text-accent select-none",
            sizes[size],
            class_name,
        ),
    )


def card(
    *body: Content,
    title: Text = "",
    description: Text = "",
    actions: Sequence[rx.Component] = (),
    footer: Content | None = None,
    flush: bool = False,
    heading_level: Literal["h2", "h3", "h4"] = "h2",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A surface for what belongs together.

    Args:
        body: The content.
        title: Its heading.
        description: A line below the heading.
        actions: Buttons at the end of the heading's line.
        footer: A quieter last line.
        flush: Without space around the content, for tables and lists.
        heading_level: Level of the heading in the page's outline.
        class_name: Further classes.
        props: `id` and other attributes.
    """
    head = (
        section_header(
            title,
            description=description,
            actions=actions,
            level=heading_level,
            class_name="px-5 pt-4.5 sm:px-6",
        )
        if given(title)
        else rx.fragment()
    )
    inner = "flex-1 overflow-hidden rounded-b-xl pt-3" if flush else "flex-1 px-5 py-5 sm:px-6"
    if given(title) and not flush:
        inner = "flex-1 px-5 pt-4 pb-5 sm:px-6"
    return rx.el.section(
        head,
        rx.el.div(
            *body, class_name=inner if given(title) or not flush else "flex-1 overflow-hidden rounded-xl"
        )
        if body
        else rx.fragment(),
        rx.el.div(footer, class_name="border-t border-line px-5 py-3.5 text-sm text-ink-muted sm:px-6")
        if footer is not None
        else rx.fragment(),
        class_name=classes(
            "ui-card flex min-w-0 flex-col rounded-xl border border-line bg-surface shadow-sm", class_name
        ),
        **props,
    )


def section_header(
    title: Content,
    *,
    description: Text = "",
    actions: Sequence[rx.Component] = (),
    level: Literal["h2", "h3", "h4"] = "h2",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """The heading of a part of a page, with its actions."""
    heading = {"h2": rx.el.h2, "h3": rx.el.h3, "h4": rx.el.h4}[level]
    return rx.el.div(
        rx.el.div(
            heading(title, class_name="text-base font-semibold text-ink"),
            optional(description, lambda text: rx.el.p(text, class_name="mt-0.5 text-sm text-ink-muted")),
            # A heading alone needs little room; its actions stay beside it also in narrow cards.
            class_name="min-w-0 flex-1 basis-60" if given(description) else "min-w-0 flex-1 basis-24",
        ),
        rx.el.div(*actions, class_name="flex flex-wrap gap-2") if actions else rx.fragment(),
        class_name=classes(
            "flex flex-wrap items-start justify-between gap-x-4 gap-y-3"
            if given(description)
            else "flex flex-wrap items-center justify-between gap-x-4 gap-y-3",
            class_name,
        ),
        **props,
    )


def page_header(
    title: Content,
    *,
    description: Content = "",
    actions: Sequence[rx.Component] = (),
    breadcrumb: rx.Component | None = None,
    meta: Sequence[rx.Component] = (),
    class_name: str = "",
) -> rx.Component:
    """The top of a page: where it is, its one `<h1>`, what it is about, what can be done.

    Args:
        title: The page's heading.
        description: A sentence below it.
        actions: Buttons, the main one last.
        breadcrumb: The result of `breadcrumb`.
        meta: Badges and short facts beside the heading.
        class_name: Further classes.
    """
    return rx.el.header(
        breadcrumb or rx.fragment(),
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.h1(
                        title,
                        tab_index=-1,
                        class_name="min-w-0 text-2xl font-semibold tracking-tight text-ink outline-none",
                    ),
                    *meta,
                    class_name="flex flex-wrap items-center gap-x-3 gap-y-1.5",
                ),
                optional(
                    description, lambda text: rx.el.p(text, class_name="mt-1.5 max-w-prose text-ink-muted")
                ),
                class_name="min-w-0 flex-1 basis-72",
            ),
            rx.el.div(*actions, class_name="flex flex-wrap gap-2") if actions else rx.fragment(),
            class_name="flex flex-wrap items-start justify-between gap-x-6 gap-y-4",
        ),
        class_name=classes("flex flex-col gap-3", class_name),
    )


def description_list(*items: tuple[Text, Content], class_name: str = "") -> rx.Component:
    """Facts about one thing: name and value of each."""
    return rx.el.dl(
        *[
            rx.el.div(
                rx.el.dt(name, class_name="text-sm text-ink-muted sm:w-36 sm:shrink-0"),
                rx.el.dd(value, class_name="min-w-0 text-sm text-ink"),
                class_name="flex flex-col gap-0.5 py-2.5 sm:flex-row sm:gap-4",
            )
            for name, value in items
        ],
        class_name=classes("divide-y divide-line", class_name),
    )


def kbd(*keys: str) -> rx.Component:
    """Keys to press together, such as `kbd("Ctrl", "K")`."""
    return rx.el.span(
        *[
            rx.el.kbd(
                key,
                class_name=(
                    "inline-grid h-5 min-w-5 place-items-center rounded border border-line border-b-2 bg-surface "
                    "px-1 font-sans text-2xs font-medium text-ink-muted"
                ),
            )
            for key in keys
        ],
        class_name="inline-flex gap-1 align-middle",
    )


def divider(*, class_name: str = "") -> rx.Component:
    """A thin line between parts."""
    return rx.el.hr(class_name=classes("border-0 border-t border-line", class_name))
