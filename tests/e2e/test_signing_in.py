"""Signing in and out, as people do it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import ACCOUNTS, PHONE, WIDE, Visitors, go, labelled, ready, sign_in
from tests.served import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

HOMES = {
    "student": "/learn",
    "teacher": "/teach",
    "guardian": "/family",
    "admin": "/admin",
    "operator": "/operator",
}


@pytest.mark.parametrize(("role", "home"), HOMES.items())
def test_each_role_begins_on_its_own_page(visitors: Visitors, role: str, home: str) -> None:
    page = visitors.visit(path="/login")
    sign_in(page, ACCOUNTS[role])
    expect(page).to_have_url(re.compile(f"{home}/?$"))
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()


def test_a_wrong_password_keeps_the_address_and_says_so(visitors: Visitors) -> None:
    page = visitors.visit(path="/login")
    for email in (ACCOUNTS["student"], "nobody@riverside.test"):
        page.get_by_label("Email", exact=True).fill(email)
        page.get_by_label("Password", exact=True).fill("not-my-password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert").filter(has_text="is not right")).to_be_visible()
        expect(page.get_by_label("Email", exact=True)).to_have_value(email)
    page.get_by_label("Email", exact=True).fill(f"  {ACCOUNTS['student'].upper()} ")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/learn"))


def test_the_enter_key_signs_in(visitors: Visitors) -> None:
    page = visitors.visit(path="/login")
    page.get_by_label("Email", exact=True).fill(ACCOUNTS["student"])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/learn"))


def test_after_signing_in_the_wanted_page_opens(visitors: Visitors) -> None:
    page = visitors.visit()
    page.goto("/settings/security")
    expect(page).to_have_url(re.compile(r"/login/?\?next=/settings/security"))
    sign_in(page, ACCOUNTS["student"])
    expect(page).to_have_url(re.compile("/settings/security"))


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_another_site_is_never_the_wanted_page(visitors: Visitors, target: str) -> None:
    page = visitors.visit()
    go(page, f"/login?next={target}")
    sign_in(page, ACCOUNTS["student"])
    expect(page).to_have_url(re.compile(re.escape(visitors.url) + "/learn"))


def test_scripts_cannot_see_the_session(visitors: Visitors) -> None:
    page = visitors.visit("student", "/learn")
    cookies = [one for one in page.context.cookies() if one["name"].endswith("edu_session")]
    assert len(cookies) == 1
    assert cookies[0]["httpOnly"]
    assert cookies[0]["sameSite"] == "Lax"
    stored = page.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])")
    assert cookies[0]["value"] not in stored
    assert ACCOUNTS["student"] not in stored


def test_signing_out_ends_the_session_everywhere_in_this_browser(visitors: Visitors) -> None:
    page = visitors.visit(path="/login")
    sign_in(page, ACCOUNTS["student"])
    other_tab = visitors.watch(page.context.new_page())
    go(other_tab, "/settings")
    go(page, "/settings/security")
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login"))
    expect(other_tab).to_have_url(re.compile("/login"), timeout=7_000)
    page.go_back()
    expect(page).to_have_url(re.compile("/login"))
    expect(page.get_by_text(ACCOUNTS["student"], exact=True).and_(page.locator("p"))).to_have_count(0)


def test_a_session_revoked_elsewhere_is_felt_within_five_seconds(visitors: Visitors) -> None:
    lost = visitors.visit(path="/login")
    sign_in(lost, "guardian@northwind.test")
    owner = visitors.visit(path="/login")
    sign_in(owner, "guardian@northwind.test")
    go(owner, "/settings/security")
    others = owner.get_by_role("button", name=re.compile("^End the session"))
    expect(others).to_have_count(1)
    others.click()
    expect(lost).to_have_url(re.compile("/login"), timeout=5_000)
    expect(others).to_have_count(0)
    go(owner, "/settings/security")
    expect(owner).to_have_url(re.compile("/settings/security"))


_HEIGHTS = """
window.heights = [];
(function look() {
  const link = document.querySelector("main a[href^='/forgot']");
  if (link) window.heights.push(Math.round(link.getBoundingClientRect().y));
  requestAnimationFrame(look);
})();
"""


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_nothing_on_the_sign_in_page_moves_while_it_loads(visitors: Visitors, size: tuple[int, int]) -> None:
    page = visitors.visit(size=size)
    page.add_init_script(_HEIGHTS)
    go(page, "/login")
    expect(page.get_by_text("Demonstration accounts")).to_be_visible()
    heights = page.evaluate("() => new Promise(seen => requestAnimationFrame(() => seen(window.heights)))")
    assert len(set(heights)) == 1


def test_a_forgotten_password_says_the_same_for_every_address(visitors: Visitors) -> None:
    texts = []
    for email in (ACCOUNTS["guardian"], "nobody@nowhere.test"):
        page = visitors.visit(path="/login")
        page.get_by_role("link", name="Forgot your password?").click()
        expect(page.get_by_role("heading", name="Forgot your password?", level=1)).to_be_visible()
        ready(page)
        labelled(page, "Email").fill(email)
        page.get_by_role("button", name="Send the link").click()
        expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
        texts.append(page.locator("body").inner_text())
    assert texts[0] == texts[1]
