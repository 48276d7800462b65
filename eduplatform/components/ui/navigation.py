"""Finding one's way: tabs, breadcrumb, pager, stepper."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec
from reflex_components_core.el.elements.base import BaseHTML

from eduplatform.components.text import _
from eduplatform.components.ui.base import UI_SCRIPT, Content, Flag, Text, attributes, choose, classes, given
from eduplatform.components.ui.buttons import button
from eduplatform.components.ui.icons import icon as draw_icon


class _Tabs(BaseHTML):
    library = UI_SCRIPT
    tag = "Tabs"
    _is_tag_in_global_scope = False

    initial: rx.Var[str]
    on_change: rx.EventHandler[passthrough_event_spec(str)]


class _TabList(BaseHTML):
    library = UI_SCRIPT
    tag = "TabList"
    _is_tag_in_global_scope = False


class _Tab(BaseHTML):
    library = UI_SCRIPT
    tag = "Tab"
    _is_tag_in_global_scope = False

    value: rx.Var[str]


class _TabPanel(BaseHTML):
    library = UI_SCRIPT
    tag = "TabPanel"
    _is_tag_in_global_scope = False

    value: rx.Var[str]


_STRIP = "relative flex gap-1 overflow-x-auto border-b border-line [scrollbar-width:none]"
_TAB = (
    "relative -mb-px shrink-0 border-b-2 border-transparent px-3 py-2.5 text-sm font-medium whitespace-nowrap "
    "text-ink-muted no-underline transition-colors -outline-offset-2 hover:text-ink "
    "aria-selected:border-accent aria-selected:text-ink aria-[current=page]:border-accent "
    "aria-[current=page]:text-ink"
)


def tabs(
    *items: tuple[str, Content, Content],
    id: str,
    label: Text,
    initial: str = "",
    on_change: Any = None,
    class_name: str = "",
    panel_class: str = "",
) -> rx.Component:
    """Panels of one page, one of them shown; changes in the browser, all panels are in the page.

    Args:
        items: Key, label and panel of each.
        id: Id of the whole; tabs are `<id>-tab-<key>`, panels `<id>-panel-<key>`.
        label: What the tabs divide, for screen readers.
        initial: Key of the first to show; the first item by default.
        on_change: Gets the key, for instance to load the panel's data.
        class_name: Further classes of the whole.
        panel_class: Further classes of each panel.
    """
    events = {} if on_change is None else {"on_change": on_change}
    return _Tabs.create(
        _TabList.create(
            *[_Tab.create(text, value=key, class_name=_TAB) for key, text, _panel in items],
            aria_label=label,
            class_name=_STRIP,
        ),
        *[
            _TabPanel.create(
                panel, value=key, class_name=classes("rounded-lg pt-5 outline-offset-4", panel_class)
            )
            for key, _text, panel in items
        ],
        id=id,
        initial=initial or items[0][0],
        class_name=class_name,
        **events,
    )


def link_tabs(
    *items: tuple[Content, Text, Flag], label: Text, class_name: str = "", **props: Any
) -> rx.Component:
    """Tabs that are pages of their own: label, path, and whether it is the current one."""
    return rx.el.nav(
        *[
            rx.el.a(text, href=href, aria_current=choose(current, "page", "false"), class_name=_TAB)
            for text, href, current in items
        ],
        aria_label=label,
        class_name=classes(_STRIP, class_name),
        **props,
    )


def breadcrumb(*items: tuple[Text, Text], current: Text, class_name: str = "") -> rx.Component:
    """The way from the start to this page.

    Args:
        items: Label and path of each page above this one, outermost first.
        current: Name of this page.
        class_name: Further classes.
    """
    crumb = "max-w-48 truncate rounded-sm text-ink-muted no-underline hover:text-ink hover:underline"
    above = [
        rx.el.li(
            rx.el.a(text, href=href, class_name=crumb),
            draw_icon("chevron-right", size="xs", class_name="text-ink-muted"),
            class_name="flex min-w-0 items-center gap-1.5",
        )
        for text, href in items
    ]
    return rx.el.nav(
        rx.el.ol(
            *above,
            rx.el.li(
                rx.el.span(
                    current, aria_current="page", class_name="block max-w-64 truncate font-medium text-ink"
                ),
                class_name="min-w-0",
            ),
            class_name="flex flex-wrap items-center gap-x-1.5 gap-y-1",
        ),
        aria_label=_("Breadcrumb"),
        class_name=classes("text-sm", class_name),
    )


def pager(
    *,
    page_text: Text,
    has_previous: Flag,
    has_next: Flag,
    on_previous: Any,
    on_next: Any,
    label: Text = "",
    loading: Flag = False,
    id: str = "",
    class_name: str = "",
) -> rx.Component:
    """Steps through pages of a list.

    Args:
        page_text: Where we are ("21-40 of 136"), announced when it changes.
        has_previous: Whether there is an earlier page.
        has_next: Whether there is a later page.
        on_previous: Called for the earlier page.
        on_next: Called for the later page.
        label: What is paged, for screen readers; "Pages" by default.
        loading: A page is being fetched.
        id: Id of the whole.
        class_name: Further classes.
    """

    def blocked(has: Flag) -> Flag:
        if isinstance(has, rx.Var) or isinstance(loading, rx.Var):
            return ~rx.Var.create(has).bool() | rx.Var.create(loading).bool()
        return not has or loading

    return rx.el.nav(
        rx.el.p(page_text, aria_live="polite", class_name="text-sm text-ink-muted tabular-nums"),
        rx.el.div(
            button(
                _("Previous"),
                icon="chevron-left",
                size="sm",
                disabled=blocked(has_previous),
                on_click=on_previous,
            ),
            button(
                _("Next"), icon_end="chevron-right", size="sm", disabled=blocked(has_next), on_click=on_next
            ),
            class_name="flex gap-2",
        ),
        aria_label=label if given(label) else _("Pages"),
        class_name=classes("flex flex-wrap items-center justify-between gap-3", class_name),
        **attributes(id=id),
    )


def stepper(*steps: Text, current: int | rx.Var, label: Text = "", class_name: str = "") -> rx.Component:
    """The steps of a task in order.

    Args:
        steps: Name of each step.
        current: Which one is being done, counted from 0; the number of steps means that all are done.
        label: What the steps lead to, for screen readers; "Progress" by default.
        class_name: Further classes.
    """
    rows = [_step(index, text, current, len(steps)) for index, text in enumerate(steps)]
    return rx.el.ol(
        *rows,
        aria_label=label if given(label) else _("Progress"),
        class_name=classes("flex flex-col gap-3 sm:flex-row sm:items-center sm:gap-2", class_name),
    )


def _step(index: int, text: Text, current: int | rx.Var, count: int) -> rx.Component:
    position: Any = current
    done = position > index
    here = position == index
    ring = "grid size-7 shrink-0 place-items-center rounded-full border text-xs font-semibold tabular-nums"
    return rx.el.li(
        rx.el.span(
            choose(done, draw_icon("check"), str(index + 1)),
            class_name=classes(
                ring,
                choose(
                    done,
                    "border-accent bg-accent text-on-accent",
                    choose(
                        here, "border-accent bg-accent-soft text-accent", "border-line-strong text-ink-muted"
                    ),
                ),
            ),
        ),
        rx.el.span(
            text,
            class_name=classes(
                "text-sm whitespace-nowrap", choose(here, "font-semibold text-ink", "text-ink-muted")
            ),
        ),
        rx.el.span(choose(done, _("(done)"), ""), class_name="sr-only"),
        rx.el.span(class_name="hidden h-px min-w-4 flex-1 bg-line sm:block")
        if index < count - 1
        else rx.fragment(),
        aria_current=choose(here, "step", "false"),
        class_name="flex items-center gap-2.5 sm:flex-1 sm:last:flex-none",
    )
