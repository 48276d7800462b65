"""A teacher writes, tries, files and restores questions; a student answers them with the keyboard and by touch."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PHONE, Visitors, go, labelled, ready
from tests.e2e.learning import join, question, saved
from tests.e2e.teaching import Course

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PAIRS = (("Hippocampus", "Keeps new memories"), ("Cerebellum", "Keeps balance"))
STEPS = ("Hear it", "Sleep on it", "Recall it")


def test_questions_from_the_first_word_to_a_students_answer(visitors: Visitors, course: Course) -> None:
    page = visitors.visit("teacher")
    write_matching(page, course)
    try_matching(page)
    write_ordering(page, course)
    file_them(page, course)
    change_and_restore(page)
    quiz = make_quiz(page, course)
    student = visitors.visit("student")
    answer_with_keyboard(student, course, quiz)
    expect_on_phone(visitors.visit("student", size=PHONE, touch=True), student.url)


def _new(page: Page, course: Course, kind: str, stem: str) -> None:
    go(page, f"{course.path}/bank/new")
    page.get_by_role("main").get_by_role("button", name=re.compile(f"^{kind}")).click()
    labelled(page, "Question").fill(stem)


def _save(page: Page) -> None:
    page.locator("#question-save").click()
    expect(page).to_have_url(re.compile("/teach/questions/"))
    ready(page)


def write_matching(page: Page, course: Course) -> None:
    """A matching question; a missing answer is asked for first."""
    _new(page, course, "Matching", "Which part of the brain does what?")
    for number, (left, right) in enumerate(PAIRS, start=1):
        page.get_by_label(f"Left {number}", exact=True).fill(left)
        page.get_by_label(f"Right side {number}", exact=True).fill(right)
    page.get_by_label("Left 3", exact=True).fill("Lens")
    page.locator("#question-save").click()
    expect(page.get_by_text("Write what belongs to this")).to_be_visible()
    page.get_by_label("Left 3", exact=True).fill("")
    page.get_by_label("Right side 3", exact=True).fill("Bends light")
    _save(page)


def try_matching(page: Page) -> None:
    """The server scores the try."""
    page.locator("#question-preview-button").click()
    dialog = page.get_by_role("dialog", name="As students see it")
    for left, right in PAIRS:
        labelled(dialog, left).select_option(label=right)
    dialog.locator("#check-answer").click()
    expect(dialog.locator("#preview-result")).to_contain_text("Right")
    expect(dialog.locator("#preview-result")).to_contain_text("Pairs right: 2 of 2")
    page.keyboard.press("Escape")


def write_ordering(page: Page, course: Course) -> None:
    """An ordering question."""
    _new(page, course, "Ordering", "How does a memory become firm?")
    for number, step in enumerate(STEPS, start=1):
        page.get_by_label(f"Step {number}", exact=True).fill(step)
    _save(page)


def file_them(page: Page, course: Course) -> None:
    """Find both, tag them, and find them by their tag."""
    go(page, f"{course.path}/bank")
    for words in ("part of the brain", "memory become firm"):
        page.get_by_placeholder("Search in the questions").fill(words)
        expect(page.locator("tbody tr")).to_have_count(1)
        # The server ticks it.
        box = page.get_by_role("checkbox", name=re.compile(words))
        box.click()
        expect(box).to_be_checked()
    expect(page.get_by_text("2 questions chosen")).to_be_visible()
    page.get_by_role("button", name="Tags", exact=True).click()
    dialog = page.get_by_role("dialog", name="Tags")
    labelled(dialog, "Add tags").fill("Brain, firm")
    dialog.locator("#save-tags").click()
    expect(dialog).to_be_hidden()
    page.get_by_placeholder("Search in the questions").fill("")
    page.get_by_role("combobox", name="Tag", exact=True).select_option("brain")
    expect(page.locator("tbody tr")).to_have_count(2)


def change_and_restore(page: Page) -> None:
    """A worse wording, seen beside the better one, which comes back."""
    page.get_by_role("link", name="How does a memory become firm?").click()
    ready(page)
    labelled(page, "Question").fill("How does a memory become weak?")
    page.locator("#question-save").click()
    expect(page.get_by_text("Version 2", exact=True)).to_be_visible()
    page.get_by_role("link", name="Versions and use").click()
    ready(page)
    page.get_by_role("button", name="Compare version 2 with the one before").click()
    expect(page.locator("#comparison del")).to_contain_text("firm")
    expect(page.locator("#comparison ins")).to_contain_text("weak")
    page.get_by_role("button", name="Restore version 1").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("Version 3", exact=True)).to_be_visible()
    expect(page.get_by_text("Version 1 brought back")).to_be_visible()


def make_quiz(page: Page, course: Course) -> str:
    """A published practice of both questions."""
    title = "What the brain does"
    go(page, f"{course.path}/assessments")
    page.get_by_role("button", name="New assessment").first.click()
    dialog = page.get_by_role("dialog", name="New assessment")
    labelled(dialog, "Title").fill(title)
    dialog.get_by_role("button", name="Create draft").click()
    expect(page).to_have_url(re.compile("/teach/assessments/"))
    ready(page)
    page.get_by_role("button", name="Add questions").first.click()
    picker = page.get_by_role("dialog", name="Add questions")
    for words in ("part of the brain", "memory become firm"):
        picker.get_by_role("checkbox", name=re.compile(words)).check()
    page.locator("#add-picked").click()
    expect(page.locator("#assessment-items > li")).to_have_count(2)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
    return title


def answer_with_keyboard(page: Page, course: Course, quiz: str) -> None:
    """Pairs with the native lists, the order with the arrows beside each step; nothing is dragged."""
    join(page, course)
    page.get_by_role("link", name=quiz).first.click()
    ready(page)
    page.locator("#start").click()
    start = page.get_by_role("alertdialog", name="Start now?").get_by_role("button", name="Start now")
    # A quiz without a time limit begins at once.
    expect(start.or_(page.locator("#question-1")).first).to_be_visible()
    if start.count():
        start.click()
    match = question(page, "part of the brain")
    for left, right in PAIRS:
        labelled(match, left).focus()
        labelled(match, left).select_option(label=right)
    order = question(page, "memory become firm")
    for step in reversed(STEPS):
        up = order.get_by_role("button", name=f"Move up: {step}")
        while up.is_enabled():
            up.focus()
            page.keyboard.press("Enter")
    expect(order.locator("ol > li").first).to_contain_text(STEPS[0])
    saved(page)


def expect_on_phone(page: Page, url: str) -> None:
    """The answers are there on another device, and can be changed by touch."""
    go(page, re.sub(r"^https?://[^/]+", "", url))
    order = question(page, "memory become firm")
    expect(order.locator("ol > li").first).to_contain_text(STEPS[0])
    order.get_by_role("button", name=f"Move down: {STEPS[0]}").tap()
    expect(order.locator("ol > li").first).to_contain_text(STEPS[1])
    saved(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
