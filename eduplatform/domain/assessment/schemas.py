"""What callers hand to the assessment services, and the rows that they get back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from eduplatform.domain.assessment.availability import EffectivePolicy
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    AssessmentPool,
    Attempt,
    Question,
    QuestionBank,
    QuestionVersion,
    Response,
)
from eduplatform.domain.courses.models import Course


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """A question as its author entered it.

    Attributes:
        type: Key of the question type.
        stem: The question in markdown.
        points: Usual points; an assessment may give others.
        feedback: Markdown that students read after handing in.
        parts: The type's own form, see ``parse_authoring`` of the type.
    """

    type: str
    stem: str
    points: Decimal = Decimal(1)
    feedback: str = ""
    parts: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDraft:
    """The settings of an assessment. Times are UTC instants; 0 minutes or attempts mean no limit.

    ``password`` is a new one, empty for none, None to keep what is. Late rules count per ``late_period``, day or hour.
    """

    title: str
    kind: str = "quiz"
    instructions: str = ""
    module_id: UUID | None = None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    time_limit_minutes: int = 0
    attempts_allowed: int = 1
    scoring: str = "best"
    late_percent_per_day: int = 0
    late_period: str = "day"
    late_grace_minutes: int = 0
    late_max_percent: int = 100
    missing_percent: int | None = None
    shuffle: bool = False
    shuffle_options: bool = False
    feedback_submitted: str = "outcomes"
    feedback_due: str = "outcomes"
    feedback_closed: str = "solutions"
    password: str | None = None


@dataclass(frozen=True, slots=True)
class BankRow:
    """A question in the list of its bank; ``uses`` counts the assessments that contain it."""

    question: Question
    version: QuestionVersion
    uses: int


@dataclass(frozen=True, slots=True)
class EditedQuestion:
    """A question in its editor.

    Attributes:
        question: It.
        version: Its current wording.
        bank: Where it is.
        course: The bank's course; None in a personal bank.
        seen: A published assessment holds this version.
    """

    question: Question
    version: QuestionVersion
    bank: QuestionBank
    course: Course | None
    seen: bool


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """An assessment in its teacher's list."""

    assessment: Assessment
    questions: int
    started: int
    submitted: int
    needs_grading: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A question's place in an assessment; ``rubric_title`` is empty without a rubric."""

    item: AssessmentItem
    version: QuestionVersion
    newest: int
    rubric_title: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A rubric or module to choose."""

    id: UUID
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDraft:
    """A pool as its author entered it; None and empty match everything."""

    draw: int
    points: Decimal = Decimal(1)
    bank_id: UUID | None = None
    folder_id: UUID | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool with the names of what it draws from; empty for everything."""

    pool: AssessmentPool
    bank: str
    folder: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that a pool may draw, in its current version."""

    pool_id: UUID
    question_id: UUID
    version_id: UUID


@dataclass(frozen=True, slots=True)
class Slot:
    """An item that an attempt may hold; ``draw`` is how many of its pool are drawn, 0 without a pool."""

    item_id: UUID
    pool_id: UUID | None
    draw: int


@dataclass(frozen=True, slots=True)
class FolderChoice:
    """A folder of a bank, to draw from; ``id`` is None for a bank without folders."""

    bank_id: UUID
    bank: str
    id: UUID | None
    parent_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class BuiltAssessment:
    """An assessment in its builder: its questions, what can be chosen, and how many students have begun.

    ``available`` is how many questions each pool can draw from now.
    """

    assessment: Assessment
    course_title: str
    items: list[ItemRow]
    pools: list[PoolRow]
    available: dict[UUID, int]
    problems: list[PublishProblem]
    rubrics: list[Choice]
    modules: list[Choice]
    started: int


@dataclass(frozen=True, slots=True)
class PublishProblem:
    """Why an assessment cannot be published; ``field`` names the part that has to change."""

    field: str
    message: Message


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A published assessment in a student's list, with the student's own rules and attempts, oldest first."""

    assessment: Assessment
    questions: int
    attempts: tuple[Attempt, ...]
    policy: EffectivePolicy | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of an attempt with the student's answer; holds the key, so it never leaves the server as it is.

    ``former`` is the version whose key is accepted as well, when the question was regraded so.
    """

    item: AssessmentItem
    version: QuestionVersion
    response: Response
    former: QuestionVersion | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A write from a browser's journal.

    Attributes:
        operation_id: Chosen by the browser; a repeated delivery carries the same.
        item_id: The question.
        base_version: Version of the answer that the writer knew.
        answer: JSON, checked by the question type.
        writer: The browser tab that wrote.
    """

    operation_id: UUID
    item_id: UUID
    base_version: int
    answer: Any
    writer: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A stored write and the version that the answer has through it."""

    operation_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class AnswerConflict:
    """A write that was not stored, because another tab had written since; with what is stored."""

    operation_id: UUID
    item_id: UUID
    version: int
    answer: Any


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery. ``refused`` came after the end and were not stored."""

    state: str
    server_time: datetime
    acknowledged: list[Acknowledged]
    conflicts: list[AnswerConflict]
    refused: list[UUID]
    deadline_at: datetime | None = None
