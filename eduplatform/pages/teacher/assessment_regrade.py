"""Correcting a question that students have answered: how, who changes, apply, undo."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    callout,
    card,
    dialog,
    empty_state,
    icon,
    page_header,
    skeleton,
    skeleton_card,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.regrade import RegradeState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = RegradeState

_ERRORS = _S.errors
_ONE = _S.one
_ROW = "flex flex-wrap items-start gap-x-4 gap-y-2 px-5 py-4 sm:px-6"
_LIST = "flex list-none flex-col divide-y divide-line p-0"


@page(
    "/teach/assessments/[assessment_id]/regrade",
    title="Correct a question",
    roles=(Role.TEACHER,),
    on_load=RegradeState.load,
)
def assessment_regrade() -> rx.Component:
    """The questions that were answered, and what was corrected."""
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _("Correct a question"),
                description=_(
                    "When a right answer was wrong: correct it in the bank, see here who changes, and apply it to everybody at once."
                ),
                breadcrumb=breadcrumb(
                    (_S.course_title, f"/teach/courses/{_S.course_id}"),
                    (_("Assessments"), f"/teach/courses/{_S.course_id}/assessments"),
                    (_S.title, f"/teach/assessments/{_S.assessment_id}"),
                    current=_("Correct a question"),
                ),
            ),
            card(
                rx.cond(
                    _S.questions.length() > 0,
                    rx.el.ol(rx.foreach(_S.questions, _question), class_name=_LIST, id="regrade-questions"),
                    empty_state(
                        _("Nobody has handed in yet"),
                        description=_(
                            "Questions can be corrected for everybody once students have answered."
                        ),
                        icon="list-checks",
                    ),
                ),
                title=_("Questions that students have answered"),
                flush=True,
            ),
            rx.cond(_S.history.length() > 0, _history(), rx.fragment()),
            class_name="mx-auto flex w-full max-w-4xl flex-col gap-6",
        ),
        _dialog(),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-64"), skeleton_card(class_name="mt-8"), class_name="mx-auto max-w-4xl"
        ),
    )


def _question(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            row["number"],
            class_name=(
                "grid size-8 shrink-0 place-items-center rounded-full bg-sunken text-sm font-semibold text-ink-muted "
                "tabular-nums"
            ),
        ),
        rx.el.div(
            rx.el.a(
                row["excerpt"],
                href=f"/teach/questions/{row['question_id']}",
                class_name="line-clamp-2 rounded-sm font-medium text-ink no-underline hover:text-accent hover:underline",
            ),
            rx.el.div(
                rx.el.span(row["type"]),
                rx.el.span("· ", row["answers"]),
                rx.cond(
                    row["key_changed"],
                    badge(_("The right answer has changed"), tone="warning", dot=True),
                    rx.fragment(),
                ),
                rx.cond(
                    row["wording_changed"], badge(_("Other wording in the bank"), tone="info"), rx.fragment()
                ),
                rx.cond(row["judged"] != "", badge(row["judged"], tone="accent"), rx.fragment()),
                class_name="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-muted",
            ),
            class_name="min-w-0 flex-1 basis-60",
        ),
        button(
            _("Correct"),
            size="sm",
            on_click=_S.choose(row["id"]),
            aria_label=_("Correct question {number}", number=row["number"]),
        ),
        key=row["id"],
        class_name=_ROW,
    )


def _history() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(_S.history, _happened), class_name=_LIST, id="regrade-history"),
        title=_("What was corrected"),
        flush=True,
    )


def _happened(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.span(row["mode"], class_name="font-medium text-ink"),
                rx.cond(row["undone"] != "", badge(row["undone"]), rx.fragment()),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(row["excerpt"], class_name="mt-0.5 line-clamp-1 text-sm text-ink"),
            rx.el.p(row["reason"], class_name="mt-0.5 text-sm text-ink"),
            rx.el.p(row["details"], class_name="mt-0.5 text-sm text-ink-muted"),
            class_name="min-w-0 flex-1 basis-60",
        ),
        rx.cond(
            row["can_undo"],
            button(_("Undo"), size="sm", icon="undo-2", on_click=_S.undo(row["id"])),
            rx.fragment(),
        ),
        key=row["id"],
        class_name=_ROW,
    )


def _dialog() -> rx.Component:
    return dialog(
        rx.el.div(
            rx.el.p(_ONE["excerpt"], class_name="font-medium text-ink"),
            rx.cond(
                _ONE["wording_changed"],
                callout(
                    _(
                        "The bank now has another wording than students saw, so its answer cannot be used for their work."
                    ),
                    tone="info",
                ),
                rx.cond(
                    _ONE["key_changed"],
                    rx.fragment(),
                    callout(
                        _("The right answer in the bank is the one that was used. Correct it there first."),
                        tone="info",
                        actions=[
                            button_link(
                                _("Open the question"), f"/teach/questions/{_ONE['question_id']}", size="sm"
                            )
                        ],
                    ),
                ),
            ),
            rx.el.fieldset(
                rx.el.legend(_("How should it be judged?"), class_name="mb-2 text-sm font-medium text-ink"),
                rx.foreach(_S.choices, _choice),
                class_name="flex flex-col gap-2 border-0 p-0",
            ),
            rx.cond(_S.previewed, _preview(), rx.fragment()),
            class_name="flex flex-col gap-5",
        ),
        title=_("Correct question {number}", number=_ONE["number"]),
        id="regrade-dialog",
        open=_S.working,
        on_close=_S.leave,
        size="lg",
    )


def _choice(row: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="regrade-mode",
            value=row["value"],
            checked=_S.mode == row["value"],
            on_change=_S.show(row["value"]),
            class_name="size-4 accent-accent",
        ),
        rx.el.span(row["label"], class_name="text-sm text-ink"),
        class_name=(
            "flex min-h-11 cursor-pointer items-center gap-3 rounded-lg border border-line px-4 py-2 "
            "has-checked:border-accent has-checked:bg-accent-soft"
        ),
        key=row["value"],
    )


def _preview() -> rx.Component:
    return rx.el.div(
        rx.el.p(_S.summary, class_name="text-sm font-medium text-ink", role="status", id="regrade-summary"),
        rx.cond(
            _S.effects.length() > 0,
            rx.el.ul(
                rx.foreach(_S.effects, _effect),
                class_name="flex max-h-72 list-none flex-col divide-y divide-line overflow-y-auto rounded-xl border border-line p-0",
                id="regrade-effects",
                tab_index=0,
                aria_label=_("Grades that change"),
            ),
            rx.fragment(),
        ),
        rx.cond(
            _S.more > 0,
            rx.el.p(_("and {count} more", count=_S.more), class_name="text-sm text-ink-muted"),
            rx.fragment(),
        ),
        rx.el.form(
            textarea(
                name="reason",
                id=field_id("regrade-reason"),
                label=_("Why"),
                hint=_("It stays in the history of every grade that changes."),
                error=_ERRORS["reason"],
                rows=2,
                max_length=500,
                required=True,
            ),
            rx.cond(_ERRORS["form"], callout(_ERRORS["form"], tone="danger", role="alert"), rx.fragment()),
            rx.el.p(
                _("Students whose grade changes are told. You can undo it."),
                class_name="text-sm text-ink-muted",
            ),
            rx.el.div(
                button(_("Cancel"), on_click=_S.leave),
                button(_("Apply to everybody"), type="submit", variant="primary", id="apply-regrade"),
                class_name="flex flex-wrap justify-end gap-3",
            ),
            id="regrade-form",
            on_submit=_S.apply,
            class_name="flex flex-col gap-4",
        ),
        class_name="flex flex-col gap-4 border-t border-line pt-5",
    )


def _effect(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(row["name"], class_name="min-w-0 flex-1 truncate text-sm text-ink"),
        rx.el.span(row["before"], class_name="text-sm text-ink-muted tabular-nums"),
        icon("arrow-right", class_name="text-ink-muted"),
        badge(row["after"], tone=row["tone"]),
        key=row["id"],
        class_name="flex items-center gap-3 px-4 py-2.5",
    )
