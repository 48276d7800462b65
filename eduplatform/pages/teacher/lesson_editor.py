"""The editor of a lesson: its heading, its blocks, and publishing."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.autosave import autosave
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    callout,
    confirm_dialog,
    dialog,
    menu,
    menu_item,
    menu_link,
    number_input,
    page_header,
    skeleton,
    text_input,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.pages.teacher.lesson_blocks import lesson_blocks
from eduplatform.security.permissions import Role
from eduplatform.state.lessons import LessonEditorState
from eduplatform.state.shell import ShellState

_S: Any = LessonEditorState

_HEADING = "lesson-heading"
_PUBLISH = "publish-form"
_LESSON = _S.lesson


@page("/teach/lessons/[lesson_id]", title="Edit lesson", roles=(Role.TEACHER,), on_load=_S.load)
def lesson_editor() -> rx.Component:
    """Write, see, publish."""
    return page_body(
        _S,
        page_header(
            _LESSON["title"],
            meta=[_status()],
            breadcrumb=breadcrumb(
                (_("Courses"), "/teach/courses"),
                (_LESSON["course"], f"/teach/courses/{_LESSON['course_id']}"),
                current=_LESSON["title"],
            ),
            actions=_actions(),
        ),
        rx.el.div(_problems("lesson-problems"), class_name="mt-5 empty:hidden"),
        _heading(),
        lesson_blocks(),
        _neighbours(),
        _publish_dialog(),
        confirm_dialog(
            id="remove-this-lesson",
            title=_("Delete this lesson?"),
            message=_(
                "{name} goes for good, with its versions and the record of who has read it.",
                name=_LESSON["title"],
            ),
            confirm_label=_("Delete lesson"),
            open=_S.dialog == "remove",
            on_close=_S.keep,
            on_confirm=_S.remove,
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-4 w-64"),
            skeleton(class_name="mt-4 h-8 w-96 max-w-full"),
            skeleton(class_name="mt-8 h-10 w-full"),
            skeleton(class_name="mt-6 h-[28rem] w-full rounded-xl!"),
        ),
        class_name="mx-auto w-full max-w-4xl",
    )


def _status() -> rx.Component:
    return rx.cond(
        _LESSON["published"],
        rx.fragment(
            badge(_("Version {number} is published", number=_LESSON["number"]), tone="success", dot=True),
            rx.cond(
                _LESSON["changed"], badge(_("Changes not published"), tone="warning", dot=True), rx.fragment()
            ),
        ),
        badge(_("Draft"), dot=True),
    )


def _actions() -> list[rx.Component]:
    return [
        menu(
            menu_link(_("Versions"), f"/teach/lessons/{_LESSON['id']}/versions", icon="clock"),
            menu_link(_("Print view"), f"/print/lessons/{_LESSON['id']}", icon="printer", reload=True),
            menu_item(
                _("Back to draft"),
                icon="eye-off",
                disabled=~_LESSON["published"].bool(),
                on_click=_S.unpublish,
            ),
            menu_item(_("Delete lesson"), icon="trash", danger=True, on_click=_S.ask("remove", "")),
            id="lesson-menu",
            label=_("More actions"),
            icon_only=True,
            variant="quiet",
        ),
        button_link(_("Versions"), f"/teach/lessons/{_LESSON['id']}/versions", icon="clock"),
        button(
            rx.cond(_LESSON["published"], _("Publish changes"), _("Publish")),
            id="lesson-publish",
            icon="eye",
            variant="primary",
            disabled=_LESSON["published"].bool() & ~_LESSON["changed"].bool(),
            on_click=_S.ask("publish", ""),
        ),
    ]


def _problems(key: str) -> rx.Component:
    return rx.cond(
        _S.problems.length() > 0,
        callout(
            rx.el.ul(
                rx.foreach(
                    _S.problems,
                    lambda one: rx.el.li(
                        rx.cond(
                            one["block"] != "",
                            rx.el.button(
                                rx.el.span(
                                    one["place"], class_name="font-medium underline underline-offset-2"
                                ),
                                ": ",
                                one["text"],
                                type="button",
                                on_click=_S.go_to(one["block"], one["field"]),
                                class_name="rounded-sm py-1 text-start text-ink hover:text-accent",
                            ),
                            rx.el.span(one["text"]),
                        ),
                        key=one["key"],
                    ),
                ),
                class_name="mt-1 list-disc ps-5",
            ),
            title=_n(
                "{count} thing to put right before publishing",
                "{count} things to put right before publishing",
                count=_S.problems.length(),
            ),
            tone="warning",
            id=key,
        ),
        rx.fragment(),
    )


def _publish_dialog() -> rx.Component:
    return dialog(
        rx.cond(
            _S.problems.length() > 0,
            _problems("publish-problems"),
            rx.el.form(
                textarea(
                    name="note",
                    id=field_id("publish-note"),
                    label=_("What changed?"),
                    optional=True,
                    hint=_("One sentence for the list of versions, for example: New example for friction."),
                    rows=2,
                    max_length=300,
                    error=_S.errors["note"],
                ),
                id=_PUBLISH,
                on_submit=_S.publish,
            ),
        ),
        title=_("Publish this lesson"),
        description=_(
            "It becomes the next version. Students read it at once; what they have read stays marked."
        ),
        id="dialog-publish",
        open=_S.dialog == "publish",
        on_close=_S.keep,
        size="sm",
        footer=[
            button(_("Cancel"), closes=True),
            button(
                _("Publish"),
                id="publish-now",
                type="submit",
                form=_PUBLISH,
                variant="primary",
                disabled=_S.problems.length() > 0,
            ),
        ],
    )


def _heading() -> rx.Component:
    errors = _S.errors
    return rx.el.form(
        local_draft(
            _HEADING,
            rx.cond(_LESSON["id"] != "", f"lesson:{ShellState.person}:{_LESSON['id']}", ""),
            saved=_S.heading_saved,
            ready=_S.loaded,
        ),
        rx.cond(
            _S.heading_conflict != "",
            callout(
                _("Copy what you want to keep, then reload the page to see what is saved."),
                title=_S.heading_conflict,
                tone="warning",
                role="alert",
            ),
            rx.fragment(),
        ),
        rx.el.input(type="hidden", name="version", value=_LESSON["version"].to(str), read_only=True),
        rx.el.input(type="hidden", name="base", default_value="", custom_attrs={"data-draft": ""}),
        rx.el.div(
            text_input(
                name="title",
                id=field_id("lesson-title"),
                label=_("Title"),
                required=True,
                max_length=160,
                default_value=_LESSON["title"],
                error=errors["title"],
            ),
            number_input(
                name="minutes",
                id=field_id("lesson-minutes"),
                label=_("Reading time"),
                minimum=1,
                maximum=240,
                step=1,
                unit=_("minutes"),
                required=True,
                default_value=_LESSON["minutes"],
                error=errors["minutes"],
            ),
            class_name="grid gap-5 sm:grid-cols-[minmax(0,1fr)_11rem]",
        ),
        textarea(
            name="objectives",
            id=field_id("lesson-objectives"),
            label=_("What readers can do afterwards"),
            hint=_("One per line, for example: Explain why cells need energy."),
            rows=3,
            max_length=4000,
            default_value=_LESSON["objectives"],
            error=errors["objectives"],
        ),
        autosave(_HEADING, on_save=_S.save_heading, saved=_S.heading_saved),
        id=_HEADING,
        key=_LESSON["id"],
        on_submit=_S.save_heading,
        class_name="mt-6 flex flex-col gap-5",
    )


def _neighbours() -> rx.Component:
    return rx.el.nav(
        _neighbour(_LESSON["previous"], _LESSON["previous_title"], _("Previous lesson"), "chevron-left"),
        _neighbour(_LESSON["next"], _LESSON["next_title"], _("Next lesson"), "chevron-right"),
        aria_label=_("Lessons beside this one"),
        class_name="mt-10 grid gap-3 border-t border-line pt-6 sm:grid-cols-2",
    )


def _neighbour(key: Any, title: Any, label: Any, picture: str) -> rx.Component:
    side = "text-end sm:col-start-2" if picture == "chevron-right" else "text-start"
    return rx.cond(
        key != "",
        rx.el.a(
            rx.el.span(label, class_name="block text-xs text-ink-muted"),
            rx.el.span(title, class_name="mt-0.5 block truncate text-sm font-medium text-ink"),
            href=f"/teach/lessons/{key}",
            class_name=f"min-w-0 rounded-xl border border-line bg-surface p-4 no-underline hover:border-line-strong {side}",
        ),
        rx.fragment(),
    )
