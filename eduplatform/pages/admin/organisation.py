"""The organisation's own settings and its terms."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.layout.pending import pending
from eduplatform.components.layout.plain import form_alert
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button,
    card,
    date_time_input,
    dialog,
    empty_state,
    field,
    icon_button,
    page_header,
    select,
    skeleton_card,
    switch,
    text_input,
)
from eduplatform.components.ui.combobox import combobox
from eduplatform.components.ui.fields import CONTROL, described_by, invalid
from eduplatform.i18n.languages import LOCALES
from eduplatform.pages.admin.parts import time_zone_options
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.organisation import OrganisationState
from eduplatform.state.presence import PresenceRuleState

_O = OrganisationState.organisation
_T = OrganisationState.editing
_ERRORS = OrganisationState.errors
_PRODUCT_BLUE = "#1d4ed8"
_FORM, _TERM_FORM = "organisation", "term-form"

_P: Any = PresenceRuleState


@page(
    "/admin/organisation",
    title="Organisation",
    roles=(Role.ADMIN,),
    on_load=(OrganisationState.load, _P.load),
)
def organisation() -> rx.Component:
    """Name, place in the world, colours, terms."""
    return rx.el.div(
        page_body(
            OrganisationState,
            rx.el.div(_settings(), _terms(), _presence(), class_name="flex flex-col gap-6"),
            _term_dialog(),
            skeleton=rx.el.div(skeleton_card(), skeleton_card(), class_name="flex flex-col gap-6"),
            header=page_header(
                _("Organisation"),
                description=_("What your people see of your organisation, and when its terms begin and end."),
            ),
        ),
        class_name="flex max-w-4xl flex-col gap-6",
    )


def _presence() -> rx.Component:
    return card(
        switch(
            name="presence",
            id="organisation-presence",
            label=_("Show who is online"),
            hint=_(
                "Teachers see who of their classes is here. Everybody can hide themselves in their settings."
            ),
            trailing=True,
            checked=_P.shown,
            on_change=_P.choose,
        ),
        title=_("Presence"),
        description=_("Switched off, nobody is shown as online, and what is known of it is deleted at once."),
    )


def _settings() -> rx.Component:
    return card(
        rx.el.form(
            form_alert(_ERRORS["form"]),
            rx.el.input(type="hidden", name="version", value=_O["version"]),
            text_input(
                name="name",
                id=field_id("organisation-name"),
                label=_("Name"),
                default_value=_O["name"],
                required=True,
                error=_ERRORS["name"],
            ),
            text_input(
                name="motto",
                id=field_id("organisation-motto"),
                label=_("Motto"),
                hint=_("One line that says what you stand for."),
                optional=True,
                default_value=_O["motto"],
                error=_ERRORS["motto"],
            ),
            rx.el.div(
                combobox(
                    id="organisation-zone",
                    name="timezone",
                    label=_("Time zone"),
                    hint=_("Due dates are shown in it."),
                    options=time_zone_options(),
                    value=_O["timezone"],
                    required=True,
                    clearable=False,
                    error=_ERRORS["timezone"],
                ),
                select(
                    name="locale",
                    id=field_id("organisation-locale"),
                    label=_("Language"),
                    hint=_("For people who have not chosen one."),
                    options=list(LOCALES.items()),
                    default_value=_O["locale"],
                    error=_ERRORS["locale"],
                ),
                class_name="grid items-start gap-5 sm:grid-cols-2",
            ),
            _accent(),
            rx.el.div(
                button(
                    _("Save"),
                    type="submit",
                    variant="primary",
                    loading=pending(_FORM, OrganisationState.tries, _ERRORS),
                )
            ),
            # A new form after each save, filled from what is stored now.
            key=_O["version"],
            id=_FORM,
            on_submit=OrganisationState.save,
            class_name="flex flex-col gap-5",
        ),
        title=_("Appearance and region"),
        description=_("Its address name is “{slug}”; only the operator can change it.", slug=_O["slug"]),
    )


def _accent() -> rx.Component:
    id = "organisation-accent"
    return field(
        rx.el.div(
            rx.el.input(
                type="text",
                name="accent",
                id=field_id(id),
                value=OrganisationState.accent,
                on_change=OrganisationState.pick_accent,
                placeholder=_PRODUCT_BLUE,
                max_length=7,
                spell_check=False,
                auto_complete="off",
                aria_describedby=described_by(id),
                aria_invalid=invalid(_ERRORS["accent"]),
                class_name=f"{CONTROL} h-10 max-w-36 px-3 font-mono text-sm pointer-coarse:h-11",
            ),
            rx.el.input(
                type="color",
                value=rx.cond(OrganisationState.accent != "", OrganisationState.accent, _PRODUCT_BLUE),
                on_change=OrganisationState.pick_accent.debounce(150),
                aria_label=_("Pick a colour"),
                class_name="h-10 w-14 cursor-pointer rounded-lg border border-line-strong bg-surface p-1 pointer-coarse:h-11",
            ),
            rx.el.span(
                _("Words in this colour"),
                aria_hidden="true",
                style={"color": OrganisationState.accent},
                class_name="rounded-lg border border-line bg-[white] px-3 py-2 text-sm font-semibold text-[black]",
            ),
            class_name="flex flex-wrap items-center gap-3",
        ),
        label=_("Accent colour"),
        control_id=id,
        hint=_(
            "Used for buttons and links. It must be dark enough to be read on white. Empty: our own blue."
        ),
        error=_ERRORS["accent"],
    )


def _terms() -> rx.Component:
    filled = rx.el.ul(
        rx.foreach(OrganisationState.terms, _term), class_name="divide-y divide-line border-t border-line"
    )
    nothing = empty_state(
        _("No term yet"),
        description=_(
            "Terms group the sections of a year, and the overview counts what is handed in per week of the term."
        ),
        icon="calendar",
        actions=[button(_("Add the first term"), icon="plus", on_click=OrganisationState.new_term)],
    )
    return card(
        rx.cond(OrganisationState.terms.length() > 0, filled, nothing),
        title=_("Terms"),
        description=_("Periods of teaching, which do not overlap."),
        actions=[button(_("Add term"), icon="plus", size="sm", on_click=OrganisationState.new_term)],
        flush=True,
    )


def _term(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["name"], class_name="truncate text-sm font-medium text-ink"),
            rx.el.p(row["dates"], class_name="text-sm text-ink-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.match(
            row["phase"],
            ("now", badge(_("Now"), tone="success", dot=True)),
            ("coming", badge(_("Coming"), tone="info")),
            badge(_("Past")),
        ),
        icon_button(
            "pencil",
            label=_("Edit {name}", name=row["name"]),
            size="sm",
            on_click=OrganisationState.edit_term(row["id"]),
        ),
        key=row["id"],
        class_name="flex items-center gap-4 px-5 py-3.5 sm:px-6",
    )


def _term_dialog() -> rx.Component:
    form = rx.el.form(
        form_alert(_ERRORS["form"]),
        rx.el.input(type="hidden", name="term_id", value=_T["id"]),
        rx.el.input(type="hidden", name="version", value=_T["version"]),
        text_input(
            name="name",
            id=field_id("term-name"),
            label=_("Name"),
            placeholder=_("Autumn 2026"),
            default_value=_T["name"],
            required=True,
            error=_ERRORS["name"],
        ),
        rx.el.div(
            date_time_input(
                name="starts_on",
                id=field_id("term-starts"),
                kind="date",
                label=_("First day"),
                default_value=_T["starts_on"],
                required=True,
                error=_ERRORS["starts_on"],
            ),
            date_time_input(
                name="ends_on",
                id=field_id("term-ends"),
                kind="date",
                label=_("Last day"),
                default_value=_T["ends_on"],
                required=True,
                error=_ERRORS["ends_on"],
            ),
            class_name="grid items-start gap-5 sm:grid-cols-2",
        ),
        key=f"term-{OrganisationState.opened}",
        id=_TERM_FORM,
        on_submit=OrganisationState.save_term,
        class_name="flex flex-col gap-5",
    )
    return dialog(
        rx.cond(OrganisationState.dialog_open, form, rx.fragment()),
        title=rx.cond(_T["id"] != "", _("Edit term"), _("New term")),
        id="term-dialog",
        size="sm",
        open=OrganisationState.dialog_open,
        on_close=OrganisationState.close_term,
        footer=[
            button(_("Cancel"), closes=True),
            button(_("Save term"), type="submit", variant="primary", form=_TERM_FORM),
        ],
    )
