"""The versions of a lesson: who published what and when, what changed, and the way back."""

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
    callout,
    confirm_dialog,
    empty_state,
    icon,
    page_header,
    pager,
    section_header,
    select,
    skeleton,
    skeleton_table,
    visually_hidden,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.versions import VersionsState

_S: Any = VersionsState


@page("/teach/lessons/[lesson_id]/versions", title="Versions", roles=(Role.TEACHER,), on_load=_S.load)
def lesson_versions() -> rx.Component:
    """List, comparison, restoring."""
    lesson = f"/teach/lessons/{_S.lesson_id}"
    return page_body(
        _S,
        page_header(
            _("Versions"),
            description=_S.title,
            breadcrumb=breadcrumb(
                (_("Courses"), "/teach/courses"),
                (_S.course, f"/teach/courses/{_S.course_id}"),
                (_S.title, lesson),
                current=_("Versions"),
            ),
            actions=[button_link(_("Back to the lesson"), lesson, icon="arrow-left")],
        ),
        rx.cond(
            _S.rows.length() > 0,
            rx.el.div(
                rx.cond(
                    _S.changed,
                    callout(
                        _(
                            "The draft has changes that students do not see yet. Compare it with a version below."
                        ),
                        tone="info",
                    ),
                    rx.fragment(),
                ),
                _list(),
                _chooser(),
                rx.cond(_S.compared, _comparison(), rx.fragment()),
                class_name="mt-6 flex flex-col gap-8",
            ),
            rx.el.div(
                empty_state(
                    _("No version yet"),
                    description=_(
                        "Each time you publish the lesson, what students see is kept here as a version."
                    ),
                    icon="clock",
                    actions=[button_link(_("Write the lesson"), lesson, variant="primary", icon="pencil")],
                ),
                class_name="mt-6 rounded-xl border border-dashed border-line-strong",
            ),
        ),
        confirm_dialog(
            id="restore-version",
            title=_("Make version {number} the draft?", number=_S.restoring),
            message=_("It replaces what the draft says now. Students see no change until you publish."),
            confirm_label=_("Make it the draft"),
            danger=False,
            open=_S.restoring > 0,
            on_close=_S.keep,
            on_confirm=_S.restore,
        ),
        skeleton=rx.el.div(skeleton(class_name="h-8 w-56"), skeleton_table(rows=5, class_name="mt-8")),
        class_name="mx-auto w-full max-w-4xl",
    )


def _list() -> rx.Component:
    return rx.el.section(
        rx.el.ol(
            rx.foreach(_S.rows, _row),
            class_name="divide-y divide-line overflow-clip rounded-xl border border-line bg-surface shadow-sm",
        ),
        rx.cond(
            _S.pages > 1,
            pager(
                page_text=_("Page {number} of {total}", number=_S.page, total=_S.pages),
                has_previous=_S.page > 1,
                has_next=_S.page < _S.pages,
                on_previous=_S.turn(_S.page - 1),
                on_next=_S.turn(_S.page + 1),
            ),
            rx.fragment(),
        ),
        class_name="flex flex-col gap-3",
    )


def _row(row: Any) -> rx.Component:
    number = row["number"]
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(_("Version {number}", number=number), class_name="font-semibold text-ink"),
                rx.cond(
                    row["current"], badge(_("Students see this"), tone="success", dot=True), rx.fragment()
                ),
                class_name="flex flex-wrap items-center gap-2 text-sm",
            ),
            rx.cond(
                row["note"] != "",
                rx.el.p(row["note"], class_name="mt-1 text-sm text-ink"),
                rx.el.p(row["title"], class_name="mt-1 text-sm text-ink-muted"),
            ),
            rx.el.p(
                row["when"],
                rx.cond(row["author"] != "", rx.fragment(" · ", row["author"]), rx.fragment()),
                class_name="mt-1 text-xs text-ink-muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            rx.cond(
                number > 1,
                button(
                    _("What changed"),
                    size="sm",
                    variant="quiet",
                    on_click=_S.compare_with_former(number),
                    aria_label=_("What changed in version {number}", number=number),
                ),
                rx.fragment(),
            ),
            button(
                _("Restore"),
                icon="undo-2",
                size="sm",
                on_click=_S.ask_restore(number),
                aria_label=_("Make version {number} the draft", number=number),
            ),
            class_name="flex shrink-0 gap-2",
        ),
        key=number,
        class_name="flex flex-wrap items-center gap-4 px-5 py-4",
    )


def _chooser() -> rx.Component:
    return rx.el.form(
        select(
            name="before",
            id=field_id("compare-before"),
            label=_("Compare"),
            options=_S.choices,
            default_value=_S.before,
            key="before" + _S.before,
        ),
        select(
            name="after",
            id=field_id("compare-after"),
            label=_("with"),
            options=_S.choices,
            default_value=_S.after,
            key="after" + _S.after,
        ),
        button(_("Show differences"), type="submit", id="compare-show"),
        on_submit=_S.compare,
        class_name="grid items-end gap-4 rounded-xl border border-line bg-sunken/60 p-4 sm:grid-cols-[1fr_1fr_auto]",
    )


def _comparison() -> rx.Component:
    return rx.el.section(
        section_header(
            _S.comparison_title,
            description=_(
                "Added text is underlined after a plus, removed text is struck through after a minus."
            ),
        ),
        rx.cond(
            (_S.blocks.length() == 0) & (_S.heading.length() == 0),
            rx.el.p(_("They are the same."), class_name="mt-4 text-sm text-ink-muted"),
            rx.el.div(
                rx.cond(
                    _S.heading.length() > 0,
                    rx.el.div(
                        rx.el.h3(_("Title and aims"), class_name="text-sm font-semibold text-ink"),
                        rx.foreach(_S.heading, _part),
                        class_name="rounded-xl border border-line bg-surface p-4 shadow-sm",
                    ),
                    rx.fragment(),
                ),
                rx.foreach(_S.blocks, _changed),
                class_name="mt-4 flex flex-col gap-4",
            ),
        ),
        rx.cond(
            _S.same > 0,
            rx.el.p(
                _n("{count} block is unchanged.", "{count} blocks are unchanged.", count=_S.same),
                class_name="mt-4 text-sm text-ink-muted",
            ),
            rx.fragment(),
        ),
        id="comparison",
        aria_live="polite",
    )


def _changed(block: Any) -> rx.Component:
    signs = (
        ("added", badge(block["words"], tone="success", icon="plus")),
        ("removed", badge(block["words"], tone="danger", icon="minus")),
        ("moved", badge(block["words"], icon="arrow-up-down")),
        badge(block["words"], tone="info", icon="pencil"),
    )
    return rx.el.article(
        rx.el.h3(
            rx.el.span(block["kind"], class_name="flex-1"),
            rx.match(block["change"], *signs),
            class_name="flex items-center gap-3 text-sm font-semibold text-ink",
        ),
        rx.foreach(block["parts"].to(list[dict[str, Any]]), _part),
        key=block["id"],
        class_name="rounded-xl border border-line bg-surface p-4 shadow-sm",
    )


def _part(part: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(part["label"], class_name="text-xs font-medium text-ink-muted"),
        rx.el.p(
            rx.foreach(part["pieces"].to(list[dict[str, str]]), _piece),
            class_name="mt-1 font-mono text-sm leading-relaxed break-words whitespace-pre-wrap text-ink",
        ),
        class_name="mt-3",
    )


def _piece(piece: Any) -> rx.Component:
    return rx.match(
        piece["change"],
        (
            "added",
            rx.el.ins(
                _sign("plus", _("Added:")),
                piece["text"],
                class_name="rounded-sm bg-success-soft px-0.5 text-ink underline decoration-success decoration-2",
            ),
        ),
        (
            "removed",
            rx.el.del_(
                _sign("minus", _("Removed:")),
                piece["text"],
                class_name="rounded-sm bg-danger-soft px-0.5 text-ink line-through decoration-danger decoration-2",
            ),
        ),
        rx.el.span(piece["text"]),
    )


def _sign(picture: str, words: Any) -> rx.Component:
    return rx.fragment(
        icon(picture, class_name="me-0.5 inline-block size-3 align-baseline"), visually_hidden(words)
    )
