"""A walk through every page of the platform, as each kind of person, following the links that people find there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from playwright.sync_api import Page

import eduplatform.eduplatform  # noqa: F401 - registers every page
from eduplatform.pages.registry import PAGES
from tests.browser import Visitors, go

HOMES = {
    "student": "/learn",
    "teacher": "/teach",
    "guardian": "/family",
    "admin": "/admin",
    "operator": "/operator",
}
BY_HAND = {
    "/": ("", "/"),
    "/login": ("", "/login"),
    "/forgot": ("", "/forgot"),
    "/reset/[token]": ("", "/reset/no-such-token"),
    "/invitation/[token]": ("", "/invitation/no-such-token"),
    "/choose": ("operator", "/choose"),
    "/forbidden": ("student", "/forbidden"),
    "404": ("student", "/there/is/no/such/page"),
    "/styleguide": ("", "/styleguide"),
    "/settings": ("student", "/settings"),
    "/settings/security": ("student", "/settings/security"),
    "/outbox": ("operator", "/outbox"),
}
"""Pages that nothing links to, and pages that are the same for everybody."""


@dataclass(frozen=True, order=True)
class Stop:
    """An address of the tour.

    Attributes:
        who: Role, or empty for nobody.
        path: The address.
        route: The registered route that it belongs to.
    """

    who: str
    path: str
    route: str

    @property
    def name(self) -> str:
        """A short name for files and reports."""
        words = re.sub(r"[\[\]]", "", self.route).strip("/").replace("/", "-") or "root"
        return f"{self.who or 'nobody'}-{words}"


def routes() -> list[str]:
    """Every registered route."""
    return sorted({page.route for page in PAGES})


def route_of(path: str) -> str:
    """The registered route of an address, or an empty string; a literal part wins over a dynamic one."""
    parts = path.strip("/").split("/")

    def fits(route: str) -> bool:
        own = route.strip("/").split("/")
        return len(own) == len(parts) and all(
            one == other or one.startswith("[") for one, other in zip(own, parts, strict=True)
        )

    return min((route for route in routes() if fits(route)), key=lambda route: route.count("["), default="")


def links(page: Page) -> list[str]:
    """Addresses inside the platform to which the page links."""
    found: Iterable[str] = page.eval_on_selector_all("a[href^='/']", "all => all.map((one) => one.getAttribute('href'))")
    return [one.partition("?")[0].partition("#")[0] for one in found]


def find_stops(visitors: Visitors) -> list[Stop]:
    """One address for each route and role that can reach it by links from the role's first page."""
    stops: dict[tuple[str, str], Stop] = {}
    for route, (who, path) in BY_HAND.items():
        if route in routes():
            stops[who, route] = Stop(who, path, route)
    for who, home in HOMES.items():
        page = visitors.visit(who)
        waiting = [home]
        while waiting:
            path = waiting.pop(0)
            route = route_of(path)
            if not route or (who, route) in stops or route in BY_HAND:
                continue
            stops[who, route] = Stop(who, path, route)
            go(page, path)
            waiting += links(page)
        page.context.close()
    return sorted(stops.values())


def unreached(stops: Iterable[Stop]) -> list[str]:
    """Registered routes to which nobody finds a way."""
    return sorted(set(routes()) - {stop.route for stop in stops})
