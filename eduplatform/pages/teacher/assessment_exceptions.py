"""Who has other dates in an assessment, and why; and who need not do it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    avatar,
    badge,
    breadcrumb,
    button,
    button_link,
    callout,
    card,
    date_time_input,
    dialog,
    empty_state,
    icon_button,
    number_input,
    page_header,
    skeleton,
    skeleton_card,
    textarea,
)
from eduplatform.components.ui.combobox import combobox
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.exceptions import ExceptionsState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = ExceptionsState

_ERRORS = _S.errors
_ROW = "flex flex-wrap items-start gap-x-4 gap-y-2 px-5 py-4 sm:px-6"
_LIST = "flex list-none flex-col divide-y divide-line p-0"


@page(
    "/teach/assessments/[assessment_id]/exceptions",
    title="Dates and support",
    roles=(Role.TEACHER,),
    on_load=ExceptionsState.load,
)
def assessment_exceptions() -> rx.Component:
    """Own dates, what follows for each student, and excuses."""
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _("Dates and support"),
                description=rx.cond(
                    _S.due != "",
                    _("For the class it is due {moment}.", moment=_S.due),
                    _("It has no due time."),
                ),
                breadcrumb=breadcrumb(
                    (_S.course_title, f"/teach/courses/{_S.course_id}"),
                    (_("Assessments"), f"/teach/courses/{_S.course_id}/assessments"),
                    (_S.title, f"/teach/assessments/{_S.assessment_id}"),
                    current=_("Dates and support"),
                ),
                actions=[
                    button(_("Excuse a student"), icon="user", on_click=_S.ask_excuse),
                    button(
                        _("Give own dates"),
                        icon="plus",
                        variant="primary",
                        on_click=_S.edit(""),
                        id="add-override",
                    ),
                ],
            ),
            _overrides(),
            _own_rules(),
            rx.cond(_S.excused.length() > 0, _excused(), rx.fragment()),
            class_name="mx-auto flex w-full max-w-4xl flex-col gap-6",
        ),
        _override_dialog(),
        _excuse_dialog(),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"),
            skeleton_card(class_name="mt-8"),
            skeleton_card(class_name="mt-5"),
            class_name="mx-auto max-w-4xl",
        ),
    )


def _overrides() -> rx.Component:
    return card(
        rx.cond(
            _S.overrides.length() > 0,
            rx.el.ul(rx.foreach(_S.overrides, _override), class_name=_LIST, id="overrides"),
            empty_state(
                _("Everybody has the same dates"),
                description=_("Give a student or a class its own dates, time limit or attempts."),
                icon="calendar",
                actions=[button(_("Give own dates"), icon="plus", on_click=_S.edit(""))],
            ),
        ),
        title=_("Own dates in this assessment"),
        flush=True,
    )


def _override(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.span(row["name"], class_name="font-medium text-ink"),
                rx.cond(row["whole_class"], badge(_("Class"), tone="accent"), rx.fragment()),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(rx.foreach(row["differs"].to(list[str]), _words), class_name="mt-0.5 text-sm text-ink"),
            rx.el.p(row["reason"], class_name="mt-0.5 text-sm text-ink-muted"),
            class_name="min-w-0 flex-1 basis-60",
        ),
        rx.el.div(
            icon_button(
                "pencil",
                label=_("Change the dates of {name}", name=row["name"]),
                size="sm",
                on_click=_S.edit(row["id"]),
            ),
            icon_button(
                "x",
                label=_("Remove the dates of {name}", name=row["name"]),
                size="sm",
                on_click=_S.remove(row["id"]),
            ),
            class_name="flex",
        ),
        key=row["id"],
        class_name=_ROW,
    )


def _words(text: Any) -> rx.Component:
    return rx.el.span(text, " ")


def _own_rules() -> rx.Component:
    return card(
        rx.cond(
            _S.own_rules.length() > 0,
            rx.el.ul(rx.foreach(_S.own_rules, _student), class_name=_LIST, id="own-rules"),
            empty_state(
                _("Nobody has other rules"),
                description=_("Supports that students have everywhere also appear here."),
                icon="users",
            ),
        ),
        title=_("Who has other rules, and why"),
        description=_("Own dates and supports together, as they hold for each student."),
        flush=True,
    )


def _student(row: Any) -> rx.Component:
    return rx.el.li(
        avatar(row["name"], size="sm"),
        rx.el.div(
            rx.el.div(
                rx.el.span(row["name"], class_name="font-medium text-ink"),
                rx.el.span(row["section"], class_name="text-sm text-ink-muted"),
                class_name="flex flex-wrap items-baseline gap-x-2",
            ),
            rx.el.p(_("Due: {moment}", moment=row["due"]), class_name="text-sm text-ink"),
            rx.el.div(
                rx.foreach(row["what"].to(list[str]), _what),
                class_name="mt-1.5 flex flex-wrap gap-1.5",
            ),
            rx.foreach(row["why"].to(list[str]), _why),
            class_name="min-w-0 flex-1 basis-60",
        ),
        button_link(
            _("Support"),
            f"/support/{row['id']}",
            size="sm",
            aria_label=_("Support of {name}", name=row["name"]),
        ),
        key=row["id"],
        class_name=_ROW,
    )


def _what(text: Any) -> rx.Component:
    return badge(text, tone="info")


def _why(text: Any) -> rx.Component:
    return rx.el.p(text, class_name="mt-1 text-sm text-ink-muted")


def _excused() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(_S.excused, _excuse_row), class_name=_LIST, id="excused"),
        title=_("Excused"),
        description=_("It does not count for these students."),
        flush=True,
    )


def _excuse_row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["name"], class_name="font-medium text-ink"),
            rx.el.p(row["reason"], class_name="text-sm text-ink-muted"),
            class_name="min-w-0 flex-1 basis-60",
        ),
        button(
            _("Take back"),
            size="sm",
            on_click=_S.take_back(row["id"]),
            aria_label=_("Take the excuse of {name} back", name=row["name"]),
        ),
        key=row["id"],
        class_name=_ROW,
    )


def _override_dialog() -> rx.Component:
    def date(name: str, label: rx.Var[str]) -> rx.Component:
        return date_time_input(
            name=name,
            id=field_id(f"override-{name}"),
            label=label,
            default_value=_S.one[name],
            error=_ERRORS[name],
            zone=_S.zone,
        )

    return dialog(
        rx.el.form(
            rx.cond(
                _S.one["id"] != "",
                rx.el.p(_S.one["name"], class_name="font-medium text-ink"),
                combobox(
                    id="override-target",
                    name="target",
                    label=_("For"),
                    options=_S.targets,
                    placeholder=_("A student or a class"),
                    error=_ERRORS["target"],
                    required=True,
                ),
            ),
            rx.el.p(_("Leave empty what is as for everybody."), class_name="text-sm text-ink-muted"),
            date("opens_at", _("Opens")),
            date("due_at", _("Due")),
            date("closes_at", _("Closes")),
            rx.el.div(
                number_input(
                    name="minutes",
                    id=field_id("override-minutes"),
                    label=_("Time limit in minutes"),
                    default_value=_S.one["minutes"],
                    error=_ERRORS["minutes"],
                    minimum=1,
                    maximum=1440,
                ),
                number_input(
                    name="attempts_allowed",
                    id=field_id("override-attempts"),
                    label=_("Attempts"),
                    default_value=_S.one["attempts_allowed"],
                    error=_ERRORS["attempts_allowed"],
                    minimum=1,
                    maximum=20,
                ),
                class_name="grid gap-5 sm:grid-cols-2",
            ),
            textarea(
                name="reason",
                id=field_id("override-reason"),
                label=_("Why"),
                hint=_("For you and other teachers."),
                default_value=_S.one["reason"],
                error=_ERRORS["reason"],
                rows=2,
                max_length=500,
                required=True,
            ),
            rx.cond(_ERRORS["form"], callout(_ERRORS["form"], tone="danger", role="alert"), rx.fragment()),
            rx.el.div(
                button(_("Cancel"), on_click=_S.leave),
                button(_("Save"), type="submit", variant="primary", id="save-override"),
                class_name="flex flex-wrap justify-end gap-3",
            ),
            id="override-form",
            on_submit=_S.save,
            key=_S.form_key,
            class_name="flex flex-col gap-5",
        ),
        title=_("Own dates"),
        description=_("Supports of a student, such as more time, come on top of this."),
        id="override-dialog",
        open=_S.editing,
        on_close=_S.leave,
    )


def _excuse_dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            combobox(
                id="excuse-student",
                name="student",
                label=_("Student"),
                options=_S.students,
                placeholder=_("Type a name"),
                error=_ERRORS["student"],
                required=True,
            ),
            textarea(
                name="excuse_reason",
                id=field_id("excuse-reason"),
                label=_("Why"),
                hint=_("The student does not read this; it stays in the history of the grade."),
                error=_ERRORS["excuse_reason"],
                rows=2,
                max_length=500,
                required=True,
            ),
            rx.el.div(
                button(_("Cancel"), on_click=_S.leave),
                button(_("Excuse"), type="submit", variant="primary", id="save-excuse"),
                class_name="flex flex-wrap justify-end gap-3",
            ),
            id="excuse-form",
            on_submit=_S.excuse,
            key=_S.form_key,
            class_name="flex flex-col gap-5",
        ),
        title=_("Excuse a student"),
        description=_("It then does not count, whatever was handed in. You can take it back."),
        id="excuse-dialog",
        open=_S.excusing,
        on_close=_S.leave,
    )
