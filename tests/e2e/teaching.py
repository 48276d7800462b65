"""What a teacher does in the interface, step by step; the journeys are made of these."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser import go, labelled, ready

LESSON = """# Why sleep matters

You forget **half** of what you read within a day. The formula is $R = e^{-t/S}$.

| hours | remembered |
| ----- | ---------- |
| 1     | 56 %       |

```python
print("remember")
```

<script>window.hacked = true</script> [a trap](javascript:window.hacked=true)
"""


@dataclass(frozen=True)
class Course:
    """A course that was made by hand.

    Attributes:
        path: Address of its outline, for teachers.
        join_code: What students type.
    """

    title: str
    path: str
    join_code: str
    quiz: str


def make_course(page: Page, mark: str) -> Course:
    """A published course with a class, a lesson, five questions and a published quiz."""
    title = f"Memory and Sleep {mark}"
    path = _new_course(page, title, mark)
    join_code = _new_class(page)
    _new_lesson(page)
    go(page, path)
    page.get_by_role("button", name="Publish course").click()
    expect(page.get_by_role("button", name="Unpublish")).to_be_visible()
    write_questions(page, path)
    quiz = f"How memory works {mark}"
    make_quiz(page, path, quiz)
    return Course(title, path, join_code, quiz)


def _new_course(page: Page, title: str, mark: str) -> str:
    go(page, "/teach/courses")
    page.get_by_role("button", name=re.compile("New course|Create your first course")).click()
    dialog = page.get_by_role("dialog", name="New course")
    labelled(dialog, "Course code").fill(f"MEM-{mark}")
    dialog.get_by_role("button", name="Create course").click()
    labelled(dialog, "Title").fill(title)  # the missing title is asked for, and nothing typed is lost
    expect(labelled(dialog, "Course code")).to_have_value(f"MEM-{mark}")
    dialog.get_by_role("button", name="Create course").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/teach/courses/[0-9a-f-]{36}"))
    return re.sub(r"^https?://[^/]+", "", page.url)


def _new_class(page: Page) -> str:
    page.get_by_role("button", name="Add a class").first.click()
    dialog = page.get_by_role("dialog", name="New class")
    labelled(dialog, "Name").fill("Evening group")
    dialog.get_by_role("button", name="Add class").click()
    code = page.get_by_text(re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$"))
    expect(code).to_be_visible()
    return code.inner_text()


def _new_lesson(page: Page) -> None:
    page.get_by_role("button", name="Add the first module").click()
    module = page.get_by_role("dialog", name="New module")
    labelled(module, "Title").fill("The sleeping brain")
    module.get_by_role("button", name="Add module").click()
    page.get_by_role("button", name="Add a lesson to The sleeping brain").click()
    lesson = page.get_by_role("dialog", name="New lesson")
    labelled(lesson, "Title").fill("Why sleep matters")
    lesson.get_by_role("button", name="Add and write").click()
    expect(page).to_have_url(re.compile("/teach/lessons/"))
    ready(page)
    page.locator("#add-text").click()
    page.locator("#block-field-text").fill(LESSON)
    expect(page.locator("#block-field-text-preview math").first).to_be_attached()
    page.locator("#block-done").click()
    page.locator("#lesson-publish").click()
    page.locator("#publish-now").click()
    expect(page.get_by_text("Version 1 is published", exact=True).first).to_be_visible()


def write_questions(page: Page, path: str) -> None:
    """One question of each of five kinds."""
    _question(page, path, "Single choice", "Which *one* is a stage of sleep?")
    _options(page, [("REM", True), ("RAM", False), ("ROM", False)])
    _save_question(page)
    _question(page, path, "Multiple choice", "Which help to remember?")
    _options(page, [("Sleep", True), ("Spaced practice", True), ("Cramming at dawn", False)])
    _save_question(page)
    _question(page, path, "Number", "How many grams are $0.5\\,\\mathrm{kg}$?")
    labelled(page, "Right answer").fill("500")
    labelled(page, "Tolerance").first.fill("1")
    page.get_by_role("combobox", name="Unit", exact=True).select_option("required")
    labelled(page, "Unit of the right answer").fill("g")
    _save_question(page)
    _question(page, path, "Short text", "Who drew the forgetting curve? (family name)")
    labelled(page, "Accepted answers").fill("Ebbinghaus\nHermann Ebbinghaus")
    _save_question(page)
    _question(page, path, "Essay", "Explain why sleep helps memory.")
    labelled(page, "Notes for grading").fill("Consolidation; hippocampus.")
    _save_question(page)


def _question(page: Page, path: str, kind: str, stem: str) -> None:
    go(page, f"{path}/bank/new")
    page.get_by_role("main").get_by_role("button", name=re.compile(f"^{kind}")).click()
    labelled(page, "Question").fill(stem)


def _options(page: Page, options: list[tuple[str, bool]]) -> None:
    for number, (text, right) in enumerate(options, 1):
        page.get_by_label(f"Option {number}", exact=True).fill(text)
        if right:
            page.get_by_label(f"Right {number}", exact=True).check()
    last = page.get_by_label(f"Option {len(options) + 1}", exact=True)
    if last.count():
        page.get_by_role("button", name=re.compile(f"Remove.*{len(options) + 1}")).click()


def _save_question(page: Page) -> None:
    page.locator("#question-save").click()
    expect(page).to_have_url(re.compile(r"/bank/?$|/teach/questions/"))


def make_quiz(page: Page, path: str, title: str) -> None:
    """A published quiz of all questions of the bank, with a time limit, a due date and any number of attempts."""
    go(page, f"{path}/assessments")
    page.get_by_role("button", name=re.compile("New assessment|Make the first assessment")).first.click()
    dialog = page.get_by_role("dialog", name="New assessment")
    labelled(dialog, "Title").fill(title)
    dialog.get_by_role("button", name="Create draft").click()
    expect(page).to_have_url(re.compile("/teach/assessments/"))
    ready(page)
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Add questions").first.click()
    picker = page.get_by_role("dialog", name="Add questions")
    for box in ("stage of sleep", "help to remember", "How many grams", "forgetting curve", "Explain why"):
        picker.get_by_role("checkbox", name=re.compile(box)).check()
    page.locator("#add-picked").click()
    expect(page.locator("#assessment-items > li")).to_have_count(5)
    labelled(page, "Due").fill("2030-06-01T12:00")
    labelled(page, "Time limit in minutes").fill("45")
    labelled(page, "Attempts").fill("")
    page.locator("#assessment-save").click()
    expect(page.get_by_text(re.compile("Saved")).first).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
