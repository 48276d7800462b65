"""What a student does in the interface, step by step."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import go, ready
from tests.e2e.teaching import Course


def join(page: Page, course: Course) -> None:
    """Join the class with its code, unless the student is in it already; the course is open afterwards."""
    go(page, "/learn/courses")
    own = page.get_by_role("link", name=course.title)
    if not own.count():
        page.get_by_role("button", name="Join with a code").click()
        dialog = page.get_by_role("dialog", name="Join a class")
        code = dialog.get_by_label(re.compile("^Code"))
        code.fill("AAAA-2222")
        dialog.get_by_role("button", name="Join", exact=True).click()
        expect(
            dialog.get_by_text(re.compile("code", re.IGNORECASE)).filter(visible=True).last
        ).to_be_visible()
        code.fill(f" {course.join_code.lower()} ")
        dialog.get_by_role("button", name="Join", exact=True).click()
        expect(dialog).to_be_hidden()
        go(page, "/learn/courses")
    own.click()
    expect(page.get_by_role("heading", name=course.title, level=1)).to_be_visible()


def begin(page: Page, course: Course) -> None:
    """Start an attempt at the quiz, or go on with the one that runs."""
    join(page, course)
    page.get_by_role("link", name=course.quiz).first.click()
    expect(page.get_by_role("heading", name=course.quiz, level=1)).to_be_visible()
    ready(page)
    running = page.get_by_role("link", name="Continue", exact=True)
    start = page.locator("#start")
    expect(running.or_(start).first).to_be_visible()
    if running.count():
        running.click()
    else:
        start.click()
        page.get_by_role("alertdialog", name="Start now?").get_by_role("button", name="Start now").click()
    expect(page).to_have_url(re.compile("/learn/attempts/"))
    expect(page.locator("#question-1")).to_be_visible()


def question(page: Page, text: str) -> Locator:
    """The card of the question with this text."""
    return page.locator("section[id^=question-]").filter(has_text=text)


def saved(page: Page) -> None:
    """Wait until everything that was answered is stored on the server."""
    expect(page.locator("#save-state")).to_have_attribute("data-status", "saved")


def answer_all(page: Page, essay: str) -> None:
    """Answer the five questions; two of the four that a machine can score are right."""
    question(page, "stage of sleep").get_by_label("REM").check()
    helping = question(page, "help to remember")
    helping.get_by_label("Sleep", exact=True).check()
    helping.get_by_label("Cramming at dawn").check()
    question(page, "How many grams").get_by_role("textbox").fill("0.5 kg")
    question(page, "forgetting curve").get_by_role("textbox").fill("ebbinghaus")
    question(page, "Explain why").get_by_role("textbox").fill(essay)
    page.keyboard.press("Tab")
    saved(page)


def hand_in(page: Page) -> None:
    """Hand in what is answered."""
    page.locator("#submit-attempt").click()
    page.get_by_role("dialog", name="Hand in your answers?").get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Handed in").first).to_be_visible()
    expect(page.locator("#question-1").and_(page.locator("[tabindex='-1']"))).to_have_count(0)
