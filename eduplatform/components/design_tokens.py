"""The names of the design tokens for Tailwind; their values are in `assets/styles/theme.css`.

Plain data apart from the component kit, because the build's configuration reads it before any component exists.
"""

from typing import Any

COLOR_NAMES = (
    "canvas",
    "surface",
    "sunken",
    "raised",
    "ink",
    "ink-muted",
    "line",
    "line-strong",
    "accent",
    "accent-strong",
    "accent-soft",
    "on-accent",
    "success",
    "success-soft",
    "warning",
    "warning-soft",
    "danger",
    "danger-soft",
    "on-danger",
    "info",
    "info-soft",
    "focus",
    "scrim",
    "chart-1",
    "chart-2",
    "chart-3",
    "chart-4",
    "chart-5",
    "chart-6",
)

STYLESHEETS = ["/styles/theme.css", "/styles/prose.css", "/styles/code.css"]

# The tokens are the only colours: a class of Tailwind's own palette compiles to nothing.
TAILWIND_CONFIG: dict[str, Any] = {
    "darkMode": "class",
    "plugins": [],
    "theme": {
        "colors": {
            "transparent": "transparent",
            "current": "currentColor",
            "inherit": "inherit",
            **{name: f"var(--color-{name})" for name in COLOR_NAMES},
        },
        "fontSize": {
            "2xs": ["0.6875rem", {"lineHeight": "1rem"}],
            "xs": ["0.75rem", {"lineHeight": "1.125rem"}],
            "sm": ["0.875rem", {"lineHeight": "1.375rem"}],
            "base": ["0.9375rem", {"lineHeight": "1.6"}],
            "lg": ["1.0625rem", {"lineHeight": "1.6rem"}],
            "xl": ["1.25rem", {"lineHeight": "1.75rem"}],
            "2xl": ["1.5rem", {"lineHeight": "2rem"}],
            "3xl": ["1.875rem", {"lineHeight": "2.375rem"}],
            "4xl": ["2.375rem", {"lineHeight": "2.75rem"}],
        },
        "boxShadow": {
            "none": "none",
            "sm": "var(--shadow-low)",
            "DEFAULT": "var(--shadow-low)",
            "md": "var(--shadow-middle)",
            "lg": "var(--shadow-high)",
            "xl": "var(--shadow-high)",
        },
        "extend": {
            "fontFamily": {"sans": "var(--font-sans)", "mono": "var(--font-mono)"},
            "transitionTimingFunction": {"standard": "var(--ease-standard)"},
        },
    },
}
