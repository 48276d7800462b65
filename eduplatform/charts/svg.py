"""Charts as SVG text, made on the server: no script, light and dark by token, a few kilobytes each.

A chart never stands alone: `chart_figure` shows the same numbers as a table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from eduplatform.charts.drawing import (
    INK,
    LINE,
    MUTED,
    SERIES_COLORS,
    SERIES_DASHES,
    element,
    label,
    number,
    shorten,
    svg,
    text_width,
)
from eduplatform.charts.scales import nice_ticks, short_number

_WIDTH: Final = 480.0
_GAP: Final = 8.0
_TOP: Final = 10.0
_AXIS: Final = 24.0  # room below the plot for the names of the x axis
_LEGEND: Final = 22.0
_MOST_POINTS: Final = 120
_SHADES: Final = 20


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart.

    Attributes:
        name: What it shows; in the legend.
        values: One value per label; None where there is none.
    """

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class _Plot:
    """The rectangle in which values are drawn, and how values become heights."""

    left: float
    top: float
    width: float
    height: float
    low: float
    high: float

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - (value - self.low) / (self.high - self.low))

    @property
    def bottom(self) -> float:
        return self.top + self.height


def _usable(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _frame(
    values: Sequence[float], *, height: float, unit: str, head: float, top: float | None
) -> tuple[_Plot, str]:
    """Return the plot for these values and its horizontal grid with numbers; zero is always part of it."""
    ticks = nice_ticks(min([0.0, *values]), top if top is not None else max([0.0, *values]))
    names = [f"{short_number(tick)}{unit}" for tick in ticks]
    left = max(text_width(name) for name in names) + _GAP + 4
    plot = _Plot(left, _TOP + head, _WIDTH - left - _GAP, height - _TOP - head - _AXIS, ticks[0], ticks[-1])
    grid = [
        element(
            "line",
            {
                "x1": plot.left,
                "x2": plot.left + plot.width,
                "y1": plot.y(tick),
                "y2": plot.y(tick),
                "stroke": MUTED if tick == 0 else LINE,
            },
        )
        + label(plot.left - _GAP, plot.y(tick) + 4, name, anchor="end")
        for tick, name in zip(ticks, names, strict=True)
    ]
    return plot, "".join(grid)


def _places(
    names: Sequence[str], step: float, first: float, *, held: bool = False
) -> Iterator[tuple[int, str]]:
    """Yield which names of the x axis are written: all when they fit, else every n-th; none reaches past an edge.

    Args:
        names: All names.
        step: From one to the next, in user units.
        first: Where the middle of the first is.
        held: The first begins and the last ends at its place, instead of being centred there.
    """
    widest = max((text_width(name) for name in names), default=0.0)
    every = max(1, math.ceil(min(widest + _GAP, 72) / step)) if step else 1
    for index in range(0, len(names), every):
        x = first + step * index
        room = step * every - 4
        if not (held and index in (0, len(names) - 1)):
            room = min(room, 2 * x, 2 * (_WIDTH - x))
        yield index, shorten(names[index], room)


def _summary(names: Sequence[str], values: Sequence[float], unit: str) -> str:
    """Return the extremes in words, for readers who do not see the picture."""
    if not values:
        return ""
    low, high = min(values), max(values)
    where = dict(zip(reversed(values), reversed(names), strict=True))
    return f"{where[high]}: {short_number(high)}{unit} (max), {where[low]}: {short_number(low)}{unit} (min)"


def bar_chart_svg(
    data: Sequence[tuple[str, float]],
    *,
    title: str,
    description: str = "",
    unit: str = "",
    height: float = 240,
    top: float | None = None,
    color: int = 1,
) -> str:
    """Draw one bar per name.

    Args:
        data: Names and values, at most about 40 to stay readable.
        title: What the chart shows; already in the reader's language, as all texts here.
        description: What can be seen in it; without it the extremes are told.
        unit: Written behind numbers, for example ``"%"``.
        height: In user units; the width is 480.
        top: Upper end of the axis where it is known, for example 100 for percentages.
        color: Number of the chart colour, 1 to 6.
    """
    rows = [(name, value if _usable(value) else 0.0) for name, value in data][:_MOST_POINTS]
    names, values = [name for name, _value in rows], [value for _name, value in rows]
    plot, grid = _frame(values, height=height, unit=unit, head=0, top=top)
    step = plot.width / max(len(rows), 1)
    thick = min(step * 0.68, 44)
    bars: list[str] = []
    for index, value in enumerate(values):
        start, end = plot.y(max(value, 0)), plot.y(min(value, 0))
        x = plot.left + step * (index + 0.5) - thick / 2
        bars.append(
            element(
                "rect",
                {
                    "x": x,
                    "y": start,
                    "width": thick,
                    "height": max(end - start, 0.5),
                    "rx": min(3, thick / 4),
                },
            )
        )
        written = f"{short_number(value)}{unit}"
        if text_width(written) < step:
            bars.append(label(x + thick / 2, start - 4, written, anchor="middle", color=INK))
    axis = [
        label(plot.left + step * (index + 0.5), plot.bottom + 17, text, anchor="middle")
        for index, text in _places(names, step, plot.left + step / 2)
    ]
    return svg(
        width=_WIDTH,
        height=height,
        title=title,
        description=description or _summary(names, values, unit),
        content=grid + element("g", {"fill": SERIES_COLORS[(color - 1) % 6]}, "".join(bars)) + "".join(axis),
    )


def _legend(series: Sequence[Series]) -> str:
    """Return the names of the lines beside samples of them."""
    parts: list[str] = []
    x = 0.0
    room = _WIDTH / len(series)
    for index, one in enumerate(series):
        name = shorten(one.name, room - 34)
        parts.append(_stroke(index, f"M{number(x)} 9h22") + label(x + 28, 13, name, color=INK))
        x += min(text_width(name) + 48, room)
    return "".join(parts)


def _stroke(index: int, path: str) -> str:
    attributes: dict[str, str | float] = {
        "d": path,
        "fill": "none",
        "stroke": SERIES_COLORS[index % 6],
        "stroke_width": 2,
    }
    if SERIES_DASHES[index % 6]:
        attributes["stroke_dasharray"] = SERIES_DASHES[index % 6]
    return element("path", attributes | {"stroke_linejoin": "round"})


def _runs(points: Sequence[tuple[float, float] | None]) -> Iterator[list[tuple[float, float]]]:
    """Yield the unbroken stretches of a line."""
    run: list[tuple[float, float]] = []
    for point in points:
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def _lines(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    description: str,
    unit: str,
    height: float,
    top: float | None,
    filled: bool,
) -> str:
    shown = list(series)[:6]
    names = list(labels)[-_MOST_POINTS:]
    columns = [list(one.values)[-_MOST_POINTS:] for one in shown]
    known = [value for column in columns for value in column if value is not None and math.isfinite(value)]
    head = _LEGEND if len(shown) > 1 else 0.0
    plot, grid = _frame(known, height=height, unit=unit, head=head, top=top)
    step = plot.width / max(len(names) - 1, 1)
    drawn: list[str] = []
    for index, column in enumerate(columns):
        points = [
            (plot.left + step * at, plot.y(value)) if value is not None and math.isfinite(value) else None
            for at, value in enumerate(column[: len(names)])
        ]
        for run in _runs(points):
            drawn.append(_one_line(index, run, plot, filled=filled, dots=len(names) <= 24))
    axis: list[str] = []
    for at, text in _places(names, step, plot.left, held=True):
        anchor = "start" if at == 0 else "end" if at == len(names) - 1 else "middle"
        axis.append(label(plot.left + step * at, plot.bottom + 17, text, anchor=anchor))
    first = [
        (name, value)
        for name, value in zip(names, columns[0] if columns else [], strict=False)
        if _usable(value)
    ]
    told = _summary(
        [name for name, _value in first], [value for _name, value in first if value is not None], unit
    )
    return svg(
        width=_WIDTH,
        height=height,
        title=title,
        description=description or told,
        content=(_legend(shown) if head else "") + grid + "".join(drawn) + "".join(axis),
    )


def _one_line(
    index: int, run: Sequence[tuple[float, float]], plot: _Plot, *, filled: bool, dots: bool
) -> str:
    color = SERIES_COLORS[index % 6]
    parts: list[str] = []
    if filled:
        ground = plot.y(max(plot.low, 0.0))
        area = f"{_path(run)}L{number(run[-1][0])} {number(ground)}L{number(run[0][0])} {number(ground)}Z"
        parts.append(element("path", {"d": area, "fill": color, "fill_opacity": "0.16"}))
    parts.append(_stroke(index, _path(run)))
    if dots or len(run) == 1:
        circles = "".join(element("circle", {"cx": x, "cy": y, "r": 3}) for x, y in run)
        parts.append(element("g", {"fill": color}, circles))
    return "".join(parts)


def line_chart_svg(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    description: str = "",
    unit: str = "",
    height: float = 240,
    top: float | None = None,
) -> str:
    """Draw up to six lines over the same labels; the last 120 points are shown.

    Args:
        labels: Names along the x axis, oldest first.
        series: The lines; they differ in colour and in dashes.
        title, description, unit, height, top: As for `bar_chart_svg`.
    """
    return _lines(
        labels, series, title=title, description=description, unit=unit, height=height, top=top, filled=False
    )


def area_chart_svg(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    description: str = "",
    unit: str = "",
    height: float = 240,
    top: float | None = None,
) -> str:
    """Draw lines with the area below them tinted, for amounts; arguments as for `line_chart_svg`."""
    return _lines(
        labels, series, title=title, description=description, unit=unit, height=height, top=top, filled=True
    )


def heat_chart_svg(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float | None]],
    *,
    title: str,
    description: str = "",
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
) -> str:
    """Draw a grid of cells, the fuller the larger; each cell carries its number, so colour is never alone.

    Args:
        rows: Names of the rows, at most 20 are shown.
        columns: Names of the columns, at most 14 are shown.
        values: One list per row, one value per column; None leaves the cell empty.
        low: Value of the palest cell; the smallest value if not given.
        high: Value of the fullest cell; the largest value if not given.
        title, description, unit: As for `bar_chart_svg`.
    """
    rows, columns = list(rows)[:20], list(columns)[:14]
    known = [value for line in values for value in line if value is not None and math.isfinite(value)]
    floor = low if low is not None else min(known, default=0.0)
    span = ((high if high is not None else max(known, default=1.0)) - floor) or 1.0
    left = min(max((text_width(name) for name in rows), default=0.0) + _GAP, 150.0)
    width = (_WIDTH - left) / max(len(columns), 1)
    size = 26.0
    heads = [
        label(left + width * (at + 0.5), 15, shorten(name, width), color="")
        for at, name in enumerate(columns)
    ]
    names: list[str] = []
    numbers: list[str] = []
    shades: dict[int, list[str]] = {}
    for row, (name, line) in enumerate(zip(rows, values, strict=False)):
        y = 24 + size * row
        names.append(label(left - _GAP, y + 17, shorten(name, left - _GAP), color=""))
        for at, value in enumerate(line[: len(columns)]):
            x = left + width * at
            known_value = value if value is not None and math.isfinite(value) else None
            shade = (
                -1 if known_value is None else round(_SHADES * min(max((known_value - floor) / span, 0), 1))
            )
            cell = f"M{number(x + 1)} {number(y + 1)}h{number(width - 2)}v{number(size - 2)}h-{number(width - 2)}z"
            shades.setdefault(shade, []).append(cell)
            numbers.append(label(x + width / 2, y + 17, _cell_text(known_value, unit, width), color=""))
    content = (
        element("g", {"fill": MUTED, "text_anchor": "middle"}, "".join(heads))
        + element("g", {"fill": MUTED, "text_anchor": "end"}, "".join(names))
        + "".join(_shade(shade, cells) for shade, cells in sorted(shades.items()))
        + element("g", {"fill": INK, "text_anchor": "middle"}, "".join(numbers))
    )
    return svg(
        width=_WIDTH,
        height=26 + size * len(rows),
        title=title,
        description=description,
        content=content,
    )


def _cell_text(value: float | None, unit: str, width: float) -> str:
    if value is None:
        return "–"
    written = f"{short_number(value)}{unit}"
    return written if text_width(written) <= width else short_number(value)


def _shade(shade: int, cells: Sequence[str]) -> str:
    """Return all cells of one shade, or the outlines of the empty ones (-1)."""
    if shade < 0:
        return element("path", {"d": "".join(cells), "fill": "none", "stroke": LINE})
    # At most half-covered, so that the ink of the number keeps its contrast in both themes.
    opacity = f"{0.06 + 0.44 * shade / _SHADES:.2f}"
    return element("path", {"d": "".join(cells), "fill": SERIES_COLORS[0], "fill_opacity": opacity})


__all__ = ["Series", "area_chart_svg", "bar_chart_svg", "heat_chart_svg", "line_chart_svg"]
