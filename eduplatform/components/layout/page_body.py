"""The part of a page that depends on its data: skeleton, content, or what went wrong."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import button_link, empty_state, error_state, skeleton, skeleton_text
from eduplatform.state.shell import ShellState


def page_body(
    state: Any,
    *content: rx.Component,
    header: rx.Component | None = None,
    skeleton: rx.Component | None = None,
    class_name: str = "",
) -> rx.Component:
    """Show the content once the page's data is there.

    What went wrong has a heading of its own: a heading that shall be there before the data is must be given as ``header``.

    Args:
        state: The page's state class (with ``PageMixin``) and a ``load`` handler.
        content: What the loaded page shows.
        header: Stands above content and skeleton, but not above what went wrong.
        skeleton: What stands in the content's place before; should have the shape and size of what will come.
        class_name: Classes of an element around the content; none is made without them.
    """
    body = rx.el.div(*content, class_name=class_name) if class_name else rx.fragment(*content)
    return rx.cond(
        state.failure != "",
        rx.match(
            state.failure,
            ("not_found", not_found_body()),
            ("forbidden", forbidden_body()),
            error_state(
                _("This page could not be loaded"),
                heading=True,
                reference=state.reference,
                on_retry=state.load,
                id="page-error",
            ),
        ),
        rx.fragment(
            *([header] if header is not None else []),
            rx.cond(state.loaded, body, skeleton if skeleton is not None else page_skeleton()),
        ),
    )


def page_skeleton() -> rx.Component:
    """The usual shape of a page that is loading: a heading and some text."""
    return rx.el.div(
        skeleton(class_name="h-8 w-64 max-w-full"),
        skeleton_text(lines=3, class_name="mt-8 max-w-2xl"),
        class_name="py-2",
    )


def not_found_body() -> rx.Component:
    """In place of a page whose object does not exist for this person."""
    return empty_state(
        _("We could not find that"),
        description=_("It may have been moved or removed, or the address is not complete."),
        icon="search",
        actions=[button_link(_("Go to your start page"), ShellState.home, icon="house")],
        heading=True,
        id="page-not-found",
    )


def forbidden_body() -> rx.Component:
    """In place of a page that is not for this person's role."""
    return empty_state(
        _("This page is not for your account"),
        description=_("If you think that you should see it, ask the administrator of your organisation."),
        icon="lock",
        actions=[button_link(_("Go to your start page"), ShellState.home, icon="house")],
        heading=True,
        id="page-forbidden",
    )
