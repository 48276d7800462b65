"""What lies over the calendar: the form of an event, and the address for other programs."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import (
    button,
    callout,
    checkbox,
    confirm_dialog,
    date_time_input,
    dialog,
    select,
    text_input,
    textarea,
)
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.state.calendar import CalendarState

_S: Any = CalendarState
_EDIT = _S.edit


def calendar_dialogs() -> rx.Component:
    """Both, closed."""
    return rx.fragment(
        dialog(
            rx.cond(_S.editing, _event_form(), rx.fragment()),
            title=rx.cond(_EDIT["id"] != "", _("Edit event"), _("New event")),
            id="event-dialog",
            open=_S.editing,
            on_close=_S.close,
            dismissible=False,
        ),
        confirm_dialog(
            id="remove-event",
            title=_("Delete this event?"),
            message=_("It disappears from the calendars of the class."),
            confirm_label=_("Delete event"),
            open=_S.removing,
            on_close=_S.close,
            on_confirm=_S.remove,
        ),
        _feed(),
    )


def _event_form() -> rx.Component:
    errors = _S.errors
    return rx.el.form(
        select(
            name="target",
            id=field_id("event-target"),
            label=_("For"),
            placeholder=_("Choose a class"),
            options=_S.targets,
            default_value=_EDIT["target"],
            required=True,
            error=errors["target"],
        ),
        text_input(
            name="title",
            id=field_id("event-title"),
            label=_("Title"),
            default_value=_EDIT["title"],
            required=True,
            max_length=160,
            error=errors["title"],
        ),
        rx.el.div(
            date_time_input(
                name="starts_at",
                label=_("Begins"),
                default_value=_EDIT["starts_at"],
                required=True,
                error=errors["starts_at"],
            ),
            date_time_input(
                name="ends_at",
                label=_("Ends"),
                default_value=_EDIT["ends_at"],
                error=errors["ends_at"],
            ),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        rx.el.p(_("Time zone: {zone}", zone=_S.zone), class_name="-mt-3 text-xs text-ink-muted"),
        checkbox(name="all_day", label=_("Whole days"), default_checked=_EDIT["all_day"]),
        text_input(
            name="place",
            id=field_id("event-place"),
            label=_("Place"),
            default_value=_EDIT["place"],
            max_length=160,
            error=errors["place"],
        ),
        textarea(
            name="note",
            id=field_id("event-note"),
            label=_("Note"),
            rows=3,
            default_value=_EDIT["note"],
            max_length=2000,
            error=errors["note"],
        ),
        rx.el.div(
            rx.cond(
                _EDIT["id"] != "",
                button(_("Delete"), variant="danger", class_name="sm:me-auto", on_click=_S.ask_remove),
                rx.fragment(),
            ),
            button(_("Cancel"), closes=True),
            button(_("Save"), type="submit", variant="primary"),
            class_name="flex flex-wrap justify-end gap-2",
        ),
        on_submit=_S.save,
        key=_EDIT["id"],
        class_name="flex flex-col gap-5",
    )


def _feed() -> rx.Component:
    return dialog(
        rx.el.div(
            rx.el.p(
                _(
                    "With a secret address, the calendar of your phone or computer shows what you see here and keeps "
                    "itself up to date. Whoever has the address can read your calendar: treat it like a password."
                ),
                class_name="leading-relaxed text-ink-muted",
            ),
            rx.cond(
                _S.feed_address != "",
                rx.fragment(
                    text_input(
                        name="feed-address",
                        label=_("Your address"),
                        hint=_("Copy it now: it is not shown again."),
                        value=_S.feed_address,
                        read_only=True,
                        class_name="font-mono text-xs",
                    ),
                    button(
                        _("Copy address"),
                        icon="copy",
                        variant="primary",
                        on_click=rx.set_clipboard(_S.feed_address),
                    ),
                ),
                rx.cond(
                    _S.feed_there,
                    callout(
                        rx.cond(
                            _S.feed_used != "",
                            _("You have an address. It was last read {when}.", when=_S.feed_used),
                            _("You have an address. Nothing has read it yet."),
                        ),
                        tone="info",
                    ),
                    rx.fragment(),
                ),
            ),
            class_name="flex flex-col gap-5",
        ),
        title=_("Calendar in other programs"),
        id="feed-dialog",
        open=_S.feed_open,
        on_close=_S.close,
        footer=[
            rx.cond(
                _S.feed_there,
                button(_("End the address"), variant="danger", on_click=_S.revoke_feed),
                rx.fragment(),
            ),
            button(
                rx.cond(_S.feed_there, _("Make a new address"), _("Make an address")),
                icon="refresh-cw",
                on_click=_S.renew_feed,
            ),
        ],
    )
