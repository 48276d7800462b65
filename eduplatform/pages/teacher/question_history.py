"""The past of a question: its versions, what differs, and what came of asking it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    card,
    confirm_dialog,
    empty_state,
    page_header,
    skeleton,
    skeleton_table,
    stat,
    stat_row,
)
from eduplatform.components.ui.table import Column, data_table
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.question_history import QuestionHistoryState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = QuestionHistoryState


@page(
    "/teach/questions/[question_id]/history",
    title="Versions and use",
    roles=(Role.TEACHER,),
    on_load=_S.load,
)
def question_history() -> rx.Component:
    """Versions, comparison, use."""
    return page_body(
        _S,
        rx.el.div(
            page_header(
                _("Versions and use"),
                description=_S.title,
                breadcrumb=_way(),
                meta=[badge(_S.type_name, tone="accent")],
                actions=[button_link(_("Edit"), f"/teach/questions/{_S.question_id}", icon="pencil")],
            ),
            stat_row(
                stat(_("Answers"), _S.answers, hint=_("handed in, in all versions")),
                stat(_("Fully right"), _S.right, hint=_("of the scored answers")),
                stat(_("Mean share of the points"), _S.mean, hint=_("of the scored answers")),
            ),
            _comparison(),
            card(_versions(), title=_("Versions")),
            card(_uses(), title=_("Asked in"), flush=True),
            class_name="flex flex-col gap-6",
        ),
        skeleton=rx.el.div(
            skeleton(class_name="h-8 w-56"),
            skeleton(class_name="mt-6 h-24 w-full"),
            skeleton_table(rows=4, class_name="mt-6"),
        ),
    )


def _way() -> rx.Component:
    course = f"/teach/courses/{_S.course_id}"
    edit = (_S.title, f"/teach/questions/{_S.question_id}")
    return rx.cond(
        _S.course_id != "",
        breadcrumb(
            (_S.course_title, course),
            (_("Question bank"), f"{course}/bank"),
            edit,
            current=_("Versions and use"),
        ),
        breadcrumb((_("My questions"), "/teach/bank"), edit, current=_("Versions and use")),
    )


def _versions() -> rx.Component:
    return rx.el.ol(
        rx.foreach(_S.versions, _version), class_name="flex list-none flex-col divide-y divide-line p-0"
    )


def _version(row: Any) -> rx.Component:
    number = row["number"].to(int)
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(_("Version {number}", number=number), class_name="font-medium text-ink"),
                rx.cond(row["current"], badge(_("Current"), tone="success"), rx.fragment()),
                rx.cond(
                    row["uses"].to(int) > 0,
                    badge(_n("{count} assessment", "{count} assessments", count=row["uses"])),
                    rx.fragment(),
                ),
                class_name="flex flex-wrap items-center gap-2 text-sm",
            ),
            rx.el.p(
                row["when"],
                rx.cond(row["author"] != "", rx.fragment(" · ", row["author"]), rx.fragment()),
                rx.cond(row["note"] != "", rx.fragment(" · ", row["note"]), rx.fragment()),
                class_name="mt-0.5 text-sm text-ink-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond(
            number > 1,
            button(
                _("Compare"),
                size="sm",
                on_click=_S.compare(number),
                aria_label=_("Compare version {number} with the one before", number=number),
            ),
            rx.fragment(),
        ),
        rx.cond(
            row["current"],
            rx.fragment(),
            rx.fragment(
                button(
                    _("Restore"),
                    size="sm",
                    opens=f"restore-{number}",
                    aria_label=_("Restore version {number}", number=number),
                ),
                confirm_dialog(
                    id=f"restore-{number}",
                    title=_("Bring version {number} back?", number=number),
                    message=_(
                        "It becomes the newest version. Published assessments keep the version that they have."
                    ),
                    confirm_label=_("Bring it back"),
                    on_confirm=_S.restore(number),
                    danger=False,
                ),
            ),
        ),
        key=row["number"],
        class_name="flex flex-wrap items-center gap-2 py-3 first:pt-0 last:pb-0",
    )


def _comparison() -> rx.Component:
    return rx.cond(
        _S.newer > 0,
        card(
            rx.el.dl(
                rx.foreach(_S.differences, _difference),
                class_name="flex flex-col gap-5",
            ),
            title=_("What changed from version {older} to version {newer}", older=_S.older, newer=_S.newer),
            actions=[button(_("Close"), size="sm", on_click=_S.stop_comparing)],
            id="comparison",
        ),
        rx.fragment(),
    )


def _difference(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(row["label"], class_name="text-sm font-medium text-ink"),
        rx.el.dd(
            rx.foreach(row["pieces"].to(list[dict[str, str]]), _piece),
            class_name=(
                "mt-1.5 overflow-x-auto rounded-lg bg-sunken px-4 py-3 text-sm leading-relaxed break-words "
                "whitespace-pre-wrap text-ink"
            ),
        ),
    )


def _piece(piece: Any) -> rx.Component:
    return rx.match(
        piece["change"],
        (
            "removed",
            rx.el.del_(
                rx.el.span(_("Removed:"), class_name="sr-only"),
                piece["text"],
                class_name="bg-danger-soft text-danger",
            ),
        ),
        (
            "added",
            rx.el.ins(
                rx.el.span(_("Added:"), class_name="sr-only"),
                piece["text"],
                class_name="bg-success-soft text-success",
            ),
        ),
        rx.el.span(piece["text"]),
    )


def _uses() -> rx.Component:
    return rx.cond(
        _S.uses.length() > 0,
        data_table(
            [
                Column("title", _("Assessment"), render=_assessment, row_header=True),
                Column("course", _("Course")),
                Column("version", _("Version"), align="end"),
                Column("answers", _("Answers"), align="end"),
                Column("right", _("Fully right"), align="end"),
                Column("mean", _("Mean"), align="end"),
            ],
            _S.uses,
            row_key="id",
            caption=_("Assessments that ask this question"),
            class_name="border-0",
        ),
        empty_state(
            _("Not asked yet"),
            description=_("Add it to an assessment; what students answer is counted here."),
            icon="circle-question-mark",
        ),
    )


def _assessment(row: Any) -> rx.Component:
    return rx.el.span(
        rx.el.a(
            row["title"],
            href=f"/teach/assessments/{row['id']}",
            class_name="rounded-sm text-ink no-underline hover:text-accent hover:underline",
        ),
        rx.cond(row["published"], rx.fragment(), badge(_("Draft"), class_name="ms-2")),
    )
