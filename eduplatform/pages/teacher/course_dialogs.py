"""The dialogs of a course's outline; the state says which one is open."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import button, confirm_dialog, dialog, select, text_input, textarea
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.state.outline import CourseState

_S: Any = CourseState

_ERRORS = _S.errors


def course_dialogs() -> rx.Component:
    """All of them."""
    return rx.fragment(
        _title_dialog("module", _("New module"), _("Add module"), _S.add_module),
        _title_dialog("rename", _("Rename module"), _("Save"), _S.rename_module, value=_S.target_title),
        _title_dialog(
            "lesson",
            _("New lesson"),
            _("Add and write"),
            _S.add_lesson,
            description=_("In {module}. The editor opens next.", module=_S.target_title),
        ),
        _course_dialog(),
        _section_dialog("section", _("New class"), _("Add class"), _S.add_section),
        _section_dialog(
            "edit_section",
            _("Edit class"),
            _("Save"),
            _S.save_section,
            name=_S.target_title,
            term=_S.target_term,
        ),
        _confirmations(),
    )


def _frame(
    key: str,
    title: Any,
    submit: Any,
    *body: rx.Component,
    on_submit: Any,
    description: Any = "",
    size: Any = "sm",
) -> rx.Component:
    form = f"dialog-{key}-form"
    return dialog(
        # Mounted anew each time it opens, so that its fields start with the values of what it is about.
        rx.cond(
            _S.dialog == key,
            rx.el.form(*body, id=form, on_submit=on_submit, class_name="flex flex-col gap-5"),
            rx.fragment(),
        ),
        title=title,
        description=description,
        id=f"dialog-{key}",
        open=_S.dialog == key,
        on_close=_S.close_dialog,
        size=size,
        footer=[
            button(_("Cancel"), closes=True),
            button(submit, type="submit", variant="primary", form=form),
        ],
    )


def _title_dialog(
    key: str, title: Any, submit: Any, on_submit: Any, *, value: Any = "", description: Any = ""
) -> rx.Component:
    return _frame(
        key,
        title,
        submit,
        text_input(
            name="title",
            id=field_id(f"{key}-title"),
            label=_("Title"),
            required=True,
            max_length=160,
            default_value=value,
            error=_ERRORS["title"],
        ),
        on_submit=on_submit,
        description=description,
    )


def _section_dialog(
    key: str, title: Any, submit: Any, on_submit: Any, *, name: Any = "", term: Any = ""
) -> rx.Component:
    return _frame(
        key,
        title,
        submit,
        text_input(
            name="name",
            id=field_id(f"{key}-name"),
            label=_("Name"),
            hint=_("As your students call it, for example 9A."),
            required=True,
            max_length=80,
            default_value=name,
            error=_ERRORS["name"],
        ),
        rx.cond(
            _S.terms.length() > 0,
            select(
                name="term",
                id=field_id(f"{key}-term"),
                label=_("Term"),
                options=_S.terms,
                placeholder=_("No term"),
                default_value=term,
                error=_ERRORS["term"],
            ),
            rx.fragment(),
        ),
        on_submit=on_submit,
    )


def _course_dialog() -> rx.Component:
    course = _S.course
    return _frame(
        "course",
        _("Course details"),
        _("Save"),
        rx.el.input(type="hidden", name="version", value=course["version"].to(str)),
        text_input(
            name="title",
            id=field_id("course-title"),
            label=_("Title"),
            required=True,
            max_length=160,
            default_value=course["title"],
            error=_ERRORS["title"],
        ),
        rx.el.div(
            text_input(
                name="code",
                id=field_id("course-code"),
                label=_("Course code"),
                required=True,
                max_length=40,
                default_value=course["code"],
                error=_ERRORS["code"],
            ),
            text_input(
                name="subject",
                id=field_id("course-subject"),
                label=_("Subject"),
                max_length=80,
                default_value=course["subject"],
                error=_ERRORS["subject"],
            ),
            text_input(
                name="level",
                id=field_id("course-level"),
                label=_("For whom"),
                max_length=80,
                default_value=course["level"],
                error=_ERRORS["level"],
            ),
            class_name="grid gap-5 sm:grid-cols-3",
        ),
        textarea(
            name="summary",
            id=field_id("course-summary"),
            label=_("What is it about?"),
            hint=_("Students see it first. Markdown works."),
            rows=4,
            max_length=4000,
            default_value=course["summary"],
            error=_ERRORS["summary"],
        ),
        on_submit=_S.save_course,
        size="md",
    )


def _confirmations() -> rx.Component:
    return rx.fragment(
        confirm_dialog(
            id="remove-module",
            title=_("Delete this module?"),
            message=_(
                "{name} goes with all its lessons and what students have read of them.",
                name=_S.target_title,
            ),
            confirm_label=_("Delete module"),
            open=_S.removing == "module",
            on_close=_S.close_dialog,
            on_confirm=_S.remove,
        ),
        confirm_dialog(
            id="remove-lesson",
            title=_("Delete this lesson?"),
            message=_("{name} goes for good, with the record of who has read it.", name=_S.target_title),
            confirm_label=_("Delete lesson"),
            open=_S.removing == "lesson",
            on_close=_S.close_dialog,
            on_confirm=_S.remove,
        ),
        confirm_dialog(
            id="renew-code",
            title=_("Replace the join code?"),
            message=_("The old code stops working at once. Students who are in the class stay in it."),
            confirm_label=_("Make a new code"),
            danger=False,
            open=_S.renewing != "",
            on_close=_S.close_dialog,
            on_confirm=_S.renew_code,
        ),
    )
