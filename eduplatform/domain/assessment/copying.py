"""What of banks and assessments goes along when a course is copied; no overrides, no attempts."""

from __future__ import annotations

from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    AssessmentPool,
    Question,
    QuestionBank,
    QuestionFolder,
    QuestionObjective,
    QuestionVersion,
)
from eduplatform.domain.courses.copied import CopiedTable
from eduplatform.domain.courses.models import Course

TABLES = (
    CopiedTable(QuestionBank, "course_id", Course),
    CopiedTable(QuestionFolder, "bank_id", QuestionBank),
    CopiedTable(Question, "bank_id", QuestionBank),
    CopiedTable(QuestionObjective, "question_id", Question),
    CopiedTable(QuestionVersion, "question_id", Question),
    CopiedTable(Assessment, "course_id", Course),
    CopiedTable(AssessmentPool, "assessment_id", Assessment),
    CopiedTable(AssessmentItem, "assessment_id", Assessment),
)
"""Parents before children."""
