"""Charts that the server drew, on a page."""

from eduplatform.components.charts.figure import chart_figure

__all__ = ["chart_figure"]
