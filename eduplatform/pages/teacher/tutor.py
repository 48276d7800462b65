"""The tutor of a course, for its teachers."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    avatar,
    badge,
    breadcrumb,
    button,
    callout,
    card,
    checkbox,
    dialog,
    drawer,
    empty_state,
    icon,
    page_header,
    pager,
    skeleton,
    skeleton_card,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.course_tutor import CourseTutorState

_S: Any = CourseTutorState
_COURSE = _S.course


@page("/teach/courses/[course_id]/tutor", title="Tutor", roles=(Role.TEACHER,), on_load=_S.load)
def course_tutor() -> rx.Component:
    """What students handed over first, then the conversations, then how the tutor works."""
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _("Tutor"),
                description=_(
                    "It helps students with questions, pointers and steps from your lessons. It gives no solutions, and is away during quizzes and exams."
                ),
                breadcrumb=breadcrumb(
                    (_("Courses"), "/teach/courses"),
                    (_COURSE["title"], f"/teach/courses/{_COURSE['id']}"),
                    current=_("Tutor"),
                ),
            ),
            course_tabs(_COURSE["id"], "tutor"),
            class_name="mb-8 flex flex-col gap-5",
        ),
        _engine(),
        rx.el.div(
            rx.el.div(_handed(), _talks(), class_name="flex min-w-0 flex-col gap-6"),
            _settings(),
            class_name="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]",
        ),
        _transcript(),
        _answer_dialog(),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-40"),
            skeleton_card(class_name="mt-8"),
            skeleton_card(class_name="mt-6"),
        ),
    )


def _engine() -> rx.Component:
    return rx.match(
        _S.mode,
        (
            "off",
            callout(
                rx.el.p(_("Your organisation has switched AI off. The tutor is not shown to students.")),
                tone="warning",
                class_name="mb-6",
            ),
        ),
        rx.el.p(
            icon("info", class_name="mt-0.5 shrink-0"),
            rx.el.span(
                rx.cond(
                    _S.models,
                    _("An AI model writes, and rules check every sentence before a student sees it."),
                    _("Rules build each turn from your own text; there is no AI model. Students see that."),
                )
            ),
            class_name="mb-6 flex gap-2 text-sm text-ink-muted",
        ),
    )


def _handed() -> rx.Component:
    return card(
        rx.cond(
            _S.handed.length() > 0,
            rx.el.ul(rx.foreach(_S.handed, _handed_row), class_name="flex flex-col divide-y divide-line"),
            rx.el.p(
                _("When a student wants to hear it from you, the question waits here."),
                class_name="text-sm text-ink-muted",
            ),
        ),
        title=_("Questions for you"),
        id="tutor-handed",
    )


def _handed_row(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            avatar(one["name"], size="xs"),
            rx.el.span(one["name"], class_name="font-medium text-ink"),
            rx.cond(one["lesson"] != "", rx.el.span("· ", one["lesson"]), rx.fragment()),
            rx.el.span("· ", one["when"]),
            class_name="flex flex-wrap items-center gap-x-1.5 text-xs text-ink-muted",
        ),
        rx.el.p(one["question"], class_name="mt-2 text-sm break-words whitespace-pre-wrap text-ink"),
        rx.cond(
            one["open"],
            button(
                _("Answer"),
                size="sm",
                icon="send",
                on_click=_S.start_answer(one["id"]),
                class_name="mt-3",
            ),
            rx.el.p(
                badge(_("Answered"), tone="success"),
                rx.el.span(one["answer"], class_name="line-clamp-2 min-w-0"),
                class_name="mt-2 flex items-start gap-2 text-sm text-ink-muted",
            ),
        ),
        key=one["id"],
        class_name="py-4 first:pt-0 last:pb-0",
    )


def _talks() -> rx.Component:
    return card(
        rx.cond(
            ~_S.transcripts,
            rx.el.p(
                _(
                    "Conversations in this course are private. You have chosen that, and students are told so."
                ),
                class_name="text-sm text-ink-muted",
            ),
            rx.cond(
                _S.rows.length() > 0,
                rx.fragment(
                    rx.el.ul(rx.foreach(_S.rows, _talk_row), class_name="-my-2 flex flex-col"),
                    rx.cond(
                        _S.pages > 1,
                        pager(
                            page_text=_("Page {page} of {pages}", page=_S.page, pages=_S.pages),
                            has_previous=_S.page > 1,
                            has_next=_S.page < _S.pages,
                            on_previous=_S.turn(_S.page - 1),
                            on_next=_S.turn(_S.page + 1),
                            class_name="mt-4",
                        ),
                        rx.fragment(),
                    ),
                ),
                empty_state(
                    _("Nobody has asked the tutor yet"),
                    description=_("Students find it beside each lesson. What they ask will be listed here."),
                    icon="lightbulb",
                ),
            ),
        ),
        title=_("Conversations"),
        id="tutor-talks",
    )


def _talk_row(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            avatar(one["name"], size="sm"),
            rx.el.span(
                rx.el.span(one["name"], class_name="block truncate font-medium text-ink"),
                rx.el.span(one["count"], " · ", one["when"], class_name="block text-xs text-ink-muted"),
                class_name="min-w-0 flex-1 text-start",
            ),
            icon("chevron-right", class_name="text-ink-muted rtl:rotate-180"),
            type="button",
            on_click=_S.read(one["id"]),
            class_name="-mx-2 flex w-full items-center gap-3 rounded-lg px-2 py-2.5 text-sm hover:bg-sunken",
        ),
        key=one["id"],
    )


def _settings() -> rx.Component:
    return card(
        rx.el.form(
            checkbox(
                name="enabled",
                id=field_id("tutor-enabled"),
                label=_("Students of this course have the tutor"),
                default_checked=_S.enabled,
            ),
            checkbox(
                name="hints_only",
                id=field_id("tutor-hints-only"),
                label=_("Hints only"),
                hint=_("It asks back and points at the place. It gives no steps and no examples."),
                default_checked=_S.hints_only,
            ),
            checkbox(
                name="transcripts",
                id=field_id("tutor-transcripts"),
                label=_("Teachers read the conversations"),
                hint=_("Students are told in the panel, whichever you choose."),
                default_checked=_S.transcripts,
            ),
            textarea(
                name="locked_topics",
                id=field_id("tutor-topics"),
                label=_("Locked topics"),
                hint=_("Words it does not talk about, one a line, for example those of a coming exam."),
                rows=3,
                default_value=_S.topics,
                error=_S.errors["locked_topics"],
            ),
            rx.el.div(button(_("Save"), type="submit", variant="primary"), class_name="flex justify-end"),
            on_submit=_S.save,
            key=f"tutor-settings-{_S.version}",
            class_name="flex flex-col gap-5",
        ),
        title=_("How it works here"),
    )


def _transcript() -> rx.Component:
    return drawer(
        rx.el.ol(rx.foreach(_S.talk, _turn), class_name="flex flex-col gap-4"),
        title=_S.reading,
        description=_("That you read this is in the audit trail."),
        id="tutor-transcript",
        open=_S.reading != "",
        on_close=_S.close,
    )


def _turn(one: Any) -> rx.Component:
    own = one["speaker"] == "student"
    return rx.el.li(
        rx.el.p(
            rx.match(
                one["speaker"],
                ("student", _("Student")),
                ("teacher", _("Teacher")),
                _("Tutor"),
            ),
            " · ",
            one["when"],
            class_name="mb-1 text-xs text-ink-muted",
        ),
        rx.el.p(
            one["text"],
            class_name=rx.cond(
                own,
                "rounded-xl bg-accent-soft px-4 py-2.5 text-sm break-words whitespace-pre-wrap text-ink",
                "rounded-xl border border-line bg-surface px-4 py-2.5 text-sm break-words whitespace-pre-wrap text-ink",
            ),
        ),
        rx.cond(
            one["label"] != "",
            rx.el.p(
                rx.cond(one["step"] != "", badge(one["step"], tone="accent"), rx.fragment()),
                one["label"],
                class_name="mt-1.5 flex flex-wrap items-center gap-2 text-xs text-ink-muted",
            ),
            rx.fragment(),
        ),
        key=one["id"],
    )


def _answer_dialog() -> rx.Component:
    return dialog(
        rx.el.blockquote(
            _S.answering_question,
            class_name="mb-4 border-s-4 border-line ps-4 text-sm break-words whitespace-pre-wrap text-ink-muted",
        ),
        rx.el.form(
            textarea(
                name="answer",
                id="tutor-answer-text",
                label=_("Your answer"),
                rows=4,
                required=True,
                error=_S.errors["answer"],
            ),
            rx.el.div(
                button(_("Cancel"), variant="quiet", closes=True),
                button(_("Send"), type="submit", variant="primary", icon="send"),
                class_name="mt-4 flex justify-end gap-2",
            ),
            on_submit=_S.answer,
        ),
        title=_("Answer a student"),
        id="tutor-answer-dialog",
        open=_S.answering != "",
        on_close=_S.stop_answer,
    )
