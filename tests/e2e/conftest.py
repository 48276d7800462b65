"""One browser for all journeys; a window of its own for each test and person.

A journey that fails is tried a second time, and the failure is printed all the same (decision 14).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import TIMEOUT_MS, Visitors, chromium_browser
from tests.e2e.teaching import Course, make_course
from tests.served import Served, chromium

expect.set_options(timeout=TIMEOUT_MS)

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each journey of this folder be tried twice."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print what went wrong in journeys that passed at the second try: it is a fault to be found."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.section(f"passed only at the second try, or not at all: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


# Playwright's loop belongs to this folder's tests: the asynchronous tests of other folders need the thread to themselves.
@pytest.fixture(scope="package")
def browser(served: Served) -> Iterator[Browser]:
    """A real Chromium."""
    path = chromium()
    with sync_playwright() as playwright, chromium_browser(playwright, path) as opened:
        yield opened


@pytest.fixture(scope="package")
def _people(browser: Browser, served: Served) -> Visitors:
    return Visitors(browser, served.url)


@pytest.fixture(scope="package")
def course(_people: Visitors) -> Course:
    """A course that a teacher has made in the interface, with a quiz that can be taken any number of times."""
    page = _people.visit("teacher")
    made = make_course(page, "1")
    assert not _people.serious(), _people.serious()
    _people.close()
    return made


@pytest.fixture
def visitors(_people: Visitors, request: pytest.FixtureRequest) -> Iterator[Visitors]:
    """Opens windows. A test fails if one of its pages reported an error, unless marked ``complaints_expected``."""
    yield _people
    complaints = _people.serious()
    _people.close()
    if request.node.get_closest_marker("complaints_expected") is None:
        assert not complaints, "\n".join(complaints)
