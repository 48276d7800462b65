"""A walk through every page of the platform, as each kind of person, following the links that people find there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
LISTS = re.compile(
    r"/(teach|learn)/courses/\[course_id\](/assessments|/groups)?|/learn/assessments/\[assessment_id\]"
)
"""Pages whose other addresses are followed too: not every course has an assignment or groups, not every quiz an attempt."""


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
    found: Iterable[str] = page.eval_on_selector_all(
        "a[href^='/']", "all => all.map((one) => one.getAttribute('href'))"
    )
    return [one.partition("?")[0].partition("#")[0] for one in found]


def walk(visitors: Visitors, who: str) -> Iterator[tuple[Stop, Page]]:
    """Open one address of each route that a person reaches by links from their first page, and the pages by hand.

    The yielded page shows the stop; whoever looks at it leaves it at its address. Other addresses of lists are opened at
    the end, for their links alone.
    """
    page = visitors.visit(who)
    waiting = [path for one, path in BY_HAND.values() if one == who]
    by_hand = set(waiting)
    waiting += [HOMES[who]] if who else []
    seen: set[str] = set()
    opened: set[str] = set()
    lists: list[str] = []
    while waiting or lists:
        path = waiting.pop(0) if waiting else lists.pop(0)
        route = "404" if path == BY_HAND["404"][1] else route_of(path)
        if path in opened or route not in routes() or (route in BY_HAND and path not in by_hand):
            continue
        if route in seen:
            if not LISTS.fullmatch(route):
                continue
            if waiting:
                lists.append(path)
                continue
        opened.add(path)
        go(page, path)
        waiting += links(page)
        if route not in seen:
            seen.add(route)
            yield Stop(who, path, route), page
    page.context.close()


def find_stops(visitors: Visitors) -> list[Stop]:
    """One address for each route and person."""
    return sorted(stop for who in ("", *HOMES) for stop, _page in walk(visitors, who))


def unreached(stops: Iterable[Stop]) -> list[str]:
    """Registered routes to which nobody finds a way."""
    return sorted(set(routes()) - {stop.route for stop in stops})
