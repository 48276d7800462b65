"""When a module is open to a student, and why it is not yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.messages import Message, MessageParam, verbatim
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.courses import policy
from eduplatform.domain.courses.lesson_repository import (
    LessonHead,
    ModuleRepository,
    RuleRow,
    UnlockRuleRepository,
)
from eduplatform.domain.courses.models import Module, PublicationStatus, UnlockKind, UnlockRule
from eduplatform.domain.courses.repository import fetch, select_columns
from eduplatform.errors import Invalid
from eduplatform.i18n import N_
from eduplatform.i18n.formatting import format_datetime, format_number
from eduplatform.security.principal import Principal

MAX_RULES = 5
CHOOSE_MODULE = N_("Choose the module that comes first.")
CHOOSE_DATE = N_("Give the date and the time.")
CHOOSE_ASSESSMENT = N_("Choose the assessment.")
CIRCLE = N_("That module waits for this one, so both would stay closed for ever.")


@dataclass(frozen=True, slots=True)
class Lock:
    """A rule that a student does not meet yet."""

    kind: UnlockKind
    module_title: str
    opens_at: datetime | None
    assessment_title: str
    percent: int
    reached: Decimal | None


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as a teacher gives it: the value that its kind needs."""

    kind: UnlockKind
    required_module_id: UUID | None = None
    opens_at: datetime | None = None
    assessment_id: UUID | None = None
    percent: int | None = None


def locks(rules: Sequence[RuleRow], *, unfinished: Collection[UUID], now: datetime) -> dict[UUID, list[Lock]]:
    """The rules that are not met, by module; a module without any is open.

    Args:
        rules: The rules with what the student has reached.
        unfinished: Modules in which the student has a published lesson left to read.
        now: The moment to judge by.
    """
    found: dict[UUID, list[Lock]] = {}
    for rule in rules:
        if not _met(rule, unfinished, now):
            lock = Lock(
                UnlockKind(rule.kind),
                rule.required_title,
                rule.opens_at,
                rule.assessment_title,
                rule.percent,
                rule.reached,
            )
            found.setdefault(rule.module_id, []).append(lock)
    return found


def _met(rule: RuleRow, unfinished: Collection[UUID], now: datetime) -> bool:
    if rule.kind == UnlockKind.DATE:
        return rule.opens_at is None or rule.opens_at <= now
    if rule.kind == UnlockKind.MODULE:
        return rule.required_module_id not in unfinished
    return rule.reached is not None and rule.reached >= rule.percent


def unfinished_modules(heads: Sequence[LessonHead]) -> set[UUID]:
    """The modules with a published lesson that the person of these heads has not read."""
    return {one.module_id for one in heads if one.status == PublicationStatus.PUBLISHED and not one.read}


async def locks_of(
    *, work: Work, me: Principal, course_id: UUID, heads: Sequence[LessonHead], now: datetime | None = None
) -> dict[UUID, list[Lock]]:
    """What keeps a student from the modules of a course; one statement. For callers that checked access.

    Args:
        work: The open unit of work.
        me: The student.
        course_id: The course.
        heads: Its published lessons with the student's progress.
        now: The server's clock by default.
    """
    moment = now or utc_now()
    rules = await UnlockRuleRepository(work).of_courses([course_id], user_id=me.user, now=moment)
    return locks(rules, unfinished=unfinished_modules(heads), now=moment)


async def what_is_missing(
    *, work: Work, me: Principal, module_id: UUID, now: datetime | None = None
) -> Message | None:
    """What keeps a student from the work of a module, in the student's language; None when nothing does. One statement.

    For callers that checked access.
    """
    moment = now or utc_now()
    rows = await UnlockRuleRepository(work).of_module(module_id, user_id=me.user, now=moment)
    unfinished = {rule.required_module_id for rule, left in rows if left and rule.required_module_id}
    found = locks([rule for rule, _left in rows], unfinished=unfinished, now=moment).get(module_id, [])
    return verbatim(" ".join(message(one, me).render(me.locale) for one in found)) if found else None


def message(lock: Lock, me: Principal) -> Message:
    """What a student has to do, or wait for, before a module opens."""
    if lock.kind is UnlockKind.DATE and lock.opens_at is not None:
        return Message(
            N_("Opens on {when}."), {"when": format_datetime(lock.opens_at, me.locale, me.timezone)}
        )
    if lock.kind is UnlockKind.MODULE:
        return Message(N_("First read all lessons of “{module}”."), {"module": lock.module_title})
    wanted: dict[str, MessageParam] = {"percent": lock.percent, "assessment": lock.assessment_title}
    if lock.reached is None:
        return Message(N_("First reach {percent} % in “{assessment}”."), wanted)
    reached = format_number(lock.reached, me.locale, 0)
    return Message(
        N_("First reach {percent} % in “{assessment}”. You have {reached} %."), {**wanted, "reached": reached}
    )


async def rules_of(*, work: Work, me: Principal, course_id: UUID) -> list[RuleRow]:
    """The rules of a course; one statement. For callers that checked that the person teaches it."""
    return await UnlockRuleRepository(work).of_courses([course_id], user_id=me.user, now=utc_now())


async def set_rules(*, work: Work, me: Principal, module_id: UUID, rules: Sequence[RuleDraft]) -> None:
    """Replace what opens a module; no rule leaves it open to everybody.

    Raises:
        NotFound: The person does not teach its course.
        Invalid: A rule lacks its value, names something of another course, or would close modules for ever; the
            fields are ``module``, ``date``, ``assessment`` and ``percent``.
    """
    modules = ModuleRepository(work)
    course_id = await modules.course_of(module_id)
    await policy.require_teacher(work=work, me=me, course_id=course_id, lock=True)
    if len(rules) > MAX_RULES:
        raise Invalid
    siblings = await modules.of_course(course_id)
    existing = await UnlockRuleRepository(work).find(
        col(UnlockRule.module_id).in_([one.id for one in siblings])
    )
    await _check(work, course_id, module_id, rules, siblings, existing)
    for row in existing:
        if row.module_id == module_id:
            await work.session.delete(row)
    await work.flush()
    await UnlockRuleRepository(work).insert_many([_values(work, module_id, one) for one in rules])
    await work.audit("module.unlocking_changed", module_id=module_id, rules=len(rules))


def _values(work: Work, module_id: UUID, rule: RuleDraft) -> dict[str, object]:
    return {
        "module_id": module_id,
        "kind": str(rule.kind),
        "required_module_id": rule.required_module_id,
        "opens_at": rule.opens_at,
        "assessment_id": rule.assessment_id,
        "percent": rule.percent,
        "created_by": work.user_id,
    }


async def _check(
    work: Work,
    course_id: UUID,
    module_id: UUID,
    rules: Sequence[RuleDraft],
    siblings: Sequence[Module],
    existing: Sequence[UnlockRule],
) -> None:
    known = {one.id for one in siblings} - {module_id}
    waits: dict[UUID, set[UUID]] = {}
    for row in existing:
        if row.required_module_id is not None and row.module_id != module_id:
            waits.setdefault(row.module_id, set()).add(row.required_module_id)
    await _require_assessments(work, course_id, rules)
    for rule in rules:
        if rule.kind is UnlockKind.MODULE:
            if rule.required_module_id not in known or rule.required_module_id is None:
                raise Invalid(fields={"module": CHOOSE_MODULE})
            if reaches(waits, rule.required_module_id, module_id):
                raise Invalid(fields={"module": CIRCLE})
        elif rule.kind is UnlockKind.DATE and rule.opens_at is None:
            raise Invalid(fields={"date": CHOOSE_DATE})
        elif rule.kind is UnlockKind.SCORE and not 1 <= (rule.percent or 0) <= 100:
            raise Invalid(fields={"percent": N_("Give between 1 and 100 percent.")})


def reaches(waits: Mapping[UUID, Collection[UUID]], start: UUID, target: UUID) -> bool:
    """Whether following what modules wait for leads from one to another."""
    seen: set[UUID] = set()
    open_ends = [start]
    while open_ends:
        one = open_ends.pop()
        if one == target:
            return True
        if one not in seen:
            seen.add(one)
            open_ends.extend(waits.get(one, ()))
    return False


async def _require_assessments(work: Work, course_id: UUID, rules: Sequence[RuleDraft]) -> None:
    wanted = {one.assessment_id for one in rules if one.kind is UnlockKind.SCORE}
    if not wanted:
        return
    rows = await fetch(
        work,
        select_columns(Assessment.id, Assessment.id).where(
            col(Assessment.tenant_id) == work.tenant_id,
            col(Assessment.course_id) == course_id,
            col(Assessment.id).in_([one for one in wanted if one is not None]),
        ),
    )
    if wanted != {row[0] for row in rows}:
        raise Invalid(fields={"assessment": CHOOSE_ASSESSMENT})
