"""The administrator's overview."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.charts import chart_figure
from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.text import _
from eduplatform.components.ui import (
    button_link,
    card,
    empty_state,
    link,
    page_header,
    skeleton_card,
    skeleton_stat,
    stat,
    stat_row,
)
from eduplatform.pages.registry import page
from eduplatform.security.permissions import Role
from eduplatform.state.shell import ShellState
from eduplatform.state.usage import UsageState

_N = UsageState.numbers


@page("/admin", title="Overview", roles=(Role.ADMIN,), on_load=UsageState.load)
def overview() -> rx.Component:
    """How the organisation is doing."""
    return rx.el.div(
        page_body(
            UsageState,
            beacon(UsageState.refresh, every=30),
            rx.el.div(
                _people(),
                _teaching(),
                rx.el.div(_submissions(), _recent(), class_name="grid items-start gap-6 xl:grid-cols-2"),
                class_name="flex flex-col gap-6",
            ),
            skeleton=_skeleton(),
            header=page_header(
                _("Overview"),
                description=_("{tenant} at a glance.", tenant=ShellState.tenant_name),
                actions=[
                    button_link(_("Invite people"), "/admin/invitations", variant="primary", icon="user-plus")
                ],
            ),
        ),
        class_name="flex flex-col gap-6",
    )


def _section(title: Any, *body: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="mb-3 text-base font-semibold text-ink"), *body, class_name="min-w-0"
    )


def _people() -> rx.Component:
    return _section(
        _("People"),
        stat_row(
            stat(_("Everybody"), _N["people"], icon="users", hint=_N["deactivated"]),
            stat(_("Active in the last 7 days"), _N["active"], icon="activity", hint=_N["active_share"]),
            stat(_("Students"), _N["students"], icon="graduation-cap"),
            stat(_("Teachers"), _N["teachers"], icon="book-open"),
            stat(_("Guardians"), _N["guardians"], icon="user"),
            stat(_("Admins"), _N["admins"], icon="shield-check"),
            class_name="max-sm:grid-cols-2 lg:grid-cols-3",
        ),
    )


def _teaching() -> rx.Component:
    return _section(
        _("Teaching"),
        stat_row(
            stat(_("Courses"), _N["courses"], icon="book-open", hint=_N["published"]),
            stat(_("Sections"), _N["sections"], icon="layers"),
            stat(_("Enrolments"), _N["enrolments"], icon="clipboard-check"),
            stat(_("Open invitations"), _N["open_invitations"], icon="mail"),
            class_name="max-sm:grid-cols-2",
        ),
    )


def _submissions() -> rx.Component:
    figure = chart_figure(
        UsageState.chart,
        caption=_("Submissions per week"),
        columns=[_("Week of"), _("Submissions")],
        rows=UsageState.weeks,
        show_caption=False,
    )
    nothing = empty_state(
        _("Nothing was handed in yet"),
        description=_("As soon as students hand in quizzes and assignments, their weeks are counted here."),
        icon="chart-column",
    )
    return card(
        rx.cond(UsageState.has_submissions, figure, nothing),
        title=_("Submissions per week"),
        description=rx.cond(
            UsageState.term != "",
            _("{term}: {count} so far", term=UsageState.term, count=UsageState.submissions),
            _("The last 12 weeks: {count}", count=UsageState.submissions),
        ),
    )


def _recent() -> rx.Component:
    return card(
        rx.el.ol(
            rx.foreach(UsageState.recent, _event), class_name="divide-y divide-line border-t border-line"
        ),
        title=_("What happened last"),
        actions=[link(_("Whole audit trail"), "/admin/audit", class_name="text-sm")],
        flush=True,
    )


def _event(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(row["text"], class_name="min-w-0 text-sm text-ink"),
        rx.el.span(row["when"], class_name="shrink-0 text-xs text-ink-muted"),
        key=row["id"],
        class_name="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 px-5 py-3 sm:px-6",
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            *(skeleton_stat() for _number in range(6)),
            class_name="grid grid-cols-[repeat(auto-fit,minmax(11.5rem,1fr))] gap-4",
        ),
        rx.el.div(skeleton_card(), skeleton_card(), class_name="grid gap-6 xl:grid-cols-2"),
        class_name="flex flex-col gap-6",
    )
