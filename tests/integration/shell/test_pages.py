"""Every page can be made, is titled in the reader's language, and belongs to its own script."""

from __future__ import annotations

import sys

import pytest
import reflex as rx
from reflex_base.components.component import BaseComponent
from reflex_components_core.core.cond import Cond
from reflex_components_core.core.match import Match

from eduplatform.components.layout.navigation import ACCOUNT, NAVIGATION
from eduplatform.components.layout.page_body import page_body
from eduplatform.eduplatform import app
from eduplatform.pages.registry import PAGES, Page
from eduplatform.security.permissions import Role
from eduplatform.state.accounts import SecurityState
from eduplatform.state.shell import HOME

ROUTES = {page.route: page for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.route)
def test_the_page_can_be_made(page: Page) -> None:
    assert isinstance(page.component(), rx.Component)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.route)
def test_the_title_is_translated_and_names_the_product(page: Page) -> None:
    title = str(page.document_title)
    assert "EduPlatform" in title
    if page.title:
        assert f'messages["{page.title}"]' in title


def test_each_page_is_a_script_of_its_own() -> None:
    modules = [page.component.__module__ for page in PAGES]
    assert "eduplatform.pages.registry" not in modules
    assert all(module in sys.modules and module.startswith("eduplatform.pages.") for module in modules)


def test_every_role_has_a_beginning_and_a_navigation_that_leads_to_it() -> None:
    for role in Role:
        starts = [entry.path for entry in NAVIGATION[role] if entry.start]
        assert starts == [HOME[role]]


def test_every_way_of_the_navigation_ends_at_a_page() -> None:
    paths = {entry.path for entries in (*NAVIGATION.values(), ACCOUNT) for entry in entries}
    assert paths - ROUTES.keys() == set()


def test_there_are_pages_for_lost_readers() -> None:
    assert {"404", "/forbidden", "/", "/login"} <= ROUTES.keys()


def test_a_page_shows_what_went_wrong_in_place_of_its_content() -> None:
    text = str(page_body(SecurityState, rx.el.p("the content")).render())
    for failure in ("not_found", "forbidden"):
        assert failure in text
    assert "the content" in text
    assert SecurityState.load.fn.__name__ in text  # "Try again" loads the page once more


def test_nothing_of_the_framework_that_needs_eval_surrounds_the_pages() -> None:
    assert {name for _order, name in app.app_wraps} == {"ErrorBoundary"}
    assert app.toaster is None


def _headings(component: BaseComponent) -> int:
    """How many first headings a component shows at most while its page's data is refused."""
    if isinstance(component, Match):
        return max(_headings(one) for one in [*(one for _, one in component.match_cases), component.default])
    if isinstance(component, Cond):
        shown, other = (_headings(one) for one in component.children)
        condition = str(component.cond)
        if ".failure" in condition:
            return shown if "!(" in condition.partition(".failure")[0] else other
        if ".loaded" in condition:
            return other
        return max(shown, other)
    return (getattr(component, "tag", None) == "h1") + sum(map(_headings, component.children))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.route)
def test_what_went_wrong_stands_under_no_other_heading(page: Page) -> None:
    assert _headings(page.component()) <= 1
