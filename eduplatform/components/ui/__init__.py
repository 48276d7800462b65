"""The component kit: plain functions that return `rx.Component`. Pages are built from these and `rx.el`.

Text is `str | rx.Var`, flags are `bool | rx.Var`; every function takes `class_name`, interactive ones `id` and
handlers. Details are in the docstring of each function; `/styleguide` shows all of them (development only).

Press       button(label, variant=primary|secondary|quiet|danger, size=sm|md|lg, icon, icon_end, loading, disabled,
                   type, full_width, opens=<dialog id>, closes=True, on_click=...)
            icon_button(icon, label=..., ...)   spinner()
            link(label, href, external, reload, plain)   button_link(label, href, variant, ...)
Fill in     text_input(name=, label=, hint=, error=, required, optional, type, icon, value|default_value, on_change ...)
            password_input(new)  number_input(minimum, maximum, step, unit)  textarea(rows)  search_input(on_change)
            select(options=[(value, text)] | Var[list[Option]], placeholder)  date_time_input(kind, zone)
            checkbox(name=, label=, checked, on_change)  switch(name=, label=, checked, on_change, trailing)
            radio_group(name=, label=, options=, value|default_value, on_change, layout=vertical|horizontal|cards)
            field(control, label=, control_id=, hint, error)   for other controls, with described_by(id), invalid(error)
Over it     dialog(*body, title=, id=, open, on_close, description, footer=[...], size, dismissible)
            confirm_dialog(id=, title=, message=, confirm_label=, on_confirm=, open, on_close, danger, loading)
            drawer(*body, title=, id=, open, on_close, side=end|start|bottom)
            menu(*items, id=, label=, icon, icon_only, trigger)  menu_item(label, icon, danger, opens, on_click)
            menu_link(label, href)  menu_separator()  menu_heading(text)   tooltip(control, text, id=)
Find        tabs((key, label, panel)..., id=, label=, initial, on_change)  link_tabs((label, href, current)..., label=)
            breadcrumb((label, href)..., current=)  stepper(*steps, current=)
            pager(page_text=, has_previous=, has_next=, on_previous=, on_next=)
Show        page_header(title, description, actions, breadcrumb, meta)  section_header(title, description, actions)
            card(*body, title, description, actions, footer, flush)  stat(label, value, hint, trend, trend_tone, icon)
            stat_row(*stats)  badge(label, tone, icon, dot)  tag(label, on_remove)  avatar(name, src, size)
            progress(value, label=, id=, maximum, value_text)  meter(value, label=, id=, low, high, optimum)
            description_list((name, value)...)  kbd(*keys)  divider()  icon(name, size, label)  visually_hidden(text)
Say         empty_state(title, description, icon, actions)  error_state(title, description, reference, on_retry, actions)
            callout(*body, title, tone, actions, on_dismiss)  banner(message, tone, action, on_dismiss)
            skeleton()  skeleton_text(lines)  skeleton_card()  skeleton_stat()  skeleton_table(rows)
            notice_region(notices: Var[list[Notice]], on_dismiss)   class Notice(id, kind, text, reference)
Theme       theme_switch()  theme_head()  TAILWIND_CONFIG  STYLESHEETS

Colours (Tailwind names): canvas surface sunken raised, ink ink-muted, line line-strong, accent accent-strong
accent-soft on-accent, success warning danger info (each with -soft), on-danger, focus, chart-1 ... chart-6.
"""

from eduplatform.components.ui.buttons import button, button_link, icon_button, link, spinner
from eduplatform.components.ui.choices import checkbox, radio_group, switch
from eduplatform.components.ui.display import (
    avatar,
    badge,
    card,
    description_list,
    divider,
    kbd,
    page_header,
    section_header,
    tag,
    visually_hidden,
)
from eduplatform.components.ui.feedback import (
    banner,
    callout,
    empty_state,
    error_state,
    skeleton,
    skeleton_card,
    skeleton_stat,
    skeleton_table,
    skeleton_text,
)
from eduplatform.components.ui.fields import described_by, field, invalid
from eduplatform.components.ui.icons import icon
from eduplatform.components.ui.inputs import (
    Option,
    date_time_input,
    number_input,
    password_input,
    search_input,
    select,
    text_input,
    textarea,
)
from eduplatform.components.ui.menus import menu, menu_heading, menu_item, menu_link, menu_separator, tooltip
from eduplatform.components.ui.navigation import breadcrumb, link_tabs, pager, stepper, tabs
from eduplatform.components.ui.notices import Notice, notice_region
from eduplatform.components.ui.numbers import meter, progress, stat, stat_row
from eduplatform.components.ui.overlays import confirm_dialog, dialog, drawer
from eduplatform.components.ui.theme import STYLESHEETS, TAILWIND_CONFIG, theme_head, theme_switch

__all__ = [
    "STYLESHEETS",
    "TAILWIND_CONFIG",
    "Notice",
    "Option",
    "avatar",
    "badge",
    "banner",
    "breadcrumb",
    "button",
    "button_link",
    "callout",
    "card",
    "checkbox",
    "confirm_dialog",
    "date_time_input",
    "described_by",
    "description_list",
    "dialog",
    "divider",
    "drawer",
    "empty_state",
    "error_state",
    "field",
    "icon",
    "icon_button",
    "invalid",
    "kbd",
    "link",
    "link_tabs",
    "menu",
    "menu_heading",
    "menu_item",
    "menu_link",
    "menu_separator",
    "meter",
    "notice_region",
    "number_input",
    "page_header",
    "pager",
    "password_input",
    "progress",
    "radio_group",
    "search_input",
    "section_header",
    "select",
    "skeleton",
    "skeleton_card",
    "skeleton_stat",
    "skeleton_table",
    "skeleton_text",
    "spinner",
    "stat",
    "stat_row",
    "stepper",
    "switch",
    "tabs",
    "tag",
    "text_input",
    "textarea",
    "theme_head",
    "theme_switch",
    "tooltip",
    "visually_hidden",
]
