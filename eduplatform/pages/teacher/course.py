"""A course's outline and its classes."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.sortable import drag_handle, sort_item, sort_list, sortable
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    button,
    card,
    empty_state,
    icon,
    icon_button,
    link,
    menu,
    menu_item,
    menu_link,
    menu_separator,
    section_header,
    switch,
    visually_hidden,
)
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.pages.teacher.course_dialogs import course_dialogs
from eduplatform.pages.teacher.course_tools import (
    copy_button,
    course_header,
    course_skeleton,
    keep_focus,
    publication_badge,
)
from eduplatform.pages.teacher.unlock_dialog import unlock_dialog
from eduplatform.security.permissions import Role
from eduplatform.state.outline import CourseState
from eduplatform.state.unlocking import UnlockState

_S: Any = CourseState


@page("/teach/courses/[course_id]", title="Course", roles=(Role.TEACHER,), on_load=_S.load)
def teach_course() -> rx.Component:
    """The outline with its modules, the classes with their codes."""
    return page_body(
        _S,
        course_header(_S.course, "outline", actions=_actions()),
        keep_focus(_S.focus, _S.drawn),
        visually_hidden(_S.announcement, role="status"),
        sortable("course-outline", on_place=_S.place),
        rx.el.div(
            _outline(),
            rx.el.aside(_sections(), _about(), class_name="flex min-w-0 flex-col gap-6"),
            class_name="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]",
        ),
        course_dialogs(),
        unlock_dialog(),
        skeleton=course_skeleton(),
    )


def _actions() -> list[rx.Component]:
    published = _S.course["published"]
    return [
        menu(
            menu_link(_("Copy the course"), f"/teach/courses/{_S.course['id']}/copy", icon="copy"),
            menu_link(_("Print view"), f"/print/courses/{_S.course['id']}", icon="printer", reload=True),
            id="course-menu",
            label=_("More actions"),
            icon_only=True,
            variant="quiet",
        ),
        button(_("Edit details"), icon="pencil", on_click=_S.open_dialog("course", "")),
        rx.cond(
            published,
            button(_("Unpublish"), icon="eye-off", on_click=_S.publish(False)),
            button(_("Publish course"), icon="eye", variant="primary", on_click=_S.publish(True)),
        ),
    ]


def _outline() -> rx.Component:
    return rx.el.section(
        section_header(
            _("Outline"),
            description=_("Students read the published lessons in this order."),
            actions=[button(_("Add module"), icon="plus", size="sm", on_click=_S.open_dialog("module", ""))],
        ),
        rx.cond(
            _S.modules.length() > 0,
            rx.el.ol(
                rx.foreach(_S.modules, _module),
                id="course-outline",
                custom_attrs=sort_list("module", "modules"),
                class_name="mt-4 flex flex-col gap-4",
            ),
            rx.el.div(
                empty_state(
                    _("No modules yet"),
                    description=_(
                        "A module groups the lessons of a few weeks. Begin with one; the order can change later."
                    ),
                    icon="layers",
                    actions=[
                        button(
                            _("Add the first module"),
                            variant="primary",
                            icon="plus",
                            on_click=_S.open_dialog("module", ""),
                        )
                    ],
                ),
                class_name="mt-4 rounded-xl border border-dashed border-line-strong",
            ),
        ),
        class_name="min-w-0",
    )


def _module(module: Any) -> rx.Component:
    key = module["id"]
    return rx.el.li(
        rx.el.div(
            drag_handle("max-sm:hidden"),
            rx.el.div(
                rx.el.p(
                    _("Module {number}", number=module["number"]),
                    class_name="text-xs font-medium text-ink-muted",
                ),
                rx.el.h3(module["title"], class_name="text-base font-semibold text-ink"),
                rx.foreach(
                    module["rules"],
                    lambda one: rx.el.p(
                        icon("lock", class_name="mt-0.5 shrink-0"),
                        one,
                        class_name="mt-1 flex gap-1.5 text-xs text-ink-muted",
                    ),
                ),
                class_name="min-w-0 flex-1",
            ),
            _movers("module", key, module["title"], module["first"], module["last"], _S.move_module),
            menu(
                menu_item(_("Rename"), icon="pencil", on_click=_S.open_dialog("rename", key)),
                menu_item(_("Add lesson"), icon="plus", on_click=_S.open_dialog("lesson", key)),
                menu_item(_("When it opens"), icon="lock", on_click=UnlockState.open(key)),
                menu_separator(),
                menu_item(_("Delete"), icon="trash", danger=True, on_click=_S.ask_remove("module", key)),
                id=f"menu-{key}",
                label=_("Actions for {name}", name=module["title"]),
                icon_only=True,
                variant="quiet",
                size="sm",
            ),
            class_name="flex items-center gap-1 px-4 py-3.5 sm:ps-2",
        ),
        rx.el.ol(
            rx.foreach(module["lessons"], _lesson),
            custom_attrs=sort_list("lesson", key),
            class_name="divide-y divide-line border-t border-line empty:hidden",
        ),
        rx.cond(
            module["lessons"].length() > 0,
            rx.fragment(),
            rx.el.p(
                _("No lessons yet."),
                custom_attrs=sort_list("lesson", key),
                class_name="border-t border-line px-5 py-4 text-sm text-ink-muted",
            ),
        ),
        rx.el.div(
            button(
                _("Add lesson"),
                icon="plus",
                variant="quiet",
                size="sm",
                on_click=_S.open_dialog("lesson", key),
                aria_label=_("Add a lesson to {name}", name=module["title"]),
            ),
            class_name="border-t border-line bg-sunken/50 px-3 py-2",
        ),
        key=key,
        custom_attrs=sort_item("module", key),
        class_name="overflow-clip rounded-xl border border-line bg-surface shadow-sm data-dragged:opacity-50",
    )


def _lesson(lesson: Any) -> rx.Component:
    key = lesson["id"]
    return rx.el.li(
        drag_handle("max-sm:hidden"),
        rx.el.div(
            link(
                lesson["title"],
                f"/teach/lessons/{key}",
                plain=True,
                class_name="text-sm font-medium text-ink",
            ),
            rx.el.p(
                _n("{count} minute", "{count} minutes", count=lesson["minutes"]),
                class_name="mt-0.5 text-xs text-ink-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            lesson["published"],
            rx.cond(
                lesson["changed"], badge(_("Changes not published"), tone="warning", dot=True), rx.fragment()
            ),
            badge(_("Draft"), dot=True),
        ),
        _movers("lesson", key, lesson["title"], lesson["first"], lesson["last"], _S.move_lesson),
        icon_button(
            "trash",
            label=_("Delete {name}", name=lesson["title"]),
            size="sm",
            on_click=_S.ask_remove("lesson", key),
        ),
        key=key,
        custom_attrs=sort_item("lesson", key),
        class_name=(
            "flex items-center gap-1 px-4 py-2.5 hover:bg-sunken/60 data-dragged:opacity-50 sm:gap-2 sm:ps-2"
        ),
    )


def _movers(kind: str, key: Any, name: Any, first: Any, last: Any, move: Any) -> rx.Component:
    return rx.el.div(
        icon_button(
            "arrow-up",
            label=_("Move {name} up", name=name),
            size="sm",
            disabled=first,
            id=f"{kind}-{key}-up",
            on_click=move(key, "up"),
        ),
        icon_button(
            "arrow-down",
            label=_("Move {name} down", name=name),
            size="sm",
            disabled=last,
            id=f"{kind}-{key}-down",
            on_click=move(key, "down"),
        ),
        class_name="flex",
    )


def _sections() -> rx.Component:
    return card(
        rx.cond(
            _S.sections.length() > 0,
            rx.el.ul(rx.foreach(_S.sections, _section), class_name="divide-y divide-line"),
            empty_state(
                _("No class yet"),
                description=_("Add a class and give its code to your students; they join by typing it."),
                icon="users",
                actions=[
                    button(
                        _("Add a class"),
                        variant="primary",
                        icon="plus",
                        on_click=_S.open_dialog("section", ""),
                    )
                ],
            ),
        ),
        title=_("Classes"),
        actions=[
            rx.cond(
                _S.sections.length() > 0,
                button(_("Add class"), icon="plus", size="sm", on_click=_S.open_dialog("section", "")),
            )
        ],
        flush=True,
    )


def _section(section: Any) -> rx.Component:
    key = section["id"]
    people = f"/teach/courses/{_S.course['id']}/people?section={key}"
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(section["name"], class_name="truncate text-sm font-semibold text-ink"),
                rx.el.p(
                    _n("{count} student", "{count} students", count=section["students"]),
                    rx.cond(section["term"] != "", rx.fragment(" · ", section["term"]), rx.fragment()),
                    class_name="text-xs text-ink-muted",
                ),
                class_name="min-w-0 flex-1",
            ),
            menu(
                menu_link(_("People"), people, icon="users"),
                menu_item(_("Edit"), icon="pencil", on_click=_S.open_dialog("edit_section", key)),
                menu_item(_("New code"), icon="refresh-cw", on_click=_S.ask_renew(key)),
                id=f"menu-{key}",
                label=_("Actions for {name}", name=section["name"]),
                icon_only=True,
                variant="quiet",
                size="sm",
            ),
            class_name="flex items-start gap-2",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.p(_("Join code"), class_name="text-xs text-ink-muted"),
                rx.el.p(
                    section["code"],
                    class_name=[
                        "font-mono text-lg font-semibold tracking-wider tabular-nums select-all",
                        rx.cond(section["joining"], "text-ink", "text-ink-muted line-through"),
                    ],
                ),
            ),
            copy_button(
                section["code"],
                class_name=(
                    "h-8 rounded-lg border border-line bg-raised px-3 text-sm font-medium text-ink shadow-sm "
                    "hover:border-line-strong pointer-coarse:h-10"
                ),
            ),
            class_name="mt-3 flex items-center justify-between gap-3 rounded-lg bg-sunken px-3.5 py-2.5",
        ),
        switch(
            name="joining",
            id=field_id("joining") + key,
            label=_("Students can join"),
            checked=section["joining"],
            on_change=lambda on: _S.set_joining(key, on),
            trailing=True,
            class_name="mt-3",
        ),
        key=key,
        class_name="px-5 py-4 sm:px-6",
    )


def _about() -> rx.Component:
    course = _S.course
    return card(
        rx.cond(
            course["summary_html"] != "",
            rich_text(course["summary_html"], class_name="prose-compact text-sm"),
            rx.el.p(
                _("No summary yet. Students see it first: say in a sentence what they will learn."),
                class_name="text-sm text-ink-muted",
            ),
        ),
        rx.el.div(
            publication_badge(course["published"]),
            rx.cond(course["subject"] != "", badge(course["subject"]), rx.fragment()),
            rx.cond(course["level"] != "", badge(course["level"]), rx.fragment()),
            class_name="mt-4 flex flex-wrap gap-2",
        ),
        title=_("About this course"),
    )
