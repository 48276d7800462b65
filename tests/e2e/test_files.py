"""A class list from a file: what is wrong is named, nothing changes before the confirmation, and a student is moved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import PHONE, Visitors, go, labelled, notice, ready
from tests.e2e.teaching import Course
from tests.factories import files

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

LIST = """email;given name;family name;role
ida.falk@import.example;Ida;Falk;student
nobody;Tom;Tanner;student
leo.marsh@import.example;Leo;Marsh;pirate
"""


def _file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def _add_class(page: Page, course: Course, name: str) -> None:
    go(page, course.path)
    page.get_by_role("button", name=re.compile("New class|Add class")).first.click()
    dialog = page.get_by_role("dialog").filter(visible=True)
    labelled(dialog, "Name").fill(name)
    dialog.get_by_role("button", name="Add class").click()
    expect(page.get_by_text(name).first).to_be_visible()


@pytest.mark.complaints_expected  # the browser notes each refusal as a failed request
def test_a_list_is_checked_imported_and_a_student_moved(visitors: Visitors, course: Course) -> None:
    page = visitors.visit("teacher")
    _add_class(page, course, "Second group")
    go(page, f"{course.path}/people/import")
    labelled(page, "Class").select_option(label="Second group")
    chooser = page.locator("input[type=file]")
    chooser.set_input_files(_file("class.csv", files.PROGRAM))
    expect(page.get_by_role("listitem").filter(has_text="Programs are not accepted.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    chooser.set_input_files(_file("class.csv", LIST.encode()))
    expect(page.get_by_text("2 rows cannot be used")).to_be_visible()
    expect(page.get_by_text("Email: Please enter an e-mail address.").filter(visible=True)).to_be_visible()
    expect(page.get_by_text(re.compile("“pirate” is not a role")).filter(visible=True)).to_be_visible()
    page.get_by_role("button", name="Import 1 person").click()
    expect(page.get_by_text("The import is done")).to_be_visible()
    page.get_by_role("link", name="Back to people").click()
    ready(page)
    place = page.get_by_role("listitem").filter(has_text="ida.falk@import.example")
    expect(place).to_contain_text("Second group")
    place.get_by_role("button", name=re.compile("Withdraw")).click()
    expect(place).to_have_count(0)


def test_the_import_fits_a_phone_and_works_by_keyboard(visitors: Visitors, course: Course) -> None:
    page = visitors.visit("teacher", f"{course.path}/people/import", size=PHONE, theme="dark", touch=True)
    labelled(page, "Class").select_option(index=1)
    with page.expect_file_chooser() as opened:
        page.locator("input[type=file]").focus()
        page.keyboard.press("Enter")
    opened.value.set_files(_file("class.csv", LIST.encode()))
    expect(page.get_by_text("2 rows cannot be used")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    remove = page.get_by_role("button", name="Remove class.csv")
    remove.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 rows cannot be used")).to_have_count(0)
    expect(notice(page, "class.csv was removed.")).to_be_attached()
