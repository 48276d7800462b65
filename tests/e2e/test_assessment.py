"""An exam with a password and random questions, ten minutes without a network, and a correction for everybody."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Visitors, go, labelled, ready
from tests.e2e.learning import begin, join, question, saved
from tests.e2e.teaching import Course
from tests.e2e.test_accessibility import look_at

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

EXAM = "Exam about memory"
PASSWORD = "hippocampus"


@pytest.mark.complaints_expected
def test_ten_minutes_without_a_network_lose_nothing(visitors: Visitors, course: Course) -> None:
    page = visitors.visit("student")
    page.clock.install()
    begin(page, course)
    assert look_at(page) == []
    words = question(page, "Explain why").get_by_role("textbox")
    page.context.set_offline(True)
    for minute in range(10):
        words.fill(f"Written in minute {minute} of the tunnel.")
        page.keyboard.press("Tab")
        page.clock.fast_forward("01:00")
    page.clock.run_for(1000)
    question(page, "stage of sleep").get_by_label("ROM").check()
    expect(page.locator("#save-state")).to_have_attribute("data-status", "offline")
    page.clock.run_for(1000)
    page.context.set_offline(False)
    page.clock.fast_forward("00:30")
    page.clock.run_for(5000)
    saved(page)
    fresh = visitors.visit("student", page.url.removeprefix(visitors.url))
    expect(question(fresh, "Explain why").get_by_role("textbox")).to_have_value(
        "Written in minute 9 of the tunnel."
    )
    expect(question(fresh, "stage of sleep").get_by_label("ROM")).to_be_checked()


def test_an_exam_from_its_password_to_its_correction(visitors: Visitors, course: Course) -> None:
    teacher = visitors.visit("teacher")
    set_the_exam(teacher, course)
    exam = teacher.url.removeprefix(visitors.url)
    student = visitors.visit("student")
    sit_the_exam(student, course)
    go(teacher, f"{exam}/regrade")
    teacher.get_by_role("button", name="Correct question 1").click()
    teacher.get_by_role("dialog").get_by_text("Full marks for everybody").click()
    expect(teacher.locator("#regrade-summary")).to_contain_text("1 grade changes")
    labelled(teacher.get_by_role("dialog"), "Why").fill("It was never taught")
    teacher.locator("#apply-regrade").click()
    history = teacher.locator("#regrade-history")
    expect(history).to_contain_text("It was never taught")
    history.get_by_role("button", name="Undo").click()
    expect(history).to_contain_text("Undone")


def set_the_exam(page: Page, course: Course) -> None:
    """An exam that draws one question, needs a password and shows nothing yet."""
    go(page, f"{course.path}/assessments")
    page.get_by_role("button", name="New assessment").first.click()
    dialog = page.get_by_role("dialog", name="New assessment")
    labelled(dialog, "Title").fill(EXAM)
    labelled(dialog, "Kind").select_option("exam")
    dialog.get_by_role("button", name="Create draft").click()
    expect(page).to_have_url(re.compile("/teach/assessments/"))
    ready(page)
    page.get_by_role("button", name="Random questions").first.click()
    dialog = page.get_by_role("dialog", name="Random questions")
    labelled(dialog, "How many for each student").fill("9")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Too few questions")).to_be_visible()
    page.get_by_role("button", name="Change random questions 1").click()
    labelled(dialog, "How many for each student").fill("1")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 random question", exact=True)).to_be_visible()
    labelled(page, "Password").fill(PASSWORD)
    page.locator("#assessment-save").click()
    expect(page.get_by_text(re.compile("Saved")).first).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()


def sit_the_exam(page: Page, course: Course) -> None:
    """Guess once, begin, hand in nothing, and see no result."""
    join(page, course)
    page.get_by_role("link", name=EXAM).first.click()
    expect(page.get_by_role("heading", name=EXAM, level=1)).to_be_visible()
    ready(page)
    page.locator("#start").click()
    dialog = page.get_by_role("dialog", name="This exam has a password")
    typed = dialog.locator("input[name=password]")
    typed.fill("cerebellum")
    dialog.get_by_role("button", name="Start now").click()
    expect(dialog.get_by_text("This is not the password.").first).to_be_visible()
    typed.fill(PASSWORD)
    dialog.get_by_role("button", name="Start now").click()
    expect(page).to_have_url(re.compile("/learn/attempts/"))
    expect(page.locator("#question-1")).to_be_visible()
    expect(page.locator("#question-2")).to_have_count(0)
    page.locator("#submit-attempt").click()
    page.get_by_role("dialog", name="Hand in your answers?").get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Not shown yet").first).to_be_visible()
