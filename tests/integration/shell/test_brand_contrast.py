"""Whatever colour an organisation chooses, words in it can be read, in light and in dark (WCAG 2 AA: 4.5 to 1)."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from eduplatform.components.layout.brand import BRANDED
from eduplatform.domain.tenants.policy import contrast_on_white
from eduplatform.state.shell import safe_accent

LIGHT = {"surface": "#ffffff", "canvas": "#f8f8f6", "sunken": "#f1f1ee"}
DARK = {"surface": "#1a1c20", "canvas": "#131417", "raised": "#22252a"}
ON_ACCENT_LIGHT, ON_ACCENT_DARK = "#ffffff", "#0b1533"


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((contrast_on_white(one), contrast_on_white(other)))
    return darker / lighter


def _mix(color: str, share: float, other: str) -> str:
    pairs = ((int(color[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(own * share + rest * (1 - share)):02x}" for own, rest in pairs)


def _token(name: str, accent: str, *, dark: bool) -> str:
    """The colour that the frame's own classes make of the accent."""
    prefix = "dark:" if dark else ""
    found = re.search(rf"(?:^| ){prefix}\[--color-{name}:([^\]]+)\]", BRANDED)
    assert found, name
    mix = re.fullmatch(r"color-mix\(in_srgb,var\(--tenant-accent\)_(\d+)%,([#\w]+)\)", found[1])
    if mix is None:
        assert found[1] == "var(--tenant-accent)"
        return accent
    other = {"white": "#ffffff", "black": "#000000"}.get(mix[2], mix[2])
    return _mix(accent, int(mix[1]) / 100, other)


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
@example("#ffffff")
@example("#000000")
@example("#ffff00")
@example("#00ff00")
@example("#0000ff")
@example("#ff0000")
def test_every_colour_stays_readable(chosen: str) -> None:
    accent = safe_accent(chosen)
    for dark, surfaces, on_accent in ((False, LIGHT, ON_ACCENT_LIGHT), (True, DARK, ON_ACCENT_DARK)):
        text = _token("accent", accent, dark=dark)
        backgrounds = {**surfaces, "soft": _token("accent-soft", accent, dark=dark)}
        for name, background in backgrounds.items():
            assert _contrast(text, background) >= 4.5, (name, text, background)
        assert _contrast(text, on_accent) >= 4.5
        assert _contrast(_token("accent-strong", accent, dark=dark), on_accent) >= 4.5


def test_a_readable_colour_is_kept() -> None:
    assert safe_accent("#0B5C3B") == "#0b5c3b"


@given(st.text(max_size=60))
@example("#fff")
@example("red;background:url(https://evil.example)")
@example("#0b5c3b\n")
@example("#0b5c3b;--x:1")
def test_what_is_no_colour_never_reaches_the_page(text: str) -> None:
    assert re.fullmatch(r"#[0-9a-f]{6}|", safe_accent(text))


def test_the_colours_compared_with_are_those_of_the_theme() -> None:
    theme = (Path(__file__).parents[3] / "assets" / "styles" / "theme.css").read_text(encoding="utf-8")
    for color in {*LIGHT.values(), *DARK.values(), ON_ACCENT_DARK}:
        assert color in theme
