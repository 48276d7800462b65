"""Files that belong to answers: attached when an answer is stored, read by the student and by who teaches the course."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    QuestionVersion,
    Response,
)
from eduplatform.domain.assessment.question_types import AnyQuestionType, question_type
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.repository import fetch, select_columns, taught_by
from eduplatform.domain.files import service as files
from eduplatform.domain.files.policy import UsedFile, register_reader
from eduplatform.domain.files.service import FileRow
from eduplatform.errors import Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

PURPOSE = "answer"


async def attach_files(
    *, work: Work, me: Principal, stored: Sequence[tuple[str, AnyQuestionType, Response]]
) -> None:
    """Attach the files that answers name, and let go of those that they no longer name; types without files cost nothing.

    Args:
        work: The open unit of work.
        me: The student.
        stored: Of each answer just stored: the name under which a refusal is told, its type, and the response.

    Raises:
        Invalid: A file is not this student's own upload; nothing of the delivery is stored then.
    """
    for name, kind, response in stored:
        if not kind.has_files:
            continue
        ids = kind.files(kind.load_response({} if response.answer is None else response.answer))
        try:
            await files.attach(
                work=work, me=me, file_ids=ids, purpose=kind.file_purpose, object_id=response.id
            )
        except NotFound as missing:
            raise Invalid(fields={name: missing.detail}) from missing
        await files.detach(work=work, purpose=kind.file_purpose, object_ids=[response.id], keep=ids)


async def handed_in(*, work: Work, me: Principal, response_id: UUID) -> list[FileRow]:
    """The files of a handed-in answer, for those who teach the course; two statements.

    Raises:
        NotFound: It does not exist, is not handed in, or the person does not teach the course.
    """
    if Role.TEACHER not in me.roles:
        raise NotFound
    rows = await fetch(
        work,
        select_columns(Response, QuestionVersion.type)
        .join(Attempt, col(Attempt.id) == col(Response.attempt_id))
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .join(AssessmentItem, col(AssessmentItem.id) == col(Response.item_id))
        .join(QuestionVersion, col(QuestionVersion.id) == col(AssessmentItem.question_version_id))
        .where(
            col(Response.tenant_id) == work.tenant_id,
            col(Response.id) == response_id,
            col(Attempt.state) == AttemptState.SUBMITTED,
            taught_by(me.user),
        ),
    )
    if not rows:
        raise NotFound
    response, type_key = rows[0]
    kind = question_type(type_key)
    named = kind.files(kind.load_response(response.answer or {}))
    listed = await files.listed(work=work, purpose=kind.file_purpose, object_ids=[response_id])
    by_id = {one.id: one for one in listed.get(response_id, [])}
    return [by_id[key] for key in named if key in by_id]


async def _may_read(work: Work, me: Principal, file: UsedFile) -> bool:
    rows = await fetch(
        work,
        select_columns(Attempt.user_id, taught_by(me.user))
        .select_from(Response)
        .join(Attempt, col(Attempt.id) == col(Response.attempt_id))
        .join(Assessment, col(Assessment.id) == col(Attempt.assessment_id))
        .join(Course, col(Course.id) == col(Assessment.course_id))
        .where(col(Response.tenant_id) == work.tenant_id, col(Response.id) == file.object_id),
    )
    return any(student == me.user or (teaches and Role.TEACHER in me.roles) for student, teaches in rows)


register_reader(PURPOSE, _may_read)
