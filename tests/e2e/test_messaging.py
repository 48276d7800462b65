"""A class talks: an announcement, a question that is solved, a message, a date, and the news of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Visitors, go, labelled, ready
from tests.e2e.learning import join
from tests.e2e.teaching import Course

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_a_class_talks(visitors: Visitors, course: Course) -> None:
    teacher, student = visitors.visit("teacher"), visitors.visit("student")
    join(student, course)
    _announce(teacher, student, course)
    _ask_and_solve(teacher, student, course)
    _write(teacher, student)
    _plan(teacher, student, course)


def _announce(teacher: Page, student: Page, course: Course) -> None:
    go(teacher, course.path)
    teacher.get_by_role("link", name="Announcements", exact=True).first.click()
    ready(teacher)
    teacher.get_by_role("button", name=re.compile("New announcement|Write the first one")).first.click()
    labelled(teacher, "Title").fill("No class on Friday")
    labelled(teacher, "Text").fill("The heating is being **repaired**.")
    expect(teacher.locator("strong", has_text="repaired")).to_be_visible()
    teacher.get_by_role("button", name="Announce", exact=True).click()
    expect(teacher.get_by_role("article").filter(has_text="No class on Friday")).to_be_visible()
    # A job tells the class; the student's bell leads to it.
    bell = student.get_by_role("link", name=re.compile("Notifications"))
    expect(bell).to_have_accessible_name(re.compile("unread"), timeout=40_000)
    bell.click()
    ready(student)
    student.get_by_role("button", name=re.compile("Announcement: No class on Friday")).first.click()
    expect(student.get_by_role("heading", name="No class on Friday")).to_be_visible()


def _ask_and_solve(teacher: Page, student: Page, course: Course) -> None:
    student.get_by_role("link", name="Discussions", exact=True).first.click()
    ready(student)
    student.get_by_role("button", name=re.compile("New discussion|Start the first one")).first.click()
    labelled(student, "What is it about?").fill("Why do we dream?")
    labelled(student, "Your question or thought").fill("Nobody told us.")
    student.get_by_role("button", name="Start discussion").click()
    expect(student.get_by_role("heading", name="Why do we dream?", level=1)).to_be_visible()
    path = re.sub(r"^https?://[^/]+", "", student.url)
    go(teacher, path)
    labelled(teacher, "Your answer").fill("The brain sorts the day.")
    teacher.get_by_role("button", name="Send answer").click()
    expect(teacher.get_by_text("The brain sorts the day.").first).to_be_visible()
    answer = student.get_by_role("article").filter(has_text="The brain sorts the day.")
    answer.get_by_role("button", name="This solved it").click()
    expect(answer.get_by_text("Accepted answer")).to_be_visible()
    answer.get_by_role("button", name="Answer", exact=True).click()
    labelled(student, "Your answer").fill("Thank you!")
    student.get_by_role("button", name="Send answer").click()
    expect(student.get_by_role("article").filter(has_text="Thank you!")).to_be_visible()


def _write(teacher: Page, student: Page) -> None:
    go(student, "/messages")
    student.get_by_role("button", name="New message").click()
    dialog = student.get_by_role("dialog", name="New message")
    to = dialog.get_by_role("combobox")
    to.fill("Amara")
    student.get_by_role("option", name=re.compile("Amara Okonjo")).click()
    labelled(dialog, "Message").fill("May I bring my sleep diary?")
    dialog.get_by_role("button", name="Send").click()
    expect(student.get_by_role("heading", name="Amara Okonjo", level=1)).to_be_visible()
    expect(student.get_by_text("May I bring my sleep diary?")).to_be_visible()
    expect(student.get_by_text("can read this conversation")).to_be_visible()
    go(teacher, "/messages")
    teacher.get_by_role("listitem").filter(has_text="sleep diary").get_by_role("link").click()
    labelled(teacher, "Message").fill("Please do.")
    teacher.get_by_role("button", name="Send").click()
    expect(student.get_by_text("Please do.")).to_be_visible()


def _plan(teacher: Page, student: Page, course: Course) -> None:
    go(teacher, "/calendar")
    teacher.get_by_role("button", name="New event").click()
    dialog = teacher.get_by_role("dialog", name="New event")
    labelled(dialog, "For").select_option(label=f"{course.title}: all classes")
    labelled(dialog, "Title").fill("Evening at the observatory")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    go(student, "/calendar")
    expect(student.get_by_text("Evening at the observatory").filter(visible=True).first).to_be_visible()
    grid = student.get_by_role("grid")
    day = grid.locator("[data-day][tabindex='0']")
    day.focus()
    before = day.get_attribute("data-day")
    student.keyboard.press("ArrowDown")
    focused = student.evaluate("document.activeElement.dataset.day")
    assert focused is not None
    assert focused > (before or "")
    student.keyboard.press("Enter")
    expect(grid.locator("[aria-pressed=true]")).to_have_attribute("data-day", focused)
    student.get_by_role("button", name="Use it elsewhere").click()
    student.get_by_role("button", name=re.compile("Make (a new|an) address")).click()
    address = labelled(student, "Your address").input_value()
    answer = student.request.get(re.sub(r"^https?://[^/]+", "", address))
    assert answer.status == 200
    assert "Evening at the observatory" in answer.text()
