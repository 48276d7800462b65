"""What of grading goes along when a course is copied: rubrics and comments; no grades."""

from __future__ import annotations

from eduplatform.domain.courses.copied import CopiedTable
from eduplatform.domain.courses.models import Course
from eduplatform.domain.grading.models import GradingComment, Rubric, RubricCriterion, RubricLevel

TABLES = (
    CopiedTable(Rubric, "course_id", Course),
    CopiedTable(RubricCriterion, "rubric_id", Rubric),
    CopiedTable(RubricLevel, "criterion_id", RubricCriterion),
    CopiedTable(GradingComment, "course_id", Course),
)
"""Parents before children."""
