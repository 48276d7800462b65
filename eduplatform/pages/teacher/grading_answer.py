"""An answer on the grading desk, and what a grader enters beside it."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from eduplatform.components.assessment.answer_text import GRADER, answer_text
from eduplatform.components.assessment.submission_sheet import files_of_answer, work_beside_text
from eduplatform.components.text import _
from eduplatform.components.ui import button, callout, icon_button, number_input, text_input, textarea
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.state.grading_desk import GradingDeskState

# The state's attributes are Vars here, which its annotations do not tell.
Desk: Any = GradingDeskState

_SCRIPT = rx.asset("insert_text.js", shared=True).importable_path
_QUIET_BUTTON = (
    "inline-flex min-h-8 items-center rounded-md border border-line bg-surface px-2.5 py-1 text-start text-sm "
    "text-ink hover:border-line-strong pointer-coarse:min-h-10"
)


class _InsertText(BaseHTML):
    """Puts a sentence of the bank into a comment box."""

    library = _SCRIPT
    tag = "InsertText"
    _is_tag_in_global_scope = False

    target: rx.Var[str]
    text: rx.Var[str]


def answer_card(row: Any) -> rx.Component:
    """A question that a person scores: the answer, and beside it the rubric."""
    return rx.el.section(
        rx.el.div(
            _question(row),
            rx.el.div(
                rx.el.h3(_("Answer"), class_name="text-sm font-semibold text-ink"),
                rx.el.span(row["words"], class_name="text-sm text-ink-muted tabular-nums"),
                class_name="mt-5 mb-2 flex items-baseline justify-between gap-3",
            ),
            rx.cond(
                row["blank"],
                rx.el.p(_("Nothing was written."), class_name="text-ink-muted italic"),
                rx.el.div(
                    rx.cond(row["written"], _written(row)),
                    rx.cond(row["work_id"] != "", work_beside_text(row["work_id"])),
                    rx.cond(row["files"], files_of_answer(row["response_id"])),
                    rx.cond(row["answer"].length() > 0, _answer_lines(row)),
                    class_name="flex flex-col gap-3",
                ),
            ),
            _notes(row),
            # The answer stays in sight while the rubric beside it is longer.
            class_name="min-w-0 p-5 sm:p-6 lg:sticky lg:top-20 lg:self-start",
        ),
        _scoring(row),
        key=row["response_id"],
        class_name=(
            "ui-card grid overflow-clip rounded-xl border border-line bg-surface shadow-sm "
            "lg:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[minmax(0,1fr)_25rem]"
        ),
    )


def _question(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            _("Question {number}", number=row["number"]),
            " · ",
            row["kind"],
            class_name="mb-1.5 text-xs font-medium text-ink-muted",
        ),
        rich_text(row["stem_html"]),
    )


def _written(row: Any) -> rx.Component:
    return answer_text(
        row["response_id"],
        source=GRADER,
        editable=True,
        ahead=Desk.texts_ahead,
        on_changed=Desk.refresh,
    )


def _answer_lines(row: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(
            row["answer"],
            lambda text: rx.el.p(text, class_name="whitespace-pre-wrap break-words"),
        ),
        class_name="rounded-lg bg-sunken px-4 py-4 leading-relaxed text-ink",
    )


def _notes(row: Any) -> rx.Component:
    return rx.cond(
        row["notes"] != "",
        rx.el.details(
            rx.el.summary(
                _("Notes for graders"), class_name="w-fit rounded-sm text-sm font-medium text-accent"
            ),
            rx.el.p(row["notes"], class_name="mt-2 text-sm whitespace-pre-wrap text-ink-muted"),
            class_name="mt-4",
        ),
    )


def _scoring(row: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(row["rubric"] != "", _rubric(row)),
        _points(row),
        _comment(row),
        class_name=(
            "flex min-w-0 flex-col gap-5 border-t border-line bg-canvas/50 p-5 lg:border-s lg:border-t-0"
        ),
    )


def _rubric(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h3(_("Rubric"), class_name="text-sm font-semibold text-ink"),
            rx.el.span(
                Desk.totals[row["response_id"]],
                aria_live="polite",
                class_name="text-sm font-semibold text-ink tabular-nums",
            ),
            class_name="flex items-baseline justify-between gap-3",
        ),
        rx.cond(
            row["newest"] != "",
            callout(
                _("This score refers to an older version of the rubric. It stays until you score anew."),
                tone="info",
                actions=[
                    button(
                        _("Score with the newest version"),
                        size="sm",
                        on_click=Desk.use_newest(row["response_id"]),
                    )
                ],
            ),
        ),
        rx.foreach(Desk.rubrics[row["rubric"]], lambda criterion: _criterion(row, criterion)),
        class_name="flex flex-col gap-4",
    )


def _criterion(row: Any, criterion: Any) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(
            criterion["title"],
            rx.el.span(
                _("Keys 1 to {count}", count=criterion["levels"].length()),
                class_name="ms-2 hidden text-xs font-normal text-accent group-data-[current=true]/criterion:inline",
            ),
            class_name="text-sm font-medium text-ink",
        ),
        rx.cond(
            criterion["description"] != "",
            rx.el.p(criterion["description"], class_name="mt-0.5 text-xs text-ink-muted"),
        ),
        rx.el.div(
            rx.foreach(criterion["levels"], lambda level: _level(row, criterion, level)),
            class_name="mt-2 flex flex-col gap-1.5",
        ),
        key=criterion["id"],
        custom_attrs={"data-criterion": criterion["id"]},
        class_name=(
            "group/criterion min-w-0 border-s-2 border-transparent ps-3 data-[current=true]:border-accent"
        ),
    )


def _level(row: Any, criterion: Any, level: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name=f"level-{row['response_id']}-{criterion['id']}",
            value=level["id"],
            default_checked=row["chosen"][criterion["id"]] == level["id"],
            on_change=Desk.choose(row["response_id"], criterion["id"], level["id"]).stop_propagation,
            class_name="ui-check mt-0.5",
        ),
        rx.el.span(
            rx.el.span(
                rx.el.span(level["title"], class_name="font-medium"),
                rx.el.span(level["points"], class_name="shrink-0 text-ink-muted tabular-nums"),
                class_name="flex justify-between gap-3 text-sm text-ink",
            ),
            rx.el.span(level["description"], class_name="mt-0.5 block text-xs text-ink-muted empty:hidden"),
            class_name="min-w-0 flex-1",
        ),
        key=level["id"],
        class_name=(
            "flex cursor-pointer items-start gap-2.5 rounded-lg border border-line bg-surface px-3 py-2 "
            "hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft"
        ),
    )


def _points(row: Any) -> rx.Component:
    by_hand = row["by_person"] & (row["rubric"] == "")
    name = f"points-{row['response_id']}"
    reason = f"reason-{row['response_id']}"
    field = number_input(
        name=name,
        id=name,
        label=rx.cond(by_hand, _("Points"), _("Other points")),
        hint=rx.cond(
            by_hand, "", _("Leave empty to keep the points of the rubric or the automatic scoring.")
        ),
        error=Desk.errors[name],
        default_value=row["points"],
        minimum=0,
        maximum=row["most"],
        step="any",
        unit=_("of {points}", points=row["possible"]),
        class_name="w-28!",
    )
    why = text_input(
        name=reason,
        id=reason,
        label=_("Why other points"),
        error=Desk.errors[reason],
        max_length=500,
    )
    changing = rx.el.details(
        rx.el.summary(
            _("Give other points"),
            rx.cond(row["points"] != "", rx.el.span(" · ", row["score"], class_name="text-ink")),
            class_name="w-fit rounded-sm text-sm font-medium text-accent hover:text-accent-strong",
        ),
        rx.el.div(field, why, class_name="mt-3 flex flex-col gap-4"),
        open=(row["points"] != "") | Desk.errors.contains(name) | Desk.errors.contains(reason),
    )
    return rx.cond(by_hand, field, changing)


def _comment(row: Any) -> rx.Component:
    name = f"comment-{row['response_id']}"
    return rx.el.div(
        textarea(
            name=name,
            id=name,
            label=_("Comment for the student"),
            error=Desk.errors[name],
            default_value=row["comment"],
            rows=4,
            max_length=5000,
            custom_attrs={"data-codes": ""},
        ),
        rx.el.details(
            rx.el.summary(
                _("Comment bank"),
                class_name="w-fit rounded-sm text-sm font-medium text-accent hover:text-accent-strong",
            ),
            rx.el.ul(
                rx.foreach(Desk.bank, lambda one: _bank_row(one, name)),
                class_name="mt-2 flex flex-col gap-1.5",
            ),
            rx.cond(
                Desk.bank.length() == 0,
                rx.el.p(
                    _("Nothing here yet. Keep a remark that you write often."),
                    class_name="mt-2 text-sm text-ink-muted",
                ),
            ),
            button(
                _("New remark"), icon="plus", size="sm", on_click=Desk.open_dialog("bank"), class_name="mt-2"
            ),
        ),
        class_name="flex flex-col gap-3",
    )


def _bank_row(one: Any, target: Any) -> rx.Component:
    return rx.el.li(
        _InsertText.create(
            rx.fragment(
                rx.cond(one["code"] != "", rx.el.code("/", one["code"], class_name="me-2 text-ink-muted")),
                one["title"],
            ),
            target=target,
            text=one["text"],
            title=one["text"],
            class_name=_QUIET_BUTTON,
        ),
        icon_button(
            "trash",
            label=_("Delete the remark {title}", title=one["title"]),
            size="sm",
            on_click=Desk.delete_comment(one["id"]),
        ),
        key=one["id"],
        class_name="flex items-center justify-between gap-2",
    )


def scored_answer(row: Any) -> rx.Component:
    """A question that was scored automatically, folded."""
    return rx.el.details(
        rx.el.summary(
            rx.el.span(_("Question {number}", number=row["number"]), class_name="font-medium text-ink"),
            rx.el.span(row["outcome"], class_name="text-ink-muted"),
            rx.el.span(row["score"], class_name="ms-auto text-ink tabular-nums"),
            class_name="flex cursor-pointer flex-wrap items-baseline gap-x-4 gap-y-1 rounded-lg px-5 py-3.5 text-sm",
        ),
        rx.el.div(
            rich_text(row["stem_html"]),
            rx.cond(
                row["blank"],
                rx.el.p(_("No answer"), class_name="text-ink-muted italic"),
                _answer_lines(row),
            ),
            rx.el.ul(
                rx.foreach(row["steps"], lambda step: rx.el.li(step)),
                class_name="list-disc ps-5 text-sm text-ink-muted",
            ),
            _points(row),
            _comment(row),
            class_name="flex flex-col gap-4 border-t border-line px-5 py-4",
        ),
        key=row["response_id"],
        class_name="border-b border-line last:border-0",
    )
