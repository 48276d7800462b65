"""The drawing surface of all charts: escaped text, colours by token, an allow-list over the result."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Mapping
from typing import Final

import nh3

SERIES_COLORS: Final = tuple(f"var(--color-chart-{number})" for number in range(1, 7))
SERIES_DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "1 3", "10 4")
INK: Final = "var(--color-ink)"
MUTED: Final = "var(--color-ink-muted)"
LINE: Final = "var(--color-line)"
FONT_SIZE: Final = 12
_CHARACTER_WIDTH: Final = (
    7.4  # of the interface's font at FONT_SIZE: a digit, a little more than the average letter
)

_ATTRIBUTES: Final = {
    "cx", "cy", "d", "dominant-baseline", "fill", "fill-opacity", "font-size", "font-weight", "height", "points", "r", "rx",
    "stroke", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-width", "text-anchor", "width", "x", "x1",
    "x2", "y", "y1", "y2",
}  # fmt: skip
_CLEANER: Final = nh3.Cleaner(
    tags={"svg", "title", "desc", "g", "rect", "line", "path", "polyline", "circle", "text"},
    clean_content_tags={"script", "style"},
    attributes={
        "*": set(_ATTRIBUTES),
        "svg": {"viewBox", "aria-labelledby", "font-family"},
        "title": {"id"},
        "desc": {"id"},
    },
    tag_attribute_values={"svg": {"role": {"img"}}},
    allowed_classes={"svg": {"chart"}},
    url_schemes=set(),
    link_rel=None,
    generic_attribute_prefixes=set(),
)


def number(value: float) -> str:
    """Return a coordinate with at most one digit after the point."""
    return f"{value:.1f}".removesuffix(".0")


def element(tag: str, attributes: Mapping[str, str | float], content: str = "") -> str:
    """Return one SVG element; ``_`` in an attribute's name stands for ``-``. The content must be markup already."""
    pairs = "".join(
        f' {name.replace("_", "-")}="{html.escape(value if isinstance(value, str) else number(value))}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{pairs}>{content}</{tag}>"


def label(
    x: float, y: float, text: str, *, anchor: str = "start", color: str = MUTED, weight: str = ""
) -> str:
    """Return a text of the chart, escaped; an empty colour leaves it to the group around it."""
    attributes: dict[str, str | float] = {"x": x, "y": y}
    if color:
        attributes["fill"] = color
    if anchor != "start":
        attributes["text_anchor"] = anchor
    if weight:
        attributes["font_weight"] = weight
    return element("text", attributes, html.escape(text))


def text_width(text: str) -> float:
    """Return about how wide a text is at `FONT_SIZE`, in user units."""
    return len(text) * _CHARACTER_WIDTH


def shorten(text: str, width: float) -> str:
    """Return the text, cut with an ellipsis when it would be wider than ``width`` user units."""
    room = max(int(width / _CHARACTER_WIDTH), 2)
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def svg(*, width: float, height: float, title: str, description: str, content: str) -> str:
    """Return a whole image with its title and description, checked against the allow-list."""
    digest = hashlib.blake2s(f"{title}\0{description}\0{content}".encode(), digest_size=5).hexdigest()
    names = f'<title id="t{digest}">{html.escape(title)}</title><desc id="d{digest}">{html.escape(description)}</desc>'
    image = (
        f'<svg class="chart" role="img" viewBox="0 0 {number(width)} {number(height)}" '
        f'aria-labelledby="t{digest} d{digest}" font-size="{FONT_SIZE}">{names}{content}</svg>'
    )
    return _CLEANER.clean(image)
