"""What of grading goes along when a course is copied: rubrics, comments and the rules of the gradebook; no grades."""

from __future__ import annotations

from sqlmodel import col

from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses.copied import CopiedTable
from eduplatform.domain.courses.models import Course
from eduplatform.domain.grading.course_models import CourseGrading, GradeCategory, GradeColumn, GradingPeriod
from eduplatform.domain.grading.models import GradingComment, Rubric, RubricCriterion, RubricLevel

TABLES = (
    CopiedTable(Rubric, "course_id", Course),
    CopiedTable(RubricCriterion, "rubric_id", Rubric),
    CopiedTable(RubricLevel, "criterion_id", RubricCriterion),
    CopiedTable(GradingComment, "course_id", Course),
    CopiedTable(CourseGrading, "course_id", Course),
    CopiedTable(GradeCategory, "course_id", Course),
    # A period that is a term is another one in the copy.
    CopiedTable(GradingPeriod, "course_id", Course, only=lambda: col(GradingPeriod.term_id).is_(None)),
)
"""Parents before children."""

TABLES_OF_ASSESSMENTS = (CopiedTable(GradeColumn, "assessment_id", Assessment),)
"""What hangs on assessments, and is copied after them."""
