"""The AI panel: one switch, who answers, what it may cost, what it did."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.charts.figure import chart_figure
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    avatar,
    badge,
    button,
    callout,
    card,
    checkbox,
    confirm_dialog,
    dialog,
    empty_state,
    meter,
    number_input,
    page_header,
    password_input,
    radio_group,
    select,
    skeleton_card,
    skeleton_table,
    switch,
    text_input,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.integrations.llm import KINDS
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.ai_panel import NEW, AiPanelState

_S: Any = AiPanelState
_ERRORS = _S.errors
_EDITED = _S.edited
_OWN_ADDRESS = [kind.value for kind, facts in KINDS.items() if facts.own_address]


@page("/admin/ai", title="AI", roles=(Role.ADMIN,), on_load=_S.load)
def ai() -> rx.Component:
    """The switch comes first: it must be found at once."""
    return rx.el.div(
        page_body(
            _S,
            _switch(),
            _providers(),
            rx.el.div(_limits(), _adults(), class_name="grid items-start gap-6 xl:grid-cols-2"),
            _usage(),
            _cards(),
            _provider_dialog(),
            skeleton=rx.el.div(skeleton_card(), skeleton_table(rows=4), class_name="flex flex-col gap-6"),
            class_name="flex flex-col gap-6",
            header=page_header(
                _("AI"),
                description=_(
                    "Which models your organisation uses, what they may cost and what they did. Without any, rules work from your teachers' own texts."
                ),
            ),
        ),
        class_name="flex flex-col gap-6",
    )


def _switch() -> rx.Component:
    return card(
        radio_group(
            name="mode",
            label=_("AI in this organisation"),
            options=[
                ("models", _("Models and rules"), _("Models answer, within the budgets below.")),
                ("rules", _("Rules only"), _("No model is called. Running answers end within five seconds.")),
                ("off", _("Off"), _("No tutor at all, for anybody.")),
            ],
            value=_S.mode,
            on_change=_S.set_mode,
            layout="cards",
            id="ai-mode",
        ),
        rx.match(
            _S.mode,
            (
                "off",
                callout(rx.el.p(_("AI is switched off for everybody.")), tone="warning", class_name="mt-4"),
            ),
            rx.fragment(),
        ),
        title=_("Switch"),
        description=_("It holds at once, on all open pages too."),
    )


def _providers() -> rx.Component:
    return card(
        rx.cond(
            _S.providers.length() > 0,
            rx.el.ol(rx.foreach(_S.providers, _provider), class_name="flex flex-col divide-y divide-line"),
            rx.cond(
                _S.installation != "",
                callout(
                    rx.el.p(
                        _(
                            "You use the model of this installation: {model}. Add your own to replace it.",
                            model=_S.installation,
                        )
                    ),
                    tone="info",
                ),
                empty_state(
                    _("No model yet"),
                    description=_(
                        "The tutor works without one, by rules from your own texts, and says so. Add a provider to let a model write; the same checks apply."
                    ),
                    icon="sparkles",
                ),
            ),
        ),
        title=_("Providers"),
        description=_("Tried from top to bottom: when one does not answer, the next one does."),
        actions=[button(_("Add a provider"), icon="plus", on_click=_S.start_edit(NEW), id="add-provider")],
    )


def _provider(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(one["label"], class_name="font-medium text-ink"),
                rx.cond(one["first"], badge(_("First"), tone="accent"), rx.fragment()),
                rx.match(
                    one["state"],
                    ("ok", badge(_("Answers"), tone="success", dot=True)),
                    ("failed", badge(_("Does not answer"), tone="danger", dot=True)),
                    badge(_("Not tried"), tone="neutral"),
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(
                one["kind"],
                " · ",
                rx.el.code(one["model"], class_name="text-xs"),
                rx.cond(one["address"] != "", rx.el.span(" · ", one["address"]), rx.fragment()),
                rx.cond(one["key"] != "", rx.el.span(" · ", one["key"]), rx.fragment()),
                class_name="mt-1 text-sm break-all text-ink-muted",
            ),
            rx.el.p(
                _("Price per million tokens: {price}", price=one["price"]),
                class_name="mt-0.5 text-xs text-ink-muted",
            ),
            rx.cond(
                one["tested"] != "",
                rx.el.p(one["tested"], class_name="mt-0.5 text-xs text-ink-muted"),
                rx.fragment(),
            ),
            class_name="min-w-0 flex-1 basis-72",
        ),
        rx.el.div(
            switch(
                name="enabled",
                id=rx.Var.create("on-") + one["id"],
                label=_("In use"),
                checked=one["enabled"],
                on_change=lambda on: _S.set_enabled(one["id"], on),
            ),
            button(
                _("Test call"),
                size="sm",
                loading=_S.testing == one["id"],
                on_click=_S.test(one["id"]),
            ),
            rx.cond(
                one["first"],
                rx.fragment(),
                button(_("Try first"), size="sm", variant="quiet", on_click=_S.make_first(one["id"])),
            ),
            button(_("Edit"), size="sm", variant="quiet", icon="pencil", on_click=_S.start_edit(one["id"])),
            class_name="flex flex-wrap items-center gap-2",
        ),
        key=one["id"],
        class_name="flex flex-wrap items-center gap-4 py-4 first:pt-0 last:pb-0",
    )


def _limits() -> rx.Component:
    return card(
        rx.el.form(
            number_input(
                name="tenant",
                id=field_id("cap-tenant"),
                label=_("All of us, per day"),
                unit="$",
                minimum=0,
                step="any",
                default_value=_S.tenant_cap,
                error=_ERRORS["tenant"],
            ),
            number_input(
                name="section",
                id=field_id("cap-section"),
                label=_("Each class, per day"),
                unit="$",
                minimum=0,
                step="any",
                default_value=_S.section_cap,
                error=_ERRORS["section"],
            ),
            number_input(
                name="person",
                id=field_id("cap-person"),
                label=_("Each person, per day"),
                unit="$",
                minimum=0,
                step="any",
                default_value=_S.person_cap,
                error=_ERRORS["person"],
            ),
            checkbox(
                name="store_content",
                id=field_id("store-content"),
                label=_("Keep what was sent and answered"),
                hint=_("Personal data is taken out before. For finding faults; off by default."),
                default_checked=_S.store_content,
            ),
            number_input(
                name="retention_days",
                id=field_id("retention"),
                label=_("Keep conversations and contents for"),
                unit=_("days"),
                minimum=1,
                maximum=3650,
                default_value=_S.retention_days,
                error=_ERRORS["retention_days"],
            ),
            rx.el.div(
                button(_("Save"), type="submit", variant="primary", id="save-limits"),
                class_name="flex justify-end",
            ),
            on_submit=_S.save_limits,
            key=f"limits-{_S.version}",
            class_name="flex flex-col gap-5",
        ),
        title=_("Budgets"),
        description=_(
            "The price of a call is set aside before it is made. When a budget is used up, the rules answer instead, and say so."
        ),
    )


def _adults() -> rx.Component:
    return card(
        rx.el.ul(
            rx.foreach(
                _S.adults,
                lambda one: rx.el.li(
                    avatar(one["name"], size="sm"),
                    rx.el.div(
                        rx.el.p(one["name"], class_name="truncate text-sm font-medium text-ink"),
                        rx.el.p(one["email"], class_name="truncate text-xs text-ink-muted"),
                        class_name="min-w-0 flex-1",
                    ),
                    switch(
                        name="adult",
                        id=rx.Var.create("adult-") + one["id"],
                        label=_("Is told"),
                        checked=one["chosen"],
                        on_change=lambda on: _S.name_adult(one["id"], on),
                    ),
                    key=one["id"],
                    class_name="flex items-center gap-3 py-2.5",
                ),
            ),
            class_name="max-h-96 divide-y divide-line overflow-y-auto",
        ),
        title=_("Named adults"),
        description=_(
            "They are told when a student writes words of danger, and they alone see the cases. When nobody is named, the administrators are."
        ),
    )


def _usage() -> rx.Component:
    return card(
        meter(_S.today_share, label=_("Budget of today"), id="ai-today", maximum=100, value_text=_S.today),
        rx.cond(
            _S.chart != "",
            chart_figure(
                _S.chart,
                caption=_("Cost per day in US dollars"),
                columns=[_("Day"), _("Calls"), _("Tokens"), _("Cost"), _("Failed or refused")],
                rows=_S.chart_rows,
                class_name="mt-6",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            data_table(
                [
                    Column("when", _("When"), row_header=True, class_name="whitespace-nowrap"),
                    Column("who", _("For whom")),
                    Column("section", _("Class")),
                    Column("model", _("Model")),
                    Column("tokens", _("Tokens in / out"), align="end"),
                    Column("cost", _("Cost"), align="end"),
                    Column("outcome", _("Outcome"), render=_outcome),
                ],
                _S.ledger,
                row_key="id",
                caption=_("Ledger"),
                paging=Paging(_S.page, _S.pages, _S.turn, _S.page_text),
                empty=rx.el.p(_("No model has been called yet.")),
            ),
            class_name="mt-6",
        ),
        title=_("Ledger"),
        description=_(
            "Every call of a model, with its price. Prices of the table are from {day}.", day=_S.prices_from
        ),
        id="ai-ledger",
    )


def _outcome(row: Any) -> rx.Component:
    return rx.match(
        row["tone"],
        ("success", badge(row["outcome"], tone="success")),
        ("danger", badge(row["outcome"], tone="danger")),
        ("warning", badge(row["outcome"], tone="warning")),
        badge(row["outcome"], tone="neutral"),
    )


def _cards() -> rx.Component:
    return card(
        rx.el.ul(
            _card_row(
                _("Rules (no AI model)"),
                _("Tutor"),
                _(
                    "Searches the course's own text and builds hints from its sentences. Never leaves your installation, costs nothing."
                ),
            ),
            rx.foreach(
                _S.cards,
                lambda one: _card_row(
                    one["name"],
                    one["purpose"],
                    _(
                        "Prompt {prompt}. Used {count} times in 30 days, last {ago}. Words are checked by rules before anybody sees them.",
                        prompt=one["prompt"],
                        count=one["used"],
                        ago=one["last"],
                    ),
                ),
            ),
            class_name="flex flex-col divide-y divide-line",
        ),
        title=_("What is at work here"),
        description=_("Every answer shows which of these it came from."),
    )


def _card_row(name: Any, purpose: Any, text: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(name, class_name="font-medium text-ink"),
            badge(purpose),
            class_name="flex flex-wrap items-center gap-2 text-sm",
        ),
        rx.el.p(text, class_name="mt-1 text-sm text-ink-muted"),
        class_name="py-3 first:pt-0 last:pb-0",
    )


def _provider_dialog() -> rx.Component:
    own = rx.Var.create(_OWN_ADDRESS).contains(_EDITED["kind"])
    return rx.fragment(
        dialog(
            rx.el.form(
                select(
                    name="kind",
                    id=field_id("provider-kind"),
                    label=_("Provider"),
                    options=[(kind.value, facts.name) for kind, facts in KINDS.items()],
                    value=_EDITED["kind"],
                    on_change=_S.choose_kind,
                    error=_ERRORS["kind"],
                ),
                text_input(
                    name="label",
                    id=field_id("provider-label"),
                    label=_("Name for you"),
                    default_value=_EDITED["label"],
                    max_length=80,
                    error=_ERRORS["label"],
                ),
                text_input(
                    name="model",
                    id=field_id("provider-model"),
                    label=_("Model"),
                    hint=_("As the provider calls it."),
                    default_value=_EDITED["model"],
                    max_length=120,
                    error=_ERRORS["model"],
                ),
                rx.cond(
                    own,
                    text_input(
                        name="base_url",
                        id=field_id("provider-url"),
                        label=_("Address"),
                        hint=_("For example https://models.example.org/v1. It must be on the internet."),
                        default_value=_EDITED["base_url"],
                        error=_ERRORS["base_url"],
                    ),
                    rx.fragment(),
                ),
                password_input(
                    name="key",
                    id=field_id("provider-key"),
                    label=_("Key"),
                    hint=rx.cond(
                        _EDITED["key_hint"] != "",
                        _("Leave it empty to keep the one that ends in {end}.", end=_EDITED["key_hint"]),
                        _("Stored encrypted; nobody can read it again."),
                    ),
                    new=True,
                    error=_ERRORS["key"],
                ),
                rx.el.div(
                    text_input(
                        name="input_price",
                        id=field_id("provider-in"),
                        label=_("$ per million tokens in"),
                        optional=True,
                        input_mode="decimal",
                        default_value=_EDITED["input_price"],
                        error=_ERRORS["input_price"],
                    ),
                    text_input(
                        name="output_price",
                        id=field_id("provider-out"),
                        label=_("$ per million tokens out"),
                        optional=True,
                        input_mode="decimal",
                        default_value=_EDITED["output_price"],
                        error=_ERRORS["output_price"],
                    ),
                    class_name="grid gap-4 sm:grid-cols-2",
                ),
                rx.el.div(
                    rx.cond(
                        _S.editing != NEW,
                        button(
                            _("Remove"),
                            variant="quiet",
                            icon="trash",
                            opens="provider-remove",
                            class_name="me-auto",
                        ),
                        rx.fragment(),
                    ),
                    button(_("Cancel"), variant="quiet", closes=True),
                    button(_("Save"), type="submit", variant="primary", id="save-provider"),
                    class_name="flex flex-wrap justify-end gap-2",
                ),
                on_submit=_S.save_provider,
                key=f"provider-{_S.resets}",
                class_name="flex flex-col gap-5",
            ),
            title=rx.cond(_S.editing == NEW, _("Add a provider"), _("Edit the provider")),
            id="provider-dialog",
            open=_S.editing != "",
            on_close=_S.stop_edit,
        ),
        confirm_dialog(
            id="provider-remove",
            title=_("Remove this provider?"),
            message=_("Its key is deleted. The ledger stays."),
            confirm_label=_("Remove"),
            on_confirm=_S.remove(_S.editing),
            danger=True,
        ),
    )
