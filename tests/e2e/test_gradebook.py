"""A gradebook filled in by keyboard alone, exported, changed outside, and imported again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from eduplatform.domain.grading.sheets import read_table, write_csv
from tests.browser import Visitors, go, labelled, ready
from tests.e2e.learning import join
from tests.e2e.teaching import Course, _new_class, _new_course

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def _add_column(page: Page, title: str, points: str) -> None:
    page.get_by_role("button", name="Add column").click()
    dialog = page.get_by_role("dialog", name="New column")
    labelled(dialog, "Title").fill(title)
    labelled(dialog, "Points possible").fill(points)
    dialog.get_by_role("button", name="Save column").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label(f"Category of {title}")).to_be_visible()


def test_a_gradebook_by_keyboard_and_by_file(visitors: Visitors, tmp_path: Path) -> None:
    page = visitors.visit("teacher")
    title = "Gradebook by hand"
    path = _new_course(page, title, "GB")
    code = _new_class(page)
    page.get_by_role("button", name="Publish course").click()
    expect(page.get_by_role("button", name="Unpublish")).to_be_visible()
    join(visitors.visit("student"), Course(title, path, code, ""))
    go(page, f"{path}/gradebook/rules")
    _add_column(page, "Talk", "20")
    _add_column(page, "Poster", "5")
    go(page, f"{path}/gradebook")
    grid = page.get_by_role("grid", name="Grades of the course")
    expect(grid).to_have_attribute("aria-rowcount", "2")
    expect(grid).to_have_attribute("aria-colcount", "4")
    # From the search field with Tab alone into the grid, then as in a spreadsheet.
    page.locator("#gradebook-grid-0-0").focus()
    page.keyboard.type("15")
    page.keyboard.press("Tab")
    expect(page.locator("#gradebook-grid-0-0")).to_have_attribute("aria-label", re.compile("15 / 20"))
    expect(page.locator("#gradebook-grid-0-1")).to_be_focused()
    page.keyboard.type("EX")
    page.keyboard.press("Enter")
    expect(page.locator("#gradebook-grid-0-1")).to_have_attribute("aria-label", re.compile("Excused"))
    expect(page.locator("#gradebook-grid-0--1")).to_have_attribute("aria-label", re.compile("75 %"))
    page.keyboard.press("Control+z")
    expect(page.locator("#gradebook-grid-0-1")).to_have_attribute("aria-label", re.compile("nothing yet"))
    page.keyboard.type("lots")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Enter a number")).to_be_visible()
    page.get_by_role("button", name="Leave it as it is").click()
    page.locator("#gradebook-grid-0-0").focus()
    page.keyboard.press("Alt+Enter")
    panel = page.get_by_role("dialog").filter(has_text="Talk")
    expect(panel.get_by_text("Entered in the gradebook")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    _by_file(page, path, tmp_path)


def _by_file(page: Page, path: str, folder: Path) -> None:
    page.get_by_role("button", name="Export and import").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Export as CSV").click()
    table = read_table(Path(download.value.path()).read_bytes())
    assert table[1][3] == "15"
    rows = [row + [""] * (len(table[0]) - len(row)) for row in table]
    rows[1][3], rows[1][4] = "18", "four"
    changed = folder / "grades.csv"
    changed.write_bytes(b"".join(write_csv(rows)))
    go(page, f"{path}/gradebook/import")
    page.locator("#grades-file").set_input_files(changed)
    expect(page.get_by_text("Row 2, column E: “four” is no grade")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Talk")
    expect(row.get_by_role("deletion")).to_have_text("15")
    expect(row.get_by_role("insertion")).to_have_text("18")
    page.get_by_role("button", name="Change 1 grade").click()
    expect(page.get_by_text("1 grade was changed.")).to_be_visible()
    page.get_by_role("link", name="Back to the gradebook").click()
    ready(page)
    expect(page.locator("#gradebook-grid-0-0")).to_have_attribute("aria-label", re.compile("18 / 20"))
