"""An assignment lived: made by the teacher, written offline and online, handed in, taken back, handed in, read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Visitors, go, labelled, ready
from tests.e2e.learning import join, saved
from tests.e2e.teaching import Course

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

TITLE = "A week of sleep"


def test_from_the_task_to_the_desk(visitors: Visitors, course: Course) -> None:
    teacher = visitors.visit("teacher")
    _hand_out(teacher, course)
    student = visitors.visit("student")
    _write(student, course)
    student.locator("#hand-in").click()
    dialog = student.get_by_role("dialog", name="Hand in your work?")
    expect(dialog.get_by_text("Words: 9")).to_be_visible()
    dialog.get_by_role("button", name="Hand in").click()
    expect(student.locator("#handed-in-work strong")).to_have_text("badly")
    expect(student.get_by_text("On time", exact=True)).to_be_visible()
    student.locator("#withdraw").click()
    student.get_by_role("alertdialog").get_by_role("button", name="Take it back").click()
    expect(student.locator("#work-text")).to_have_value(re.compile("I slept \\*\\*badly\\*\\* on Monday"))
    student.locator("#hand-in").click()
    student.locator("#confirm-hand-in").click()
    expect(student.locator("#handed-in-work")).to_be_visible()
    _read(teacher)


def _hand_out(page: Page, course: Course) -> None:
    go(page, f"{course.path}/assessments")
    page.get_by_role("button", name="New assessment").first.click()
    dialog = page.get_by_role("dialog", name="New assessment")
    labelled(dialog, "Title").fill(TITLE)
    labelled(dialog, "Kind").select_option(label="Assignment")
    dialog.get_by_role("button", name="Create draft").click()
    expect(page).to_have_url(re.compile("/teach/assignments/"))
    ready(page)
    page.locator("#assignment-instructions").fill("Write down **how** you slept.")
    expect(page.locator("#assignment-instructions-preview strong")).to_have_text("how")
    labelled(page, "Due").fill("2030-06-01T12:00")
    page.locator("#assignment-save").click()
    expect(page.get_by_text("Saved.").first).to_be_visible()
    page.locator("#publish").click()
    expect(page.get_by_role("link", name="Who has handed in")).to_be_visible()


def _write(page: Page, course: Course) -> None:
    join(page, course)
    page.get_by_role("link", name=TITLE).first.click()
    expect(page).to_have_url(re.compile("/learn/assignments/"))
    ready(page)
    expect(page.get_by_text("Write down how you slept.")).to_be_visible()
    page.locator("#start-work").click()
    text = page.locator("#work-text")
    text.fill("I slept **badly** on Monday")
    saved(page)
    page.context.set_offline(True)
    text.press_sequentially(" and well on Tuesday.")
    expect(page.locator("#save-state")).to_have_attribute("data-status", "offline")
    page.context.set_offline(False)
    saved(page)
    page.reload()
    expect(page.locator("#work-text")).to_have_value("I slept **badly** on Monday and well on Tuesday.")
    page.locator("#open-history").click()
    history = page.get_by_role("dialog", name="Earlier versions")
    expect(history.get_by_role("button").filter(has_text="Words: 9").first).to_be_visible()
    history.get_by_role("button", name="Close").click()


def _read(page: Page) -> None:
    page.get_by_role("link", name="Who has handed in").click()
    row = page.get_by_role("row").filter(has_text="Handed in")
    expect(row.first).to_be_visible()
    row.first.get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("menuitem", name="How it was written").click()
    expect(page.get_by_role("dialog").get_by_text("9 words").first).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).last.click()
    page.get_by_role("link", name="Grade", exact=True).first.click()
    expect(page.get_by_text(re.compile("on Monday and well on Tuesday")).first).to_be_visible()
