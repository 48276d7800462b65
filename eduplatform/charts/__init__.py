"""Charts as SVG text, drawn from plain numbers; the component kit shows them with a table beside."""

from eduplatform.charts.svg import Series, area_chart_svg, bar_chart_svg, heat_chart_svg, line_chart_svg

__all__ = ["Series", "area_chart_svg", "bar_chart_svg", "heat_chart_svg", "line_chart_svg"]
