"""How a person wants to be told, and when mail may come."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import button, card, select, skeleton_card, switch
from eduplatform.components.ui.combobox import combobox
from eduplatform.pages.account.settings_tabs import settings_head
from eduplatform.pages.admin.parts import time_zone_options
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.notifications import NewsSettingState

_S: Any = NewsSettingState


@page(
    "/settings/notifications",
    title="Notifications",
    roles=(Role.STUDENT, Role.TEACHER, Role.GUARDIAN, Role.ADMIN),
    on_load=_S.load,
)
def notification_settings() -> rx.Component:
    """A way for each kind of news, quiet hours, and the hour of the daily mail."""
    return rx.el.div(
        page_body(
            _S,
            rx.el.div(_kinds(), _hours(), class_name="flex flex-col gap-6"),
            skeleton=rx.el.div(skeleton_card(), skeleton_card(), class_name="flex flex-col gap-6"),
            header=settings_head("notifications"),
        ),
        class_name="max-w-3xl",
    )


def _kinds() -> rx.Component:
    return card(
        rx.el.ul(rx.foreach(_S.ways, _kind), class_name="divide-y divide-line"),
        title=_("What you get, and how"),
        description=_("Whatever comes by e-mail is in the platform too. Changes count at once."),
    )


def _kind(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(row["name"], aria_hidden="true", class_name="text-sm font-medium text-ink"),
        rx.el.div(
            select(
                name=f"way-{row['kind']}",
                options=[
                    ("app", _("In the platform")),
                    ("digest", _("In the daily e-mail")),
                    ("mail", _("By e-mail at once")),
                    ("off", _("Not at all")),
                ],
                value=row["way"],
                on_change=_S.choose(row["kind"]),
                aria_label=row["name"],
            ),
            class_name="w-full sm:w-56",
        ),
        key=row["kind"],
        class_name="flex flex-wrap items-center justify-between gap-x-6 gap-y-1.5 py-3 first:pt-0 last:pb-0",
    )


def _hours() -> rx.Component:
    return card(
        rx.el.form(
            combobox(
                id="news-zone",
                name="timezone",
                label=_("Your time zone"),
                options=time_zone_options(),
                value=_S.zone,
                clearable=False,
                error=_S.errors["timezone"],
            ),
            select(
                name="digest_at",
                label=_("Daily e-mail at"),
                hint=_("It comes only on days on which there is something new."),
                options=_S.times,
                value=_S.digest_at,
                field_class="sm:max-w-56",
            ),
            switch(
                name="quiet",
                label=_("Quiet hours"),
                hint=_("In these hours no e-mail leaves; what comes at once waits until they end."),
                checked=_S.quiet,
                on_change=_S.turn_quiet,
            ),
            rx.el.div(
                select(name="quiet_from", label=_("From"), options=_S.times, value=_S.quiet_from),
                select(name="quiet_until", label=_("Until"), options=_S.times, value=_S.quiet_until),
                class_name=["grid max-w-md grid-cols-2 gap-4", rx.cond(_S.quiet, "", "hidden")],
            ),
            rx.el.div(button(_("Save"), type="submit", variant="primary"), class_name="flex justify-end"),
            id="news-hours",
            on_submit=_S.save,
            class_name="flex flex-col gap-5",
        ),
        title=_("When e-mail may come"),
    )
