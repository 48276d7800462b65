"""The picture of the sign-in page: a path over calm hills, drawn with the theme's own colours."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.text import _

_STEPS = ((148, 792), (262, 706), (356, 612), (432, 508), (486, 398))


def _line(path: str, *, width: str, opacity: str = "1", dashes: str = "") -> rx.Component:
    attributes = {"strokeWidth": width, "strokeLinecap": "round", "strokeOpacity": opacity}
    if dashes:
        attributes["strokeDasharray"] = dashes
    return rx.el.path(d=path, fill="none", stroke="var(--color-accent)", custom_attrs=attributes)


def _hill(path: str, opacity: str) -> rx.Component:
    return rx.el.path(d=path, fill="var(--color-accent)", custom_attrs={"fillOpacity": opacity})


def _landscape() -> rx.Component:
    route = "M60 900C90 838 116 812 148 792S226 738 262 706S328 650 356 612S412 548 432 508S474 436 486 398S500 330 500 300"
    return rx.el.svg(
        rx.el.circle(
            cx="500", cy="238", r="118", fill="var(--color-accent)", custom_attrs={"fillOpacity": "0.09"}
        ),
        rx.el.circle(
            cx="500", cy="238", r="72", fill="var(--color-accent)", custom_attrs={"fillOpacity": "0.16"}
        ),
        rx.el.circle(
            cx="500", cy="238", r="34", fill="var(--color-accent)", custom_attrs={"fillOpacity": "0.9"}
        ),
        _hill("M0 560C120 470 230 452 340 498S560 584 800 430V1000H0Z", "0.07"),
        _hill("M0 690C150 600 280 598 420 646S660 690 800 590V1000H0Z", "0.09"),
        _hill("M0 820C180 728 330 744 470 784S690 818 800 756V1000H0Z", "0.12"),
        _line(route, width="3", opacity="0.55", dashes="1 12"),
        *[
            rx.el.circle(
                cx=str(x),
                cy=str(y),
                r="9",
                fill="var(--color-canvas)",
                stroke="var(--color-accent)",
                custom_attrs={"strokeWidth": "3"},
            )
            for x, y in _STEPS
        ],
        _line("M640 380c10-9 20-9 28 0c8-9 18-9 28 0", width="3", opacity="0.5"),
        _line("M706 330c7-6 14-6 20 0c6-6 13-6 20 0", width="2.5", opacity="0.4"),
        _line("M250 330c8-7 16-7 22 0c6-7 14-7 22 0", width="2.5", opacity="0.35"),
        view_box="0 0 800 1000",
        preserve_aspect_ratio="xMidYMax slice",
        aria_hidden="true",
        class_name="absolute inset-0 size-full",
    )


@rx.memo
def calm_picture() -> rx.Component:
    """The half of a wide window beside the sign-in form."""
    return rx.el.aside(
        _landscape(),
        rx.el.p(
            _("Every course is a path. Take the next step."),
            class_name="relative max-w-xs text-2xl leading-snug font-semibold tracking-tight text-balance text-ink",
        ),
        class_name=(
            "ui-screen-only relative hidden w-[46%] shrink-0 flex-col overflow-hidden border-e border-line bg-accent-soft "
            "p-12 lg:flex xl:w-[52%]"
        ),
    )
