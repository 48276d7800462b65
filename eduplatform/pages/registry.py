"""The list of pages. ``@page`` records a page; the composition root adds them all to the application."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from eduplatform.components.layout.shell import shell
from eduplatform.components.text import _
from eduplatform.security.permissions import Role
from eduplatform.state.shell import ShellState

PageFunction = Callable[[], rx.Component]


@dataclass(frozen=True, slots=True)
class Page:
    """One route.

    Attributes:
        route: Address; ``[name]`` marks a dynamic part.
        title: Title of the document, in English.
        roles: Who finds it in their navigation; what it shows is protected by its handlers. Empty: everybody.
        component: Makes the page once, when the frontend is built.
        on_load: Events that fill it.
        development: Exists in development only.
    """

    route: str
    title: str
    roles: tuple[Role, ...]
    component: PageFunction
    on_load: tuple[Any, ...]
    development: bool

    @property
    def document_title(self) -> rx.Var[Any] | str:
        """The title in the reader's language, with the product's name."""
        title: Any = _(self.title)
        return title + " · EduPlatform" if self.title else "EduPlatform"


PAGES: list[Page] = []


def page(
    route: str,
    *,
    title: str,
    roles: Sequence[Role] = (),
    on_load: Any = (),
    bare: bool = False,
    development: bool = False,
) -> Callable[[PageFunction], PageFunction]:
    """Register a page.

    Args:
        route: Address, for example ``/courses/[course_id]``.
        title: English title of the document; empty for the product's name alone.
        roles: Roles that the page is for; empty for everybody.
        on_load: Event or events that fill the page, after the shell's own.
        bare: Without the shell, for sign-in and error pages.
        development: Only outside production.
    """
    events = tuple(on_load) if isinstance(on_load, list | tuple) else (on_load,)

    def register(function: PageFunction) -> PageFunction:
        # Reflex names a page's script after the module of its function: the frame must not take its place.
        @functools.wraps(function)
        def framed() -> rx.Component:
            return shell(function())

        component = function if bare else framed
        PAGES.append(Page(route, title, tuple(roles), component, (ShellState.load, *events), development))
        return function

    return register
