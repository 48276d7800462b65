"""The mails that were written, for development: nothing is really sent without a mail provider."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.text import _
from eduplatform.components.ui import (
    badge,
    button_link,
    callout,
    empty_state,
    icon,
    page_header,
    skeleton_card,
)
from eduplatform.pages.registry import page
from eduplatform.state.outbox import OutboxState


@page("/outbox", title="Outbox", on_load=OutboxState.load, development=True)
def outbox() -> rx.Component:
    """The newest mails of all organisations and of the sign-in desk; public, and in development only."""
    return rx.el.div(
        page_body(
            OutboxState,
            beacon(OutboxState.refresh, every=5),
            callout(
                _(
                    "This page exists in development only, and everybody who can reach this computer can read it."
                ),
                tone="warning",
            ),
            rx.cond(
                OutboxState.mails.length() > 0,
                rx.el.ol(rx.foreach(OutboxState.mails, _mail), class_name="flex flex-col gap-4"),
                empty_state(
                    _("No mail yet"),
                    description=_(
                        "Invite somebody, or ask for a new password: the mail appears here within seconds."
                    ),
                    icon="inbox",
                ),
            ),
            skeleton=rx.el.div(skeleton_card(), skeleton_card(), class_name="flex flex-col gap-4"),
            header=page_header(
                _("Outbox"),
                description=_(
                    "The newest 25 mails of this installation. They are kept here instead of being sent."
                ),
            ),
        ),
        class_name="mx-auto flex w-full max-w-3xl flex-col gap-6",
    )


def _mail(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.article(
            rx.el.header(
                rx.el.span(
                    icon("mail", size="md"),
                    class_name="grid size-10 shrink-0 place-items-center rounded-lg bg-ink/6 text-ink-muted",
                ),
                rx.el.div(
                    rx.el.h2(row["subject"], class_name="text-base font-semibold break-words text-ink"),
                    rx.el.p(
                        _("To {address}", address=row["recipient"]),
                        " · ",
                        row["when"],
                        class_name="text-sm break-all text-ink-muted",
                    ),
                    class_name="min-w-0 flex-1",
                ),
                badge(row["template"]),
                class_name="flex flex-wrap items-start gap-4",
            ),
            rx.el.p(
                row["text"],
                class_name="mt-4 text-sm leading-relaxed break-words whitespace-pre-wrap text-ink",
            ),
            rx.cond(
                row["path"] != "",
                button_link(
                    _("Open the link"), row["path"], icon_end="arrow-right", reload=True, class_name="mt-4"
                ),
                rx.fragment(),
            ),
            rx.el.details(
                rx.el.summary(
                    _("HTML source"),
                    class_name="w-fit cursor-pointer rounded-sm py-1 text-sm font-medium text-accent",
                ),
                rx.el.pre(
                    row["html"],
                    class_name=(
                        "mt-2 max-h-72 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs break-all "
                        "whitespace-pre-wrap text-ink"
                    ),
                ),
                class_name="mt-4",
            ),
            class_name="rounded-xl border border-line bg-surface p-5 shadow-sm",
        ),
        key=row["id"],
    )
