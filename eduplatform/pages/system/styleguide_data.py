"""The part of the style guide with tables, charts, rich text and the larger fields."""

import reflex as rx

from eduplatform.charts import (
    Series,
    area_chart_svg,
    bar_chart_svg,
    heat_chart_svg,
    line_chart_svg,
)
from eduplatform.components import ui
from eduplatform.components.charts import chart_figure
from eduplatform.components.live.file_upload import file_upload
from eduplatform.components.ui.combobox import combobox
from eduplatform.components.ui.markdown_editor import markdown_editor
from eduplatform.components.ui.rich_text import rich_text
from eduplatform.components.ui.table import Column, Paging, Selection, data_table

_ROWS = [
    {
        "id": "1",
        "name": "Maria Sanchez",
        "section": "A, Monday",
        "state": "Graded",
        "tone": "success",
        "score": "87 %",
    },
    {
        "id": "2",
        "name": "Jonas Berg",
        "section": "A, Monday",
        "state": "To grade",
        "tone": "accent",
        "score": "",
    },
    {
        "id": "3",
        "name": "Aiko Tanaka",
        "section": "B, Thursday",
        "state": "Late",
        "tone": "danger",
        "score": "",
    },
    {
        "id": "4",
        "name": "Samuel Okafor",
        "section": "B, Thursday",
        "state": "Graded",
        "tone": "success",
        "score": "72 %",
    },
]
_WEEKS = ["Week 1", "Week 2", "Week 3", "Week 4", "Week 5", "Week 6"]
_LESSON = """
<h2>Sampling</h2>
<p>A <strong>sample</strong> is the part of a population that we look at. The mean of a sample varies less
than a single value does: its variance is the population's divided by the size of the sample.</p>
<ul><li>Choose at random, not what is near.</li><li>Write down how you chose.</li></ul>
<blockquote><p>A large sample that was chosen badly is still a bad sample.</p></blockquote>
<p>In Python: <code>statistics.fmean(scores)</code></p>
"""


def _rows() -> rx.Var[list[dict[str, str]]]:
    return rx.Var.create(_ROWS).to(list[dict[str, str]])


def _table() -> rx.Component:
    return data_table(
        [
            Column(
                "name",
                "Student",
                render=lambda row: rx.el.span(
                    ui.avatar(row["name"], size="sm"),
                    row["name"],
                    class_name="inline-flex items-center gap-3",
                ),
                sortable=True,
                row_header=True,
            ),
            Column("section", "Section", sortable=True),
            Column("state", "State", render=lambda row: ui.badge(row["state"], tone=row["tone"])),
            Column("score", "Score", align="end", sortable=True),
        ],
        _rows(),
        row_key="id",
        caption="Submissions",
        sort_by="name",
        on_sort=lambda _key: rx.noop(),
        selection=Selection(
            selected=rx.Var.create(["2"]).to(list[str]),
            on_select=lambda _key, _now: rx.noop(),
            on_select_all=lambda _now: rx.noop(),
            name_of=lambda row: row["name"],
        ),
        row_actions=lambda row: ui.menu(
            ui.menu_item("Open", icon="eye"),
            ui.menu_item("Grade", icon="clipboard-check"),
            id=f"sg-row-{row['id']}",
            label="Actions",
            icon_only=True,
            variant="quiet",
            size="sm",
        ),
        paging=Paging(
            page=rx.Var.create(1).to(int),
            pages=rx.Var.create(7).to(int),
            on_page=lambda _page: rx.noop(),
            summary="1–4 of 28",
        ),
    )


def _empty_table() -> rx.Component:
    return data_table(
        [Column("name", "Student"), Column("section", "Section")],
        rx.Var.create([]).to(list[dict[str, str]]),
        row_key="id",
        caption="Late work",
        empty="Nobody is late.",
    )


def _chart(svg: str, caption: str, columns: list[str], rows: list[list[str]]) -> rx.Component:
    return ui.card(
        chart_figure(svg, caption=caption, columns=columns, rows=rx.Var.create(rows).to(list[list[str]]))
    )


def _charts() -> rx.Component:
    scores = [("0–20", 1.0), ("20–40", 2.0), ("40–60", 6.0), ("60–80", 12.0), ("80–100", 7.0)]
    means = [62.0, 66.0, 64.0, 71.0, 74.0, 78.0]
    own = [55.0, 61.0, 70.0, 69.0, 80.0, 84.0]
    active = [12.0, 18.0, 22.0, 21.0, 25.0, 26.0]
    heat = [[0.0, 2.0, 5.0, 3.0, 1.0, 4.0], [1.0, 4.0, 6.0, 5.0, 2.0, 6.0], [3.0, 1.0, None, 2.0, 4.0, 5.0]]
    people = ["Maria", "Jonas", "Aiko"]
    return rx.el.div(
        _chart(
            bar_chart_svg(scores, title="Scores of the quiz"),
            "Scores of the quiz",
            ["Score", "Students"],
            [[name, f"{value:g}"] for name, value in scores],
        ),
        _chart(
            line_chart_svg(
                _WEEKS, [Series("Section", means), Series("Maria", own)], title="Mean score", unit=" %"
            ),
            "Mean score by week",
            ["Week", "Section", "Maria"],
            [[week, f"{mean:g} %", f"{one:g} %"] for week, mean, one in zip(_WEEKS, means, own, strict=True)],
        ),
        _chart(
            area_chart_svg(_WEEKS, [Series("Students", active)], title="Active students"),
            "Active students by week",
            ["Week", "Students"],
            [[week, f"{value:g}"] for week, value in zip(_WEEKS, active, strict=True)],
        ),
        _chart(
            heat_chart_svg(people, _WEEKS, heat, title="Hours of practice"),
            "Hours of practice",
            ["Student", *_WEEKS],
            [
                [name, *("" if value is None else f"{value:g}" for value in row)]
                for name, row in zip(people, heat, strict=True)
            ],
        ),
        class_name="grid gap-6 lg:grid-cols-2",
    )


def data_part() -> list[rx.Component]:
    """Tables, charts, running text, and the fields that bring their own script."""
    return [
        _table(),
        _empty_table(),
        _charts(),
        ui.card(rich_text(_LESSON), title="Running text"),
        ui.card(
            rx.el.div(
                combobox(
                    id="sg-combobox",
                    name="sg-combobox",
                    label="Student",
                    placeholder="Type a name",
                    options=[
                        {"value": "1", "label": "Maria Sanchez", "hint": "A, Monday"},
                        {"value": "2", "label": "Jonas Berg", "hint": "A, Monday"},
                        {"value": "3", "label": "Aiko Tanaka", "hint": "B, Thursday"},
                    ],
                ),
                file_upload(id="sg-file", purpose="message", label="Your work", accept=".pdf,image/*"),
                markdown_editor(
                    id="sg-editor",
                    name="sg-editor",
                    label="Lesson",
                    value="## Sampling\n\nA **sample** is the part of a population that we look at.",
                    preview_html=_LESSON,
                    rows=8,
                ),
                class_name="flex flex-col gap-6",
            )
        ),
    ]
