"""The audit trail."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import (
    button,
    callout,
    date_time_input,
    dialog,
    page_header,
    search_input,
    select,
    skeleton_table,
)
from eduplatform.components.ui.table import Column, Paging, data_table
from eduplatform.pages.registry import page
from eduplatform.pages.shared.form_ids import field_id
from eduplatform.security.permissions import Role
from eduplatform.state.audit import AuditState

_ERRORS = AuditState.errors


@page("/admin/audit", title="Audit trail", roles=(Role.ADMIN,), on_load=AuditState.load)
def audit() -> rx.Component:
    """Who did what, when; and whether the record is whole."""
    return rx.el.div(
        page_body(
            AuditState,
            _result(),
            _filters(),
            data_table(
                [
                    Column("text", _("Event"), render=_event, row_header=True),
                    Column("when", _("When"), class_name="whitespace-nowrap"),
                    Column("details", _("Details"), render=_details),
                ],
                AuditState.rows,
                row_key="id",
                caption=_("Audit trail"),
                paging=Paging(AuditState.page, AuditState.pages, AuditState.turn, AuditState.page_text),
                empty=rx.el.div(
                    rx.el.p(_("No event matches."), class_name="mb-3"),
                    button(_("Show all events"), on_click=AuditState.clear),
                ),
            ),
            skeleton=skeleton_table(rows=8),
            header=page_header(
                _("Audit trail"),
                description=_(
                    "Who did what, and when. Events are sealed one after the other: nobody can change or remove one unnoticed."
                ),
                actions=[
                    button(
                        _("What is this?"),
                        variant="quiet",
                        icon="circle-question-mark",
                        opens="audit-explained",
                    ),
                    button(
                        _("Verify the chain"),
                        icon="shield-check",
                        on_click=AuditState.verify,
                        id="verify-chain",
                    ),
                ],
            ),
        ),
        _explained(),
        class_name="flex flex-col gap-6",
    )


def _result() -> rx.Component:
    broken = callout(
        rx.el.p(AuditState.checked_text),
        rx.el.ul(
            rx.foreach(AuditState.problems, lambda text: rx.el.li(rx.el.code(text, class_name="text-xs"))),
            class_name="mt-2 flex flex-col gap-1",
        ),
        title=_("The chain is broken"),
        tone="danger",
        id="chain-broken",
    )
    whole = callout(
        rx.el.p(AuditState.checked_text), title=_("The chain is whole"), tone="success", id="chain-whole"
    )
    return rx.el.div(
        rx.match(AuditState.checked, ("whole", whole), ("broken", broken), rx.fragment()),
        role="status",
        class_name="empty:hidden",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        search_input(
            label=_("Search by who did it"),
            placeholder=_("Who did it: name or email"),
            on_change=AuditState.search_person,
            class_name="min-w-56 flex-1",
        ),
        select(
            name="area",
            id=field_id("audit-area"),
            options=AuditState.areas,
            placeholder=_("Everything"),
            value=AuditState.area,
            on_change=AuditState.choose_area,
            aria_label=_("Kind of event"),
            class_name="min-w-44",
        ),
        date_time_input(
            name="since",
            id=field_id("audit-since"),
            kind="date",
            label=_("From"),
            default_value=AuditState.since,
            on_change=AuditState.choose_since,
            error=_ERRORS["since"],
            field_class="min-w-40",
        ),
        date_time_input(
            name="until",
            id=field_id("audit-until"),
            kind="date",
            label=_("To"),
            default_value=AuditState.until,
            on_change=AuditState.choose_until,
            error=_ERRORS["until"],
            field_class="min-w-40",
        ),
        button(_("Clear"), variant="quiet", on_click=AuditState.clear),
        key=f"filters-{AuditState.resets}",
        role="search",
        class_name="flex flex-wrap items-end gap-3",
    )


def _event(row: Any) -> rx.Component:
    return rx.cond(
        row["known"],
        rx.el.span(row["text"]),
        rx.el.code(row["text"], class_name="font-mono text-xs"),
    )


def _details(row: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.el.code(row["action"], class_name="font-mono text-xs text-ink-muted"),
            class_name="cursor-pointer rounded-sm py-1",
        ),
        rx.el.pre(
            row["details"],
            class_name="mt-1 max-w-md rounded-md bg-sunken p-2 text-start font-mono text-xs break-all whitespace-pre-wrap text-ink",
        ),
    )


def _explained() -> rx.Component:
    return dialog(
        rx.el.div(
            rx.el.p(
                _(
                    "Each event carries a seal, computed with a secret key from the event and from the seal before it."
                )
            ),
            rx.el.p(
                _(
                    "Whoever changes, removes, adds or reorders an event, even in the database itself, breaks the seals from there on; whoever cuts off the end leaves a head that does not fit."
                )
            ),
            rx.el.p(
                _(
                    "“Verify the chain” computes all seals anew and compares. The verification itself becomes an event."
                )
            ),
            rx.el.p(
                _(
                    "Events name people by their ids and hold no texts, so that the trail can be kept for long."
                )
            ),
            class_name="flex flex-col gap-3 leading-relaxed text-ink",
        ),
        title=_("How the audit trail is protected"),
        id="audit-explained",
        footer=button(_("Close"), closes=True),
    )
