"""Every part of the kit in every state, on one page. Development only: not translated, not linked from anywhere."""

import reflex as rx

from eduplatform.components import ui
from eduplatform.pages.registry import page
from eduplatform.pages.system.styleguide_data import data_part
from eduplatform.pages.system.styleguide_forms import choices_part, fields_part, pressing_part
from eduplatform.pages.system.styleguide_frame import part
from eduplatform.pages.system.styleguide_parts import (
    display_part,
    feedback_part,
    foundations_part,
    navigation_part,
    overlays_part,
)

_PARTS = (
    ("foundations", "Foundations"),
    ("press", "Buttons and links"),
    ("fields", "Fields"),
    ("choices", "Choices"),
    ("overlays", "Dialogs and menus"),
    ("navigation", "Navigation"),
    ("display", "Cards and numbers"),
    ("feedback", "Feedback"),
    ("data", "Data and text"),
)


def _contents() -> rx.Component:
    return rx.el.nav(
        rx.el.ul(
            *[
                rx.el.li(
                    rx.el.a(
                        name,
                        href=f"#{key}",
                        class_name=(
                            "block rounded-md px-3 py-1.5 text-sm text-ink-muted no-underline hover:bg-ink/7 "
                            "hover:text-ink"
                        ),
                    )
                )
                for key, name in _PARTS
            ],
            class_name="flex gap-0.5 overflow-x-auto [scrollbar-width:none] lg:flex-col",
        ),
        aria_label="Parts of the style guide",
        class_name="lg:sticky lg:top-8 lg:w-52 lg:shrink-0 lg:self-start",
    )


@page("/styleguide", title="Style guide", bare=True, development=True)
def styleguide() -> rx.Component:
    """The style guide page."""
    return rx.el.div(
        rx.el.div(
            ui.page_header(
                "Style guide",
                description="The parts that every page is made of, in each of their states.",
                actions=[ui.theme_switch()],
            ),
            rx.el.div(
                _contents(),
                rx.el.main(
                    foundations_part(),
                    pressing_part(),
                    fields_part(),
                    choices_part(),
                    overlays_part(),
                    navigation_part(),
                    display_part(),
                    feedback_part(),
                    part("data", "Data and text", *data_part()),
                    class_name="flex min-w-0 flex-1 flex-col gap-16",
                ),
                class_name="mt-10 flex flex-col gap-8 lg:flex-row lg:gap-14",
            ),
            class_name="mx-auto max-w-6xl px-4 py-8 sm:px-8 sm:py-12",
        ),
        class_name="bg-canvas text-ink",
    )
