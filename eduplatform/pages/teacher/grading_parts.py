"""The parts around the work on the grading desk: the list of students, history, dialogs, keys."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.live.hotkeys import Hotkey, hotkey_switch, hotkeys
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    callout,
    confirm_dialog,
    dialog,
    icon,
    kbd,
    switch,
    text_input,
    textarea,
)
from eduplatform.state.grading_desk import GradingDeskState

# The state's attributes are Vars here, which its annotations do not tell.
Desk: Any = GradingDeskState


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
            class_name="relative max-h-64 overflow-y-auto border-t border-line xl:max-h-[calc(100dvh-16rem)]",
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
        hotkey_switch(),
        *[
            rx.el.span(
                *names, rx.el.span(text), class_name="inline-flex items-center gap-1.5 whitespace-nowrap"
            )
            for names, text in hints
        ],
        class_name="flex flex-wrap items-center gap-x-5 gap-y-2 text-xs text-ink-muted pointer-coarse:hidden",
    )
