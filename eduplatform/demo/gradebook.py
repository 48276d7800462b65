"""Demonstration of grading rules: weighted categories with a dropped quiz, extra credit, letters, periods, columns by hand."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from eduplatform.db.base import new_id
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.course_models import (
    IN_GRADEBOOK,
    MANUAL,
    CourseGradeEntry,
    CourseGrading,
    GradeCategory,
    GradeColumn,
    GradingPeriod,
    Method,
    MissingRule,
)
from eduplatform.domain.grading.entered import entered_points
from eduplatform.domain.grading.letter_schemes import PRESET_OF, stored_scheme
from eduplatform.domain.grading.repository import GradeEventRepository, GradeRepository
from eduplatform.domain.tenants.models import Term
from eduplatform.i18n.formatting import time_zone

if TYPE_CHECKING:
    from eduplatform.demo.seed import SeededCourse

_SEED = 7
_NAMES = {
    "en": {
        "quiz": "Quizzes",
        "assignment": "Assignments",
        "exam": "Exams",
        "class": "Class work",
        "extra": "Bonus work",
        "talk": "Short talk",
        "ticket": "Exit ticket {number}",
        "plus": "Poster for the open day",
        "half": "First half",
        "reason": "Two weeks in hospital: the talk and the project weigh more than the missed quizzes.",
    },
    "es": {
        "quiz": "Cuestionarios",
        "assignment": "Trabajos",
        "exam": "Exámenes",
        "class": "Trabajo en clase",
        "extra": "Puntos extra",
        "talk": "Exposición breve",
        "ticket": "Control de salida {number}",
        "plus": "Cartel para la jornada de puertas abiertas",
        "half": "Primera mitad",
        "reason": "Dos semanas en el hospital: la exposición y el proyecto pesan más que los cuestionarios perdidos.",
    },
}
_WEIGHTS = {"quiz": Decimal(30), "assignment": Decimal(35), "exam": Decimal(20), "class": Decimal(15)}


async def grade_by_rules(*, work: Work, course: SeededCourse, term: Term, now: datetime) -> None:
    """Give a course grading rules, columns that are entered by hand, and one total that a teacher entered."""
    words = _NAMES.get(course.course.language, _NAMES["en"])
    categories = _categories(course, words)
    half = term.starts_on + (term.ends_on - term.starts_on) / 2
    work.session.add_all(
        [
            CourseGrading(
                course_id=course.course.id,
                method=Method.WEIGHTED,
                missing=MissingRule.ZERO,
                scheme="plus",
                bands=stored_scheme(PRESET_OF["plus"].scheme),
            ),
            GradingPeriod(
                course_id=course.course.id,
                term_id=term.id,
                name=term.name,
                starts_on=term.starts_on,
                ends_on=term.ends_on,
            ),
            GradingPeriod(
                course_id=course.course.id, name=words["half"], starts_on=term.starts_on, ends_on=half
            ),
            *categories.values(),
        ]
    )
    await work.flush()
    work.session.add_all(
        GradeColumn(
            assessment_id=assessment.id,
            category_id=(categories.get(assessment.kind) or categories["class"]).id,
        )
        for _facts, assessment in course.assessments
    )
    talk = await _manual(
        work, course, words["talk"], Decimal(20), categories["class"].id, now - timedelta(days=9)
    )
    plus = await _manual(
        work, course, words["plus"], Decimal(5), categories["extra"].id, now - timedelta(days=4)
    )
    tickets = [
        await _manual(
            work,
            course,
            words["ticket"].format(number=number),
            Decimal(5),
            categories.get("quiz", categories["class"]).id,
            now - timedelta(days=26 - 7 * number),
        )
        for number in (1, 2)
    ]
    await _entries(work, course, [*tickets, talk], plus, now)
    if course.students:
        work.session.add(
            CourseGradeEntry(
                course_id=course.course.id,
                user_id=course.students[-1].id,
                number=1,
                percent=Decimal(78),
                reason=words["reason"],
                created_by=course.teachers[0].id,
            )
        )
    await work.flush()


def _categories(course: SeededCourse, words: dict[str, str]) -> dict[str, GradeCategory]:
    kinds = {assessment.kind for _facts, assessment in course.assessments}
    chosen = [key for key in _WEIGHTS if key in kinds or key == "class"]
    whole = sum((_WEIGHTS[key] for key in chosen), Decimal(0))
    weights = {key: (_WEIGHTS[key] * 100 / whole).quantize(Decimal(1)) for key in chosen}
    weights["class"] += 100 - sum(weights.values(), Decimal(0))
    made = {
        key: GradeCategory(
            course_id=course.course.id,
            position=position,
            name=words[key],
            weight=weights[key],
            drop_lowest=1 if key == "quiz" else 0,
        )
        for position, key in enumerate(chosen, start=1)
    }
    made["extra"] = GradeCategory(
        course_id=course.course.id,
        position=len(made) + 1,
        name=words["extra"],
        weight=Decimal(3),
        extra_credit=True,
    )
    return made


async def _manual(
    work: Work, course: SeededCourse, title: str, points: Decimal, category_id: UUID, on: datetime
) -> Assessment:
    day = on.astimezone(time_zone("UTC")).date()
    row = await work.add(
        Assessment(
            course_id=course.course.id,
            kind=MANUAL,
            status=IN_GRADEBOOK,
            title=title,
            points=points,
            opens_at=datetime.combine(day, time(12), UTC),
            published_at=on,
        )
    )
    work.session.add(GradeColumn(assessment_id=row.id, category_id=category_id))
    return row


async def _entries(
    work: Work, course: SeededCourse, released: list[Assessment], plus: Assessment, now: datetime
) -> None:
    """Grades of the columns that are entered by hand; those of the poster, which few made, are not released yet."""
    chance = random.Random(f"{_SEED}{course.course.code}")  # noqa: S311 - the same data each time
    teacher = course.teachers[0].id
    grades: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for student in course.students:
        for column in (*released, plus):
            if chance.random() > (0.3 if column is plus else 0.9):
                continue
            moment = (column.opens_at or now) + timedelta(days=1)
            share = Decimal(str(round(min(1.0, max(0.4, chance.gauss(0.82, 0.12))), 2)))
            points = (column.points * share * 2).quantize(Decimal(1)) / 2
            result = entered_points(points, column.points, late=False)
            shown_at = None if column is plus else moment
            grade_id = new_id()
            grades.append(
                {
                    "id": grade_id,
                    "assessment_id": column.id,
                    "user_id": student.id,
                    "created_by": teacher,
                    "created_at": moment,
                    "updated_at": moment,
                    "points": points,
                    "possible": column.points,
                    "status": GradeStatus.GRADED,
                    "entered_points": points,
                    "explanation": [step.to_json() for step in result.explanation],
                    "released_at": shown_at,
                    "seen_at": shown_at,
                    "version": 1,
                }
            )
            stand = {"points": f"{points:.2f}", "possible": f"{column.points:.2f}", "status": "graded"}
            events.append(
                {
                    "grade_id": grade_id,
                    "actor_id": teacher,
                    "created_by": teacher,
                    "created_at": moment,
                    "updated_at": moment,
                    "kind": "entered",
                    "before": {**stand, "points": None, "status": "none", "released": False},
                    "after": {**stand, "released": shown_at is not None},
                    "reason": "",
                }
            )
    await GradeRepository(work).insert_many(grades)
    await GradeEventRepository(work).insert_many(events)
