"""The parts of the grading desk: the list of students, an answer with its scoring, dialogs, keys."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from eduplatform.components.live.hotkeys import Hotkey, hotkeys
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    callout,
    confirm_dialog,
    dialog,
    icon,
    icon_button,
    kbd,
    number_input,
    switch,
    text_input,
    textarea,
    visually_hidden,
)
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


def student_list() -> rx.Component:
    """Everything that was handed in, with where it stands in words and shape."""
    return rx.el.nav(
        rx.el.div(
            rx.el.h2(_("Students"), class_name="text-sm font-semibold text-ink"),
            switch(
                name="anonymous",
                label=_("Hide names"),
                checked=Desk.anonymous,
                on_change=Desk.set_anonymous,
            ),
            class_name="flex items-center justify-between gap-3 px-4 py-3",
        ),
        rx.el.ol(
            rx.foreach(Desk.entries, _entry),
            class_name="max-h-64 overflow-y-auto border-t border-line xl:max-h-[calc(100dvh-16rem)]",
        ),
        aria_label=_("Students"),
        class_name="ui-card overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
    )


def _entry(row: Any) -> rx.Component:
    mark = rx.match(
        row["state"],
        ("waiting", icon("circle-dot", class_name="text-accent")),
        ("released", icon("circle-check", class_name="text-success")),
        icon("circle", class_name="text-ink-muted"),
    )
    return rx.el.li(
        rx.el.button(
            rx.el.span(mark, class_name="mt-0.5"),
            rx.el.span(
                rx.el.span(row["name"], class_name="block truncate text-sm font-medium text-ink"),
                rx.el.span(
                    row["status"],
                    rx.cond(row["section"] != "", " · " + row["section"].to(str), ""),
                    class_name="block truncate text-xs text-ink-muted",
                ),
                class_name="min-w-0 flex-1 text-start",
            ),
            rx.cond(row["late"], badge(_("Late"), tone="warning", icon="clock")),
            type="button",
            aria_current=rx.cond(row["current"], "true", "false"),
            on_click=Desk.show(row["id"]),
            class_name=(
                "flex w-full items-start gap-2.5 border-s-2 border-transparent px-3.5 py-2.5 -outline-offset-2 "
                "hover:bg-sunken aria-[current=true]:border-accent aria-[current=true]:bg-accent-soft"
            ),
        ),
        key=row["id"],
        class_name="border-b border-line last:border-0",
    )


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
                _answer_text(row),
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


def _answer_text(row: Any) -> rx.Component:
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
        rx.cond(
            row["rubric"],
            rx.el.div(
                rx.el.div(
                    rx.el.h3(_("Rubric"), class_name="text-sm font-semibold text-ink"),
                    rx.el.span(
                        Desk.totals[row["response_id"]],
                        aria_live="polite",
                        class_name="text-sm font-semibold text-ink tabular-nums",
                    ),
                    class_name="flex items-baseline justify-between gap-3",
                ),
                rx.foreach(row["criteria"], lambda criterion: _criterion(row, criterion)),
                class_name="flex flex-col gap-4",
            ),
        ),
        _points(row),
        _comment(row),
        class_name=(
            "flex min-w-0 flex-col gap-5 border-t border-line bg-canvas/50 p-5 lg:border-s lg:border-t-0"
        ),
    )


def _criterion(row: Any, criterion: Any) -> rx.Component:
    has_keys = Desk.focused == criterion["place"]
    return rx.el.fieldset(
        rx.el.legend(
            criterion["title"],
            rx.cond(
                has_keys, rx.el.span(_("Keys 1 to 4"), class_name="ms-2 text-xs font-normal text-accent")
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
        on_focus=Desk.focus_criterion(criterion["place"]),
        class_name=rx.cond(
            has_keys,
            "min-w-0 border-s-2 border-accent ps-3",
            "min-w-0 border-s-2 border-transparent ps-3",
        ),
    )


def _level(row: Any, criterion: Any, level: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            id=level["dom"],
            name=criterion["name"],
            value=level["id"],
            default_checked=level["chosen"],
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
    by_hand = row["by_person"] & ~row["rubric"]
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
            one["title"], target=target, text=one["text"], title=one["text"], class_name=_QUIET_BUTTON
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
                _answer_text(row),
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


def history() -> rx.Component:
    """Who changed the grade, when, from what, to what, why."""
    return rx.el.details(
        rx.el.summary(
            _("History of this grade"),
            class_name="cursor-pointer rounded-lg px-5 py-3.5 text-sm font-semibold text-ink",
        ),
        rx.el.ol(
            rx.foreach(Desk.events, _event),
            class_name="border-t border-line px-5 py-4",
        ),
        class_name="ui-card rounded-xl border border-line bg-surface shadow-sm",
    )


def _event(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(row["what"], class_name="font-medium text-ink"),
            " · ",
            row["change"],
            class_name="text-sm text-ink",
        ),
        rx.el.p(row["who"], " · ", row["when"], class_name="text-xs text-ink-muted"),
        rx.cond(row["reason"] != "", rx.el.p("“", row["reason"], "”", class_name="mt-1 text-sm text-ink")),
        key=row["id"],
        class_name="border-s-2 border-line py-1.5 ps-4",
    )


def conflict() -> rx.Component:
    """A colleague was faster."""
    return rx.cond(
        Desk.conflict != "",
        callout(
            Desk.conflict,
            title=_("Not saved"),
            tone="danger",
            actions=[
                button(
                    _("Drop mine and show what was saved"),
                    size="sm",
                    icon="refresh-cw",
                    on_click=Desk.take_theirs,
                )
            ],
            id="desk-conflict",
        ),
    )


def dialogs() -> rx.Component:
    """Taking back, excusing, releasing all, a new remark."""
    return rx.fragment(
        _reason_dialog(
            "unrelease",
            _("Take this grade back?"),
            _("The student and their guardians no longer see it until you release it again."),
            _("Take back"),
            Desk.unrelease,
        ),
        _reason_dialog(
            "excuse",
            rx.cond(Desk.head["excused"], _("Take the excuse back?"), _("Excuse this student?")),
            rx.cond(
                Desk.head["excused"],
                _("The work counts again."),
                _(
                    "An excused assessment does not count, whatever was handed in. The student sees it at once."
                ),
            ),
            _("Save"),
            Desk.excuse,
        ),
        confirm_dialog(
            id="desk-release-all",
            title=_("Release all graded work?"),
            message=_("Students and guardians see {count} more grades at once.", count=Desk.to_release),
            confirm_label=_("Release all"),
            on_confirm=Desk.release_all,
            open=Desk.dialog == "release_all",
            on_close=Desk.close_dialog,
            danger=False,
        ),
        dialog(
            rx.el.form(
                text_input(
                    name="title",
                    label=_("Short name"),
                    error=Desk.errors["title"],
                    required=True,
                    max_length=80,
                ),
                textarea(
                    name="text",
                    label=_("What the student reads"),
                    error=Desk.errors["text"],
                    required=True,
                    max_length=2000,
                ),
                rx.el.div(
                    button(_("Cancel"), closes=True),
                    button(_("Keep remark"), variant="primary", type="submit"),
                    class_name="flex justify-end gap-2",
                ),
                on_submit=Desk.add_comment,
                reset_on_submit=False,
                class_name="flex flex-col gap-5",
            ),
            title=_("New remark"),
            description=_("All teachers of this course can use it."),
            id="desk-bank",
            open=Desk.dialog == "bank",
            on_close=Desk.close_dialog,
        ),
    )


def _reason_dialog(name: str, title: Any, text: Any, confirm: Any, submit: Any) -> rx.Component:
    return dialog(
        rx.el.form(
            textarea(
                name="reason",
                id=f"{name}-reason",
                label=_("Why"),
                hint=_("Kept in the history of the grade."),
                error=Desk.errors["reason"],
                required=True,
                rows=2,
                max_length=500,
            ),
            rx.el.div(
                button(_("Cancel"), closes=True),
                button(confirm, variant="primary", type="submit"),
                class_name="flex justify-end gap-2",
            ),
            on_submit=submit,
            class_name="flex flex-col gap-5",
        ),
        title=title,
        description=text,
        id=f"desk-{name}",
        open=Desk.dialog == name,
        on_close=Desk.close_dialog,
        size="sm",
    )


def _choice(place: Any, number: int) -> Any:
    """Id of a level's button."""
    return rx.Var.create(f"choice-{place}-{number}")


def keys() -> rx.Component:
    """The shortcuts; every one presses a button or focuses a field that is on the page."""
    levels = [Hotkey(str(number), click=_choice(Desk.focused, number)) for number in range(1, 5)]
    return hotkeys(
        Hotkey("j", click="desk-next"),
        Hotkey("k", click="desk-previous"),
        # Focusing a level also gives its criterion the number keys.
        Hotkey("n", focus=_choice(Desk.following_criterion, 1)),
        Hotkey("c", focus=Desk.comment_id),
        Hotkey("escape", focus="desk-student", in_fields=True),
        Hotkey("mod+enter", click="desk-save", in_fields=True),
        Hotkey("s", click="desk-save"),
        Hotkey("r", click="desk-release"),
        *levels,
    )


def key_hints() -> rx.Component:
    """What the keys do, always in sight."""
    hints = (
        ((kbd("j"), kbd("k")), _("Next, previous student")),
        ((kbd("1"), "–", kbd("4")), _("Choose a level")),
        ((kbd("n"),), _("Next criterion")),
        ((kbd("c"),), _("Comment")),
        ((kbd("Esc"),), _("Leave a field")),
        ((kbd("s"), kbd("Ctrl", "Enter")), _("Save")),
        ((kbd("r"),), _("Release")),
    )
    return rx.el.div(
        visually_hidden(_("Keyboard shortcuts")),
        *[
            rx.el.span(
                *names, rx.el.span(text), class_name="inline-flex items-center gap-1.5 whitespace-nowrap"
            )
            for names, text in hints
        ],
        class_name=("flex flex-wrap gap-x-5 gap-y-2 text-xs text-ink-muted pointer-coarse:hidden"),
    )
