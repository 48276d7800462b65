"""The parts of the style guide, one function per family of components."""

import reflex as rx

from eduplatform.components import ui
from eduplatform.components.ui.icons import ICON_PATHS
from eduplatform.components.ui.notices import notice_list
from eduplatform.pages.system.styleguide_frame import example, part

_SWATCHES = {
    "canvas": "bg-canvas",
    "surface": "bg-surface",
    "sunken": "bg-sunken",
    "raised": "bg-raised",
    "ink": "bg-ink",
    "ink-muted": "bg-ink-muted",
    "line": "bg-line",
    "line-strong": "bg-line-strong",
    "accent": "bg-accent",
    "accent-strong": "bg-accent-strong",
    "accent-soft": "bg-accent-soft",
    "success": "bg-success",
    "success-soft": "bg-success-soft",
    "warning": "bg-warning",
    "warning-soft": "bg-warning-soft",
    "danger": "bg-danger",
    "danger-soft": "bg-danger-soft",
    "info": "bg-info",
    "info-soft": "bg-info-soft",
    "chart-1": "bg-chart-1",
    "chart-2": "bg-chart-2",
    "chart-3": "bg-chart-3",
    "chart-4": "bg-chart-4",
    "chart-5": "bg-chart-5",
    "chart-6": "bg-chart-6",
}

_TYPE_SCALE = (
    ("Title", "text-3xl font-semibold tracking-tight"),
    ("Page heading", "text-2xl font-semibold tracking-tight"),
    ("Large heading", "text-xl font-semibold"),
    ("Section heading", "text-lg font-semibold"),
    ("Body text for reading a lesson without haste", "text-base"),
    ("Interface text, fields and tables", "text-sm"),
    ("Captions and badges", "text-xs text-ink-muted"),
)


def foundations_part() -> rx.Component:
    """Colours, type, icons."""
    swatches = [
        rx.el.div(
            rx.el.div(class_name=f"h-12 rounded-lg border border-line {color}"),
            rx.el.p(name, class_name="mt-1.5 truncate text-xs text-ink-muted"),
        )
        for name, color in _SWATCHES.items()
    ]
    icons = [
        rx.el.li(ui.icon(name, size="md", label=name), class_name="grid size-9 place-items-center")
        for name in ICON_PATHS
    ]
    return part(
        "foundations",
        "Foundations",
        example("Colours", *swatches, class_name="grid grid-cols-3 gap-3 sm:grid-cols-5 xl:grid-cols-6"),
        example(
            "Type: Inter",
            *[rx.el.p(text, class_name=look) for text, look in _TYPE_SCALE],
            class_name="flex flex-col gap-2",
        ),
        example(
            "Icons", rx.el.ul(*icons, class_name="flex flex-wrap gap-1 text-ink-muted"), class_name="-mx-2"
        ),
    )


def overlays_part() -> rx.Component:
    """Dialogs, drawer, menus, tooltip."""
    return part(
        "overlays",
        "Dialogs and menus",
        example(
            "Opened without a round trip",
            ui.button("New section", icon="plus", opens="sg-dialog"),
            ui.button("Delete course", variant="danger", opens="sg-confirm"),
            ui.button("Student details", icon="panel-left", opens="sg-drawer"),
            ui.button("Filter (bottom)", icon="sliders-horizontal", opens="sg-bottom"),
        ),
        example(
            "Menus and tooltip",
            ui.menu(
                ui.menu_heading("This lesson"),
                ui.menu_item("Edit", icon="pencil"),
                ui.menu_item("Duplicate", icon="copy"),
                ui.menu_item("Move", icon="arrow-up-down", disabled=True),
                ui.menu_link("History", "#overlays", icon="clock"),
                ui.menu_separator(),
                ui.menu_item("Delete", icon="trash", danger=True, opens="sg-confirm"),
                id="sg-menu",
                label="Actions",
                align="start",
            ),
            ui.menu(
                ui.menu_item("Edit"),
                ui.menu_item("Delete", danger=True),
                id="sg-more",
                label="More",
                icon_only=True,
            ),
            ui.menu(
                ui.menu_link("Profile", "#overlays", icon="user"),
                ui.menu_link("Settings", "#overlays", icon="settings"),
                ui.menu_separator(),
                ui.menu_item("Sign out", icon="log-out"),
                id="sg-person",
                label="Your account",
                trigger=ui.avatar("Grace Hopper", size="sm"),
            ),
            ui.tooltip(
                ui.button("Hover or focus me"), "Released grades are visible to students.", id="sg-tip"
            ),
        ),
        ui.dialog(
            rx.el.div(
                ui.text_input(name="sg-d-name", label="Name", placeholder="Section C, Friday", required=True),
                ui.select(
                    name="sg-d-teacher",
                    label="Teacher",
                    options=[("1", "Ada Lovelace"), ("2", "Alan Turing")],
                ),
                class_name="flex flex-col gap-5",
            ),
            title="New section",
            description="Students join it with a code that you will get.",
            id="sg-dialog",
            footer=[
                ui.button("Cancel", closes=True),
                ui.button("Create section", variant="primary", closes=True),
            ],
        ),
        ui.confirm_dialog(
            id="sg-confirm",
            title="Delete this course?",
            message="Its 12 lessons and 3 quizzes will be gone. Grades that were released stay in the records.",
            confirm_label="Delete course",
            on_confirm=rx.noop(),
        ),
        ui.drawer(
            ui.description_list(
                ("Name", "Maria Sanchez"), ("Section", "A, Monday"), ("Last seen", "2 hours ago")
            ),
            title="Maria Sanchez",
            description="Introduction to statistics",
            id="sg-drawer",
            footer=[ui.button("Send a message", icon="mail", variant="primary")],
        ),
        ui.drawer(
            ui.radio_group(
                name="sg-f", label="Show", options=[("all", "All students"), ("late", "Late only")]
            ),
            title="Filter",
            id="sg-bottom",
            side="bottom",
        ),
    )


def navigation_part() -> rx.Component:
    """Breadcrumb, tabs, pager, stepper."""
    return part(
        "navigation",
        "Navigation",
        example(
            "Breadcrumb",
            ui.breadcrumb(("Courses", "#navigation"), ("Statistics", "#navigation"), current="Week 3"),
        ),
        example(
            "Tabs of one page",
            ui.tabs(
                (
                    "content",
                    "Content",
                    rx.el.p("Twelve lessons in four modules.", class_name="text-sm text-ink-muted"),
                ),
                (
                    "people",
                    "People",
                    rx.el.p("Two teachers and 28 students.", class_name="text-sm text-ink-muted"),
                ),
                (
                    "grades",
                    "Grades",
                    rx.el.p("Three assessments, one to grade.", class_name="text-sm text-ink-muted"),
                ),
                id="sg-tabs",
                label="Course",
            ),
            class_name="block",
        ),
        example(
            "Tabs that are pages",
            ui.link_tabs(
                ("Overview", "#navigation", True),
                ("Questions", "#navigation", False),
                ("Results", "#navigation", False),
                label="Quiz",
            ),
            class_name="block",
        ),
        example(
            "Pager",
            ui.pager(
                page_text="1–20 of 136",
                label="Pages of lessons",
                has_previous=False,
                has_next=True,
                on_previous=rx.noop(),
                on_next=rx.noop(),
            ),
            class_name="block",
        ),
        example(
            "Stepper",
            ui.stepper("Details", "Questions", "Settings", "Publish", current=1),
            class_name="block",
        ),
    )


def display_part() -> rx.Component:
    """Badges, people, cards, numbers."""
    return part(
        "display",
        "Cards and numbers",
        example(
            "Badges and tags",
            ui.badge("Draft"),
            ui.badge("In progress", tone="accent", dot=True),
            ui.badge("Graded", tone="success", icon="check"),
            ui.badge("Due soon", tone="warning", icon="clock"),
            ui.badge("Late", tone="danger"),
            ui.badge("New", tone="info"),
            ui.tag("probability"),
            ui.tag("week 3", on_remove=rx.noop()),
        ),
        example(
            "People and keys",
            ui.avatar("Ada Lovelace", size="xs"),
            ui.avatar("Alan Turing", size="sm"),
            ui.avatar("Grace Hopper"),
            ui.avatar("Katherine Johnson", size="lg"),
            rx.el.span("Find anything ", ui.kbd("Ctrl", "K"), class_name="ms-4 text-sm text-ink-muted"),
        ),
        ui.stat_row(
            ui.stat("Active students", "26", hint="of 28 in the last 7 days", icon="users"),
            ui.stat(
                "Mean score",
                "78 %",
                trend="+4 %",
                trend_tone="success",
                hint="against the last quiz",
                icon="target",
            ),
            ui.stat("To grade", "9", hint="oldest: 2 days", icon="clipboard-check"),
            ui.stat("Late", "3", trend="+2", trend_tone="danger", icon="clock"),
        ),
        rx.el.div(
            ui.card(
                rx.el.div(
                    ui.progress(58, label="Lessons read", id="sg-progress", value_text="7 of 12"),
                    ui.progress(None, label="Importing questions", id="sg-working"),
                    ui.meter(
                        82,
                        label="Mastery: sampling",
                        id="sg-m1",
                        low=40,
                        high=70,
                        optimum=90,
                        value_text="82 %",
                    ),
                    ui.meter(
                        55,
                        label="Mastery: variance",
                        id="sg-m2",
                        low=40,
                        high=70,
                        optimum=90,
                        value_text="55 %",
                    ),
                    ui.meter(
                        20,
                        label="Mastery: regression",
                        id="sg-m3",
                        low=40,
                        high=70,
                        optimum=90,
                        value_text="20 %",
                    ),
                    class_name="flex flex-col gap-5",
                ),
                title="Progress",
                description="How far this student has come.",
                actions=[ui.button("Export", size="sm", icon="download")],
            ),
            ui.card(
                ui.description_list(
                    ("Opens", "1 December 2026, 8:00"),
                    ("Due", "8 December 2026, 23:59"),
                    ("Attempts", "2, the better one counts"),
                    ("Time limit", "45 minutes"),
                ),
                title="Quiz settings",
                footer="Changed by Ada Lovelace yesterday",
            ),
            class_name="grid gap-6 lg:grid-cols-2",
        ),
    )


def feedback_part() -> rx.Component:
    """Callouts, notices, empty and error states, skeletons."""
    notices: list[ui.Notice] = [
        {"id": "1", "kind": "success", "text": "Quiz published. 28 students can see it.", "reference": ""},
        {"id": "2", "kind": "info", "text": "Maria has handed in her essay.", "reference": ""},
        {"id": "3", "kind": "warning", "text": "Two questions have no points.", "reference": ""},
        {"id": "4", "kind": "error", "text": "The grade could not be saved.", "reference": "7f3c-91ab"},
    ]
    return part(
        "feedback",
        "Feedback",
        rx.el.div(
            ui.callout("The quiz opens on Monday at 8:00.", title="Not open yet"),
            ui.callout("All 28 submissions are graded.", tone="success"),
            ui.callout(
                "Three students have not opened the lesson.",
                tone="warning",
                title="Due tomorrow",
                actions=[ui.button("Remind them", size="sm")],
            ),
            ui.callout(
                "The time limit is shorter than the sum of the parts.", tone="danger", on_dismiss=rx.noop()
            ),
            ui.banner(
                "You are reading as Maria Sanchez.",
                tone="warning",
                action=ui.link("Stop", "#feedback"),
                class_name="rounded-xl",
            ),
            class_name="flex flex-col gap-3",
        ),
        example(
            "Notices",
            notice_list(rx.Var.create(notices).to(list[ui.Notice]), lambda _id: rx.noop()),
            class_name="rounded-xl border border-dashed border-line-strong bg-sunken p-4",
        ),
        rx.el.div(
            ui.card(
                ui.empty_state(
                    "No quizzes yet",
                    description="A quiz takes its questions from the bank. Write the first, or import some.",
                    icon="list-checks",
                    actions=[ui.button("Import"), ui.button("New quiz", variant="primary", icon="plus")],
                )
            ),
            ui.card(ui.error_state(reference="c1d2-8f04", on_retry=rx.noop())),
            class_name="grid gap-6 lg:grid-cols-2",
        ),
        example(
            "Loading",
            ui.skeleton_card(),
            rx.el.div(ui.skeleton_stat(), ui.skeleton_text(lines=4), class_name="flex flex-col gap-6"),
            ui.skeleton_table(rows=4, class_name="sm:col-span-2"),
            class_name="grid gap-6 sm:grid-cols-2",
        ),
    )
