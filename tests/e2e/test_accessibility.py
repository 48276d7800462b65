"""Every page, as everybody who has it, in light and dark, on a small and on a large window."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from eduplatform.pages.registry import PAGES
from tests.browser import NARROW, WIDE, Visitors
from tests.tour import HOMES, Stop, unreached, walk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

Findings: TypeAlias = dict[Stop, list[str]]

IMPACTS = ("moderate", "serious", "critical")
FOUND_IN_JOURNEYS = {"/suspended"}
"""Pages to which no link of the demonstration data leads; the journeys through them look at them."""
TOLD = {("teacher", "/cases")}
"""Pages that a role learns of from a notification alone: only the adults named for cases of children at risk."""

_AXE = Axe()
_ALL = {"resultTypes": ["violations"], "iframes": False}
_COLOURS = {**_ALL, "runOnly": ["color-contrast"]}
"""Another theme changes nothing but colours."""
_STILL = """() => document.getAnimations().every(
  (one) => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity
)"""


@pytest.fixture(scope="package")
def findings(_people: Visitors) -> Findings:
    """What is wrong, by page; every page is opened once."""
    found: Findings = {}
    for who in ("", *HOMES):
        for stop, page in walk(_people, who):
            found[stop] = look_at(page) + [f"console: {one}" for one in _people.serious()]
            _people.complaints.clear()
    _people.close()
    return found


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds, in a line each."""
    answer = _AXE.run(page, options=options).response
    return [
        f"{rule['impact']} {rule['id']}: {rule['help']} at {node['target'][0]}  {node['html'][:160]}"
        for rule in answer["violations"]
        if rule["impact"] in IMPACTS
        for node in rule["nodes"][:3]
    ]


def outline(page: Page) -> list[str]:
    """What a page must have whatever it shows."""
    title = page.title()
    problems = []
    if not re.fullmatch(r".+ · EduPlatform|EduPlatform", title):
        problems.append(f"the title is {title!r}")
    for selector in ("h1:visible", "main:visible", "html[lang]"):
        if (count := page.locator(selector).count()) != 1:
            problems.append(f"{count} of {selector}")
    return problems


def overflow(page: Page) -> list[str]:
    """What makes a narrow window scroll sideways."""
    wide: list[str] = page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= room) return [];
          return [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > room + 1 && one.checkVisibility())
            .slice(-3).map((one) => `wider than the window: ${one.outerHTML.slice(0, 160)}`);
        }"""
    )
    return wide


def look_at(page: Page) -> list[str]:
    """Check the page that is open, in both themes and both sizes; leaves it as it was."""
    problems = outline(page)
    for theme, options in (("dark", _COLOURS), ("light", _ALL)):
        dark = theme == "dark"
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        page.wait_for_function(
            "(dark) => document.documentElement.classList.contains('dark') === dark", arg=dark
        )
        for width, height in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function(_STILL)
            problems += [f"{theme} {width}: {one}" for one in violations(page, options)]
            if width == NARROW[0]:
                problems += [f"{theme} {width}: {one}" for one in overflow(page)]
    return problems


def test_everybody_finds_a_way_to_every_page(findings: Findings) -> None:
    assert set(unreached(findings)) <= FOUND_IN_JOURNEYS
    for page in PAGES:
        for role in page.roles:
            if page.route not in FOUND_IN_JOURNEYS and (role.value, page.route) not in TOLD:
                assert any(stop.route == page.route and stop.who == role.value for stop in findings), (
                    role,
                    page.route,
                )


@pytest.mark.parametrize("who", ["", *HOMES], ids=lambda who: who or "nobody")
def test_pages_are_accessible_and_quiet(findings: Findings, who: str) -> None:
    own_404 = re.compile(r"/there/is/no/such/page.*404")
    report = [
        f"{stop.name}: {problem}"
        for stop, problems in findings.items()
        if stop.who == who
        for problem in problems
        if not own_404.search(problem)
    ]
    assert not report, "\n".join(report)
