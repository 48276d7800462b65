"""The grading desk: the work, the rubric, and the whole class within reach of the keyboard."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.live.hotkeys import show_from_top
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.live.lookout import lookout
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    empty_state,
    icon,
    page_header,
    progress,
    skeleton,
)
from eduplatform.domain.classroom.presence import BEAT_SECONDS
from eduplatform.pages.registry import page
from eduplatform.pages.teacher.grading_answer import answer_card, scored_answer
from eduplatform.pages.teacher.grading_parts import (
    conflict,
    dialogs,
    explained,
    filtered,
    history,
    key_hints,
    keys,
    last_step,
    student_list,
)
from eduplatform.realtime.events import DeskChanged
from eduplatform.security.permissions import Role
from eduplatform.state.grading_desk import GradingDeskState
from eduplatform.state.presence import DeskPresenceState

# The state's attributes are Vars here, which its annotations do not tell.
Desk: Any = GradingDeskState
_P: Any = DeskPresenceState


def _header() -> rx.Component:
    return page_header(
        rx.cond(Desk.loaded, Desk.title, _("Grading desk")),
        breadcrumb=breadcrumb(
            (_("Grading desk"), "/teach/grading"), current=rx.cond(Desk.loaded, Desk.title, "…")
        ),
        description=Desk.course,
        actions=[
            rx.cond(
                Desk.planned > 0,
                button(
                    _("Give up planned releases"),
                    icon="undo-2",
                    on_click=Desk.open_dialog("cancel_all"),
                ),
            ),
            button(
                _("Release at a time…"),
                icon="clock",
                disabled=Desk.to_release == 0,
                on_click=Desk.open_dialog("release_at"),
            ),
            button(
                _("Release all graded"),
                icon="send",
                disabled=Desk.to_release == 0,
                on_click=Desk.open_dialog("release_all"),
            ),
        ],
    )


def _student_bar() -> rx.Component:
    """Whose work is in front, and the way to the next."""
    return rx.el.div(
        rx.el.div(
            rx.el.h2(Desk.head["student"], class_name="truncate text-lg font-semibold text-ink"),
            rx.el.p(
                rx.cond(Desk.head["section"] != "", Desk.head["section"].to(str) + " · ", ""),
                _("Handed in {time}", time=Desk.head["handed_in"]),
                class_name="text-sm text-ink-muted",
            ),
            rx.el.div(
                rx.cond(Desk.head["late"] != "", badge(Desk.head["late"], tone="warning", icon="clock")),
                rx.cond(
                    Desk.excused,
                    badge(_("Excused"), tone="info", icon="minus"),
                    rx.cond(
                        Desk.head["released"],
                        badge(_("Released"), tone="success", icon="eye"),
                        rx.cond(
                            Desk.head["planned"] != "",
                            badge(
                                _("Visible from {time}", time=Desk.head["planned"]), tone="info", icon="clock"
                            ),
                            badge(_("Not released"), icon="eye-off"),
                        ),
                    ),
                ),
                badge(Desk.head["grade"], tone="accent"),
                class_name="mt-2 flex flex-wrap gap-1.5",
            ),
            class_name="min-w-0 flex-1 basis-64",
        ),
        rx.el.div(
            button(
                _("Previous"),
                icon="chevron-left",
                id="desk-previous",
                disabled=Desk.previous_id == "",
                on_click=Desk.show(Desk.previous_id),
            ),
            button(
                _("Next"),
                icon_end="chevron-right",
                id="desk-next",
                disabled=Desk.next_id == "",
                on_click=Desk.show(Desk.next_id),
            ),
            class_name="flex gap-2",
        ),
        class_name="flex flex-wrap items-start justify-between gap-4 outline-none",
        id="desk-student",
        tab_index=-1,
    )


def _actions() -> rx.Component:
    """Saving and releasing, always in sight."""
    return rx.el.div(
        rx.el.p(Desk.saved, role="status", class_name="me-auto text-sm text-ink-muted empty:hidden"),
        rx.cond(
            Desk.undo_text != "",
            button(Desk.undo_text, icon="undo-2", id="desk-undo", variant="quiet", on_click=Desk.undo),
        ),
        button(
            rx.cond(Desk.excused, _("Take excuse back"), _("Excuse…")),
            variant="quiet",
            on_click=Desk.open_dialog("excuse"),
        ),
        rx.cond(
            Desk.head["released"] & ~Desk.excused.to(bool),
            button(_("Take back…"), icon="undo-2", on_click=Desk.open_dialog("unrelease")),
            rx.fragment(
                rx.cond(
                    Desk.head["planned"] != "",
                    button(_("Give up planned release"), icon="clock", on_click=Desk.cancel_release),
                ),
                button(
                    _("Release"),
                    icon="send",
                    id="desk-release",
                    disabled=~Desk.head["releasable"].to(bool),
                    on_click=Desk.release,
                ),
            ),
        ),
        button(_("Save"), type="submit", icon="save", id="desk-save"),
        button(
            _("Save and next"),
            variant="primary",
            type="submit",
            icon_end="chevron-right",
            id="desk-save-next",
            disabled=Desk.next_id == "",
            on_click=Desk.go_on_after_saving,
        ),
        class_name=(
            "z-10 -mx-1 flex flex-wrap items-center justify-end gap-2 rounded-xl border border-line "
            "bg-raised px-4 py-3 shadow-md lg:sticky lg:bottom-0"
        ),
    )


def _sheet() -> rx.Component:
    """The form of one student's work; a new one for each, so that nothing is carried over."""
    return rx.el.form(
        local_draft(
            Desk.form_id,
            Desk.draft_key,
            saved=Desk.version,
            ready=Desk.draft_key != "",
        ),
        rx.el.input(type="hidden", name="attempt_id", value=Desk.attempt_id),
        rx.el.input(type="hidden", name="version", value=Desk.version.to_string()),
        rx.foreach(Desk.answers, lambda row: rx.cond(row["by_person"], answer_card(row), rx.fragment())),
        rx.el.section(
            rx.el.h3(_("Scored automatically"), class_name="px-5 pt-4 pb-2 text-sm font-semibold text-ink"),
            rx.foreach(
                Desk.answers, lambda row: rx.cond(row["by_person"], rx.fragment(), scored_answer(row))
            ),
            class_name="ui-card rounded-xl border border-line bg-surface shadow-sm has-[h3:last-child]:hidden",
        ),
        _actions(),
        key=Desk.form_id,
        id=Desk.form_id,
        on_submit=Desk.save,
        # What gets the focus stays clear of the bar with the buttons.
        class_name="flex flex-col gap-5 lg:[&_:is(a,button,input,summary,textarea)]:scroll-mb-24",
    )


def _empty() -> rx.Component:
    return rx.cond(
        filtered(),
        empty_state(
            _("Nothing matches"),
            description=_("No work fits this filter. Perhaps all of it is graded."),
            icon="funnel",
            actions=[
                button(_("Show everything"), on_click=Desk.show_everything),
                button_link(_("Back to the queue"), "/teach/grading"),
            ],
        ),
        empty_state(
            _("Nothing was handed in yet"),
            description=_("Work appears here as soon as a student hands it in."),
            icon="inbox",
            actions=[button_link(_("Back to the queue"), "/teach/grading")],
        ),
    )


def _others() -> rx.Component:
    return rx.fragment(
        lookout(Desk.attempt_id, on_look=_P.look, every=BEAT_SECONDS),
        channel(
            channel_name("desk", _P.attempt_id), on_change=_P.look(_P.attempt_id, ""), events=[DeskChanged]
        ),
        rx.el.p(
            rx.cond(
                (_P.others != "") & (_P.attempt_id == Desk.attempt_id),
                rx.fragment(
                    icon("eye", class_name="shrink-0"),
                    rx.cond(
                        _P.several,
                        _("{names} are looking at this work too.", names=_P.others),
                        _("{name} is looking at this work too.", name=_P.others),
                    ),
                ),
            ),
            role="status",
            id="desk-others",
            class_name=(
                "flex items-center gap-2 rounded-lg bg-info-soft px-4 py-2.5 text-sm text-ink empty:hidden"
            ),
        ),
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        skeleton(class_name="h-96 w-full rounded-xl! xl:w-64"),
        rx.el.div(
            skeleton(class_name="h-16 w-full rounded-xl!"),
            skeleton(class_name="h-96 w-full rounded-xl!"),
            class_name="flex min-w-0 flex-1 flex-col gap-5",
        ),
        class_name="flex flex-col gap-6 xl:flex-row",
    )


@page(
    "/teach/grading/[assessment_id]",
    title="Grading desk",
    roles=[Role.TEACHER],
    on_load=Desk.load,
)
def grading_desk() -> rx.Component:
    """One student's work, the rubric, and everybody else's one key away."""
    return rx.el.div(
        channel(channel_name("grading", Desk.assessment_id), on_change=Desk.refresh, enabled=Desk.loaded),
        page_body(
            Desk,
            rx.cond(
                Desk.count == 0,
                _empty(),
                rx.el.div(
                    progress(
                        Desk.graded,
                        label=_("Progress"),
                        id="desk-progress",
                        maximum=Desk.count,
                        value_text=_("{done} of {all} graded", done=Desk.graded, all=Desk.count),
                    ),
                    rx.el.div(
                        rx.el.div(
                            student_list(), class_name="min-w-0 xl:sticky xl:top-20 xl:w-60 xl:shrink-0"
                        ),
                        rx.el.div(
                            last_step(),
                            _student_bar(),
                            _others(),
                            conflict(),
                            _sheet(),
                            key_hints(),
                            explained(),
                            history(),
                            class_name="flex min-w-0 flex-1 flex-col gap-5",
                        ),
                        class_name="flex flex-col gap-6 xl:flex-row xl:items-start",
                    ),
                    keys(),
                    show_from_top("desk-student", subject=Desk.attempt_id),
                    dialogs(),
                    class_name="flex flex-col gap-6",
                ),
            ),
            skeleton=_skeleton(),
            header=_header(),
        ),
        class_name="flex flex-col gap-6",
    )
