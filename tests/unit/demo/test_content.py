"""The demonstration content as its readers meet it: it parses, it renders, its questions score, its pictures show."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from eduplatform.domain.assessment.question_types import Outcome, question_type
from eduplatform.security.rich_text import accessibility_problems, plain_text, render_markdown

ROOT = Path(__file__).resolve().parents[3]
CONTENT = ROOT / "eduplatform" / "demo" / "content"
PICTURES = ROOT / "assets" / "demo"
COURSES = {
    "riverside": ("biology-9", "history-8", "physics-10"),
    "northwind": ("data-literacy", "python-basics", "safety-forklift"),
}
FOLDERS = [CONTENT / tenant / course for tenant, courses in COURSES.items() for course in courses]
TYPES = ("single_choice", "multiple_choice", "numeric", "short_text", "essay")
TERM_WEEKS, CURRENT_WEEK = 14, 7
PLACEHOLDER = re.compile(r"\b(lorem|ipsum|todo|fixme|tbd|xxx+|placeholder text|insert here)\b", re.IGNORECASE)
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
SVG = "{http://www.w3.org/2000/svg}"

each_tenant = pytest.mark.parametrize("tenant", sorted(COURSES))
each_course = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    return read(folder / f"{name}s.toml")[name]


def lessons(folder: Path) -> list[tuple[Path, dict[str, Any], str]]:
    found = []
    for path in sorted((folder / "lessons").glob("*.md")):
        opening, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
        assert opening == "", path
        found.append((path, tomllib.loads(front), body.strip()))
    return found


def markdown_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every text of a course that is shown as markdown, with where it stands."""
    course = read(folder / "course.toml")
    yield "summary", course["summary"]
    for thread in course["thread"]:
        yield thread["title"], thread["body"]
        for number, post in enumerate(thread["post"], 1):
            yield f"{thread['title']} post {number}", post["body"]
    for path, _, body in lessons(folder):
        yield path.name, body
    for question in table(folder, "question"):
        yield question["key"], question["stem"]
        yield f"{question['key']} feedback", question["feedback"]
        for option in question.get("options", []):
            yield f"{question['key']} option", option["feedback"]
    for assessment in table(folder, "assessment"):
        yield assessment["key"], assessment["instructions"]
    for comment in table(folder, "comment"):
        yield comment["title"], comment["text"]


def questions_of(folder: Path, *types: str) -> list[dict[str, Any]]:
    return [question for question in table(folder, "question") if question["type"] in types]


def authoring_form(question: dict[str, Any]) -> dict[str, object]:
    """The question as its author would enter it."""
    if question["type"] in ("single_choice", "multiple_choice"):
        return {"options": [{"text": o["text"], "correct": o["correct"]} for o in question["options"]]}
    if question["type"] == "numeric":
        rule = "required" if question["unit_required"] else "optional" if question["unit"] else "none"
        return {
            "value": question["answer"],
            "tolerance_kind": question["tolerance_kind"],
            "tolerance": question["tolerance"],
            "unit_rule": rule,
            "unit": question["unit"],
            "other_units": [
                {"unit": unit["unit"], "factor": f"1/{unit['factor']}"} for unit in question["accepted_units"]
            ],
        }
    if question["type"] == "short_text":
        return {
            "accepted": question["accepted"],
            "case_matters": question["case_sensitive"],
            "accents_matter": question["accents_sensitive"],
        }
    return {"min_words": question["min_words"], "max_words": question["max_words"]}


def outcome(question: dict[str, Any], **response: object) -> Outcome:
    kind = question_type(question["type"])
    body, key = kind.parse_authoring(authoring_form(question))
    return kind.score(body, key, kind.parse_response(response)).outcome


def contrast_with_white(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_the_folders_are_exactly_the_courses_that_are_promised() -> None:
    found = {
        tenant.name: tuple(sorted(course.name for course in tenant.iterdir() if course.is_dir()))
        for tenant in CONTENT.iterdir()
        if tenant.is_dir()
    }
    assert found == COURSES


@each_tenant
def test_tenant_can_be_branded_and_lists_its_courses(tenant: str) -> None:
    data = read(CONTENT / tenant / "tenant.toml")
    assert data["slug"] == tenant
    assert data["kind"] in ("school", "company")
    assert data["name"]
    assert data["motto"]
    assert data["locale"] == "en"
    assert ZoneInfo(data["timezone"])
    assert contrast_with_white(data["accent"]) >= 4.5
    assert sorted(course for part in data["department"] for course in part["courses"]) == sorted(
        COURSES[tenant]
    )
    assert (data["term"]["weeks"], data["term"]["current_week"]) == (TERM_WEEKS, CURRENT_WEEK)


@each_tenant
def test_people_are_enough_and_their_references_resolve(tenant: str) -> None:
    people = read(CONTENT / tenant / "people.toml")
    assert {role: len(rows) for role, rows in people.items()} == {
        "admin": 1,
        "teacher": 6,
        "student": 60,
        "guardian": 20,
    }
    everybody = [person for rows in people.values() for person in rows]
    assert all(person["given"].strip() and person["family"].strip() for person in everybody)
    assert max(Counter(person["key"] for person in everybody).values()) == 1
    assert max(Counter((person["given"], person["family"]) for person in everybody).values()) == 1
    students = [student["key"] for student in people["student"]]
    for guardian in people["guardian"]:
        assert guardian["children"]
        assert set(guardian["children"]) <= set(students)
    assert students[0] in people["guardian"][0]["children"]
    taught = {course for teacher in people["teacher"] for course in teacher["teaches"]}
    assert taught == set(COURSES[tenant])


@each_course
def test_course_outline_names_every_lesson_once(folder: Path) -> None:
    course = read(folder / "course.toml")
    assert all(course[field].strip() for field in ("code", "title", "subject", "level", "summary"))
    assert course["language"] == "en"
    assert len(course["module"]) == 3
    assert all(3 <= len(module["lessons"]) <= 4 and module["summary"] for module in course["module"])
    listed = [lesson for module in course["module"] for lesson in module["lessons"]]
    assert listed == [path.stem for path, _, _ in lessons(folder)]
    assert 1 <= len(course["section"]) <= 2
    assert max(Counter(section["name"] for section in course["section"]).values()) == 1


@each_course
def test_threads_are_conversations_that_have_already_taken_place(folder: Path) -> None:
    threads = read(folder / "course.toml")["thread"]
    assert 2 <= len(threads) <= 3
    for thread in threads:
        assert 1 <= thread["week"] <= CURRENT_WEEK
        assert 2 <= len(thread["post"]) <= 4
        assert {thread["by"], *(post["by"] for post in thread["post"])} == {"student", "teacher"}


@each_course
def test_lessons_teach_at_readable_length_and_end_with_a_check(folder: Path) -> None:
    for path, front, body in lessons(folder):
        assert front["title"].strip(), path
        assert 10 <= front["minutes"] <= 60, path
        assert len(front["objectives"]) >= 2, path
        assert 350 <= len(plain_text(body).split()) <= 700, path
        assert body.startswith("## "), path
        assert "## Check yourself" in body, path


@each_course
def test_each_kind_of_teaching_material_is_in_several_lessons(folder: Path) -> None:
    found: Counter[str] = Counter()
    for _, _, body in lessons(folder):
        shown = render_markdown(body)
        found.update(
            {
                "image": "<img" in shown,
                "table": "<table" in shown,
                "formula": "<math" in shown,
                "code": bool(re.search(r"^```[a-z]+$", body, re.MULTILINE)),
                "callout": "> **" in body,
                "worked example": "## Worked example" in body,
            }
        )
    assert all(count >= 2 for count in found.values()), found
    assert len(found) == 6


@each_course
def test_every_text_renders_without_failed_formulas_or_barriers(folder: Path) -> None:
    for where, text in markdown_texts(folder):
        assert text.strip(), where
        shown = render_markdown(text)
        assert "formula-error" not in shown, where
        assert "<merror" not in shown, where
        assert "$" not in re.sub(r"<(math|pre|code)\b.*?</\1>", "", shown, flags=re.DOTALL), where
        assert accessibility_problems(text) == [], where
        assert not re.search(r"^# ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE), where


@each_course
def test_formulas_are_complete_latex_that_the_converter_knows(folder: Path) -> None:
    for where, text in markdown_texts(folder):
        for formula in re.findall(r"<math\b.*?</math>", render_markdown(text), re.DOTALL):
            shown, _, rest = formula.partition("<annotation")
            source = re.sub(r"\\[{}]", "", rest)
            assert source.count("{") == source.count("}"), (where, source)
            assert "\\" not in shown, (where, source)


@each_course
def test_python_examples_are_valid_python(folder: Path) -> None:
    for path, _, body in lessons(folder):
        for example in re.findall(r"^```python\n(.*?)^```", body, re.MULTILINE | re.DOTALL):
            compile(example, path.name, "exec")


@each_course
def test_no_file_holds_placeholder_words(folder: Path) -> None:
    for path in [*folder.rglob("*.toml"), *folder.rglob("*.md")]:
        assert not PLACEHOLDER.search(path.read_text(encoding="utf-8")), path


@each_course
def test_every_image_exists_and_every_picture_is_used(folder: Path) -> None:
    used = [image for _, text in markdown_texts(folder) for image in IMAGE.findall(text)]
    assert all(len(alt.split()) >= 4 for alt, _ in used), used
    files = sorted(PICTURES.joinpath(folder.name).iterdir())
    assert {address for _, address in used} == {f"/demo/{folder.name}/{file.name}" for file in files}
    assert 2 <= len(files) <= 4


@each_course
def test_pictures_are_safe_small_and_named(folder: Path) -> None:
    for path in PICTURES.joinpath(folder.name).iterdir():
        source = path.read_text(encoding="utf-8")
        assert path.suffix == ".svg", path
        assert len(source.encode()) < 8192, path
        assert "<!" not in source, path
        assert "<?" not in source, path
        root = ElementTree.fromstring(source)
        assert root.tag == f"{SVG}svg", path
        assert root.get("viewBox"), path
        assert (root.findtext(f"{SVG}title") or "").strip(), path
        for element in root.iter():
            assert element.tag not in (f"{SVG}script", f"{SVG}foreignObject", f"{SVG}image", f"{SVG}use"), (
                path
            )
            for name, value in element.attrib.items():
                assert "href" not in name, path
                assert not name.startswith("on"), path
                assert "url(" not in value, path
                assert "://" not in value, path
        background = root.find(f"{SVG}rect")
        assert background is not None, path
        assert background.get("rx"), path
        assert background.get("fill"), path


@each_course
def test_question_bank_covers_all_types_and_modules(folder: Path) -> None:
    questions = table(folder, "question")
    modules = {module["key"] for module in read(folder / "course.toml")["module"]}
    rubrics = {rubric["key"] for rubric in table(folder, "rubric")}
    assert len(questions) >= 14
    assert max(Counter(question["key"] for question in questions).values()) == 1
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", question["key"]) for question in questions)
    counts = Counter(question["type"] for question in questions)
    assert set(counts) == set(TYPES), counts
    assert min(counts.values()) >= 2, counts
    assert {question["module"] for question in questions} == modules
    assert all(isinstance(question["points"], int) and question["points"] > 0 for question in questions)
    assert {question["rubric"] for question in questions if question["type"] == "essay"} <= rubrics


@each_course
def test_every_question_is_accepted_by_its_type(folder: Path) -> None:
    for question in table(folder, "question"):
        question_type(question["type"]).parse_authoring(authoring_form(question))


@each_course
def test_choice_questions_have_a_key_and_explain_each_option(folder: Path) -> None:
    for question in questions_of(folder, "single_choice", "multiple_choice"):
        options = question["options"]
        correct = sum(option["correct"] for option in options)
        assert 4 <= len(options) <= 5, question["key"]
        assert all(len(option["feedback"].split()) >= 1 for option in options), question["key"]
        assert 1 <= correct < len(options), question["key"]
        assert correct == 1 or question["type"] == "multiple_choice", question["key"]


@each_course
def test_numeric_keys_are_right_in_every_accepted_unit_and_wrong_beyond_the_tolerance(folder: Path) -> None:
    for question in questions_of(folder, "numeric"):
        answer, tolerance = Decimal(question["answer"]), Decimal(question["tolerance"])
        if question["tolerance_kind"] == "relative":
            tolerance = abs(answer) * tolerance / 100
        assert outcome(question, text=f"{answer} {question['unit']}") is Outcome.CORRECT, question["key"]
        beyond = answer + tolerance * 2 + Decimal("0.001")
        assert outcome(question, text=f"{beyond} {question['unit']}") is Outcome.INCORRECT, question["key"]
        bare = Outcome.PARTLY if question["unit_required"] else Outcome.CORRECT
        assert outcome(question, text=str(answer)) is bare, question["key"]
        for unit in question["accepted_units"]:
            given = f"{answer * Decimal(unit['factor']):f} {unit['unit']}"
            assert outcome(question, text=given) is Outcome.CORRECT, (question["key"], given)


@each_course
def test_short_answers_are_accepted_as_people_type_them(folder: Path) -> None:
    for question in questions_of(folder, "short_text"):
        for accepted in question["accepted"]:
            typed = accepted if question["case_sensitive"] else f"  {accepted.upper()} "
            assert outcome(question, text=typed) is Outcome.CORRECT, (question["key"], typed)


@each_course
def test_rubrics_add_up_to_the_points_of_their_questions(folder: Path) -> None:
    rubrics = table(folder, "rubric")
    assert len(rubrics) == 2
    maximum: dict[str, int] = {}
    for rubric in rubrics:
        assert rubric["title"]
        assert rubric["description"]
        assert 3 <= len(rubric["criterion"]) <= 4
        for criterion in rubric["criterion"]:
            points = [level["points"] for level in criterion["level"]]
            assert criterion["title"]
            assert criterion["description"]
            assert len(points) == 4, criterion["title"]
            assert points == sorted(set(points), reverse=True), criterion["title"]
            assert all(level["title"] and level["description"] for level in criterion["level"])
        maximum[rubric["key"]] = sum(criterion["level"][0]["points"] for criterion in rubric["criterion"])
    for question in questions_of(folder, "essay"):
        assert question["points"] == maximum[question["rubric"]], question["key"]


@each_course
def test_assessments_use_known_questions_and_stand_half_way_through_the_term(folder: Path) -> None:
    assessments = table(folder, "assessment")
    questions = {question["key"]: question["type"] for question in table(folder, "question")}
    assert 4 <= len(assessments) <= 5
    assert max(Counter(assessment["key"] for assessment in assessments).values()) == 1
    for assessment in assessments:
        assert assessment["kind"] in ("quiz", "exam", "assignment", "practice")
        assert assessment["scoring"] in ("best", "last", "average")
        assert assessment["questions"]
        assert set(assessment["questions"]) <= set(questions)
        assert len(set(assessment["questions"])) == len(assessment["questions"])
        assert 1 <= assessment["opens_week"] <= assessment["due_week"] <= TERM_WEEKS
        assert assessment["attempts_allowed"] >= 1
        assert assessment["time_limit_minutes"] >= 0
        assert 0 <= assessment["late_percent_per_day"] <= 100
    with_essay = [a for a in assessments if any(questions[key] == "essay" for key in a["questions"])]
    assert len(with_essay) >= 2
    due = [assessment["due_week"] for assessment in assessments]
    assert sum(week < CURRENT_WEEK for week in due) >= 2
    assert 1 <= sum(CURRENT_WEEK <= week <= CURRENT_WEEK + 1 for week in due) <= 2
    assert any(assessment["opens_week"] > CURRENT_WEEK + 1 for assessment in assessments)
    assert set(questions) == {key for assessment in assessments for key in assessment["questions"]}


@each_course
def test_sample_answers_cover_every_essay_in_all_qualities(folder: Path) -> None:
    answers = table(folder, "answer")
    essays = {question["key"] for question in questions_of(folder, "essay")}
    assert {answer["question"] for answer in answers} == essays
    for essay in essays:
        qualities = [answer["quality"] for answer in answers if answer["question"] == essay]
        assert len(qualities) >= 5, essay
        assert set(qualities) == {"strong", "adequate", "weak"}, essay
    lengths = {(a["question"], a["text"][:40]): len(a["text"].split()) for a in answers}
    assert {key: words for key, words in lengths.items() if not 80 <= words <= 200} == {}
    assert max(Counter(answer["text"] for answer in answers).values()) == 1


@each_course
def test_comment_bank_has_eight_comments(folder: Path) -> None:
    comments = table(folder, "comment")
    assert len({comment["title"] for comment in comments}) == len(comments) == 8


@each_course
def test_titles_fit_where_they_are_stored(folder: Path) -> None:
    course = read(folder / "course.toml")
    titles = [course["title"], *(module["title"] for module in course["module"])]
    titles += [thread["title"] for thread in course["thread"]]
    titles += [front["title"] for _, front, _ in lessons(folder)]
    titles += [a["title"] for a in table(folder, "assessment")] + [
        r["title"] for r in table(folder, "rubric")
    ]
    assert all(0 < len(title) <= 120 for title in titles)
    assert all(len(module["summary"]) <= 500 for module in course["module"])
    assert all(len(section["name"]) <= 80 for section in course["section"])
    assert all(len(comment["title"]) <= 80 for comment in table(folder, "comment"))
