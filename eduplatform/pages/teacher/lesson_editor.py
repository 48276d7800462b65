"""The editor of a lesson: markdown with a live preview."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.hotkeys import Hotkey, hotkeys
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    breadcrumb,
    button,
    button_link,
    callout,
    confirm_dialog,
    menu,
    menu_item,
    number_input,
    page_header,
    skeleton,
    text_input,
    textarea,
)
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.pages.teacher.course_tools import publication_badge
from eduplatform.security.permissions import Role
from eduplatform.state.lessons import LessonEditorState
from eduplatform.state.shell import ShellState

_S: Any = LessonEditorState

_FORM = "lesson-form"
_LESSON = _S.lesson


@page("/teach/lessons/[lesson_id]", title="Edit lesson", roles=(Role.TEACHER,), on_load=_S.load)
def lesson_editor() -> rx.Component:
    """Write, see, publish."""
    return page_body(
        _S,
        page_header(
            _LESSON["title"],
            meta=[publication_badge(_LESSON["published"])],
            breadcrumb=breadcrumb(
                (_("Courses"), "/teach/courses"),
                (_LESSON["course"], f"/teach/courses/{_LESSON['course_id']}"),
                current=_LESSON["title"],
            ),
            actions=_actions(),
        ),
        hotkeys(Hotkey("mod+s", click="lesson-save", in_fields=True)),
        rx.el.div(_conflict(), _problems(), class_name="mt-5 flex flex-col gap-3 empty:hidden"),
        _form(),
        _neighbours(),
        confirm_dialog(
            id="remove-this-lesson",
            title=_("Delete this lesson?"),
            message=_("{name} goes for good, with the record of who has read it.", name=_LESSON["title"]),
            confirm_label=_("Delete lesson"),
            open=_S.removing,
            on_close=_S.keep,
            on_confirm=_S.remove,
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-4 w-64"),
            skeleton(class_name="mt-4 h-8 w-96 max-w-full"),
            skeleton(class_name="mt-8 h-10 w-full"),
            skeleton(class_name="mt-6 h-[28rem] w-full rounded-xl!"),
        ),
    )


def _actions() -> list[rx.Component]:
    return [
        menu(
            menu_item(
                _("Back to draft"),
                icon="eye-off",
                disabled=~_LESSON["published"].bool(),
                on_click=_S.unpublish,
            ),
            menu_item(_("Delete lesson"), icon="trash", danger=True, on_click=_S.ask_remove),
            id="lesson-menu",
            label=_("More actions"),
            icon_only=True,
            variant="quiet",
        ),
        button(
            _("Save"),
            id="lesson-save",
            icon="save",
            type="submit",
            form=_FORM,
            on_click=_S.intend(False),
            variant="secondary",
        ),
        rx.cond(
            _LESSON["published"],
            rx.fragment(),
            button(
                _("Publish"),
                id="lesson-publish",
                icon="eye",
                type="submit",
                form=_FORM,
                variant="primary",
                on_click=_S.intend(True),
            ),
        ),
    ]


def _conflict() -> rx.Component:
    return rx.cond(
        _S.conflict != "",
        callout(
            _S.conflict,
            title=_("Not saved"),
            tone="warning",
            role="alert",
            actions=[
                button_link(
                    _("Show the saved lesson beside this one"),
                    f"/teach/lessons/{_LESSON['id']}",
                    external=True,
                    size="sm",
                )
            ],
        ),
        rx.fragment(),
    )


def _problems() -> rx.Component:
    return rx.cond(
        _S.problems.length() > 0,
        callout(
            rx.el.ul(
                rx.foreach(
                    _S.problems,
                    lambda one: rx.el.li(
                        rx.el.span(_("Line {number}", number=one["line"]), class_name="font-medium"),
                        ": ",
                        one["text"],
                    ),
                ),
                class_name="mt-1 list-disc space-y-1 ps-5",
            ),
            title=_n(
                "{count} thing keeps some readers out",
                "{count} things keep some readers out",
                count=_S.problems.length(),
            ),
            tone="warning",
            id="lesson-problems",
        ),
        rx.fragment(),
    )


def _form() -> rx.Component:
    errors = _S.errors
    return rx.el.form(
        local_draft(
            _FORM,
            rx.cond(_LESSON["id"] != "", f"lesson:{ShellState.person}:{_LESSON['id']}", ""),
            saved=_S.saved,
            ready=_S.loaded,
        ),
        rx.el.input(type="hidden", name="version", value=_LESSON["version"].to(str), read_only=True),
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
        markdown_editor(
            id="lesson-body",
            name="body",
            label=_("Text"),
            value=_S.body,
            revision=_LESSON["id"],
            preview_html=_S.preview_html,
            on_change=_S.preview,
            rows=24,
            max_length=100_000,
            error=errors["body"],
        ),
        rx.el.p(
            _("Markdown with formulas ($x^2$), code, tables and pictures. Ctrl+S saves."),
            class_name="text-sm text-ink-muted",
        ),
        id=_FORM,
        key=_LESSON["id"],
        on_submit=_S.save,
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
