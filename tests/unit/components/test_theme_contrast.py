"""Every text and every control can be told from its background, in the light and in the dark theme."""

import re
from pathlib import Path

import pytest

from eduplatform.components.design_tokens import COLOR_NAMES

THEME = Path(__file__).parents[3] / "assets" / "styles" / "theme.css"

# WCAG 2.2: 1.4.3 for text, 1.4.11 for the edges of controls, the focus ring and the shapes of charts.
TEXT, SHAPE = 4.5, 3.0

SURFACES = ("canvas", "surface", "sunken", "raised")
SOFT = ("accent-soft", "success-soft", "warning-soft", "danger-soft", "info-soft")

TEXT_PAIRS = [
    *[(text, ground) for text in ("ink", "ink-muted") for ground in (*SURFACES, *SOFT)],
    *[(tone, ground) for tone in ("accent", "success", "warning", "danger", "info") for ground in SURFACES],
    *[(tone, f"{tone}-soft") for tone in ("accent", "success", "warning", "danger", "info")],
    *[("accent-strong", ground) for ground in (*SURFACES, "accent-soft")],
    # A link inside of a coloured message.
    *[("accent", ground) for ground in SOFT],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-danger", "danger"),
    ("canvas", "ink"),
]
SHAPE_PAIRS = [
    *[("line-strong", ground) for ground in SURFACES],
    *[("focus", ground) for ground in (*SURFACES, *SOFT)],
    *[(f"chart-{number}", ground) for number in range(1, 7) for ground in ("surface", "canvas")],
    *[(tone, "line") for tone in ("accent", "success", "warning", "danger")],
]
# Text lies on this much ink over a ground in badges, code and the hovered rows of menus.
INK_TINT = 0.07


def _blocks() -> dict[str, dict[str, str]]:
    css = re.sub(r"/\*.*?\*/", "", THEME.read_text(encoding="utf-8"), flags=re.S)
    light = re.search(r":root\s*{(.*?)}", css, re.S)
    dark = re.search(r"\.dark\s*{(.*?)}", css, re.S)
    assert light
    assert dark
    found = {
        theme: dict(re.findall(r"--color-([\w-]+):\s*(#[0-9a-f]{6});", match.group(1)))
        for theme, match in (("light", light), ("dark", dark))
    }
    return found


THEMES = _blocks()


def _channels(color: str) -> list[float]:
    return [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]


def _luminance(channels: list[float]) -> float:
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _ratio(first: list[float], second: list[float]) -> float:
    lower, higher = sorted((_luminance(first), _luminance(second)))
    return (higher + 0.05) / (lower + 0.05)


def _mixed(over: list[float], under: list[float], share: float) -> list[float]:
    return [share * top + (1 - share) * bottom for top, bottom in zip(over, under, strict=True)]


def test_ratio_is_that_of_the_standard() -> None:
    assert _ratio(_channels("#000000"), _channels("#ffffff")) == pytest.approx(21)
    assert _ratio(_channels("#777777"), _channels("#ffffff")) == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("theme", THEMES)
def test_both_themes_define_every_token(theme: str) -> None:
    assert set(THEMES[theme]) == set(COLOR_NAMES) - {"scrim"}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [*((*pair, TEXT) for pair in TEXT_PAIRS), *((*pair, SHAPE) for pair in SHAPE_PAIRS)],
)
def test_front_stands_out_from_ground(theme: str, front: str, ground: str, least: float) -> None:
    colors = THEMES[theme]
    ratio = _ratio(_channels(colors[front]), _channels(colors[ground]))
    assert ratio >= least, f"{front} on {ground}: {ratio:.2f}, at least {least} is needed"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("front", ["ink", "ink-muted", "danger"])
@pytest.mark.parametrize("ground", ["canvas", "surface", "raised"])
def test_text_stands_out_from_a_tinted_ground(theme: str, front: str, ground: str) -> None:
    colors = {name: _channels(color) for name, color in THEMES[theme].items()}
    tinted = _mixed(colors["ink"], colors[ground], INK_TINT)
    assert _ratio(colors[front], tinted) >= TEXT
