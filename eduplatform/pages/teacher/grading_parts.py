"""The parts around the work on the grading desk: the list of students, history, dialogs, keys."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.live.hotkeys import Hotkey, hotkey_switch, hotkeys
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    button,
    callout,
    checkbox,
    confirm_dialog,
    date_time_input,
    dialog,
    icon,
    kbd,
    radio_group,
    select,
    switch,
    text_input,
    textarea,
)
from eduplatform.state.grading_desk import GradingDeskState

# The state's attributes are Vars here, which its annotations do not tell.
Desk: Any = GradingDeskState


def student_list() -> rx.Component:
    """What was handed in and is wanted, with where it stands in words and shape."""
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
        _filters(),
        rx.el.ol(
            rx.foreach(Desk.entries, _entry),
            class_name="relative max-h-64 overflow-y-auto border-t border-line xl:max-h-[calc(100dvh-22rem)]",
        ),
        aria_label=_("Students"),
        class_name="ui-card overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
    )


def filtered() -> Any:
    """Whether a filter is set."""
    return (Desk.show_only != "all") | Desk.late_only | (Desk.section != "")


def _filters() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            _("Filter and order"),
            rx.cond(filtered() | (Desk.question != ""), badge(_("On"), tone="accent", class_name="ms-2")),
            class_name="cursor-pointer px-4 py-2 text-sm font-medium text-accent",
        ),
        rx.el.div(
            select(
                name="show",
                label=_("Show"),
                options=[
                    ("all", _("Everything")),
                    ("waiting", _("To grade")),
                    ("graded", _("Graded, not released")),
                    ("released", _("Released")),
                ],
                value=Desk.show_only,
                on_change=lambda value: Desk.narrow("show_only", value),
            ),
            select(
                name="section",
                label=_("Section"),
                options=Desk.sections,
                placeholder=_("All sections"),
                value=Desk.section,
                on_change=lambda value: Desk.narrow("section", value),
            ),
            select(
                name="question",
                label=_("Order"),
                options=Desk.questions,
                placeholder=_("Student by student"),
                value=Desk.question,
                on_change=lambda value: Desk.narrow("question", value),
                hint=_("A question: only it, for all students."),
            ),
            checkbox(
                name="late", label=_("Only late work"), checked=Desk.late_only, on_change=Desk.filter_late
            ),
            class_name="flex flex-col gap-4 px-4 pt-2 pb-4",
        ),
        class_name="border-t border-line",
    )


def _entry(row: Any) -> rx.Component:
    mark = rx.match(
        row["state"],
        ("waiting", icon("circle-dot", class_name="text-accent")),
        ("released", icon("circle-check", class_name="text-success")),
        ("planned", icon("clock", class_name="text-info")),
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
            aria_current=rx.cond(row["id"] == Desk.attempt_id, "true", "false"),
            on_click=Desk.show(row["id"]),
            class_name=(
                "flex w-full items-start gap-2.5 border-s-2 border-transparent px-3.5 py-2.5 -outline-offset-2 "
                "hover:bg-sunken aria-[current=true]:border-accent aria-[current=true]:bg-accent-soft"
            ),
        ),
        key=row["id"],
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


def explained() -> rx.Component:
    """How the grade came about, in the words that student and guardian read."""
    return rx.cond(
        Desk.grade_steps.length() > 0,
        rx.el.details(
            rx.el.summary(
                _("Explain this grade"),
                class_name="cursor-pointer rounded-lg px-5 py-3.5 text-sm font-semibold text-ink",
            ),
            rx.el.ol(
                rx.foreach(Desk.grade_steps, lambda step: rx.el.li(step)),
                class_name="list-decimal border-t border-line py-4 ps-10 pe-5 text-sm leading-relaxed text-ink",
            ),
            class_name="ui-card rounded-xl border border-line bg-surface shadow-sm",
            id="explain-grade",
        ),
        rx.fragment(),
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
        rx.foreach(
            row["details"].to(list[str]),
            lambda text: rx.el.p(text, class_name="mt-0.5 text-sm break-words text-ink-muted"),
        ),
        rx.cond(row["reason"] != "", rx.el.p("“", row["reason"], "”", class_name="mt-1 text-sm text-ink")),
        key=row["id"],
        class_name="border-s-2 border-line py-1.5 ps-4",
    )


def conflict() -> rx.Component:
    """A colleague was faster: both views side by side, and nothing overwritten."""
    return rx.cond(
        Desk.conflict != "",
        callout(
            Desk.conflict,
            rx.cond(Desk.conflicts.length() > 0, _differences()),
            title=_("Not saved"),
            tone="danger",
            actions=[
                button(
                    _("Drop mine and show what was saved"),
                    size="sm",
                    icon="refresh-cw",
                    on_click=Desk.show_stored(Desk.attempt_id),
                ),
                rx.cond(
                    Desk.conflicts.length() > 0,
                    button(_("Save mine instead"), size="sm", icon="save", on_click=Desk.overwrite),
                ),
            ],
            id="desk-conflict",
        ),
    )


def _differences() -> rx.Component:
    cell = "border-t border-line px-2 py-1.5 text-start align-top break-words whitespace-pre-wrap"
    return rx.el.div(
        rx.el.table(
            rx.el.caption(_("Where you differ"), class_name="sr-only"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(_("What"), scope="col", class_name="px-2 py-1 text-start"),
                    rx.el.th(_("Saved by your colleague"), scope="col", class_name="px-2 py-1 text-start"),
                    rx.el.th(_("Entered by you"), scope="col", class_name="px-2 py-1 text-start"),
                )
            ),
            rx.el.tbody(
                rx.foreach(
                    Desk.conflicts,
                    lambda row: rx.el.tr(
                        rx.el.th(row["what"], scope="row", class_name=f"{cell} font-medium"),
                        rx.el.td(row["theirs"], class_name=cell),
                        rx.el.td(row["mine"], class_name=cell),
                    ),
                )
            ),
            class_name="w-full min-w-md text-sm text-ink",
        ),
        tab_index=0,
        role="region",
        aria_label=_("Where you differ"),
        class_name="mt-3 overflow-x-auto",
    )


def last_step() -> rx.Component:
    """What was released last, as long as it can be undone here."""
    return rx.cond(
        Desk.batch != "",
        callout(
            Desk.batch_text,
            tone="success",
            actions=[button(_("Undo"), icon="undo-2", size="sm", on_click=Desk.undo_batch)],
            id="desk-batch",
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
            rx.cond(Desk.excused, _("Take the excuse back?"), _("Excuse this student?")),
            rx.cond(
                Desk.excused,
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
        confirm_dialog(
            id="desk-cancel-all",
            title=_("Give up the planned releases?"),
            message=_n(
                "{count} grade stays hidden until you release it.",
                "{count} grades stay hidden until you release them.",
                count=Desk.planned,
            ),
            confirm_label=_("Give up"),
            on_confirm=Desk.cancel_all,
            open=Desk.dialog == "cancel_all",
            on_close=Desk.close_dialog,
            danger=False,
        ),
        confirm_dialog(
            id="desk-names",
            title=_("Show the names?"),
            message=_("All graders of this assessment see whose work it is, also before the release."),
            confirm_label=_("Show names"),
            on_confirm=Desk.show_names,
            open=Desk.dialog == "names",
            on_close=Desk.close_dialog,
            danger=False,
        ),
        _release_dialog(),
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
                text_input(
                    name="code",
                    label=_("Code"),
                    hint=_("Typing /code and a space in a comment becomes the remark."),
                    error=Desk.errors["code"],
                    optional=True,
                    max_length=21,
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


def _release_dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            date_time_input(
                name="at",
                id="release-at",
                label=_("Visible from"),
                hint=_("On the organisation’s clock. Until then nobody but graders sees the grades."),
                error=Desk.errors["at"],
                required=True,
            ),
            radio_group(
                name="who",
                label=_("Whose grades"),
                options=[
                    ("one", _("This student")),
                    ("all", _("All whose work is graded")),
                ],
                default_value="all",
            ),
            rx.el.div(
                button(_("Cancel"), closes=True),
                button(_("Plan the release"), variant="primary", type="submit"),
                class_name="flex justify-end gap-2",
            ),
            on_submit=Desk.release_at,
            reset_on_submit=False,
            class_name="flex flex-col gap-5",
        ),
        title=_("Release at a time"),
        id="desk-release-at",
        open=Desk.dialog == "release_at",
        on_close=Desk.close_dialog,
        size="sm",
    )


class _DeskKeys(rx.Component):
    """Listens for the keys of the desk, and says whose work has come."""

    library = rx.asset("desk_keys.js", shared=True).importable_path
    tag = "DeskKeys"

    form: rx.Var[str]
    ready: rx.Var[bool]
    subject: rx.Var[str]
    undoable: rx.Var[bool]


class _CommentCodes(rx.Component):
    """Expands the codes of the comment bank where somebody types."""

    library = rx.asset("comment_codes.js", shared=True).importable_path
    tag = "CommentCodes"

    remarks: rx.Var[list[dict[str, str]]]
    inserted: rx.Var[str]


def keys() -> rx.Component:
    """The shortcuts; every one presses a button or focuses a field that is on the page."""
    return rx.fragment(
        _DeskKeys.create(
            form=Desk.form_id,
            ready=Desk.answers.length() > 0,
            subject=Desk.head["student"],
            undoable=Desk.undo_text != "",
            class_name="sr-only",
        ),
        _CommentCodes.create(remarks=Desk.bank, inserted=_("Remark"), class_name="sr-only"),
        hotkeys(
            Hotkey("c", focus=Desk.comment_id),
            Hotkey("h", click=Desk.highlight_id),
            Hotkey("escape", focus="desk-student", in_fields=True),
            Hotkey("mod+enter", click="desk-save", in_fields=True),
        ),
    )


def key_hints() -> rx.Component:
    """What the keys do, always in sight."""
    hints = (
        ((kbd("j"), kbd("k")), _("Next, previous student")),
        ((kbd("1"), "–", kbd("9")), _("Choose a level")),
        ((kbd("↓"), kbd("↑")), _("Next, previous criterion")),
        ((kbd("h"),), _("Highlight")),
        ((kbd("c"),), _("Comment")),
        ((kbd("Esc"),), _("Leave a field")),
        ((kbd("s"), kbd("Ctrl", "Enter")), _("Save")),
        ((kbd("x"),), _("Save and next")),
        ((kbd("z"),), _("Undo")),
        ((kbd("r"),), _("Release")),
    )
    return rx.el.div(
        hotkey_switch(),
        *[
            rx.el.span(
                *names, rx.el.span(text), class_name="inline-flex items-center gap-1.5 whitespace-nowrap"
            )
            for names, text in hints
        ],
        class_name="flex flex-wrap items-center gap-x-5 gap-y-2 text-xs text-ink-muted pointer-coarse:hidden",
    )
