"""Charts are images that the server draws: readable, small, and harmless whatever the names are."""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.charts import (
    Series,
    area_chart_svg,
    bar_chart_svg,
    heat_chart_svg,
    line_chart_svg,
)
from eduplatform.charts.drawing import text_width
from eduplatform.charts.scales import nice_ticks, short_number

WEEKS = [f"Week {number}" for number in range(1, 11)]
HOSTILE = '</text><script>alert(1)</script><image href="//evil.test" onload="alert(1)"/>'


def image(svg: str) -> Element:
    return fromstring(svg)


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in image(svg).iter("text")]


def every_chart(name: str) -> list[str]:
    return [
        bar_chart_svg([(name, 1), ("b", 2)], title=name, description=name, unit=name),
        line_chart_svg(
            [name, "b"], [Series(name, [1, 2]), Series("y", [2, 1])], title=name, description=name
        ),
        area_chart_svg([name, "b"], [Series(name, [1, 2])], title=name, description=name),
        heat_chart_svg([name], [name], [[1]], title=name, description=name, unit=name),
    ]


@pytest.mark.parametrize("svg", every_chart("Score"))
def test_a_chart_is_an_image_with_a_name_and_a_description(svg: str) -> None:
    root = image(svg)
    assert root.get("role") == "img"
    named = [
        node.text
        for key in (root.get("aria-labelledby") or "").split()
        for node in root
        if node.get("id") == key
    ]
    assert named == ["Score", "Score"]


@pytest.mark.parametrize("svg", every_chart(HOSTILE))
def test_names_stay_text(svg: str) -> None:
    root = image(svg)
    assert {node.tag for node in root.iter()} <= {
        "svg", "title", "desc", "g", "rect", "line", "path", "polyline", "circle", "text",
    }  # fmt: skip
    assert not [
        name for node in root.iter() for name in node.attrib if name.startswith("on") or "href" in name
    ]
    assert root.find("title") is not None
    assert root.findtext("title") == HOSTILE


@given(st.text(max_size=40))
def test_any_name_gives_a_well_formed_image(name: str) -> None:
    printable = "".join(c for c in name if c.isprintable())
    for svg in every_chart(printable):
        assert image(svg).tag == "svg"


@given(
    st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=30),
    st.sampled_from(["bar", "line", "area", "heat"]),
)
def test_any_numbers_give_coordinates_inside_the_image(values: list[float | None], kind: str) -> None:
    names = [str(index) for index in range(len(values))]
    svg = {
        "bar": lambda: bar_chart_svg(
            [(n, v if v is not None else 0) for n, v in zip(names, values, strict=True)], title="t"
        ),
        "line": lambda: line_chart_svg(names, [Series("s", values)], title="t"),
        "area": lambda: area_chart_svg(names, [Series("s", values)], title="t"),
        "heat": lambda: heat_chart_svg(["r"], names, [values], title="t"),
    }[kind]()
    root = image(svg)
    _x, _y, width, height = (float(part) for part in (root.get("viewBox") or "").split())
    for node in root.iter():
        for name, limit in (
            ("x", width),
            ("y", height),
            ("cx", width),
            ("cy", height),
            ("y1", height),
            ("x2", width),
        ):
            if (value := node.get(name)) is not None:
                assert -0.1 <= float(value) <= limit + 0.1, (node.tag, name, value)
        assert "nan" not in " ".join(node.attrib.values()).lower()
        assert "inf" not in " ".join(node.attrib.values()).lower()


def test_a_bar_is_as_high_as_its_value() -> None:
    svg = bar_chart_svg([("a", 50), ("b", 100), ("c", 0)], title="t", top=100)
    heights = [float(bar.get("height") or 0) for bar in image(svg).iter("rect")]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.01)
    assert heights[2] <= 0.5


def test_negative_values_hang_below_zero() -> None:
    svg = bar_chart_svg([("a", 10), ("b", -10)], title="t")
    up, down = image(svg).iter("rect")
    assert float(up.get("y") or 0) + float(up.get("height") or 0) == pytest.approx(
        float(down.get("y") or 0), abs=0.2
    )


@pytest.mark.parametrize("kind", ["bar", "line"])
@given(count=st.integers(1, 60), length=st.integers(1, 60))
def test_names_of_the_axis_end_inside_the_image(count: int, length: int, kind: str) -> None:
    names = ["W" * length for _number in range(count)]
    values = [50.0] * count
    svg = (
        bar_chart_svg(list(zip(names, values, strict=True)), title="t", top=100)
        if kind == "bar"
        else line_chart_svg(names, [Series("s", values)], title="t", top=100)
    )
    shown = [node for node in image(svg).iter("text") if (node.text or "").startswith("W")]
    assert shown
    for node in shown:
        x, wide = float(node.get("x", "")), text_width(node.text or "")
        begins = x - {"middle": wide / 2, "end": wide}.get(node.get("text-anchor", ""), 0)
        assert begins >= -1
        assert begins + wide <= 481


def test_a_missing_value_breaks_the_line() -> None:
    whole = line_chart_svg(WEEKS[:5], [Series("s", [1, 2, 3, 4, 5])], title="t")
    broken = line_chart_svg(WEEKS[:5], [Series("s", [1, 2, None, 4, 5])], title="t")
    assert len(list(image(whole).iter("path"))) == 1
    assert len(list(image(broken).iter("path"))) == 2


def test_lines_differ_by_more_than_colour() -> None:
    series = [Series(f"s{number}", [number, number]) for number in range(6)]
    lines = list(image(line_chart_svg(["a", "b"], series, title="t")).iter("path"))
    assert len({line.get("stroke-dasharray") for line in lines}) == 6
    assert len({line.get("stroke") for line in lines}) == 6


def test_the_legend_names_every_line() -> None:
    svg = line_chart_svg(["a", "b"], [Series("Algebra", [1, 2]), Series("Biology", [2, 1])], title="t")
    assert {"Algebra", "Biology"} <= set(texts(svg))


def test_heat_cells_carry_their_numbers_and_empty_ones_say_so() -> None:
    svg = heat_chart_svg(["Ada"], ["One", "Two"], [[0.75, None]], title="t", low=0, high=1)
    assert texts(svg) == ["One", "Two", "Ada", "0.75", "–"]


def test_the_extremes_are_told_to_who_cannot_see() -> None:
    svg = bar_chart_svg([("Mon", 3), ("Tue", 9), ("Wed", 1)], title="t", unit=" h")
    assert image(svg).findtext("desc") == "Tue: 9 h (max), Wed: 1 h (min)"


@pytest.mark.parametrize(
    "svg",
    [bar_chart_svg([], title="t"), line_chart_svg([], [], title="t"), heat_chart_svg([], [], [], title="t")],
)
def test_no_data_is_an_empty_image(svg: str) -> None:
    assert image(svg).tag == "svg"


def test_colours_are_tokens_of_the_theme() -> None:
    for svg in every_chart("x"):
        colours = {node.get(name) for node in image(svg).iter() for name in ("fill", "stroke")} - {
            None,
            "none",
        }
        assert colours
        assert all(str(colour).startswith("var(--color-") for colour in colours)


@pytest.mark.parametrize(
    "svg",
    [
        bar_chart_svg([(f"Assignment {number}", number * 7.3) for number in range(30)], title="t", unit="%"),
        line_chart_svg([f"Day {n}" for n in range(60)], [Series(f"s{k}", [n * k for n in range(60)]) for k in range(3)], title="t"),
        heat_chart_svg([f"Student {n}" for n in range(12)], [f"Skill {n}" for n in range(6)], [[n / 6] * 6 for n in range(12)], title="t"),
    ],
)  # fmt: skip
def test_an_ordinary_chart_is_small(svg: str) -> None:
    assert len(svg.encode()) <= 8_192


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_ticks_enclose_the_range_with_round_steps(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span)
    assert 2 <= len(ticks) <= 12
    assert ticks == sorted(set(ticks))
    if span > 1e-6 * max(abs(low), 1):
        step = ticks[1] - ticks[0]
        assert ticks[0] <= low + step * 1e-3
        assert ticks[-1] >= low + span - step * 1e-3
        leading = step / 10 ** math.floor(math.log10(step) + 1e-6)
        assert min(abs(leading - nice) for nice in (1, 2, 5, 10)) < 1e-2


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.5, "0.5"), (12, "12"), (9999, "9999"), (12000, "12k"), (2.5e6, "2.5M"), (-3e9, "-3G")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short_number(value) == text
