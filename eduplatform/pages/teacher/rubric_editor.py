"""The editor of a rubric: criteria in order, each with its levels."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    callout,
    card,
    dialog,
    empty_state,
    icon_button,
    number_input,
    page_header,
    select,
    skeleton_card,
    text_input,
    textarea,
)
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.rubrics import RubricEditorState

# The state's attributes are Vars here, which its annotations do not tell.
Editor: Any = RubricEditorState


def _field_error(slot: Any, part: str) -> Any:
    return Editor.errors[slot.to(str) + f"-{part}"]


def _criterion(row: Any) -> rx.Component:
    key = row["key"]
    return rx.el.li(
        rx.cond(Editor.holistic, rx.fragment(), _criterion_head(row)),
        rx.cond(Editor.holistic, _whole_work(row), _what_is_judged(row)),
        _levels(row),
        key=key,
        class_name="ui-card rounded-xl border border-line bg-surface p-5 shadow-sm sm:p-6",
    )


def _criterion_head(row: Any) -> rx.Component:
    key = row["key"]
    return rx.el.div(
        rx.el.h2(
            _("Criterion {number}", number=row["number"]),
            class_name="text-sm font-semibold text-ink-muted",
        ),
        rx.el.div(
            icon_button(
                "arrow-up",
                label=_("Move criterion {number} up", number=row["number"]),
                size="sm",
                disabled=row["number"] == 1,
                on_click=Editor.move_criterion(key, "up"),
            ),
            icon_button(
                "arrow-down",
                label=_("Move criterion {number} down", number=row["number"]),
                size="sm",
                disabled=row["number"] == Editor.criteria.length(),
                on_click=Editor.move_criterion(key, "down"),
            ),
            icon_button(
                "trash",
                label=_("Remove criterion {number}", number=row["number"]),
                size="sm",
                on_click=Editor.drop_criterion(key),
            ),
            class_name="flex gap-1",
        ),
        class_name="flex items-center justify-between gap-3",
    )


def _what_is_judged(row: Any) -> rx.Component:
    key = row["key"]
    return rx.el.div(
        text_input(
            name=f"title-{key}",
            id=f"title-{key}",
            label=_("What is judged"),
            error=_field_error(row["slot"], "title"),
            default_value=row["title"],
            required=True,
            max_length=160,
        ),
        text_input(
            name=f"description-{key}",
            id=f"description-{key}",
            label=_("In other words"),
            error=_field_error(row["slot"], "description"),
            default_value=row["description"],
            optional=True,
            max_length=1000,
        ),
        _objective(row),
        class_name="mt-3 grid gap-4 md:grid-cols-2",
    )


def _whole_work(row: Any) -> rx.Component:
    return rx.el.div(_objective(row), class_name="grid gap-4 md:grid-cols-2")


def _objective(row: Any) -> rx.Component:
    name = f"objective-{row['key']}"
    return rx.cond(
        Editor.objectives.length() > 0,
        select(
            name=name,
            id=name,
            label=_("Objective that it shows"),
            placeholder=_("None"),
            options=Editor.objectives,
            default_value=row["objective_id"],
            error=_field_error(row["slot"], "objective"),
        ),
    )


def _levels(row: Any) -> rx.Component:
    key = row["key"]
    return rx.el.fieldset(
        rx.el.legend(_("Levels, best first"), class_name="mb-2 text-sm font-medium text-ink"),
        rx.el.ul(rx.foreach(row["levels"], _level), class_name="flex flex-col gap-3"),
        rx.cond(
            _field_error(row["slot"], "levels"),
            rx.el.p(
                _field_error(row["slot"], "levels"),
                role="alert",
                class_name="mt-2 text-sm font-medium text-danger",
            ),
        ),
        button(_("Add level"), icon="plus", size="sm", on_click=Editor.add_level(key), class_name="mt-3"),
        class_name="mt-5 min-w-0",
    )


def _level(level: Any) -> rx.Component:
    key = level["key"]
    return rx.el.li(
        number_input(
            name=f"points-{key}",
            id=f"points-{key}",
            label=_("Points"),
            error=_field_error(level["slot"], "points"),
            default_value=level["points"],
            minimum=0,
            maximum=1000,
            step="any",
            required=True,
        ),
        text_input(
            name=f"title-{key}",
            id=f"title-{key}",
            label=_("Level"),
            error=_field_error(level["slot"], "title"),
            default_value=level["title"],
            required=True,
            max_length=120,
        ),
        text_input(
            name=f"description-{key}",
            id=f"description-{key}",
            label=_("What it looks like"),
            error=_field_error(level["slot"], "description"),
            default_value=level["description"],
            max_length=1000,
        ),
        rx.el.div(
            icon_button("x", label=_("Remove this level"), size="sm", on_click=Editor.drop_level(key)),
            class_name="flex items-center justify-end md:pt-7",
        ),
        key=key,
        class_name=(
            "grid gap-3 rounded-lg bg-sunken p-3 md:grid-cols-[6rem_minmax(0,1fr)_minmax(0,2fr)_auto] md:items-start"
        ),
    )


def _head() -> rx.Component:
    return card(
        rx.el.div(
            text_input(
                name="title",
                label=_("Title"),
                error=Editor.errors["title"],
                default_value=Editor.title,
                required=True,
                max_length=160,
            ),
            textarea(
                name="description",
                label=_("Description"),
                hint=_("For colleagues: when to use it."),
                error=Editor.errors["description"],
                default_value=Editor.description,
                rows=2,
                max_length=1000,
            ),
            class_name="flex flex-col gap-5",
        )
    )


def _notes() -> rx.Component:
    """What saving means for work that was scored, and what went wrong."""
    return rx.fragment(
        rx.cond(
            Editor.scored > 0,
            callout(
                _n(
                    "{count} answer keeps the version that it was scored with. Saving makes the next version, for "
                    "work that is scored from now on.",
                    "{count} answers keep the version that they were scored with. Saving makes the next version, "
                    "for work that is scored from now on.",
                    count=Editor.scored,
                ),
                title=_("Work has been scored with this rubric"),
                tone="info",
            ),
        ),
        rx.cond(
            Editor.conflict != "",
            callout(
                Editor.conflict,
                title=_("Not saved"),
                tone="danger",
                actions=[
                    button(_("Show what is stored"), size="sm", icon="refresh-cw", on_click=Editor.load)
                ],
            ),
        ),
        rx.cond(Editor.errors["form"], callout(Editor.errors["form"], title=_("Not saved"), tone="danger")),
        rx.cond(
            Editor.errors["criteria"],
            callout(Editor.errors["criteria"], title=_("Please check the criteria"), tone="danger"),
        ),
    )


def _versions() -> rx.Component:
    """Every version, to read and to bring back."""
    return rx.el.details(
        rx.el.summary(
            _("Versions"), class_name="cursor-pointer rounded-lg px-5 py-3.5 text-sm font-semibold text-ink"
        ),
        rx.el.ol(
            rx.foreach(
                Editor.versions,
                lambda one: rx.el.li(
                    rx.el.div(
                        rx.el.p(
                            _("Version {number}", number=one["number"]),
                            rx.cond(
                                one["current"],
                                badge(_("Current"), tone="success", class_name="ms-2"),
                            ),
                            class_name="text-sm font-medium text-ink",
                        ),
                        rx.el.p(one["who"], " · ", one["made"], class_name="text-xs text-ink-muted"),
                        class_name="min-w-0",
                    ),
                    rx.cond(
                        one["scored"] > 0,
                        badge(_n("{count} answer scored", "{count} answers scored", count=one["scored"])),
                    ),
                    button(
                        rx.fragment(
                            _("Show"),
                            rx.el.span(
                                " ", _("version {number}", number=one["number"]), class_name="sr-only"
                            ),
                        ),
                        size="sm",
                        on_click=Editor.show_version(one["number"]),
                    ),
                    key=one["number"].to_string(),
                    class_name="flex flex-wrap items-center justify-between gap-3 border-b border-line py-2.5 last:border-0",
                ),
            ),
            class_name="border-t border-line px-5 py-2",
        ),
        class_name="ui-card rounded-xl border border-line bg-surface shadow-sm",
    )


def _old_version() -> rx.Component:
    """A version to read."""
    return dialog(
        rx.el.h3(Editor.old_title, class_name="text-base font-semibold text-ink"),
        rx.foreach(Editor.old, _old_criterion),
        title=_("Version {number}", number=Editor.old_number),
        id="rubric-version",
        open=Editor.old_number > 0,
        on_close=Editor.close_version,
        size="lg",
        footer=[
            button(_("Close"), closes=True),
            rx.cond(
                Editor.old_number != Editor.version,
                button(_("Make this the newest version"), variant="primary", on_click=Editor.restore),
            ),
        ],
    )


def _old_criterion(one: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h4(one["title"], class_name="text-sm font-semibold text-ink"),
        rx.el.p(one["description"], class_name="text-sm text-ink-muted empty:hidden"),
        rx.el.dl(
            rx.foreach(
                one["levels"].to(list[dict[str, str]]),
                lambda level: rx.el.div(
                    rx.el.dt(
                        level["title"], " · ", level["points"], class_name="text-sm font-medium text-ink"
                    ),
                    rx.el.dd(level["description"], class_name="text-sm text-ink-muted"),
                    class_name="border-b border-line py-2 last:border-0",
                ),
            ),
        ),
        class_name="mt-4",
    )


@page("/teach/rubrics/[rubric_id]", title="Rubric", roles=[Role.TEACHER], on_load=Editor.load)
def rubric_editor() -> rx.Component:
    """One rubric."""
    return rx.el.div(
        page_body(
            Editor,
            _notes(),
            rx.cond(
                Editor.uses.length() > 0,
                rx.el.p(
                    _("Used in: {titles}", titles=Editor.uses.join(", ")), class_name="text-sm text-ink-muted"
                ),
            ),
            rx.el.form(
                local_draft(Editor.form_id, Editor.draft_key, saved=Editor.version),
                _head(),
                rx.cond(
                    Editor.criteria.length() > 0,
                    rx.el.ol(rx.foreach(Editor.criteria, _criterion), class_name="flex flex-col gap-4"),
                    empty_state(
                        _("No criteria"), description=_("Add what you look for in good work."), icon="list"
                    ),
                ),
                rx.el.div(
                    rx.cond(
                        Editor.holistic,
                        rx.fragment(),
                        button(_("Add criterion"), icon="plus", on_click=Editor.add_criterion),
                    ),
                    button(
                        _("Duplicate"),
                        icon="copy",
                        variant="quiet",
                        on_click=Editor.duplicate,
                        class_name="ms-auto",
                    ),
                    button(_("Save rubric"), variant="primary", type="submit", icon="save"),
                    class_name=(
                        "z-10 flex flex-wrap items-center gap-2 rounded-xl border border-line bg-raised "
                        "px-4 py-3 shadow-md lg:sticky lg:bottom-0"
                    ),
                ),
                key=Editor.form_id,
                id=Editor.form_id,
                on_submit=Editor.save,
                class_name="flex flex-col gap-5",
            ),
            _versions(),
            _old_version(),
            skeleton=rx.el.div(skeleton_card(), skeleton_card(), class_name="flex flex-col gap-5"),
            header=page_header(
                rx.cond(Editor.loaded, Editor.title, _("Rubric")),
                breadcrumb=breadcrumb(
                    (
                        rx.cond(Editor.loaded, Editor.course_title, "…"),
                        f"/teach/courses/{Editor.course_id}",
                    ),
                    (_("Rubrics"), f"/teach/courses/{Editor.course_id}/rubrics"),
                    current=rx.cond(Editor.loaded, Editor.title, "…"),
                ),
                meta=[
                    rx.cond(
                        Editor.loaded,
                        rx.fragment(
                            badge(Editor.total, tone="accent"),
                            badge(rx.cond(Editor.holistic, _("Holistic"), _("Analytic"))),
                            badge(_("Version {number}", number=Editor.version)),
                        ),
                    )
                ],
            ),
        ),
        class_name="mx-auto flex max-w-5xl flex-col gap-6",
    )
