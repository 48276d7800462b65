"""Reads the demonstration content: TOML and markdown files below ``content/<tenant>/<course>``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from eduplatform.domain.assessment.schemas import QuestionDraft

CONTENT = Path(__file__).resolve().parent / "content"
FRONT_MATTER = "+++"

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LessonText:
    """A lesson's file: its front matter and its markdown."""

    key: str
    title: str
    minutes: int
    objectives: Sequence[str]
    body: str


@dataclass(frozen=True, slots=True)
class CourseContent:
    """Everything of one course."""

    key: str
    course: Table
    lessons: Mapping[str, LessonText]
    questions: Sequence[Table]
    rubrics: Sequence[Table]
    assessments: Sequence[Table]
    answers: Sequence[Table]
    comments: Sequence[Table]
    folder: Path


@dataclass(frozen=True, slots=True)
class TenantContent:
    """One organisation, its people and its courses."""

    tenant: Table
    people: Mapping[str, Sequence[Table]]
    courses: Sequence[CourseContent]


def read_tenants() -> list[TenantContent]:
    """All organisations, in the order of their folders' names."""
    return [_tenant(folder) for folder in sorted(CONTENT.iterdir()) if (folder / "tenant.toml").is_file()]


def _tenant(folder: Path) -> TenantContent:
    courses = [_course(one) for one in sorted(folder.iterdir()) if (one / "course.toml").is_file()]
    return TenantContent(_toml(folder / "tenant.toml"), _toml(folder / "people.toml"), courses)


def _course(folder: Path) -> CourseContent:
    lessons = {file.stem: _lesson(file) for file in sorted((folder / "lessons").glob("*.md"))}
    return CourseContent(
        folder.name,
        _toml(folder / "course.toml"),
        lessons,
        _toml(folder / "questions.toml")["question"],
        _toml(folder / "rubrics.toml")["rubric"],
        _toml(folder / "assessments.toml")["assessment"],
        _toml(folder / "answers.toml")["answer"],
        _toml(folder / "comments.toml")["comment"],
        folder,
    )


def _lesson(file: Path) -> LessonText:
    _, front, body = file.read_text(encoding="utf-8").split(FRONT_MATTER, 2)
    facts = tomllib.loads(front)
    return LessonText(file.stem, facts["title"], facts["minutes"], facts["objectives"], body.strip())


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def draft_of(question: Table) -> QuestionDraft:
    """A question of the content as its author would have entered it."""
    return QuestionDraft(
        type=question["type"],
        stem=question["stem"].strip(),
        points=Decimal(question["points"]),
        feedback=_feedback(question),
        parts=_parts(question),
    )


def _feedback(question: Table) -> str:
    remarks = [
        f"- **{option['text']}**: {option['feedback']}"
        for option in question.get("options", ())
        if not option["correct"] and option.get("feedback")
    ]
    return "\n".join([question.get("feedback", "").strip(), "", *remarks]).strip()


def _parts(question: Table) -> Mapping[str, object]:
    match question["type"]:
        case "single_choice" | "multiple_choice":
            options = [{"text": one["text"], "correct": one["correct"]} for one in question["options"]]
            return {"options": options, "shuffle": True}
        case "numeric":
            unit = question.get("unit", "")
            # The content counts how many of the other unit make one of the answer's; the author's form the reverse.
            others = [
                {"unit": one["unit"], "factor": str(1 / Fraction(one["factor"]))}
                for one in question.get("accepted_units", ())
            ]
            return {
                "value": question["answer"],
                "tolerance_kind": question["tolerance_kind"],
                "tolerance": question["tolerance"],
                "unit": unit,
                "unit_rule": "none"
                if not unit
                else "required"
                if question.get("unit_required")
                else "optional",
                "other_units": others,
            }
        case "short_text":
            return {
                "accepted": question["accepted"],
                "case_matters": question.get("case_sensitive", False),
                "accents_matter": question.get("accents_sensitive", False),
            }
        case _:
            return {"min_words": question.get("min_words"), "max_words": question.get("max_words")}
