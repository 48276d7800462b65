"""A guardian's start: each child in plain words."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.text import _
from eduplatform.components.ui import (
    avatar,
    badge,
    button_link,
    card,
    empty_state,
    page_header,
    progress,
    skeleton_card,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.announcement_parts import announcement_strip
from eduplatform.realtime.events import GradeReleased
from eduplatform.security.permissions import Role
from eduplatform.state.family import FamilyState

# The state's attributes are Vars here, which its annotations do not tell.
_S: Any = FamilyState

STATUS_BADGES = (
    ("graded", badge(_("Graded"), tone="success", icon="circle-check")),
    ("late", badge(_("Handed in late"), tone="warning", icon="clock")),
    ("missing", badge(_("Not handed in"), tone="danger", icon="circle-x")),
    ("excused", badge(_("Excused"), tone="info", icon="minus")),
)


def grade_row(row: Any) -> rx.Component:
    """A released grade, and how it came about when asked."""
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(row["title"], class_name="font-medium text-ink"),
                rx.el.p(row["course"], " · ", row["released"], class_name="text-sm text-ink-muted"),
                class_name="min-w-0 flex-1 basis-44",
            ),
            rx.match(row["status"], *STATUS_BADGES, rx.fragment()),
            rx.el.span(row["score"], class_name="font-semibold text-ink tabular-nums"),
            class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5",
        ),
        rx.el.details(
            rx.el.summary(
                _("Explain this grade"),
                class_name="w-fit rounded-sm text-sm font-medium text-accent hover:text-accent-strong pointer-coarse:py-2",
            ),
            rx.el.ol(
                rx.foreach(row["steps"], lambda step: rx.el.li(step)),
                class_name="mt-2 list-decimal ps-5 text-sm leading-relaxed text-ink",
            ),
            class_name="mt-1.5",
        ),
        key=row["id"],
        class_name="border-b border-line py-3.5 first:pt-0 last:border-0 last:pb-0",
    )


def due_row(row: Any) -> rx.Component:
    """Work that is due."""
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["title"], class_name="font-medium text-ink"),
            rx.el.p(row["kind"], " · ", row["course"], class_name="text-sm text-ink-muted"),
            class_name="min-w-0 flex-1 basis-40",
        ),
        rx.el.div(
            rx.el.p(row["when"], class_name="text-sm font-medium text-ink"),
            rx.el.p(row["due"], class_name="text-xs text-ink-muted"),
            class_name="sm:text-end",
        ),
        key=row["id"],
        class_name="flex flex-wrap justify-between gap-x-4 gap-y-1 border-b border-line py-3 first:pt-0 last:border-0 last:pb-0",
    )


def reading_row(row: Any) -> rx.Component:
    """How far a course has been read."""
    return rx.el.li(
        progress(
            row["read"],
            label=row["course"],
            id=row["dom"],
            maximum=row["lessons"],
            value_text=row["text"],
        ),
        key=row["id"],
        class_name="py-2 first:pt-0 last:pb-0",
    )


def part(title: Any, rows: Any, render: Any, nothing: Any) -> rx.Component:
    """One of the three lists of a child."""
    return rx.el.section(
        rx.el.h3(title, class_name="mb-3 text-sm font-semibold text-ink-muted"),
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, render)),
            rx.el.p(nothing, class_name="text-sm text-ink-muted"),
        ),
        class_name="min-w-0",
    )


def _child(child: Any) -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                avatar(child["name"], size="lg"),
                rx.el.h2(child["name"], class_name="min-w-0 flex-1 text-lg font-semibold text-ink"),
                button_link(_("All grades"), f"/family/{child['id']}", icon_end="chevron-right", size="sm"),
                class_name="flex flex-wrap items-center gap-4",
            ),
            rx.el.div(
                part(_("Newest grades"), child["grades"], grade_row, _("No grades have been released yet.")),
                rx.el.div(
                    part(_("Due next"), child["due"], due_row, _("Nothing is due at the moment.")),
                    part(_("Reading"), child["reading"], reading_row, _("No lessons yet.")),
                    class_name="flex min-w-0 flex-col gap-8",
                ),
                class_name="grid gap-8 lg:grid-cols-2 lg:gap-12",
            ),
            class_name="flex flex-col gap-6",
        ),
        key=child["id"],
    )


@page("/family", title="Family", roles=[Role.GUARDIAN], on_load=_S.load)
def family() -> rx.Component:
    """Each child of the guardian."""
    return rx.el.div(
        page_body(
            _S,
            rx.cond(
                _S.children.length() > 0,
                rx.el.div(rx.foreach(_S.children, _child), class_name="flex flex-col gap-6"),
                empty_state(
                    _("No child is linked to your account"),
                    description=_(
                        "Ask the school to confirm that you are a guardian; then you see their learning here."
                    ),
                    icon="users",
                ),
            ),
            skeleton=rx.el.div(skeleton_card(), skeleton_card(), class_name="flex flex-col gap-6"),
            header=rx.fragment(
                page_header(
                    _("Family"),
                    description=_(
                        "How your children are doing: released grades, what is due next, and their reading."
                    ),
                ),
                announcement_strip("/family/announcements"),
            ),
        ),
        beacon(_S.refresh, every=20, while_live=60),
        rx.foreach(
            _S.children,
            lambda child: channel(
                channel_name("learner", child["id"]), on_change=_S.refresh, events=[GradeReleased]
            ),
        ),
        class_name="flex flex-col gap-6",
    )
