"""The calendar: a month or a week on a screen, a list on a phone, and whatever else on request."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.calendar_grid import calendar_grid
from eduplatform.components.text import _, _n
from eduplatform.components.ui import (
    badge,
    button,
    card,
    empty_state,
    icon,
    icon_button,
    link,
    page_header,
    skeleton,
)
from eduplatform.pages.registry import page
from eduplatform.pages.shared.calendar_dialogs import calendar_dialogs
from eduplatform.security.permissions import Role
from eduplatform.state.calendar import CalendarState

_S: Any = CalendarState

_TONES = {
    "due": "bg-warning-soft text-warning",
    "announcement": "bg-info-soft text-info",
    "event": "bg-accent-soft text-accent",
}
_ICONS = {"due": "clock", "announcement": "bell", "event": "calendar"}


@page(
    "/calendar",
    title="Calendar",
    roles=(Role.TEACHER, Role.STUDENT, Role.GUARDIAN),
    on_load=_S.load,
)
def calendar() -> rx.Component:
    """What is due, what was announced, and the events of one's classes."""
    return rx.fragment(
        beacon(_S.refresh, every=60, enabled=_S.loaded & ~_S.editing),
        page_body(
            _S,
            page_header(
                _("Calendar"),
                description=_("What is due for you, announcements, and the events of your classes."),
                actions=[
                    button(_("Use it elsewhere"), icon="link", on_click=_S.open_feed),
                    rx.cond(
                        _S.teaches,
                        button(_("New event"), variant="primary", icon="plus", on_click=_S.open_form),
                        rx.fragment(),
                    ),
                ],
            ),
            _bar(),
            rx.match(
                _S.view,
                ("agenda", _agenda("")),
                ("week", rx.fragment(_week(), _agenda("md:hidden"))),
                rx.fragment(_month(), _agenda("md:hidden")),
            ),
            calendar_dialogs(),
            skeleton=rx.el.div(
                skeleton(class_name="h-8 w-56"), skeleton(class_name="mt-6 h-96 w-full rounded-xl")
            ),
        ),
    )


def _bar() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            icon_button("chevron-left", label=_("Earlier"), on_click=_S.earlier),
            icon_button("chevron-right", label=_("Later"), on_click=_S.later),
            button(_("Today"), on_click=_S.today),
            class_name="flex items-center gap-1",
        ),
        rx.el.h2(_S.heading, aria_live="polite", class_name="min-w-0 flex-1 text-lg font-semibold text-ink"),
        rx.el.div(
            *[
                rx.el.button(
                    label,
                    type="button",
                    aria_pressed=rx.cond(_S.view == view, "true", "false"),
                    on_click=_S.show(view),
                    class_name=(
                        "min-h-8 rounded-md px-3 text-sm font-medium text-ink-muted hover:text-ink "
                        "aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-sm pointer-coarse:min-h-11"
                    ),
                )
                for view, label in (("month", _("Month")), ("week", _("Week")), ("agenda", _("Agenda")))
            ],
            role="group",
            aria_label=_("View"),
            class_name="flex w-fit gap-1 rounded-lg bg-sunken p-1",
        ),
        class_name="mt-6 mb-4 flex flex-wrap items-center gap-x-4 gap-y-3",
    )


def _month() -> rx.Component:
    return rx.el.div(
        calendar_grid(
            rx.el.div(
                rx.foreach(
                    _S.weekdays,
                    lambda name: rx.el.span(
                        name, role="columnheader", class_name="px-2 py-2 text-xs font-medium text-ink-muted"
                    ),
                ),
                role="row",
                class_name="grid grid-cols-7 border-b border-line bg-sunken",
            ),
            rx.foreach(
                _S.weeks,
                lambda week: rx.el.div(
                    rx.foreach(week, _cell),
                    role="row",
                    class_name="grid grid-cols-7 divide-x divide-line border-b border-line last:border-0",
                ),
            ),
            label=_S.heading,
            chosen=_S.chosen["day"],
            on_previous=_S.earlier,
            on_next=_S.later,
            class_name="overflow-hidden rounded-xl border border-line bg-surface shadow-sm",
        ),
        _chosen_day(),
        class_name="hidden gap-6 md:grid xl:grid-cols-[minmax(0,1fr)_20rem]",
    )


def _cell(day: Any) -> rx.Component:
    return rx.el.div(
        rx.el.button(
            rx.el.span(
                day["number"],
                aria_hidden="true",
                class_name=[
                    "grid size-7 place-items-center rounded-full text-sm tabular-nums",
                    rx.cond(
                        day["today"],
                        "bg-accent font-semibold text-on-accent",
                        rx.cond(day["inside"], "text-ink", "text-ink-muted"),
                    ),
                ],
            ),
            rx.el.span(
                day["label"],
                rx.cond(
                    day["count"] > 0,
                    rx.fragment(", ", _n("{count} entry", "{count} entries", count=day["count"])),
                    rx.fragment(),
                ),
                class_name="sr-only",
            ),
            rx.el.span(
                rx.foreach(day["entries"][:3], _chip),
                rx.cond(
                    day["count"] > 3,
                    rx.el.span(
                        _("{count} more", count=day["count"] - 3), class_name="px-1.5 text-2xs text-ink-muted"
                    ),
                    rx.fragment(),
                ),
                aria_hidden="true",
                class_name="flex w-full min-w-0 flex-col gap-0.5",
            ),
            type="button",
            tab_index=-1,
            aria_pressed=rx.cond(day["chosen"], "true", "false"),
            on_click=_S.choose(day["day"]),
            custom_attrs={
                "data-day": day["day"],
                "data-today": rx.cond(day["today"], "true", "false"),
            },
            class_name=(
                "flex h-full min-h-26 w-full flex-col items-start gap-1 p-1.5 text-start hover:bg-sunken/60 "
                "aria-pressed:bg-accent-soft/60 focus-visible:-outline-offset-2"
            ),
        ),
        role="gridcell",
        key=day["day"],
        class_name=["min-w-0", rx.cond(day["inside"], "", "bg-sunken/40")],
    )


def _chip(entry: Any) -> rx.Component:
    return rx.el.span(
        entry["title"],
        key=entry["key"],
        class_name=[
            "block w-full truncate rounded px-1.5 py-0.5 text-2xs font-medium",
            _tone(entry),
        ],
    )


def _tone(entry: Any) -> Any:
    return rx.match(entry["kind"], *_TONES.items(), "bg-sunken text-ink")


def _chosen_day() -> rx.Component:
    return card(
        rx.cond(
            _S.chosen["count"] > 0,
            rx.el.ul(rx.foreach(_S.chosen["entries"], _entry), class_name="divide-y divide-line"),
            rx.el.p(_("Nothing on this day."), class_name="text-sm text-ink-muted"),
        ),
        title=rx.cond(_S.chosen["label"] != "", _S.chosen["label"], _("Choose a day")),
        class_name="self-start",
    )


def _week() -> rx.Component:
    return rx.el.ol(
        rx.foreach(
            _S.days,
            lambda day: rx.el.li(
                rx.el.h3(
                    rx.el.span(day["weekday"], class_name="block text-xs font-medium text-ink-muted"),
                    rx.el.span(
                        day["number"],
                        class_name=[
                            "mt-1 grid size-8 place-items-center rounded-full text-base tabular-nums",
                            rx.cond(day["today"], "bg-accent font-semibold text-on-accent", "text-ink"),
                        ],
                    ),
                    class_name="border-b border-line p-3",
                ),
                rx.el.ul(
                    rx.foreach(day["entries"], _week_entry),
                    class_name="flex flex-col gap-1.5 p-2 empty:hidden",
                ),
                key=day["day"],
                class_name="min-h-72 min-w-0",
            ),
        ),
        class_name=(
            "hidden grid-cols-7 divide-x divide-line overflow-hidden rounded-xl border border-line bg-surface "
            "shadow-sm md:grid"
        ),
    )


def _week_entry(entry: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(entry["at"], class_name="tabular-nums empty:hidden"),
        rx.cond(
            entry["href"] != "",
            link(entry["title"], entry["href"], plain=True, class_name="font-semibold break-words"),
            rx.el.p(entry["title"], class_name="font-semibold break-words"),
        ),
        rx.el.p(entry["child"], class_name="empty:hidden"),
        key=entry["key"],
        class_name=["rounded-md p-1.5 text-xs", _tone(entry)],
    )


def _agenda(hidden: str) -> rx.Component:
    filled: Any = _S.days.to(list[dict[str, Any]])
    return rx.el.div(
        rx.el.ol(
            rx.foreach(
                filled,
                lambda day: rx.cond(
                    day["count"].to(int) > 0,
                    rx.el.li(
                        rx.el.h3(
                            day["label"],
                            rx.cond(day["today"].to(bool), badge(_("Today"), tone="accent"), rx.fragment()),
                            class_name="flex items-center gap-2 text-sm font-semibold text-ink",
                        ),
                        rx.el.ul(
                            rx.foreach(day["entries"].to(list[dict[str, Any]]), _entry),
                            class_name="mt-2 divide-y divide-line rounded-xl border border-line bg-surface px-4 shadow-sm",
                        ),
                        key=day["day"].to(str),
                    ),
                    rx.fragment(),
                ),
            ),
            class_name="peer flex flex-col gap-6 empty:hidden",
        ),
        rx.el.div(
            empty_state(
                _("Nothing in these days"),
                description=_("Work that is due, announcements and events of your classes appear here."),
                icon="calendar",
            ),
            class_name="hidden peer-empty:block",
        ),
        class_name=hidden,
    )


def _entry(entry: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.match(entry["kind"], *[(kind, icon(name)) for kind, name in _ICONS.items()], icon("calendar")),
            class_name=["grid size-8 shrink-0 place-items-center rounded-full", _tone(entry)],
        ),
        rx.el.div(
            rx.cond(
                entry["href"] != "",
                link(entry["title"], entry["href"], plain=True, class_name="text-sm font-semibold"),
                rx.el.p(entry["title"], class_name="text-sm font-semibold text-ink"),
            ),
            rx.el.p(
                rx.match(
                    entry["kind"],
                    ("due", rx.cond(entry["at"] != "", _("Due {time}", time=entry["at"]), "")),
                    rx.cond(entry["at"] != "", entry["at"], _("All day")),
                ),
                " · ",
                entry["course"],
                rx.cond(entry["child"] != "", rx.fragment(" · ", entry["child"]), rx.fragment()),
                class_name="mt-0.5 text-xs text-ink-muted",
            ),
            rx.el.p(entry["place"], class_name="mt-0.5 text-xs text-ink-muted empty:hidden"),
            rx.el.p(entry["note"], class_name="mt-1 text-sm whitespace-pre-line text-ink empty:hidden"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            entry["editable"],
            icon_button("pencil", label=_("Edit"), size="sm", on_click=_S.change(entry["id"])),
            rx.fragment(),
        ),
        key=entry["key"],
        class_name="flex items-start gap-3 py-3",
    )
