"""Writing a question: stem with live preview, the parts of its type, feedback, points."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.assessment.rows_editor import form_values_button
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.hotkeys import Hotkey, hotkeys
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    callout,
    card,
    icon,
    page_header,
    select,
    skeleton,
    text_input,
)
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.pages.teacher.question_parts import parts_of_type
from eduplatform.pages.teacher.question_preview import preview_dialog
from eduplatform.security.permissions import Role
from eduplatform.state.question import QuestionState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = QuestionState

_FORM = "question-form"
_ERRORS = _S.errors


@page(
    "/teach/courses/[course_id]/bank/new",
    title="New question",
    roles=(Role.TEACHER,),
    on_load=QuestionState.load_new,
)
def new_question() -> rx.Component:
    """Choose a type, then write."""
    return _new()


@page(
    "/teach/bank/new",
    title="New question",
    roles=(Role.TEACHER,),
    on_load=QuestionState.load_new_own,
)
def new_own_question() -> rx.Component:
    """Choose a type, then write, for one's own bank."""
    return _new()


def _new() -> rx.Component:
    return page_body(
        _S,
        rx.el.div(
            page_header(_("New question"), breadcrumb=_way(_("New question")), meta=[_type_badge()]),
            rx.cond((_S.type == "") | (_S.question_id != ""), _type_choice(), _editor()),
            class_name="flex flex-col gap-6",
        ),
        skeleton=_skeleton(),
    )


@page(
    "/teach/questions/[question_id]",
    title="Edit question",
    roles=(Role.TEACHER,),
    on_load=_S.load,
)
def edit_question() -> rx.Component:
    """Change a question of the bank."""
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _("Edit question"),
                breadcrumb=_way(_("Edit question")),
                meta=[
                    _type_badge(),
                    badge(_("Version {number}", number=_S.version)),
                    rx.foreach(_S.tags, lambda text: badge(text, icon="flag")),
                ],
                actions=[
                    button_link(
                        _("Versions and use"), f"/teach/questions/{_S.question_id}/history", icon="clock"
                    )
                ],
            ),
            rx.cond(
                _S.seen,
                callout(
                    _(
                        "Published assessments and attempts keep the version they have; drafts follow to the new one."
                    ),
                    title=_("Students may have seen this question."),
                    id="question-seen",
                ),
                rx.fragment(),
            ),
            _editor(),
            class_name="flex flex-col gap-6",
        ),
        skeleton=_skeleton(),
    )


def _way(current: rx.Var[str]) -> rx.Component:
    course = f"/teach/courses/{_S.course_id}"
    return rx.cond(
        _S.course_id != "",
        breadcrumb(
            (_("Courses"), "/teach/courses"),
            (_S.course_title, course),
            (_("Question bank"), f"{course}/bank"),
            current=current,
        ),
        breadcrumb((_("My questions"), "/teach/bank"), current=current),
    )


def _type_badge() -> rx.Component:
    return rx.cond(_S.type != "", badge(_S.type_name, tone="accent"), rx.fragment())


def _skeleton() -> rx.Component:
    return rx.el.div(
        skeleton(class_name="h-8 w-56"),
        skeleton(class_name="mt-8 h-64 w-full"),
        skeleton(class_name="mt-6 h-40 w-full"),
    )


def _type_choice() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("What kind of question?"), class_name="text-base font-semibold text-ink"),
        rx.el.ul(
            rx.foreach(_S.types, _type_card),
            class_name="mt-4 grid list-none gap-3 p-0 sm:grid-cols-2 lg:grid-cols-3",
        ),
    )


def _type_card(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(row["name"], class_name="font-semibold text-ink"),
            rx.el.span(row["description"], class_name="text-sm text-ink-muted"),
            type="button",
            on_click=_S.choose(row["key"]),
            class_name=(
                "flex h-full w-full flex-col items-start gap-1 rounded-xl border border-line bg-surface p-5 "
                "text-start shadow-sm transition-colors hover:border-accent hover:bg-accent-soft"
            ),
        )
    )


def _editor() -> rx.Component:
    return rx.fragment(
        local_draft(_FORM, _S.draft_key, saved=_S.saved, ready=_S.loaded),
        hotkeys(Hotkey("mod+s", click="question-save", in_fields=True)),
        rx.el.form(
            rx.cond(
                _ERRORS["form"],
                callout(_ERRORS["form"], tone="danger", role="alert"),
                rx.fragment(),
            ),
            markdown_editor(
                id="question-stem",
                name="stem",
                label=_("Question"),
                value=_S.stem,
                revision=_S.version,
                preview_html=_S.stem_html,
                on_change=_S.show_stem,
                rows=7,
                max_length=20_000,
                hint=_("Markdown, formulas between dollar signs, tables and code."),
                error=_ERRORS["stem"],
                required=True,
            ),
            card(parts_of_type(), title=_("Answer"), class_name="overflow-visible"),
            _place(),
            text_input(
                name="points",
                id=field_id("question-points"),
                label=_("Points"),
                hint=_("Each assessment can give other points to this question."),
                default_value=_S.points,
                key=f"points-{_S.version}",
                error=_ERRORS["points"],
                input_mode="decimal",
                class_name="max-w-40",
            ),
            markdown_editor(
                id="question-feedback",
                name="feedback",
                label=_("Feedback"),
                value=_S.feedback,
                revision=_S.version,
                preview_html=_S.feedback_html,
                on_change=_S.show_feedback,
                rows=4,
                max_length=10_000,
                hint=_("Students read it after handing in, whether they were right or not."),
                error=_ERRORS["feedback"],
            ),
            _foot(),
            id=_FORM,
            on_submit=_S.save,
            class_name="flex flex-col gap-6",
        ),
        preview_dialog(),
    )


def _place() -> rx.Component:
    """A new question says where it goes; later it is moved in the bank's list."""
    return rx.cond(
        _S.question_id == "",
        select(
            name="place",
            id=field_id("question-place"),
            label=_("Bank and folder"),
            options=_S.places,
            default_value=_S.place,
            field_class="max-w-md",
        ),
        rx.fragment(),
    )


def _foot() -> rx.Component:
    return rx.el.div(
        rx.el.span(_("Ctrl+S saves"), class_name="me-auto hidden text-sm text-ink-muted sm:block"),
        button_link(_("Back to the bank"), _S.bank_path, variant="quiet"),
        form_values_button(
            icon("eye"),
            _("Preview"),
            form=_FORM,
            on_press=_S.show_preview,
            id="question-preview-button",
            class_name=(
                "inline-flex h-10 items-center justify-center gap-2 rounded-lg border border-line bg-raised px-4 "
                "text-sm font-medium text-ink shadow-sm hover:border-line-strong pointer-coarse:h-11"
            ),
        ),
        button(_("Save question"), type="submit", variant="primary", icon="save", id="question-save"),
        class_name=(
            "z-10 flex flex-wrap items-center justify-end gap-2 border-t border-line py-3 sm:sticky sm:bottom-0 "
            "sm:bg-canvas/95 sm:backdrop-blur-sm"
        ),
    )
