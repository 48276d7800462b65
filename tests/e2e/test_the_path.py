"""One lesson lived: from an empty course to a grade that the student, the guardian and the admin see."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PHONE, Visitors, go, ready
from tests.e2e.learning import answer_all, begin, hand_in, join, question, saved
from tests.e2e.teaching import Course

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ESSAY = (
    "While we sleep the hippocampus replays the day, and the cortex keeps it. That is called consolidation."
)


def test_a_lesson_is_safe_to_read(visitors: Visitors, course: Course) -> None:
    page = visitors.visit("student")
    join(page, course)
    page.get_by_role("link", name="Why sleep matters").click()
    text = page.locator("#lesson-text")
    expect(text.locator("math").first).to_be_attached()
    expect(text.locator("table")).to_be_visible()
    expect(text.locator("pre code")).to_contain_text("remember")
    assert text.locator("script, [href^='javascript:'], [onerror]").count() == 0
    assert page.evaluate("window.hacked") is None
    page.locator("#lesson-mark").click()
    expect(page.locator("#lesson-mark")).to_have_text("Not read yet")


def test_from_the_quiz_to_the_grade(visitors: Visitors, course: Course) -> None:
    student = visitors.visit("student")
    begin(student, course)
    answer_all(student, ESSAY)
    hand_in(student)
    expect(student.get_by_text("Not released yet")).to_be_visible()
    attempt = student.url
    teacher = visitors.visit("teacher")
    grade_the_essay(teacher, course)
    # Nobody touches the student's window: the grade arrives by itself.
    expect(student.get_by_text("Not released yet")).to_have_count(0)
    assert student.url == attempt
    expect(student.get_by_text("A clear answer; name the stage of sleep next time.")).to_be_visible()
    student.get_by_text("How your grade came about").click()
    expect(student.get_by_role("listitem").filter(has_text=re.compile(r"\d")).first).to_be_visible()
    go(student, "/learn/grades")
    expect(student.get_by_text(course.quiz).first).to_be_visible()
    the_guardian_sees_it(visitors.visit("guardian", "/family"), course)
    the_admin_sees_it(visitors.visit("admin", "/admin/audit"))


def grade_the_essay(page: Page, course: Course) -> None:
    """Give three points and a comment, save, and release."""
    go(page, "/teach/grading")
    row = page.get_by_role("row").filter(has_text=course.quiz)
    row.get_by_role("link", name="Grade now", exact=True).click()
    ready(page)
    expect(page.locator("#desk-student")).to_be_visible()
    expect(page.get_by_text(ESSAY)).to_be_visible()
    points = page.get_by_label("Points", exact=True)
    points.fill("-3")
    page.locator("#desk-save").click()
    expect(points).to_have_value("-3")  # refused, and still there to be corrected
    points.fill("1")
    page.get_by_label("Comment for the student").filter(visible=True).first.fill(
        "A clear answer; name the stage of sleep next time."
    )
    page.locator("#desk-save").click()
    expect(page.locator("#desk-release")).to_be_enabled()
    page.locator("#desk-release").click()
    expect(page.get_by_text("Released", exact=True).filter(visible=True).first).to_be_visible()


def the_guardian_sees_it(page: Page, course: Course) -> None:
    """The child's grade, but not the answers."""
    expect(page.get_by_text(course.quiz).first).to_be_visible()
    expect(page.get_by_text(ESSAY)).to_have_count(0)


def the_admin_sees_it(page: Page) -> None:
    """What happened, without what was written."""
    expect(page.get_by_role("rowheader", name="released grades").first).to_be_visible()
    expect(page.get_by_text(ESSAY)).to_have_count(0)
    go(page, "/admin/people")
    expect(page.get_by_role("row").filter(has_text="student@riverside.test")).to_be_visible()


def test_reload_and_a_second_tab_lose_nothing(visitors: Visitors, course: Course) -> None:
    first = visitors.visit("student")
    begin(first, course)
    question(first, "forgetting curve").get_by_role("textbox").fill("Bartlett")
    question(first, "stage of sleep").get_by_label("RAM").check()
    saved(first)
    first.reload()
    expect(question(first, "forgetting curve").get_by_role("textbox")).to_have_value("Bartlett")
    expect(question(first, "stage of sleep").get_by_label("RAM")).to_be_checked()
    second = visitors.watch(first.context.new_page())
    go(second, first.url)
    expect(question(second, "forgetting curve").get_by_role("textbox")).to_have_value("Bartlett")
    question(second, "forgetting curve").get_by_role("textbox").fill("Ebbinghaus")
    second.keyboard.press("Tab")
    saved(second)
    first.bring_to_front()
    expect(question(first, "forgetting curve").get_by_role("textbox")).to_have_value("Ebbinghaus")


@pytest.mark.complaints_expected
def test_answers_given_without_a_network_arrive_afterwards(visitors: Visitors, course: Course) -> None:
    page = visitors.visit("student")
    begin(page, course)
    words = question(page, "Explain why").get_by_role("textbox")
    words.fill("Written while we were online.")
    page.keyboard.press("Tab")
    saved(page)
    page.context.set_offline(True)
    words.fill("Written in a tunnel.")
    question(page, "stage of sleep").get_by_label("ROM").check()
    expect(page.locator("#save-state")).to_have_attribute("data-status", "offline")
    page.context.set_offline(False)
    saved(page)
    fresh = visitors.visit("student", page.url.removeprefix(visitors.url))
    expect(question(fresh, "Explain why").get_by_role("textbox")).to_have_value("Written in a tunnel.")
    expect(question(fresh, "stage of sleep").get_by_label("ROM")).to_be_checked()


def test_the_clock_of_the_device_does_not_matter(visitors: Visitors, course: Course) -> None:
    page = visitors.visit("student")
    page.clock.install(time="2031-01-01T00:00:00")
    page.clock.resume()
    begin(page, course)
    expect(page.locator("#time-left")).to_have_text(re.compile(r"^[0-4]?\d:\d\d$"))
    question(page, "forgetting curve").get_by_role("textbox").fill("from the future")
    page.keyboard.press("Tab")
    saved(page)


def test_handing_in_twice_is_handing_in_once(visitors: Visitors, course: Course) -> None:
    page = visitors.visit("student")
    begin(page, course)
    other = visitors.watch(page.context.new_page())
    go(other, page.url)
    page.locator("#submit-attempt").click()
    page.get_by_role("dialog", name="Hand in your answers?").get_by_role("button", name="Hand in").dblclick()
    expect(page.get_by_text("Not released yet").or_(page.get_by_text("Handed in")).first).to_be_visible()
    other.bring_to_front()
    expect(other.locator("#submit-attempt")).to_have_count(0)
    page.go_back()
    page.go_forward()
    expect(page.locator("#submit-attempt")).to_have_count(0)


def test_a_student_with_a_phone(visitors: Visitors, course: Course) -> None:
    page = visitors.visit("student", "/learn", size=PHONE, touch=True)
    page.get_by_role("navigation", name="Main pages").get_by_role("link", name="Courses").tap()
    page.get_by_role("link", name=course.title).tap()
    page.get_by_role("link", name="Why sleep matters").tap()
    expect(page.locator("#lesson-text")).to_be_visible()
    begin(page, course)
    question(page, "stage of sleep").get_by_label("REM").check()
    saved(page)
    for card in page.locator("section[id^=question-]").all():
        box = card.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
    hand_in(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_grading_needs_no_mouse(visitors: Visitors) -> None:
    page = visitors.visit("teacher", "/teach/grading")
    link = page.get_by_role("row").nth(1).get_by_role("link", name=re.compile("^(Grade now|Release)$"))
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-student")).to_be_visible()
    ready(page)
    name = page.locator("#desk-student").get_by_role("heading")
    before = name.inner_text()
    page.keyboard.press("c")
    comment = page.get_by_label("Comment for the student").first
    expect(comment).to_be_focused()
    page.keyboard.type("Written with the keyboard: jkns1")
    expect(comment).to_have_value(re.compile("jkns1$"))
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("1")
    page.keyboard.press("s")
    expect(page.get_by_text(re.compile("Saved")).first).to_be_visible()
    page.keyboard.press("j")
    expect(name).not_to_have_text(before)
    ready(page)
    page.keyboard.press("k")
    expect(name).to_have_text(before)
    expect(page.get_by_label("Comment for the student").first).to_have_value(re.compile("jkns1$"))
