"""Charts that the server draws."""

from eduplatform.components.charts.figure import chart_figure
from eduplatform.components.charts.svg import (
    Series,
    area_chart_svg,
    bar_chart_svg,
    heat_chart_svg,
    line_chart_svg,
)

__all__ = ["Series", "area_chart_svg", "bar_chart_svg", "chart_figure", "heat_chart_svg", "line_chart_svg"]
