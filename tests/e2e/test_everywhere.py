"""What every page offers: languages, themes, the palette, the keyboard, and calm when something is not as it should be."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE, Visitors, go, labelled, ready, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_the_palette_leads_anywhere_by_keyboard(visitors: Visitors) -> None:
    page = visitors.visit("teacher", "/teach")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name=re.compile("Go to"))
    expect(palette.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("gra")
    expect(palette.get_by_role("option").first).to_contain_text("Grading desk")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/teach/grading"))
    expect(page.get_by_role("heading", level=1, name="Grading desk")).to_be_visible()
    expect(palette).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(palette).to_be_visible()
    page.keyboard.type("people")  # an admin's page is not offered to a teacher
    expect(palette.get_by_role("option").filter(has_text="People")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()


def test_the_first_tab_stop_skips_the_navigation(visitors: Visitors) -> None:
    page = visitors.visit("student", "/learn")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_spanish_is_kept_for_the_person(visitors: Visitors) -> None:
    page = visitors.visit(path="/login")
    sign_in(page, "student@northwind.test")
    page.get_by_role("combobox", name=re.compile("Language|Idioma")).first.select_option(label="Español")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("navigation").get_by_role("link", name="Cursos").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("navigation").get_by_role("link", name="Cursos").first).to_be_visible()
    expect(page).to_have_title(re.compile("Inicio"))
    other = visitors.visit("student@northwind.test", "/learn/courses")
    expect(other.get_by_role("heading", name="Cursos", level=1)).to_be_visible()
    other.get_by_role("combobox", name=re.compile("Language|Idioma")).first.select_option(label="English")
    expect(other.get_by_role("heading", name="Courses", level=1)).to_be_visible()


def test_the_browsers_language_greets(visitors: Visitors) -> None:
    page = visitors.visit(path="/login", locale="es-MX")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0)


def test_the_theme_is_kept_in_this_browser(visitors: Visitors) -> None:
    page = visitors.visit("student", "/learn")
    html = page.locator("html")
    expect(html).not_to_have_class(re.compile(r"\bdark\b"))
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark theme").click()
    expect(html).to_have_class(re.compile(r"\bdark\b"))
    page.reload()
    ready(page)
    expect(html).to_have_class(re.compile(r"\bdark\b"))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.get_by_role("button", name="System theme").click()
    expect(html).not_to_have_class(re.compile(r"\bdark\b"))


@pytest.mark.complaints_expected
@pytest.mark.parametrize(
    "path",
    [
        "/no/such/page",
        "/learn/courses/0190a000-0000-7000-8000-000000000000",
        "/learn/lessons/not-an-id",
        "/api/nothing",
    ],
)
def test_what_does_not_exist_says_so_and_leads_on(visitors: Visitors, path: str) -> None:
    page = visitors.visit("student")
    page.goto(path)
    if path.startswith("/api"):
        expect(page.locator("body")).to_contain_text("not_found")
        return
    expect(
        page.get_by_role("heading", name=re.compile("could not find that|no page at this address"))
    ).to_be_visible()
    page.get_by_role("link", name="Go to your start page").click()
    expect(page).to_have_url(re.compile("/learn/?$"))


@pytest.mark.parametrize("path", ["/teach/courses", "/admin/people", "/operator", "/teach/grading"])
def test_pages_of_other_roles_are_refused_politely(visitors: Visitors, path: str) -> None:
    page = visitors.visit("student")
    page.goto(path)
    expect(page.get_by_text("This page is not for your account")).to_be_visible()
    page.get_by_role("link", name="Go to your start page").click()
    expect(page).to_have_url(re.compile("/learn/?$"))


def test_another_tenants_course_does_not_exist(visitors: Visitors) -> None:
    theirs = visitors.visit("student@northwind.test", "/learn/courses")
    link = theirs.get_by_role("main").locator("a[href^='/learn/courses/']").first
    title, path = link.inner_text(), link.get_attribute("href") or ""
    own = visitors.visit("student")
    own.goto(path)
    expect(own.get_by_role("heading", name="We could not find that")).to_be_visible()
    assert title not in own.locator("body").inner_text()


def test_the_session_ends_in_the_middle_of_a_form_and_nothing_is_lost(visitors: Visitors) -> None:
    page = visitors.visit(path="/login")
    sign_in(page, "teacher@northwind.test")
    go(page, "/teach/courses")
    page.get_by_role("main").locator("a[href^='/teach/courses/']").first.click()
    page.get_by_role("main").locator("a[href^='/teach/lessons/']").first.click()
    expect(page).to_have_url(re.compile("/teach/lessons/"))
    ready(page)
    labelled(page, "Title").fill("A title that I have just thought of")
    page.context.request.post("/auth/sign-out", headers={"Origin": visitors.url})
    expect(page).to_have_url(re.compile("/login"))
    sign_in(page, "teacher@northwind.test")
    expect(page).to_have_url(re.compile("/teach/lessons/"))
    expect(labelled(page, "Title")).to_have_value("A title that I have just thought of")


def test_a_double_click_creates_one_thing(visitors: Visitors) -> None:
    page = visitors.visit("teacher", "/teach/courses")
    page.get_by_role("button", name="New course").click()
    dialog = page.get_by_role("dialog", name="New course")
    labelled(dialog, "Title").fill("Only once")
    labelled(dialog, "Course code").fill("ONCE-1")
    dialog.get_by_role("button", name="Create course").dblclick()
    expect(page.get_by_role("heading", name="Only once", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Courses", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Only once")).to_have_count(1)


def test_the_back_button_goes_where_one_was(visitors: Visitors) -> None:
    page = visitors.visit("student", "/learn")
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Courses").click()
    expect(page.get_by_role("heading", name="Courses", level=1)).to_be_visible()
    page.get_by_role("main").locator("a[href^='/learn/courses/']").first.click()
    expect(page).to_have_url(re.compile("/learn/courses/."))
    ready(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Courses", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("^Hello"))).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="Courses", level=1)).to_be_visible()


@pytest.mark.complaints_expected
def test_the_indicator_tells_whether_we_are_connected(visitors: Visitors) -> None:
    page = visitors.visit("student", "/learn")
    status = page.locator("[data-status]").filter(visible=True).first
    expect(status).to_have_attribute("data-status", "live")
    page.context.set_offline(True)
    expect(status).to_have_attribute("data-status", "offline")
    page.context.set_offline(False)
    expect(status).to_have_attribute("data-status", "live")
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Grades").click()
    expect(page.get_by_role("heading", name="Grades", level=1)).to_be_visible()


def test_a_phone_shows_the_navigation_below_and_all_of_it_in_a_drawer(visitors: Visitors) -> None:
    page = visitors.visit("student", "/learn", size=PHONE, touch=True)
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_hidden()
    bar = page.get_by_role("navigation", name="Main pages")
    bar.get_by_role("button", name="Menu").tap()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("combobox", name="Language")).to_be_visible()
    drawer.get_by_role("link", name="Grades").tap()
    expect(page).to_have_url(re.compile("/learn/grades"))
    expect(drawer).to_be_hidden()


@pytest.mark.parametrize(
    "text",
    ["' OR 1=1 --", "%", "_", "\\", "<script>alert(1)</script>", "x" * 5000, "\U0001f9ea naïve"],
    ids=lambda text: text[:12],
)
def test_any_text_may_be_searched_for(visitors: Visitors, text: str) -> None:
    page = visitors.visit("admin", "/admin/people")
    page.get_by_role("main").get_by_role("searchbox").first.fill(text)
    expect(page.get_by_text("Nobody matches")).to_be_visible()
    page.get_by_role("button", name="Show everybody").click()
    expect(page.get_by_role("row").nth(2)).to_be_visible()
