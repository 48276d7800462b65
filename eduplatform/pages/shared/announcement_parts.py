"""How an announcement looks: in full in a list, and as a line on top of other pages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import avatar, badge, icon, link
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.state.announcements import AnnouncementStripState

_STRIP: Any = AnnouncementStripState


def announcement_article(
    row: Any, *, actions: rx.Component | None = None, course: bool = False
) -> rx.Component:
    """An announcement in full.

    Args:
        row: An `AnnouncementLine`.
        actions: What its teachers can do with it.
        course: Whether the course is named, where announcements of several stand together.
    """
    return rx.el.article(
        rx.el.header(
            avatar(row["author"], size="sm"),
            rx.el.div(
                rx.el.h2(row["title"], class_name="text-base leading-snug font-semibold text-ink"),
                rx.el.p(
                    row["course"] + " · " if course else "",
                    row["author"],
                    " · ",
                    rx.el.span(row["when"], title=row["moment"]),
                    rx.cond(row["edited"], rx.fragment(" · ", _("edited")), rx.fragment()),
                    class_name="mt-0.5 text-xs text-ink-muted",
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.el.div(
                rx.cond(row["new"], badge(_("New"), tone="accent"), rx.fragment()),
                rx.cond(row["pinned"], badge(_("Pinned"), tone="info", icon="flag"), rx.fragment()),
                rx.cond(row["scheduled"], badge(_("Scheduled"), tone="warning", icon="clock"), rx.fragment()),
                rx.foreach(row["classes"], lambda name: badge(name)),
                class_name="flex flex-wrap items-center gap-1.5 empty:hidden",
            ),
            *([actions] if actions is not None else []),
            class_name="flex flex-wrap items-start gap-x-3 gap-y-2",
        ),
        rich_text(row["html"], class_name="prose-compact mt-4 text-[0.9375rem]"),
        class_name=[
            "rounded-xl border bg-surface p-5 shadow-sm",
            rx.cond(row["pinned"], "border-accent/50", "border-line"),
        ],
    )


def announcement_strip(href: Any = "") -> rx.Component:
    """Pinned announcements and those not read yet, on top of another page; nothing when there are none.

    Args:
        href: Where all of them are; the course's own page when it is empty.
    """
    return rx.cond(
        _STRIP.rows.length() > 0,
        rx.el.section(
            rx.el.h2(_("Announcements"), class_name="sr-only"),
            rx.el.ul(
                rx.foreach(_STRIP.rows, lambda row: _strip_line(row, href)), class_name="divide-y divide-line"
            ),
            class_name="overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
        ),
        rx.fragment(),
    )


def _strip_line(row: Any, href: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            icon("bell"),
            class_name="grid size-9 shrink-0 place-items-center rounded-full bg-accent-soft text-accent",
        ),
        rx.el.div(
            rx.el.div(
                link(
                    row["title"],
                    href or f"/courses/{row['course_id']}/announcements",
                    plain=True,
                    class_name="text-sm font-semibold after:absolute after:inset-0",
                ),
                rx.cond(row["new"], badge(_("New"), tone="accent"), rx.fragment()),
                rx.cond(row["pinned"], badge(_("Pinned"), tone="info"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(row["excerpt"], class_name="mt-0.5 line-clamp-2 text-sm text-ink-muted"),
            rx.el.p(row["course"], " · ", row["when"], class_name="mt-1 text-xs text-ink-muted"),
            class_name="min-w-0 flex-1",
        ),
        key=row["id"],
        class_name="relative flex items-start gap-3.5 px-4 py-3.5 hover:bg-sunken/60 sm:px-5",
    )
