"""The grading desk by keyboard only, and what the student reads of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Visitors, go, labelled, ready
from tests.e2e.learning import answer_all, begin, hand_in, join
from tests.e2e.teaching import Course

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ESSAY = "Sleep keeps memories because the hippocampus replays the day."


def test_an_essay_is_highlighted_scored_and_released_without_a_mouse(
    visitors: Visitors, course: Course
) -> None:
    student = visitors.visit("student")
    join(student, course)
    begin(student, course)
    answer_all(student, ESSAY)
    hand_in(student)
    page = visitors.visit("teacher", "/teach/grading")
    link = page.get_by_role("row").filter(has_text=course.quiz).get_by_role("link", name="Grade now")
    link.focus()
    page.keyboard.press("Enter")
    ready(page)
    expect(page.get_by_text(ESSAY).first).to_be_visible()
    _highlight_the_first_word(page)
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(labelled(page, "Comment for the student").first).to_be_focused()
    page.keyboard.type("Name the stage of sleep.")
    points = page.get_by_label("Points", exact=True)
    points.focus()
    page.keyboard.type("0.5")
    page.keyboard.press("Control+Enter")
    # Without waiting for anything: undo belongs to what is being saved.
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(points).to_have_value("")
    points.fill("1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#desk-release")).to_be_enabled()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_text("Released", exact=True).filter(visible=True).first).to_be_visible()
    go(student, "/learn/grades")
    student.get_by_role("link", name=course.quiz).first.click()
    ready(student)
    expect(student.get_by_role("heading", name="Highlights")).to_be_visible()
    expect(student.get_by_text("Which kind of sleep?")).to_be_visible()
    expect(student.locator("mark")).to_contain_text("Sleep")


def _highlight_the_first_word(page: Page) -> None:
    page.keyboard.press("h")
    expect(page.get_by_label("The answer, to select a passage in")).to_be_focused()
    for _letter in "Sleep":
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Comment on this passage")).to_be_focused()
    page.keyboard.type("Which kind of sleep?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("mark")).to_contain_text("Sleep")


def test_keys_that_come_too_early_wait_for_the_next_student(visitors: Visitors) -> None:
    page = visitors.visit("teacher", "/teach/grading")
    page.get_by_role("row").filter(has_text="The story of a fall").first.get_by_role("link").last.click()
    ready(page)
    expect(page.locator("fieldset[data-criterion]").first).to_be_visible()
    first, left = page.locator("form[id^=marks-]").get_attribute("id"), _chosen(page)
    # One after the other, without waiting for anything: the level belongs to the student that comes.
    page.evaluate(
        """() => { for (const key of ["j", "2"]) document.body.dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }"""
    )
    expect(page.locator("form[id^=marks-]")).not_to_have_attribute("id", first or "")
    level = page.locator("fieldset[data-criterion]").first.locator("input").nth(1)
    expect(level).to_be_checked()
    page.keyboard.press("k")
    expect(page.locator("form[id^=marks-]")).to_have_attribute("id", re.compile((first or "")[:42]))
    expect(page.locator("fieldset[data-criterion]").first).to_be_visible()
    assert _chosen(page) == left


def _chosen(page: Page) -> list[str]:
    return page.locator("fieldset[data-criterion] input:checked").evaluate_all(
        "found => found.map(one => one.value)"
    )
