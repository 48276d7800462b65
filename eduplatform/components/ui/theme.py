"""The theme: what the document needs of it, and the reader's choice between light and dark."""

import reflex as rx
from reflex.style import LiteralColorMode, color_mode, set_color_mode

from eduplatform.components.design_tokens import COLOR_NAMES, STYLESHEETS, TAILWIND_CONFIG
from eduplatform.components.text import _
from eduplatform.components.ui.icons import icon

_CHOICES: tuple[tuple[LiteralColorMode, str], ...] = (
    ("system", "monitor"),
    ("light", "sun"),
    ("dark", "moon"),
)


def theme_head() -> list[rx.Component]:
    """What the document's head needs: the theme before the first paint, and the text font early."""
    return [
        rx.el.script(src="/scripts/theme-init.js"),
        rx.el.link(
            rel="preload",
            href="/fonts/inter-latin-wght.woff2",
            custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"},
        ),
    ]


def theme_switch(*, class_name: str = "") -> rx.Component:
    """Three buttons, system, light and dark; the choice stays in this browser."""
    names = {"system": _("System theme"), "light": _("Light theme"), "dark": _("Dark theme")}
    return rx.el.div(
        *[
            rx.el.button(
                icon(picture),
                type="button",
                aria_label=names[mode],
                title=names[mode],
                aria_pressed=rx.cond(color_mode == mode, "true", "false"),
                on_click=set_color_mode(mode),
                class_name=(
                    "grid size-8 place-items-center rounded-md text-ink-muted hover:text-ink "
                    "aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-sm pointer-coarse:size-10"
                ),
            )
            for mode, picture in _CHOICES
        ],
        role="group",
        aria_label=_("Theme"),
        class_name=f"inline-flex gap-0.5 rounded-lg border border-line bg-sunken p-0.5 {class_name}".strip(),
    )


__all__ = ["COLOR_NAMES", "STYLESHEETS", "TAILWIND_CONFIG", "theme_head", "theme_switch"]
