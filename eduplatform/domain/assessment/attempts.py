"""Sittings: beginning, saving answers, handing in, scoring. The server's clock alone decides.

Answers arrive as operations of a browser's journal and are stored in one transaction before they are acknowledged. A
delivery may be repeated, arrive late, or come from a second tab; none of that loses or silently overwrites an answer.

Beginning and handing in write no audit row: the attempt and the grade's events say the same, and a row of the tenant's
one chain would let a whole class wait for each other when everybody begins or ends at the same moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from eduplatform.db.base import utc_now
from eduplatform.db.repository import as_stored, update_together
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment import drafts, exam_password, pools, pulse, scoring, sheet
from eduplatform.domain.assessment.answer_files import attach_files
from eduplatform.domain.assessment.availability import (
    Decision,
    EffectivePolicy,
    attempt_deadline,
    can_start,
)
from eduplatform.domain.assessment.effective import policies_for
from eduplatform.domain.assessment.models import Assessment, Attempt, AttemptState, Response
from eduplatform.domain.assessment.policy import (
    require_beginner,
    require_own_attempt,
    require_taker,
    require_writable,
)
from eduplatform.domain.assessment.pool_repository import PoolRepository
from eduplatform.domain.assessment.question_types import question_type
from eduplatform.domain.assessment.repository import (
    AssessmentRepository,
    AttemptRepository,
    OperationRepository,
    ResponseRepository,
)
from eduplatform.domain.assessment.rules import GRACE, AssessmentKind
from eduplatform.domain.assessment.schemas import (
    Acknowledged,
    AnswerConflict,
    Asked,
    Operation,
    Receipt,
    StudentRow,
)
from eduplatform.domain.assessment.sheet import Sitting
from eduplatform.domain.courses import groups, unlocking
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.policy import require_student
from eduplatform.domain.grading import group_grades, settlement
from eduplatform.domain.messaging import notifications
from eduplatform.errors import Conflict, FieldText, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.realtime.channels import Channel
from eduplatform.realtime.events import WorkArrived
from eduplatform.security.principal import Principal

MAX_OPERATIONS = 100
CLOSE_AT_ONCE = 50
MAX_SEED = 2**31


class AttemptClosed(Conflict):
    """The attempt is over; what came afterwards is not stored."""

    code = "attempt_closed"


class CannotStart(Conflict):
    """No attempt may be begun now: it is not open, closed, or all attempts are used."""

    code = "cannot_start"


@dataclass(frozen=True, slots=True)
class Overview:
    """An assessment as a student sees it before beginning.

    Attributes:
        assessment: The rules.
        course: Its course.
        policy: The rules as they hold for this student.
        questions: How many there are.
        attempts: The student's own, oldest first.
        running: The one that is being worked on.
        start: Whether a new one may be begun now, and if not, why.
    """

    assessment: Assessment
    course: Course
    policy: EffectivePolicy
    questions: int
    attempts: list[Attempt]
    running: Attempt | None
    start: Decision


async def _policy(work: Work, assessment: Assessment, user_id: UUID) -> EffectivePolicy:
    policies = await policies_for(work=work, assessments=[assessment], students=[user_id])
    return policies[(assessment.id, user_id)]


async def list_for_student(
    *, work: Work, me: Principal, course_id: UUID, now: datetime | None = None
) -> tuple[Course, list[StudentRow]]:
    """The published assessments of a course, by due time, with the student's own attempts.

    Raises:
        NotFound: The person does not take this course.
    """
    course, _section = await require_student(work=work, me=me, course_id=course_id)
    await close_expired(work=work, course_id=course_id, user_id=me.user, now=now)
    rows = await AssessmentRepository(work).published_for(course_id, me.user)
    policies = await policies_for(work=work, assessments=[row.assessment for row in rows], students=[me.user])
    return course, [replace(row, policy=policies[(row.assessment.id, me.user)]) for row in rows]


async def overview(
    *, work: Work, me: Principal, assessment_id: UUID, now: datetime | None = None
) -> Overview:
    """What a student has to know before beginning.

    Raises:
        NotFound: It is not published, or the person does not take its course.
    """
    moment = now or utc_now()
    assessment, course, _enrollment = await require_taker(work=work, me=me, assessment_id=assessment_id)
    await close_expired(work=work, assessment_id=assessment_id, user_id=me.user, now=moment)
    policy = await _policy(work, assessment, me.user)
    found = await AttemptRepository(work).of_student(assessment_id, me.user)
    running = next((one for one in found if one.state == AttemptState.IN_PROGRESS), None)
    return Overview(
        assessment=assessment,
        course=course,
        policy=policy,
        questions=await AssessmentRepository(work).question_count(assessment_id),
        attempts=found,
        running=running,
        start=await may_begin(
            work=work, me=me, assessment=assessment, rules=policy, used=len(found), now=moment
        ),
    )


async def may_begin(
    *, work: Work, me: Principal, assessment: Assessment, rules: EffectivePolicy, used: int, now: datetime
) -> Decision:
    """Whether a student may begin an attempt: by the student's own rules, and by what opens the module. One statement.

    Args:
        work: The open unit of work.
        me: The student.
        assessment: The assessment.
        rules: Its rules for the student.
        used: Attempts already begun.
        now: The server's clock.
    """
    decision = can_start(rules, now, used)
    if not decision.allowed or assessment.module_id is None:
        return decision
    missing = await unlocking.what_is_missing(work=work, me=me, module_id=assessment.module_id, now=now)
    return decision if missing is None else Decision(False, missing)


async def start(
    *,
    work: Work,
    me: Principal,
    assessment_id: UUID,
    password: str = "",
    now: datetime | None = None,
) -> Attempt:
    """Begin an attempt, or return the one that is running: beginning twice at once gives one attempt.

    Args:
        work: The open unit of work.
        me: The student.
        assessment_id: The assessment.
        password: What the student typed, when the assessment asks for one; going on needs none.
        now: The server's clock.

    Raises:
        NotFound: It is not published, or the person does not take its course.
        CannotStart: It is not open, its module is locked, or all attempts are used; ``detail`` says which.
        Invalid: The password is not right; ``fields["password"]``.
        RateLimited: The student has tried too many passwords.
    """
    moment = now or utc_now()
    assessment, section_id = await require_beginner(work=work, me=me, assessment_id=assessment_id)
    attempts = AttemptRepository(work)
    group_id = await _group(work, assessment, me)
    found = await attempts.of_student(assessment_id, me.user)
    running = next((one for one in found if one.state == AttemptState.IN_PROGRESS), None)
    if running is not None and not _is_over(running, moment):
        return running
    if running is not None:
        await close_expired(work=work, assessment_id=assessment_id, user_id=me.user, now=moment)
    policy = await _policy(work, assessment, me.user)
    decision = await may_begin(
        work=work, me=me, assessment=assessment, rules=policy, used=len(found), now=moment
    )
    if not decision.allowed and decision.reason is not None:
        reason = decision.reason
        raise CannotStart(reason.key, params={name: str(value) for name, value in reason.params.items()})
    await exam_password.check(me=me, assessment=assessment, password=password)
    attempt = Attempt(
        assessment_id=assessment_id,
        section_id=section_id,
        user_id=me.user,
        group_id=group_id,
        number=len(found) + 1,
        seed=secrets.randbelow(MAX_SEED),
        started_at=moment,
        deadline_at=attempt_deadline(policy, moment),
        tenant_id=work.tenant_id,
        created_by=me.user,
    )
    asked = pools.drawn(await PoolRepository(work).slots(assessment_id), attempt.seed)
    await attempts.begin(attempt, asked)
    if found and assessment.kind == AssessmentKind.ASSIGNMENT:
        await _begin_with_last(work, found[-1], attempt)
    pulse.moved(work, assessment_id)
    return attempt


async def sitting(*, work: Work, me: Principal, attempt_id: UUID, now: datetime | None = None) -> Sitting:
    """One's own attempt with its questions; one whose time is over is handed in first.

    Raises:
        NotFound: It does not exist, or it is another student's.
    """
    attempt, assessment = await as_of(work=work, me=me, attempt_id=attempt_id, now=now or utc_now())
    return await sheet.sheet(work=work, attempt=attempt, assessment=assessment)


async def as_of(*, work: Work, me: Principal, attempt_id: UUID, now: datetime) -> tuple[Attempt, Assessment]:
    """One's own attempt and its assessment, without the questions; one whose time is over is handed in first.

    Raises:
        NotFound: It does not exist, or it is another student's.
    """
    attempt, assessment = await require_own_attempt(work=work, me=me, attempt_id=attempt_id)
    if attempt.state == AttemptState.IN_PROGRESS and _is_over(attempt, now):
        await close_expired(work=work, assessment_id=assessment.id, user_id=me.user, now=now)
    return attempt, assessment


async def asked_of(*, work: Work, attempt: Attempt, assessment: Assessment) -> list[Asked]:
    """The questions of an attempt that the caller may see, with keys and scores: the author's order, or the attempt's own."""
    asked = await ResponseRepository(work).asked([attempt.id])
    if assessment.shuffle:
        asked.sort(key=lambda one: sheet.place(attempt.seed, one.item.id))
    return asked


def _is_over(attempt: Attempt, moment: datetime) -> bool:
    """Whether nothing can be received any more, the grace for what was on its way included."""
    if attempt.state != AttemptState.IN_PROGRESS:
        return True
    return attempt.deadline_at is not None and moment > attempt.deadline_at + GRACE


async def save_answers(
    *,
    work: Work,
    me: Principal,
    attempt_id: UUID,
    operations: Sequence[Operation],
    now: datetime | None = None,
) -> Receipt:
    """Store answers. Acknowledge nothing to anybody before the unit of work has committed.

    A known operation is acknowledged again and changes nothing. One that was based on an older version than the stored
    one, written by another tab, is a conflict and changes nothing. What comes after the end is refused and not stored.

    Args:
        work: The open unit of work.
        me: The student.
        attempt_id: The attempt.
        operations: In the order in which they were written; at most 100.
        now: The server's clock.

    Raises:
        NotFound: The attempt or one of the questions is not the student's.
        Invalid: An answer is not one of its question's type; ``fields`` names the operations. Nothing is stored.
    """
    moment = now or utc_now()
    if len(operations) > MAX_OPERATIONS:
        raise Invalid(fields={"operations": N_("Too many answers at once.")})
    attempt, kind = await require_writable(work=work, me=me, attempt_id=attempt_id)
    known = await OperationRepository(work).known(attempt_id, [one.operation_id for one in operations])
    receipt = Receipt(attempt.state, moment, [], [], [], attempt.deadline_at)
    receipt.acknowledged.extend(Acknowledged(operation, version) for operation, version in known.items())
    fresh = list({one.operation_id: one for one in operations if one.operation_id not in known}.values())
    if not fresh:
        return receipt
    if _is_over(attempt, moment):
        receipt.refused.extend(one.operation_id for one in fresh)
        return receipt
    items = [one.item_id for one in fresh]
    asked: dict[UUID, Asked] = {}
    if kind == AssessmentKind.ASSIGNMENT:
        asked = {
            one.item.id: one for one in await ResponseRepository(work).asked([attempt_id], item_ids=items)
        }
        written = {key: (one.response, one.version.type) for key, one in asked.items()}
    else:
        written = await ResponseRepository(work).written(attempt_id, items)
    if any(one.item_id not in written for one in fresh):
        raise NotFound
    answers = _parsed(fresh, written)
    before = {key: response.answer for key, (response, _type) in written.items()}
    for operation in fresh:
        store_answer(
            receipt, operation, written[operation.item_id][0], answers[operation.operation_id], moment
        )
    if asked:
        await _keep_draft(work, me, attempt, asked, before, moment)
    await work.flush()
    stored = {one.operation_id: one.version for one in receipt.acknowledged}
    await attach_files(
        work=work,
        me=me,
        stored=[
            (str(one.operation_id), question_type(written[one.item_id][1]), written[one.item_id][0])
            for one in fresh
            if one.operation_id in stored
        ],
    )
    await OperationRepository(work).insert_many(
        [
            {
                "attempt_id": attempt_id,
                "operation_id": one.operation_id,
                "item_id": one.item_id,
                "response_version": stored[one.operation_id],
                "created_by": me.user,
            }
            for one in fresh
            if one.operation_id in stored
        ]
    )
    pulse.moved(work, attempt.assessment_id)
    return receipt


def _parsed(operations: Sequence[Operation], written: Mapping[UUID, tuple[Response, str]]) -> dict[UUID, Any]:
    answers: dict[UUID, Any] = {}
    problems: dict[str, FieldText] = {}
    for one in operations:
        kind = question_type(written[one.item_id][1])
        try:
            answers[one.operation_id] = kind.parse_response(one.answer).model_dump(mode="json")
        except Invalid as error:
            problems[str(one.operation_id)] = next(iter(error.fields.values()), error.detail)
    if problems:
        raise Invalid(fields=problems)
    return answers


def store_answer(
    receipt: Receipt, operation: Operation, response: Response, answer: Any, moment: datetime
) -> None:
    """Take a write into its answer, or note the conflict: another tab has written since the version it was based on."""
    if operation.base_version < response.version and operation.writer != response.writer:
        receipt.conflicts.append(
            AnswerConflict(operation.operation_id, operation.item_id, response.version, response.answer)
        )
        return
    response.answer, response.writer, response.saved_at = answer, operation.writer, moment
    response.version += 1
    receipt.acknowledged.append(Acknowledged(operation.operation_id, response.version))


async def submit(*, work: Work, me: Principal, attempt_id: UUID, now: datetime | None = None) -> Attempt:
    """Hand in and score what can be scored. Handing in twice changes nothing.

    Raises:
        NotFound: It does not exist, or it is another student's.
        Invalid: Something that an assignment asks for is missing; ``fields`` names the parts.
    """
    moment = now or utc_now()
    attempt, assessment = await require_own_attempt(work=work, me=me, attempt_id=attempt_id, lock=True)
    if attempt.state == AttemptState.IN_PROGRESS:
        asked = await ResponseRepository(work).asked([attempt_id])
        if assessment.kind == AssessmentKind.ASSIGNMENT:
            drafts.require_complete(asked)
        policy = await _policy(work, assessment, me.user)
        await _finish(work, [(attempt, asked, policy)], moment=moment, submitted_by=me.user)
        publish_arrival(work, assessment)
        if policy.counts:
            await group_grades.settle_attempt(
                work=work, attempt=attempt, actor_id=me.user, kind="submitted", rules=policy, now=moment
            )
        if attempt.group_id is not None:
            await _tell_group(work, me, attempt.group_id, assessment)
        pulse.moved(work, assessment.id)
    return attempt


async def close_expired(
    *,
    work: Work,
    assessment_id: UUID | None = None,
    course_id: UUID | None = None,
    user_id: UUID | None = None,
    now: datetime | None = None,
) -> int:
    """Hand in, as of their deadline, attempts whose time is over; called by whoever is about to read them.

    Args:
        work: The open unit of work; the caller has checked what the person may see.
        assessment_id: Only attempts at this assessment.
        course_id: Only attempts in this course.
        user_id: Only this student's.
        now: The server's clock.

    Returns:
        How many were closed, at most 50.
    """
    moment = now or utc_now()
    found = await AttemptRepository(work).expired(
        before=moment - GRACE,
        assessment_id=assessment_id,
        course_id=course_id,
        user_id=user_id,
        limit=CLOSE_AT_ONCE,
    )
    if not found:
        return 0
    asked = await ResponseRepository(work).asked([attempt.id for attempt, _ in found])
    policies = await policies_for(
        work=work,
        assessments=list({one.id: one for _, one in found}.values()),
        students=sorted({attempt.user_id for attempt, _ in found}),
    )
    sittings: list[tuple[Attempt, list[Asked], EffectivePolicy]] = []
    for attempt, assessment in found:
        own = [one for one in asked if one.response.attempt_id == attempt.id]
        if assessment.kind == AssessmentKind.ASSIGNMENT and drafts.is_untouched(attempt, own):
            # Nobody wrote anything: that is missing work, or the earlier attempt as it was, and nothing to grade.
            await drafts.drop(work=work, attempt=attempt)
            continue
        sittings.append((attempt, own, policies[(assessment.id, attempt.user_id)]))
        publish_arrival(work, assessment)
    await _finish(work, sittings, moment=moment)
    counting = [attempt for attempt, _own, policy in sittings if policy.counts]
    for attempt in counting:
        if attempt.group_id is not None:
            await group_grades.settle_attempt(
                work=work, attempt=attempt, actor_id=None, kind="submitted", now=moment
            )
    await settlement.settle_all(
        work=work,
        pairs=sorted({(one.assessment_id, one.user_id) for one in counting if one.group_id is None}),
        actor_id=None,
        kind="submitted",
        now=moment,
        policies=policies,
    )
    for closed_id in {one.id for _, one in found}:
        pulse.moved(work, closed_id)
    return len(found)


async def _finish(
    work: Work,
    sittings: Sequence[tuple[Attempt, list[Asked], EffectivePolicy]],
    *,
    moment: datetime,
    submitted_by: UUID | None = None,
) -> None:
    """Score and close attempts: one statement, however many they are."""
    responses: list[dict[str, Any]] = []
    attempts: list[dict[str, Any]] = []
    for attempt, asked, policy in sittings:
        scores = [scoring.response_values(one) for one in asked]
        values = scoring.attempt_values(attempt, asked, scores, policy=policy, moment=moment)
        values["submitted_by"] = submitted_by
        responses += [{"id": one.response.id, **score} for one, score in zip(asked, scores, strict=True)]
        attempts.append({"id": attempt.id, **values})
        for one, score in zip(asked, scores, strict=True):
            as_stored(one.response, score)
        as_stored(attempt, values)
    await work.flush()
    await update_together(work, (Response, responses), (Attempt, attempts))


def publish_arrival(work: Work, assessment: Assessment) -> None:
    """Tell those who grade that something was handed in or taken back."""
    for one in (Channel.grading(assessment.id), Channel.staff(assessment.course_id)):
        work.publish(one, WorkArrived(assessment_id=assessment.id))


async def _group(work: Work, assessment: Assessment, me: Principal) -> UUID | None:
    """The group with which a person works on an assessment, locked; None when everybody works alone.

    Raises:
        CannotStart: The assessment is done in groups, and the person is in none.
    """
    if assessment.group_set_id is None:
        return None
    group = await groups.group_of(work=work, set_id=assessment.group_set_id, user_id=me.user, lock=True)
    if group is None:
        raise CannotStart(N_("This is done in groups, and you are in none yet. Please ask your teacher."))
    return group.id


async def _tell_group(work: Work, me: Principal, group_id: UUID, assessment: Assessment) -> None:
    members = (await groups.members_of(work=work, group_ids=[group_id])).get(group_id, [])
    await notifications.send(
        work=work,
        recipients=[one.user_id for one in members if one.user_id != me.user],
        kind="submission",
        text=N_("Your group has handed in “{title}”"),
        params={"title": assessment.title},
        href=f"/learn/assignments/{assessment.id}",
    )


async def _begin_with_last(work: Work, previous: Attempt, attempt: Attempt) -> None:
    """Let a further attempt at an assignment begin with what was handed in before."""
    asked = await ResponseRepository(work).asked([previous.id, attempt.id])
    earlier = {one.item.id: one.response for one in asked if one.response.attempt_id == previous.id}
    for one in asked:
        if one.response.attempt_id == attempt.id and one.item.id in earlier:
            one.response.answer = earlier[one.item.id].answer
    await drafts.take_files_along(work=work, previous=previous.id, attempt=attempt.id)


async def _keep_draft(
    work: Work,
    me: Principal,
    attempt: Attempt,
    asked: dict[UUID, Asked],
    before: dict[UUID, Any],
    moment: datetime,
) -> None:
    for item_id, one in asked.items():
        if one.response.answer != before[item_id]:
            await drafts.keep(
                work=work, me=me, attempt=attempt, asked=one, before=before[item_id] or {}, now=moment
            )
