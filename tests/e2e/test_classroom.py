"""The class at one moment: a quiz that a teacher watches and prolongs, and a lesson that a teacher leads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PHONE, Visitors, go, labelled, ready
from tests.e2e.learning import begin, join, question, saved
from tests.e2e.teaching import Course, make_course

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


def test_a_class_at_one_moment(visitors: Visitors) -> None:
    teacher, student = visitors.visit("teacher"), visitors.visit("student")
    course = make_course(teacher, "live")
    _watch(teacher, student, course)
    _add_block(teacher, course)
    _lead(teacher, visitors.visit("student", size=PHONE, touch=True), course)


def _watch(teacher: Page, student: Page, course: Course) -> None:
    go(teacher, course.path + "/assessments")
    teacher.get_by_role("link", name=course.quiz).first.click()
    ready(teacher)
    teacher.locator("#open-monitor").click()
    expect(teacher.get_by_text("Nobody takes this course yet")).to_be_visible()
    begin(student, course)
    # The monitor is open all the time: what the student does arrives by itself.
    row = teacher.get_by_role("row").filter(has_text="Working")
    expect(row).to_be_visible()
    expect(row.get_by_text("Connected")).to_be_visible()
    expect(row.get_by_role("timer")).to_have_text(re.compile(r"^4[45]:\d\d$"))
    question(student, "stage of sleep").get_by_label("REM").check()
    saved(student)
    expect(row.get_by_text(re.compile("^1 of 5 answered · Saved"))).to_be_visible()
    # What is half typed stays when the deadline moves.
    question(student, "Explain why").get_by_role("textbox").fill("While we sleep")
    teacher.locator("#extend-open").click()
    dialog = teacher.get_by_role("dialog", name="Give more time")
    labelled(dialog, "Minutes").fill("10")
    labelled(dialog, "Reason").fill("Fire alarm")
    teacher.locator("#extend-submit").click()
    expect(student.locator("#more-time")).to_contain_text("10 min")
    expect(student.locator("#time-left")).to_have_text(re.compile(r"^5[345]:\d\d$"))
    expect(question(student, "Explain why").get_by_role("textbox")).to_have_value("While we sleep")
    expect(row.get_by_text("+10 min")).to_be_visible()
    # Ending hands in what is there, and the student's page goes on to the result.
    row.get_by_role("button", name=re.compile("More about")).click()
    teacher.get_by_role("menuitem", name="End now").click()
    teacher.get_by_role("alertdialog").get_by_role("button", name="End now").click()
    expect(student.get_by_text("Handed in").first).to_be_visible()
    expect(teacher.get_by_role("row").filter(has_text="Handed in")).to_be_visible()


def _add_block(teacher: Page, course: Course) -> None:
    go(teacher, course.path)
    teacher.get_by_role("link", name=re.compile("Why sleep matters")).first.click()
    ready(teacher)
    teacher.locator("#add-text").click()
    teacher.locator("#block-field-text").fill("## How much is enough?\n\nMost teenagers need nine hours.")
    teacher.locator("#block-done").click()
    teacher.locator("#lesson-publish").click()
    teacher.locator("#publish-now").click()
    expect(teacher.get_by_text("Version 2 is published", exact=True).first).to_be_visible()


def _lead(teacher: Page, student: Page, course: Course) -> None:
    join(student, course)
    expect(student.get_by_text("Live now")).to_be_hidden()
    go(teacher, course.path + "/live")
    teacher.locator("#live-open").click()
    dialog = teacher.get_by_role("dialog", name="Start a live lesson")
    dialog.get_by_role("combobox", name="Lesson").select_option(label="Why sleep matters")
    dialog.get_by_role("combobox", name="Class").select_option(label="Evening group")
    dialog.get_by_label("How many hands are up").check()
    teacher.locator("#live-start-submit").click()
    expect(teacher.locator("#live-position")).to_have_text("Block 1 of 2")
    # The course's page says so without being opened again.
    student.locator("#live-join").click()
    expect(student.locator("#live-seat")).to_be_visible()
    here = teacher.get_by_role("list", name="Who is here").get_by_role("listitem")
    expect(here).to_have_count(1)
    teacher.keyboard.press("ArrowRight")
    expect(teacher.locator("#live-position")).to_have_text("Block 2 of 2")
    expect(student.locator("[data-live-block]")).to_contain_text("How much is enough?")
    student.locator("#live-hand").click()
    raised = teacher.get_by_role("button", name=re.compile("Lower the hand of"))
    expect(raised).to_be_visible()
    expect(student.get_by_text("1 hand up")).to_be_visible()
    raised.click()
    expect(student.locator("#live-hand")).to_have_attribute("aria-pressed", "false")
    _poll(teacher, student)
    # Reading on a new page of the same place changes nothing: everything is on the server.
    go(teacher, re.sub(r"^https?://[^/]+", "", teacher.url))
    expect(teacher.locator("#live-position")).to_have_text("Block 2 of 2")
    teacher.locator("#live-end-open").click()
    teacher.get_by_role("alertdialog").get_by_role("button", name="End", exact=True).click()
    expect(teacher.get_by_text("Who took part")).to_be_visible()
    expect(student.get_by_text("The live lesson is over.")).to_be_visible()


def _poll(teacher: Page, student: Page) -> None:
    teacher.locator("#live-ask").click()
    labelled(teacher.get_by_role("dialog"), "Question").fill("How long did you sleep?")
    labelled(teacher.get_by_role("dialog"), "Answers").fill("Under 7 hours\n7 to 9 hours\nMore")
    teacher.locator("#live-ask-submit").click()
    student.get_by_role("button", name="7 to 9 hours").click()
    bar = teacher.get_by_role("progressbar", name="7 to 9 hours")
    expect(bar).to_have_attribute("aria-valuetext", re.compile("^1 "))
    student.get_by_role("button", name="More", exact=True).click()
    expect(teacher.get_by_role("progressbar", name="More", exact=True)).to_have_attribute(
        "aria-valuetext", re.compile("^1 ")
    )
    expect(student.locator("#live-result")).to_be_hidden()
    teacher.get_by_role("button", name="Show the class").click()
    expect(student.locator("#live-result")).to_contain_text("1 answer")
