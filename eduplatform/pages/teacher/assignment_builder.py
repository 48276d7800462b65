"""Building an assignment: the task, what is handed in, dates, points, groups; and letting it out."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.hotkeys import Hotkey, hotkeys
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    callout,
    card,
    checkbox,
    confirm_dialog,
    date_time_input,
    icon,
    link,
    number_input,
    page_header,
    select,
    skeleton,
    text_input,
    textarea,
)
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.pages.teacher.late_fields import late_fields
from eduplatform.security.permissions import Role
from eduplatform.state.assignment_builder import AssignmentBuilderState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = AssignmentBuilderState

_FORM = "assignment-form"
_ONE = _S.settings
_ERRORS = _S.errors
_LOCKED = _ONE["published"]


@page(
    "/teach/assignments/[assessment_id]",
    title="Assignment",
    roles=(Role.TEACHER,),
    on_load=AssignmentBuilderState.load,
)
def assignment_builder() -> rx.Component:
    """One page from the idea to the students."""
    course = f"/teach/courses/{_S.course_id}"
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _ONE["title"],
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (_S.course_title, course),
                    (_("Assessments"), f"{course}/assessments"),
                    current=_ONE["title"],
                ),
                meta=[
                    rx.cond(
                        _LOCKED, badge(_("Published"), tone="success", dot=True), badge(_("Draft"), dot=True)
                    ),
                    badge(_("Assignment"), tone="accent"),
                ],
            ),
            rx.el.div(
                _form(),
                rx.el.aside(
                    _publication(),
                    class_name="w-full shrink-0 lg:sticky lg:top-20 lg:w-80",
                    aria_label=_("Publication"),
                ),
                class_name="flex flex-col-reverse items-start gap-6 lg:flex-row",
            ),
            class_name="flex flex-col gap-6",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"),
            rx.el.div(
                skeleton(class_name="h-96 flex-1"),
                skeleton(class_name="h-56 w-full lg:w-80"),
                class_name="mt-8 flex flex-col gap-6 lg:flex-row",
            ),
        ),
    )


def _key(name: str) -> rx.Var[str]:
    """Makes a field anew after each save, so that it shows what is stored."""
    return rx.Var.create(f"{name}-{_ONE['id']}-{_ONE['version']}")


def _stored(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": field_id(f"assignment-{name}"),
        "default_value": _ONE[name],
        "key": _key(name),
        "error": _ERRORS[name],
    }


def _ticked(name: str, label: rx.Var[str], **more: Any) -> rx.Component:
    return checkbox(
        name=name,
        id=field_id(f"assignment-{name}"),
        label=label,
        default_checked=_ONE[name],
        key=_key(name),
        disabled=_LOCKED,
        **more,
    )


def _form() -> rx.Component:
    return rx.el.div(
        local_draft(_FORM, _S.draft_key, saved=_S.saved, ready=_S.loaded),
        hotkeys(Hotkey("mod+s", click="assignment-save", in_fields=True)),
        rx.el.form(
            rx.cond(_ERRORS["form"], callout(_ERRORS["form"], tone="danger", role="alert"), rx.fragment()),
            _task(),
            _handed_in(),
            _dates(),
            _late(),
            _judging(),
            _together(),
            rx.el.div(
                button(_("Save"), type="submit", variant="primary", icon="save", id="assignment-save"),
                class_name="flex justify-end",
            ),
            id=_FORM,
            on_submit=_S.save,
            class_name="flex flex-col gap-6",
        ),
        class_name="w-full min-w-0 flex-1 basis-96",
    )


def _task() -> rx.Component:
    return card(
        rx.el.div(
            text_input(**_stored("title"), label=_("Title"), required=True, max_length=160),
            markdown_editor(
                id="assignment-instructions",
                name="instructions",
                label=_("Instructions"),
                hint=_("What is to be done, and what helps to do it well."),
                value=_ONE["instructions"],
                revision=_key("instructions"),
                preview_html=_S.instructions_html,
                on_change=_S.show_instructions,
                rows=10,
                max_length=20_000,
                error=_ERRORS["instructions"],
            ),
            select(
                **_stored("module_id"),
                label=_("Module"),
                hint=_("Where it appears in the course."),
                options=_S.modules,
                placeholder=_("No module"),
            ),
            class_name="flex flex-col gap-5",
        ),
        title=_("The task"),
    )


def _handed_in() -> rx.Component:
    return card(
        rx.el.fieldset(
            rx.el.legend(_("What students hand in"), class_name="sr-only"),
            _locked_note(),
            _error("parts"),
            _ticked("text", _("A text, written here")),
            _ticked("link", _("A link, for example to a document or a video")),
            rx.el.div(
                _ticked("files", _("Files")),
                rx.el.div(
                    rx.el.div(
                        number_input(
                            **_stored("max_files"),
                            label=_("Files at most"),
                            minimum=1,
                            maximum=20,
                            disabled=_LOCKED,
                        ),
                        number_input(
                            **_stored("max_megabytes"),
                            label=_("Megabytes per file"),
                            minimum=1,
                            maximum=100,
                            disabled=_LOCKED,
                        ),
                        class_name="grid gap-5 sm:grid-cols-2",
                    ),
                    rx.el.fieldset(
                        rx.el.legend(
                            _("Kinds of files (none ticked: every kind)"),
                            class_name="mb-2 text-sm font-medium text-ink",
                        ),
                        rx.el.div(
                            rx.foreach(_S.file_kinds, _file_kind),
                            class_name="grid gap-x-5 gap-y-1 sm:grid-cols-2",
                        ),
                        class_name="min-w-0 border-0 p-0",
                    ),
                    class_name="ms-7 mt-3 hidden flex-col gap-5 group-has-[[name=files]:checked]/files:flex",
                ),
                class_name="group/files",
            ),
            rx.el.div(
                _ticked("require_all", _("All of the ticked parts are needed, not just one of them")),
                class_name="border-t border-line pt-4",
            ),
            class_name="flex min-w-0 flex-col gap-3 border-0 p-0",
        ),
        title=_("What students hand in"),
    )


def _file_kind(row: Any) -> rx.Component:
    return checkbox(
        name="kind_" + row["key"].to(str),
        id=rx.Var.create("assignment-kind-") + row["key"].to(str),
        label=row["label"],
        hint=row["endings"],
        default_checked=row["chosen"],
        key=rx.Var.create(f"{row['key']}-{_ONE['version']}"),
        disabled=_LOCKED,
    )


def _error(name: str) -> rx.Component:
    return rx.cond(
        _ERRORS[name], rx.el.p(_ERRORS[name], role="alert", class_name="text-sm text-danger"), rx.fragment()
    )


def _locked_note() -> rx.Component:
    return rx.cond(
        _LOCKED,
        rx.el.p(
            _("While it is published, this stays as it is."),
            class_name="text-sm text-ink-muted",
        ),
        rx.fragment(),
    )


def _dates() -> rx.Component:
    def date(name: str, label: rx.Var[str], hint: rx.Var[str]) -> rx.Component:
        return date_time_input(**_stored(name), label=label, hint=hint, zone=_S.zone)

    return card(
        rx.el.div(
            date("opens_at", _("Opens"), _("Empty: at once.")),
            date("due_at", _("Due"), _("Later work is late.")),
            date(
                "closes_at",
                _("Closes"),
                _("From then on nothing is taken; drafts are handed in as they are."),
            ),
            class_name="grid gap-5 xl:grid-cols-2",
        ),
        title=_("Dates"),
    )


def _late() -> rx.Component:
    return card(
        rx.el.div(_locked_note(), late_fields(_stored, disabled=_LOCKED), class_name="flex flex-col gap-5"),
        title=_("Late and missing work"),
    )


def _judging() -> rx.Component:
    return card(
        rx.el.div(
            _locked_note(),
            rx.el.div(
                text_input(
                    **_stored("points"),
                    label=_("Points"),
                    required=True,
                    input_mode="decimal",
                    max_length=10,
                    disabled=_LOCKED,
                ),
                select(
                    **_stored("rubric_id"),
                    label=_("Rubric"),
                    hint=_("Students see it before they begin."),
                    options=_S.rubrics,
                    placeholder=_("No rubric"),
                    disabled=_LOCKED,
                ),
                number_input(
                    **_stored("attempts_allowed"),
                    label=_("How often it can be handed in"),
                    hint=_("A further attempt begins with the text of the last. Empty: any number."),
                    minimum=0,
                    maximum=20,
                ),
                select(
                    **_stored("scoring"),
                    label=_("Which attempt counts"),
                    hint=_("When there are several."),
                    options=[
                        ("last", _("The last")),
                        ("best", _("The best")),
                        ("average", _("The average of all")),
                    ],
                    disabled=_LOCKED,
                ),
                class_name="grid gap-5 sm:grid-cols-2",
            ),
            textarea(
                **_stored("notes"),
                label=_("Notes for graders"),
                hint=_("Only those who grade see them."),
                rows=3,
                max_length=5_000,
            ),
            class_name="flex flex-col gap-5",
        ),
        title=_("Points and judging"),
    )


def _together() -> rx.Component:
    return card(
        rx.el.div(
            _locked_note(),
            select(
                **_stored("group_set_id"),
                label=_("Who works on it"),
                hint=_("In groups: one draft for all members, handed in by one of them, graded for all."),
                options=_S.sets,
                placeholder=_("Everybody alone"),
                disabled=_LOCKED,
            ),
            link(_("Make and change groups"), f"/teach/courses/{_S.course_id}/groups"),
            class_name="flex flex-col items-start gap-4",
        ),
        title=_("Alone or in groups"),
    )


def _publication() -> rx.Component:
    return card(
        rx.el.dl(
            rx.el.div(
                rx.el.dt(_("Points"), class_name="text-ink-muted"),
                rx.el.dd(_ONE["points"], class_name="font-medium text-ink tabular-nums"),
                class_name="flex items-baseline justify-between gap-4",
            ),
            rx.el.div(
                rx.el.dt(_("Students who have begun"), class_name="text-ink-muted"),
                rx.el.dd(_S.started, class_name="font-medium text-ink tabular-nums"),
                class_name="flex items-baseline justify-between gap-4",
            ),
            class_name="flex flex-col gap-2 text-sm",
        ),
        rx.cond(_LOCKED, _published(), _unpublished()),
        button_link(
            _("Dates and support"),
            f"/teach/assessments/{_ONE['id']}/exceptions",
            icon="calendar",
            full_width=True,
            class_name="mt-3",
        ),
        title=_("Publication"),
        class_name="w-full",
    )


def _unpublished() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _S.problems.length() > 0,
            rx.el.div(
                rx.el.p(_("Before you can publish:"), class_name="text-sm font-medium text-ink"),
                rx.el.ul(
                    rx.foreach(_S.problems, _problem), class_name="mt-2 flex list-none flex-col gap-2 p-0"
                ),
                id="publish-problems",
            ),
            rx.el.p(
                icon("circle-check", class_name="mt-[3px] text-success"),
                rx.el.span(_("Ready. Save first what you have changed; students will see it at once.")),
                class_name="flex items-start gap-2 text-sm text-ink",
            ),
        ),
        button(
            _("Publish"),
            variant="primary",
            icon="send",
            full_width=True,
            disabled=_S.problems.length() > 0,
            on_click=_S.publish,
            id="publish",
        ),
        button(_("Delete this draft"), variant="quiet", icon="trash", full_width=True, opens="delete-draft"),
        confirm_dialog(
            id="delete-draft",
            title=_("Delete this draft?"),
            message=_("Nobody but its teachers has seen it. It cannot be brought back."),
            confirm_label=_("Delete"),
            on_confirm=_S.delete,
        ),
        class_name="mt-5 flex flex-col gap-4 border-t border-line pt-5",
    )


def _problem(text: rx.Var[str]) -> rx.Component:
    return rx.el.li(
        icon("circle-alert", class_name="mt-[3px] text-warning"),
        rx.el.span(text),
        class_name="flex items-start gap-2 text-sm text-ink",
    )


def _published() -> rx.Component:
    return rx.el.div(
        button_link(
            _("Who has handed in"),
            f"/teach/assignments/{_ONE['id']}/progress",
            icon="users",
            variant="primary",
            full_width=True,
        ),
        rx.cond(
            _S.started > 0,
            callout(
                _(
                    "It can no longer be withdrawn. Title, instructions, dates and further attempts "
                    "can still change."
                ),
                title=_n("{count} student has begun.", "{count} students have begun.", count=_S.started),
            ),
            rx.fragment(
                button(_("Withdraw"), icon="undo-2", full_width=True, opens="withdraw-dialog"),
                confirm_dialog(
                    id="withdraw-dialog",
                    title=_("Withdraw this assignment?"),
                    message=_(
                        "Students will no longer see it. Nothing is lost, and you can publish it again."
                    ),
                    confirm_label=_("Withdraw"),
                    on_confirm=_S.unpublish,
                    danger=False,
                ),
            ),
        ),
        class_name="mt-5 flex flex-col gap-3 border-t border-line pt-5",
    )
