"""The settings of an assessment: words, dates, rules."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.live.hotkeys import Hotkey, hotkeys
from eduplatform.components.live.local_draft import local_draft
from eduplatform.components.text import _
from eduplatform.components.ui import (
    button,
    callout,
    card,
    checkbox,
    date_time_input,
    number_input,
    select,
    text_input,
)
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.pages.teacher.late_fields import late_fields
from eduplatform.state.builder import BuilderState

# Fields of a state class are Vars in a page, which their declarations do not say.
_S: Any = BuilderState

_FORM = "assessment-form"
_ONE = _S.settings
_ERRORS = _S.errors
_LOCKED = _ONE["published"]


def settings_form() -> rx.Component:
    """Everything about the assessment but its questions."""
    return card(
        local_draft(_FORM, _S.draft_key, saved=_S.saved, ready=_S.loaded),
        hotkeys(Hotkey("mod+s", click="assessment-save", in_fields=True)),
        rx.el.form(
            rx.cond(_ERRORS["form"], callout(_ERRORS["form"], tone="danger", role="alert"), rx.fragment()),
            _words(),
            _dates(),
            _rules(),
            _late(),
            _feedback(),
            _entry(),
            rx.el.div(
                button(
                    _("Save settings"), type="submit", variant="primary", icon="save", id="assessment-save"
                ),
                class_name="flex justify-end",
            ),
            id=_FORM,
            on_submit=_S.save,
            class_name="flex flex-col gap-8",
        ),
        title=_("Settings"),
    )


def _key(name: str) -> rx.Var[str]:
    """Makes a field anew after each save, so that it shows what is stored."""
    return rx.Var.create(f"{name}-{_ONE['id']}-{_ONE['version']}")


def _stored(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": field_id(f"assessment-{name}"),
        "default_value": _ONE[name],
        "key": _key(name),
        "error": _ERRORS[name],
    }


def _group(title: rx.Var[str], *content: rx.Component) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(title, class_name="mb-4 text-sm font-semibold text-ink"),
        *content,
        class_name="flex min-w-0 flex-col gap-5 border-0 p-0",
    )


def _words() -> rx.Component:
    return _group(
        _("What students read"),
        text_input(**_stored("title"), label=_("Title"), required=True, max_length=160),
        rx.el.div(
            select(
                **_stored("kind"),
                label=_("Kind"),
                hint=_("Practice never counts and has no limit of attempts."),
                options=_S.kinds,
                disabled=_LOCKED,
            ),
            select(
                **_stored("module_id"),
                label=_("Module"),
                hint=_("Where it appears in the course."),
                options=_S.modules,
                placeholder=_("No module"),
            ),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        markdown_editor(
            id="assessment-instructions",
            name="instructions",
            label=_("Instructions"),
            value=_ONE["instructions"],
            revision=_key("instructions"),
            preview_html=_S.instructions_html,
            on_change=_S.show_instructions,
            rows=5,
            max_length=20_000,
            error=_ERRORS["instructions"],
        ),
    )


def _dates() -> rx.Component:
    def date(name: str, label: rx.Var[str], hint: rx.Var[str]) -> rx.Component:
        return date_time_input(**_stored(name), label=label, hint=hint, zone=_S.zone)

    return _group(
        _("Dates"),
        rx.el.div(
            date("opens_at", _("Opens"), _("Empty: at once.")),
            date("due_at", _("Due"), _("Later work is late.")),
            date("closes_at", _("Closes"), _("From then on nothing is taken; running attempts end.")),
            class_name="grid gap-5 xl:grid-cols-2",
        ),
    )


def _rules() -> rx.Component:
    return _group(
        _("Rules"),
        rx.cond(
            _LOCKED,
            rx.el.p(
                _(
                    "While it is published, the kind, the time limit, what counts, the late rule and the order stay."
                ),
                class_name="text-sm text-ink-muted",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            number_input(
                **_stored("time_limit_minutes"),
                label=_("Time limit in minutes"),
                hint=_("Empty: no limit."),
                minimum=0,
                maximum=1440,
                disabled=_LOCKED,
            ),
            number_input(
                **_stored("attempts_allowed"),
                label=_("Attempts"),
                hint=_("Empty: any number."),
                minimum=0,
                maximum=20,
            ),
            select(
                **_stored("scoring"),
                label=_("Which attempt counts"),
                hint=_("When there are several."),
                options=[
                    ("best", _("The best")),
                    ("last", _("The last")),
                    ("average", _("The average of all")),
                ],
                disabled=_LOCKED,
            ),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        _tick("shuffle", _("Ask the questions in another order in each attempt")),
        _tick("shuffle_options", _("Show the choices in another order in each attempt")),
    )


def _tick(name: str, label: rx.Var[str]) -> rx.Component:
    return checkbox(
        name=name,
        id=field_id(f"assessment-{name}"),
        label=label,
        default_checked=_ONE[name],
        key=_key(name),
        disabled=_LOCKED,
    )


def _late() -> rx.Component:
    return _group(_("Late and missing work"), late_fields(_stored, disabled=_LOCKED))


def _feedback() -> rx.Component:
    levels = [
        ("nothing", _("Nothing")),
        ("points", _("The points")),
        ("outcomes", _("Points, and what was right")),
        ("solutions", _("Everything, with the right answers")),
    ]
    return _group(
        _("What students see of their result"),
        rx.el.div(
            select(**_stored("feedback_submitted"), label=_("After handing in"), options=levels),
            select(**_stored("feedback_due"), label=_("After the due time"), options=levels),
            select(**_stored("feedback_closed"), label=_("After closing"), options=levels),
            class_name="grid gap-5 sm:grid-cols-3",
        ),
        rx.el.p(
            _(
                "Right answers that open with a date stay closed while anybody may still work, for example with a later date of their own."
            ),
            class_name="text-sm text-ink-muted",
        ),
    )


def _entry() -> rx.Component:
    return _group(
        _("Password"),
        text_input(
            name="password",
            id=field_id("assessment-password"),
            label=rx.cond(_ONE["protected"], _("New password"), _("Password")),
            hint=rx.cond(
                _ONE["protected"],
                _("It has one. Leave this empty to keep it."),
                _("Asked before an attempt begins. Empty: none is asked."),
            ),
            default_value="",
            key=_key("password"),
            error=_ERRORS["password"],
            auto_complete="off",
            max_length=64,
        ),
        rx.cond(
            _ONE["protected"],
            checkbox(
                name="without_password",
                id=field_id("assessment-without-password"),
                label=_("Ask for no password any more"),
                default_checked=False,
                key=_key("without-password"),
            ),
            rx.fragment(),
        ),
    )
