"""An assignment as its student works on it: the page before and after handing in, and taking work back.

Beginning, saving and handing in are those of every attempt (``attempts``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.attempts import close_expired, may_begin, publish_arrival
from eduplatform.domain.assessment.availability import Decision, EffectivePolicy
from eduplatform.domain.assessment.drafts import PURPOSE
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Attempt,
    AttemptState,
    DraftRevision,
)
from eduplatform.domain.assessment.policy import require_own_attempt, require_taker, require_taught_attempt
from eduplatform.domain.assessment.repository import AttemptRepository, ItemRepository, ResponseRepository
from eduplatform.domain.assessment.rules import AssessmentKind
from eduplatform.domain.assessment.schemas import Asked
from eduplatform.domain.assessment.types.submission import Submission, SubmissionBody, is_web_address
from eduplatform.domain.courses import groups
from eduplatform.domain.courses.group_models import StudentGroup
from eduplatform.domain.courses.group_repository import Member
from eduplatform.domain.courses.models import Course
from eduplatform.domain.files import service as files
from eduplatform.domain.files.policy import UsedFile, register_reader
from eduplatform.domain.files.service import FileRow
from eduplatform.domain.grading import group_grades, rubrics
from eduplatform.domain.grading.models import Grade
from eduplatform.domain.grading.rubric_repository import CriterionScale
from eduplatform.errors import Conflict, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

_TYPE = Submission()
_NO_GROUP = N_("This is done in groups, and you are in none yet. Please ask your teacher.")


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """An assignment as one student sees it.

    Attributes:
        assessment: The rules.
        course: Its course.
        item: Its one question, with points and rubric.
        body: What may be handed in.
        policy: The rules as they hold for this student.
        attempts: The student's or their group's, oldest first.
        running: The draft that is being written.
        start: Whether one may be begun now, and if not, why.
        group: Their group, when it is done in groups.
        members: Everybody in it.
        rubric: What good work is, by criterion.
        grade: Their grade, once they may see it.
    """

    assessment: Assessment
    course: Course
    item: AssessmentItem
    body: SubmissionBody
    policy: EffectivePolicy
    attempts: list[Attempt]
    running: Attempt | None
    start: Decision
    group: StudentGroup | None
    members: list[Member]
    rubric: list[CriterionScale]
    grade: Grade | None

    @property
    def newest(self) -> Attempt | None:
        """The newest attempt that was handed in."""
        return next((one for one in reversed(self.attempts) if one.state == AttemptState.SUBMITTED), None)

    def may_withdraw(self, now: datetime) -> bool:
        """Whether what was handed in last may be taken back now; see `withdraw`."""
        newest = self.newest
        return (
            newest is not None
            and self.running is None
            and newest.needs_grading
            and self.grade is None
            and _in_time(self.policy, now)
        )


def _ran_out(attempt: Attempt, now: datetime) -> bool:
    running = attempt.state == AttemptState.IN_PROGRESS
    return running and attempt.deadline_at is not None and attempt.deadline_at < now


def _in_time(policy: EffectivePolicy, now: datetime) -> bool:
    end = policy.due_at or policy.closes_at
    return end is None or now < end


async def view_assignment(
    *, work: Work, me: Principal, assessment_id: UUID, now: datetime | None = None
) -> AssignmentView:
    """What a student has to know of an assignment; eight statements, fewer without groups or rubric, more
    when time ran out.

    Raises:
        NotFound: It is not a published assignment, or the person does not take its course.
    """
    moment = now or utc_now()
    assessment, course, _enrollment = await require_taker(work=work, me=me, assessment_id=assessment_id)
    if assessment.kind != AssessmentKind.ASSIGNMENT:
        raise NotFound
    policies = await policies_for(work=work, assessments=[assessment], students=[me.user])
    policy = policies[(assessment.id, me.user)]
    attempts = AttemptRepository(work)
    found = await attempts.of_student(assessment_id, me.user)
    if any(_ran_out(one, moment) for one in found):
        await close_expired(work=work, assessment_id=assessment_id, user_id=me.user, now=moment)
        found = await attempts.of_student(assessment_id, me.user)
    (row,) = await ItemRepository(work).of_assessment(assessment_id)
    group, members = None, list[Member]()
    if assessment.group_set_id is not None:
        group, members = await groups.own_group(work=work, set_id=assessment.group_set_id, user_id=me.user)
    start = await may_begin(
        work=work, me=me, assessment=assessment, rules=policy, used=len(found), now=moment
    )
    if assessment.group_set_id is not None and group is None:
        start = Decision(False, Message(_NO_GROUP))
    rubric_id = row.item.rubric_id
    return AssignmentView(
        assessment=assessment,
        course=course,
        item=row.item,
        body=_TYPE.load_body(row.version.body),
        policy=policy,
        attempts=found,
        running=next((one for one in found if one.state == AttemptState.IN_PROGRESS), None),
        start=start,
        group=group,
        members=members,
        rubric=await rubrics.scale_of(work=work, rubric_id=rubric_id) if rubric_id is not None else [],
        grade=await attempts.released_grade(assessment_id, me.user),
    )


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The content of an attempt: its text in markdown, a link that can be followed or "", and its files in their order.

    ``known`` are all files that it has ever shown, those of older revisions too.
    """

    attempt: Attempt
    text: str
    link: str
    files: list[FileRow]
    known: list[FileRow]


async def read_own(*, work: Work, me: Principal, attempt_id: UUID) -> HandedIn:
    """The content of one's own attempt or that of one's group; three statements.

    Raises:
        NotFound: It is neither, or not one of an assignment.
    """
    attempt, assessment = await require_own_attempt(work=work, me=me, attempt_id=attempt_id)
    return await _content(work, attempt, assessment)


async def read_taught(*, work: Work, me: Principal, attempt_id: UUID) -> HandedIn:
    """The content of a handed-in attempt for those who teach the course; three statements.

    Raises:
        NotFound: It is not handed in, not one of an assignment, or the person does not teach its course.
    """
    attempt, assessment = await require_taught_attempt(work=work, me=me, attempt_id=attempt_id)
    if attempt.state != AttemptState.SUBMITTED:
        raise NotFound
    return await _content(work, attempt, assessment)


async def _content(work: Work, attempt: Attempt, assessment: Assessment) -> HandedIn:
    if assessment.kind != AssessmentKind.ASSIGNMENT:
        raise NotFound
    asked = await ResponseRepository(work).asked([attempt.id])
    listed = await files.listed(work=work, purpose=PURPOSE, object_ids=[attempt.id])
    return content_of(attempt, asked[0], listed.get(attempt.id, []))


def content_of(attempt: Attempt, asked: Asked, listed: list[FileRow]) -> HandedIn:
    """An answer with the files that it names; those that were taken out of it again are left out."""
    response = _TYPE.load_response(asked.response.answer or {})
    by_id = {str(one.id): one for one in listed}
    return HandedIn(
        attempt=attempt,
        text=response.text,
        link=response.link if is_web_address(response.link) else "",
        files=[by_id[one] for one in response.files if one in by_id],
        known=listed,
    )


def revision_content(revision: DraftRevision) -> tuple[str, str, list[str]]:
    """Text, link and file ids of a revision."""
    response = _TYPE.load_response(revision.answer or {})
    return response.text, response.link, list(response.files)


async def withdraw(*, work: Work, me: Principal, attempt_id: UUID, now: datetime | None = None) -> Attempt:
    """Take back what was handed in, to work on it again: before it is due, and as long as nobody has scored it.

    Raises:
        NotFound: The attempt is not the person's or their group's, or not one of an assignment.
        Conflict: It is too late for that, it is being graded, or there is a newer attempt.
    """
    moment = now or utc_now()
    attempt, assessment = await require_own_attempt(work=work, me=me, attempt_id=attempt_id, lock=True)
    if assessment.kind != AssessmentKind.ASSIGNMENT:
        raise NotFound
    if attempt.state == AttemptState.IN_PROGRESS:
        return attempt
    policies = await policies_for(work=work, assessments=[assessment], students=[me.user])
    if not _in_time(policies[(assessment.id, me.user)], moment):
        raise Conflict(N_("It is due by now, so it stays handed in."))
    found = await AttemptRepository(work).of_student(assessment.id, me.user)
    if found[-1].id != attempt.id:
        raise Conflict(N_("You have begun to work on it again already."))
    asked = await ResponseRepository(work).asked([attempt_id])
    if any(one.response.graded_by is not None or one.response.comment for one in asked):
        raise Conflict(N_("Your teacher has begun to grade it, so it stays handed in."))
    for one in asked:
        one.response.outcome, one.response.fraction, one.response.points = "", None, None
        one.response.explanation = []
    attempt.state, attempt.submitted_at, attempt.submitted_by = AttemptState.IN_PROGRESS, None, None
    attempt.late_seconds, attempt.auto_submitted = 0, False
    attempt.needs_grading, attempt.points = False, None
    attempt.version += 1
    await work.flush()
    publish_arrival(work, assessment)
    await group_grades.settle_attempt(
        work=work, attempt=attempt, actor_id=me.user, kind="withdrawn", now=moment
    )
    return attempt


async def _may_read_file(work: Work, me: Principal, file: UsedFile) -> bool:
    """The members of a group see each other's uploads; who teaches the course sees what was handed in, not drafts."""
    if Role.STUDENT in me.roles:
        try:
            await require_own_attempt(work=work, me=me, attempt_id=file.object_id)
            return True
        except NotFound:
            if Role.TEACHER not in me.roles:
                raise
    attempt, _assessment = await require_taught_attempt(work=work, me=me, attempt_id=file.object_id)
    return attempt.state == AttemptState.SUBMITTED


register_reader(PURPOSE, _may_read_file)
