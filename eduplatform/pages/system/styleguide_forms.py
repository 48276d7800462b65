"""The parts of the style guide with what is pressed and filled in."""

import reflex as rx

from eduplatform.components import ui
from eduplatform.pages.system.styleguide_frame import example, part


def pressing_part() -> rx.Component:
    """Buttons and links."""
    variants = ("primary", "secondary", "quiet", "danger")
    names = ("Publish quiz", "Save draft", "Preview", "Delete")
    return part(
        "press",
        "Buttons and links",
        example("Variants", *[ui.button(n, variant=v) for n, v in zip(names, variants, strict=True)]),
        example(
            "Disabled",
            *[ui.button(n, variant=v, disabled=True) for n, v in zip(names, variants, strict=True)],
        ),
        example(
            "Loading", *[ui.button(n, variant=v, loading=True) for n, v in zip(names, variants, strict=True)]
        ),
        example(
            "Sizes and icons",
            ui.button("Small", size="sm", icon="plus"),
            ui.button("Medium", icon="plus"),
            ui.button("Large", size="lg", icon_end="arrow-right", variant="primary"),
        ),
        example(
            "Icon buttons",
            ui.icon_button("pencil", label="Edit lesson", size="sm"),
            ui.icon_button("copy", label="Copy link"),
            ui.icon_button("plus", label="Add question", variant="primary"),
            ui.icon_button("trash", label="Remove question", variant="secondary"),
            ui.icon_button("refresh-cw", label="Load again", variant="secondary", loading=True),
        ),
        example(
            "Links",
            ui.link("Course overview", "#press"),
            ui.link("Reading list", "https://example.org", external=True),
            ui.link("Plain link", "#press", plain=True),
            ui.button_link("Start the quiz", "#press", variant="primary", icon="play"),
            class_name="flex flex-wrap items-center gap-6",
        ),
    )


def fields_part() -> rx.Component:
    """Fields, each with hint, error and disabled state."""
    sections = [("a", "Section A, Monday"), ("b", "Section B, Thursday")]
    return part(
        "fields",
        "Fields",
        ui.card(
            rx.el.div(
                ui.text_input(
                    name="sg-title", label="Course title", placeholder="Introduction to statistics"
                ),
                ui.text_input(name="sg-email", type="email", label="Email", required=True, icon="mail"),
                ui.text_input(
                    name="sg-code",
                    label="Join code",
                    default_value="STAT-10",
                    error="No section has this code. Codes have six letters or digits.",
                ),
                ui.text_input(
                    name="sg-off", label="Tenant", default_value="Riverside", disabled=True, optional=True
                ),
                ui.password_input(
                    name="sg-password", label="Password", action=ui.link("Forgot password?", "#fields")
                ),
                ui.number_input(
                    name="sg-points",
                    label="Points",
                    minimum=0,
                    maximum=100,
                    step="0.5",
                    unit="points",
                    default_value="10",
                    hint="Half points are allowed.",
                ),
                ui.select(
                    name="sg-section", label="Section", options=sections, placeholder="Choose a section"
                ),
                ui.date_time_input(
                    name="sg-due", label="Due", zone="Europe/Madrid", default_value="2026-12-01T23:59"
                ),
                ui.textarea(
                    name="sg-feedback",
                    label="Feedback",
                    hint="The student sees this as soon as the grade is released.",
                    default_value="Good reasoning in part two. Say where the formula comes from.",
                    field_class="sm:col-span-2",
                ),
                ui.search_input(name="sg-search", placeholder="Search students", class_name="sm:col-span-2"),
                class_name="grid gap-x-6 gap-y-5 sm:grid-cols-2",
            )
        ),
    )


def choices_part() -> rx.Component:
    """Check boxes, radio groups, switches."""
    return part(
        "choices",
        "Choices",
        rx.el.div(
            ui.card(
                rx.el.div(
                    ui.checkbox(name="sg-c1", label="Shuffle the questions", default_checked=True),
                    ui.checkbox(
                        name="sg-c2", label="Show solutions", hint="After the due date, to those who took it."
                    ),
                    ui.checkbox(name="sg-c3", label="Some students", indeterminate=True),
                    ui.checkbox(
                        name="sg-c4", label="I have read the rules", error="Please confirm before you start."
                    ),
                    ui.checkbox(
                        name="sg-c5", label="Locked by the school", disabled=True, default_checked=True
                    ),
                    class_name="flex flex-col gap-4",
                ),
                title="Check boxes",
            ),
            ui.card(
                ui.radio_group(
                    name="sg-r1",
                    label="Late work",
                    default_value="penalty",
                    options=[
                        ("accept", "Accept"),
                        ("penalty", "Accept with a penalty", "10 % for each day that has begun"),
                        ("refuse", "Refuse"),
                    ],
                ),
                ui.divider(class_name="my-5"),
                rx.el.div(
                    ui.switch(
                        name="sg-s1", label="Email me about new grades", trailing=True, default_checked=True
                    ),
                    ui.switch(
                        name="sg-s2", label="Weekly summary", hint="Every Monday at 7:00", trailing=True
                    ),
                    ui.switch(name="sg-s3", label="Not available", disabled=True, trailing=True),
                    class_name="flex flex-col gap-4",
                ),
                title="Radio group and switches",
            ),
            class_name="grid gap-6 lg:grid-cols-2",
        ),
        ui.radio_group(
            name="sg-r2",
            label="Kind of assessment",
            layout="cards",
            default_value="quiz",
            options=[
                ("quiz", "Quiz", "Scored at once where that is possible."),
                ("essay", "Essay", "Graded with a rubric by the teacher."),
            ],
        ),
    )
