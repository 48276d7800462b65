"""A course as its student sees it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import learn_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button_link,
    card,
    empty_state,
    icon,
    link,
    page_header,
    progress,
    skeleton,
    skeleton_table,
    visually_hidden,
)
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.pages.shared.announcement_parts import announcement_strip
from eduplatform.security.permissions import Role
from eduplatform.state.learning import LearnCourseState

_S: Any = LearnCourseState

_COURSE = _S.course


@page(
    "/learn/courses/[course_id]",
    title="Course",
    roles=(Role.STUDENT,),
    on_load=_S.load,
)
def learn_course() -> rx.Component:
    """Modules and lessons with progress, and the course's assessments."""
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _COURSE["title"],
                description=_COURSE["code"],
                breadcrumb=breadcrumb((_("Courses"), "/learn/courses"), current=_COURSE["title"]),
                actions=[
                    button_link(
                        _("Print"),
                        f"/print/courses/{_COURSE['id']}",
                        icon="printer",
                        variant="quiet",
                        reload=True,
                    ),
                    rx.cond(
                        _S.next_id != "",
                        button_link(
                            rx.cond(
                                _S.next_opened, _("Go on: {title}", title=_S.next_title), _("Start reading")
                            ),
                            f"/learn/lessons/{_S.next_id}",
                            id="course-next",
                            variant="primary",
                            icon_end="arrow-right",
                            class_name="max-w-80 [&>span]:truncate",
                        ),
                        rx.fragment(),
                    ),
                ],
            ),
            learn_tabs(_COURSE["id"], "lessons"),
            announcement_strip(),
            class_name="mb-8 flex flex-col gap-5",
        ),
        rx.el.div(
            rx.cond(
                _S.modules.length() > 0,
                rx.el.ol(rx.foreach(_S.modules, _module), class_name="flex min-w-0 flex-col gap-5"),
                empty_state(
                    _("No lessons yet"),
                    description=_(
                        "Your teacher has not published a lesson. It appears here when it is ready."
                    ),
                    icon="file-text",
                ),
            ),
            rx.el.aside(_progress(), _assessments(), class_name="flex min-w-0 flex-col gap-6"),
            class_name="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-72 max-w-full"),
            skeleton(class_name="mt-6 h-10 w-full"),
            skeleton_table(rows=6, class_name="mt-8"),
        ),
    )


def _module(module: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(
                    _("Module {number}", number=module["number"]),
                    class_name="text-xs font-medium text-ink-muted",
                ),
                rx.el.h2(module["title"], class_name="text-base font-semibold text-ink"),
                rx.cond(
                    module["summary"] != "",
                    rx.el.p(module["summary"], class_name="mt-0.5 text-sm text-ink-muted"),
                    rx.fragment(),
                ),
                class_name="min-w-0",
            ),
            rx.cond(
                module["locks"].length() > 0,
                badge(_("Locked"), icon="lock"),
                rx.el.div(
                    rx.el.p(
                        module["progress_text"],
                        class_name="mb-1.5 text-end text-sm text-ink-muted tabular-nums",
                    ),
                    progress(
                        module["read"],
                        maximum=rx.cond(module["total"] > 0, module["total"], 1),
                        label=module["title"],
                        value_text=module["progress_text"],
                        hide_label=True,
                        id="module-progress-" + module["id"],
                    ),
                    class_name="w-32 shrink-0 sm:w-44",
                ),
            ),
            class_name="flex items-end justify-between gap-4 px-5 py-4",
        ),
        rx.cond(
            module["locks"].length() > 0,
            rx.el.ul(
                rx.foreach(
                    module["locks"],
                    lambda one: rx.el.li(
                        icon("lock", class_name="mt-0.5 shrink-0 text-ink-muted"),
                        rx.el.span(one),
                        class_name="flex gap-2.5",
                    ),
                ),
                class_name="flex flex-col gap-1.5 border-t border-line bg-sunken/60 px-5 py-3 text-sm text-ink",
            ),
            rx.fragment(),
        ),
        rx.el.ol(
            rx.foreach(
                module["lessons"],
                lambda one: rx.cond(module["locks"].length() > 0, _locked_lesson(one), _lesson(one)),
            ),
            class_name="divide-y divide-line border-t border-line",
        ),
        key=module["id"],
        class_name="overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
    )


def _locked_lesson(lesson: Any) -> rx.Component:
    return rx.el.li(
        icon("lock", size="md", class_name="text-ink-muted"),
        rx.el.span(lesson["title"], class_name="min-w-0 flex-1 text-sm text-ink-muted"),
        visually_hidden(_("Locked")),
        key=lesson["id"],
        class_name="flex items-center gap-3.5 px-5 py-3.5",
    )


def _lesson(lesson: Any) -> rx.Component:
    mark = rx.cond(
        lesson["read"],
        rx.fragment(icon("circle-check", size="md", class_name="text-success"), visually_hidden(_("Read"))),
        rx.cond(
            lesson["opened"],
            rx.fragment(
                icon("circle-dot", size="md", class_name="text-accent"), visually_hidden(_("Opened"))
            ),
            rx.fragment(
                icon("circle", size="md", class_name="text-line-strong"), visually_hidden(_("Not opened"))
            ),
        ),
    )
    return rx.el.li(
        mark,
        link(
            lesson["title"],
            f"/learn/lessons/{lesson['id']}",
            plain=True,
            class_name="min-w-0 flex-1 text-sm font-medium after:absolute after:inset-0",
        ),
        rx.cond(lesson["next"], badge(_("Next"), tone="accent"), rx.fragment()),
        rx.el.span(
            _n("{count} min", "{count} min", count=lesson["minutes"]),
            class_name="shrink-0 text-xs text-ink-muted tabular-nums",
        ),
        key=lesson["id"],
        class_name="relative flex items-center gap-3.5 px-5 py-3.5 hover:bg-sunken/60",
    )


def _progress() -> rx.Component:
    return card(
        progress(
            _S.read,
            maximum=rx.cond(_S.total > 0, _S.total, 1),
            label=_("Your progress"),
            value_text=_S.progress_text,
            id="course-progress",
        ),
        rx.cond(
            _COURSE["summary_html"] != "",
            rich_text(_COURSE["summary_html"], class_name="prose-compact mt-5 text-sm"),
            rx.fragment(),
        ),
    )


def _assessments() -> rx.Component:
    return card(
        rx.cond(
            _S.assessments.length() > 0,
            rx.el.ul(rx.foreach(_S.assessments, _assessment), class_name="divide-y divide-line"),
            rx.el.p(_("Nothing to hand in so far."), class_name="px-5 pb-5 text-sm text-ink-muted sm:px-6"),
        ),
        title=_("Assessments"),
        flush=True,
    )


def _assessment(row: Any) -> rx.Component:
    tones = (
        ("done", badge(_("Done"), tone="success", icon="check")),
        ("running", badge(_("Running"), tone="danger", dot=True)),
        ("late", badge(_("Late"), tone="warning")),
        rx.fragment(),
    )
    return rx.el.li(
        rx.el.div(
            link(
                row["title"],
                f"/learn/assessments/{row['id']}",
                plain=True,
                class_name="text-sm font-medium after:absolute after:inset-0",
            ),
            rx.el.p(row["kind"], " · ", row["when"], class_name="mt-0.5 text-xs text-ink-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.match(row["state"], *tones),
        key=row["id"],
        class_name="relative flex items-start gap-3 px-5 py-3.5 hover:bg-sunken/60 sm:px-6",
    )
