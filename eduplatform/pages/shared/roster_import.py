"""Importing people into a class, for teachers of a course and for administrators."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.file_upload import file_upload
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    breadcrumb,
    button,
    button_link,
    callout,
    card,
    empty_state,
    page_header,
    select,
    skeleton_card,
    stepper,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.roster_import import RosterImportState

_S: Any = RosterImportState
_EXAMPLE = "ana.ruiz@school.example;Ana;Ruiz;student;marta.ruiz@mail.example"

_OUTCOMES: dict[str, tuple[rx.Var[str], Any]] = {
    "bad": (_("Cannot be used"), "danger"),
    "add": (_("Joins the class"), "success"),
    "invite": (_("Gets an invitation"), "info"),
    "return": (_("Comes back"), "success"),
    "change": (_("New guardian"), "info"),
    "same": (_("Unchanged"), "neutral"),
}


@page(
    "/teach/courses/[course_id]/people/import",
    title="Import people",
    roles=(Role.TEACHER,),
    on_load=_S.load,
)
def teacher_import() -> rx.Component:
    """Into a class of one course."""
    people = f"/teach/courses/{_S.course_id}/people"
    return _content(
        (_("Courses"), "/teach/courses"),
        (_S.course_title, f"/teach/courses/{_S.course_id}"),
        (_("People"), people),
        back=people,
    )


@page("/admin/people/import", title="Import people", roles=(Role.ADMIN,), on_load=_S.load)
def admin_import() -> rx.Component:
    """Into a class of any course."""
    return _content((_("People"), "/admin/people"), back="/admin/people")


def _content(*above: tuple[Any, Any], back: Any) -> rx.Component:
    return rx.el.div(
        page_body(
            _S,
            rx.cond(
                _S.sections.length() > 0,
                rx.el.div(
                    stepper(_("Class and file"), _("Check"), _("Done"), current=_S.step),
                    rx.cond(_S.step < 2, _choose(), _done(back)),
                    rx.cond(_S.step == 1, _preview(), rx.fragment()),
                    class_name="flex flex-col gap-6",
                ),
                empty_state(
                    _("There is no class yet"),
                    description=_("People are imported into a class. Add one to the course first."),
                    icon="users",
                    actions=[button_link(_("Back to people"), back)],
                ),
            ),
            skeleton=skeleton_card(),
            header=page_header(
                _("Import people"),
                description=_(
                    "Bring a list from a spreadsheet into a class. Nothing changes before you confirm."
                ),
                breadcrumb=breadcrumb(*above, current=_("Import people")),
            ),
        ),
        class_name="flex flex-col gap-6",
    )


def _choose() -> rx.Component:
    return card(
        rx.el.div(
            select(
                name="section",
                id=field_id("import-section"),
                label=_("Class"),
                options=_S.sections,
                placeholder=_("Choose a class"),
                value=_S.section,
                on_change=_S.choose_section,
                required=True,
            ),
            file_upload(
                id=field_id("import-file"),
                purpose="import",
                label=_("List of people"),
                hint=_("CSV or XLSX, at most 2,000 rows."),
                accept=".csv,.txt,.xlsx",
                multiple=False,
                on_uploaded=_S.uploaded,
                revision=_S.attempts,
                error=_S.errors["form"],
            ),
            class_name="grid items-start gap-6 md:grid-cols-[minmax(12rem,18rem)_1fr]",
        ),
        rx.el.details(
            rx.el.summary(
                _("What the file looks like"),
                class_name="w-fit cursor-pointer rounded-sm text-sm font-medium text-accent",
            ),
            rx.el.div(
                rx.el.p(
                    _("The first row names the columns, in any order: {columns}.", columns=_S.columns),
                    class_name="text-sm text-ink",
                ),
                rx.el.p(
                    _("Only the e-mail address is needed. Without a role, people become students."),
                    class_name="text-sm text-ink-muted",
                ),
                rx.el.pre(_EXAMPLE, class_name="overflow-x-auto rounded-lg bg-sunken p-3 text-sm text-ink"),
                class_name="mt-3 flex flex-col gap-2",
            ),
            class_name="mt-5",
        ),
    )


def _preview() -> rx.Component:
    return rx.el.section(
        rx.cond(
            _S.bad > 0,
            callout(
                _(
                    "They are named below. You can import the others now, or correct the file and choose it again."
                ),
                title=_n("{count} row cannot be used", "{count} rows cannot be used", count=_S.bad),
                tone="warning",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            _group("", _("All"), None),
            rx.foreach(
                _S.groups, lambda one: _group(one["outcome"], _outcome_name(one["outcome"]), one["count"])
            ),
            role="group",
            aria_label=_("Show"),
            class_name="flex flex-wrap gap-2",
        ),
        data_table(
            [
                Column("number", _("Row"), align="end"),
                Column("name", _("Person"), render=_person, row_header=True),
                Column("outcome", _("What happens"), render=_what),
            ],
            _S.rows,
            row_key="number",
            caption=_("Rows of {name}", name=_S.file_name),
            paging=Paging(_S.page, _S.pages, _S.turn, _S.page_text),
            empty=_("No rows."),
        ),
        rx.el.div(
            rx.cond(
                _S.usable > 0,
                button(
                    _n("Import {count} person", "Import {count} people", count=_S.usable),
                    variant="primary",
                    icon="check",
                    on_click=_S.confirm,
                ),
                rx.el.p(
                    _("There is nothing to import: everybody is there already."), class_name="text-ink-muted"
                ),
            ),
            button(_("Choose another file"), on_click=_S.start_over),
            class_name=(
                "sticky bottom-0 z-10 -mx-4 flex flex-wrap items-center gap-3 border-t border-line bg-canvas px-4 py-3 "
                "max-lg:bottom-16 sm:mx-0 sm:px-0"
            ),
        ),
        aria_label=_("Preview"),
        class_name="flex flex-col gap-4",
    )


def _outcome_name(outcome: Any) -> Any:
    return rx.match(outcome, *((key, name) for key, (name, _tone) in _OUTCOMES.items()), "")


def _group(outcome: Any, label: Any, count: Any) -> rx.Component:
    chosen = _S.outcome == outcome
    return rx.el.button(
        label,
        rx.fragment() if count is None else rx.el.span(count, class_name="tabular-nums text-ink-muted"),
        type="button",
        aria_pressed=rx.cond(chosen, "true", "false"),
        on_click=_S.show(outcome),
        class_name=(
            "flex h-9 items-center gap-2 rounded-full border border-line bg-surface px-3.5 text-sm font-medium text-ink "
            "hover:border-accent aria-pressed:border-accent aria-pressed:bg-accent-soft pointer-coarse:h-11"
        ),
    )


def _person(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.span(rx.cond(row["name"] != "", row["name"], row["email"]), class_name="truncate"),
            rx.cond(row["role"] == "teacher", badge(_("Teacher"), tone="accent"), rx.fragment()),
            class_name="flex flex-wrap items-center gap-2",
        ),
        rx.cond(
            row["name"] != "",
            rx.el.p(row["email"], class_name="truncate text-xs font-normal text-ink-muted"),
            rx.fragment(),
        ),
        rx.cond(
            row["guardian"] != "",
            rx.el.p(
                _("Guardian: {email}", email=row["guardian"]),
                class_name="truncate text-xs font-normal text-ink-muted",
            ),
            rx.fragment(),
        ),
        class_name="min-w-0",
    )


def _what(row: Any) -> rx.Component:
    return rx.el.div(
        rx.match(
            row["outcome"],
            *((key, badge(name, tone=tone, dot=True)) for key, (name, tone) in _OUTCOMES.items()),
            rx.fragment(),
        ),
        rx.foreach(
            row["problems"],
            lambda text: rx.el.p(text, class_name="mt-1 text-sm font-medium text-danger"),
        ),
    )


def _done(back: Any) -> rx.Component:
    return callout(
        _S.summary,
        title=_("The import is done"),
        tone="success",
        role="status",
        actions=[
            button_link(_("Back to people"), back, variant="primary"),
            button(_("Import another file"), on_click=_S.start_over),
        ],
    )
