"""A teacher builds a lesson of every kind of block with keyboard and mouse; a student reads it to the end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Visitors, go, labelled, ready
from tests.e2e.learning import join
from tests.e2e.teaching import Course, _new_class, _new_course

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

FILM = Path("eduplatform/demo/content/riverside/physics-10/falling-ball.webm")


def saved(page: Page) -> None:
    expect(page.locator("[data-status='saved']")).to_be_visible()


def add(page: Page, kind: str, **values: str) -> None:
    """Add a block at the end and fill its fields."""
    page.locator(f"#add-{kind}").click()
    for name, text in values.items():
        page.locator(f"#block-field-{name}").fill(text)
    saved(page)
    page.locator("#block-done").click()
    expect(page.locator("#block-done")).to_have_count(0)


def test_a_lesson_of_blocks_from_the_first_word_to_its_reader(visitors: Visitors) -> None:
    teacher = visitors.visit("teacher")
    path = _new_course(teacher, "Falling Bodies", "FALL")
    code = _new_class(teacher)
    new_lesson(teacher)
    add(teacher, "text", text="## First\n\n" + "Things fall.\n\n" * 40)
    add(teacher, "formula", latex="s = \\frac{1}{2} g t^2")
    add(teacher, "code", code="print('fall')")
    add_film(teacher)
    add(teacher, "callout", text="Mind your head. See [here](https://example.org).")
    move_by_keyboard_and_mouse(teacher)
    undo_a_removal(teacher)
    teacher.locator("#lesson-publish").click()
    problem = teacher.locator("#publish-problems button")
    expect(problem).to_contain_text("does not say where it leads")
    problem.click()
    field = teacher.locator("#block-field-text")
    expect(field).to_be_focused()
    field.fill("Mind your head. See [the rules of the lab](https://example.org).")
    saved(teacher)
    publish(teacher, "First version", 1)
    go(teacher, path)
    teacher.get_by_role("button", name="Publish course").click()
    expect(teacher.get_by_role("button", name="Unpublish")).to_be_visible()
    student = visitors.visit("student")
    join(student, Course("Falling Bodies", path, code, ""))
    read_to_the_end(student)


def new_lesson(page: Page) -> None:
    page.get_by_role("button", name="Add the first module").click()
    dialog = page.get_by_role("dialog", name="New module")
    labelled(dialog, "Title").fill("Free fall")
    dialog.get_by_role("button", name="Add module").click()
    page.get_by_role("button", name="Add a lesson to Free fall").click()
    dialog = page.get_by_role("dialog", name="New lesson")
    labelled(dialog, "Title").fill("How things fall")
    dialog.get_by_role("button", name="Add and write").click()
    expect(page).to_have_url(re.compile("/teach/lessons/"))
    ready(page)


def add_film(page: Page) -> None:
    page.locator("#add-video").click()
    page.locator("#block-field-title").fill("A ball falls")
    page.locator("#block-field-captions").fill("00:00.500 --> 00:02.000\nThe ball falls.")
    page.locator("#block-field-file").set_input_files(FILM)
    expect(page.get_by_text("Now: falling-ball.webm")).to_be_visible()
    saved(page)
    page.locator("#block-done").click()
    expect(page.locator("#lesson-blocks video")).to_be_visible()


def move_by_keyboard_and_mouse(page: Page) -> None:
    """The box goes up with the keyboard, keeping the focus, and once more by dragging."""
    last = page.locator("#lesson-blocks > li").last
    up = last.get_by_role("button", name=re.compile("Move block 5 up"))
    up.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moved to place 4 of 5.")).to_be_attached()
    moved = page.locator("#lesson-blocks > li").nth(3)
    expect(moved).to_contain_text("Mind your head")
    expect(moved.get_by_role("button", name=re.compile("Move block 4 up"))).to_be_focused()
    handle = moved.locator("[data-sort-handle]").first
    handle.scroll_into_view_if_needed()
    start, target = handle.bounding_box(), page.locator("#lesson-blocks > li").nth(2).bounding_box()
    assert start
    assert target
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, start["y"] - 20, steps=3)
    page.mouse.move(start["x"] + 8, target["y"] + 4, steps=6)
    page.mouse.up()
    expect(page.locator("#lesson-blocks > li").nth(2)).to_contain_text("Mind your head")


def undo_a_removal(page: Page) -> None:
    row = page.locator("#lesson-blocks > li").nth(3)
    row.get_by_role("button", name="Actions for block 4").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(page.locator("#lesson-blocks > li")).to_have_count(4)
    expect(page.locator("#block-undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#lesson-blocks > li")).to_have_count(5)
    expect(page.locator("#lesson-blocks > li").nth(3)).to_contain_text("print")


def publish(page: Page, note: str, number: int) -> None:
    page.locator("#lesson-publish").click()
    labelled(page.get_by_role("dialog", name="Publish this lesson"), "What changed?").fill(note)
    page.locator("#publish-now").click()
    expect(page.get_by_text(f"Version {number} is published", exact=True).first).to_be_visible()


def read_to_the_end(page: Page) -> None:
    page.get_by_role("link", name="How things fall").first.click()
    expect(page.locator("#lesson-text math")).to_be_visible()
    video = page.locator("#lesson-text video")
    video.scroll_into_view_if_needed()
    video.evaluate("v => v.readyState > 0 || new Promise(done => (v.onloadedmetadata = () => done(1)))")
    video.locator("track").evaluate(
        "t => t.readyState === 2 || new Promise(done => (t.onload = () => done(1)))"
    )
    assert page.evaluate("document.querySelector('#lesson-text video').textTracks[0].cues.length") == 1
    with page.expect_websocket() as opened:
        page.reload()
    socket = opened.value
    expect(page.locator("#lesson-text video")).to_be_visible()
    page.mouse.wheel(0, 4000)
    expect(page.locator("#lesson-mark")).to_be_in_viewport()
    # What was reached is told once the reader rests there.
    socket.wait_for_event("framesent", predicate=lambda frame: "lesson_state.reach" in str(frame))
    page.get_by_role("link", name="Falling Bodies").first.click()
    expect(page.locator("#course-next")).to_contain_text("Go on")
