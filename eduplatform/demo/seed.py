"""The demonstration data: two organisations in the seventh week of a term of fourteen.

Everything stands relative to the day of seeding. People and courses come from ``content``; what students did comes from
``history``, by a random generator with a fixed seed, scored by the same code as real work.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from eduplatform.config import get_settings
from eduplatform.db import engine, migrate
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work, identity_work, unit_of_work
from eduplatform.demo.content import CourseContent, TenantContent, draft_of, read_tenants
from eduplatform.demo.courses import lock_last_module, publish_lessons
from eduplatform.domain.accounts import service as accounts
from eduplatform.domain.accounts.models import GuardianLink, User
from eduplatform.domain.accounts.repository import UserRepository
from eduplatform.domain.assessment.bank import check_draft
from eduplatform.domain.assessment.models import (
    Assessment,
    AssessmentItem,
    Question,
    QuestionBank,
    QuestionVersion,
)
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    Lesson,
    Module,
    PublicationStatus,
    Section,
)
from eduplatform.domain.grading.models import GradingComment, Rubric, RubricCriterion, RubricLevel
from eduplatform.domain.tenants import service as tenants
from eduplatform.domain.tenants.models import Tenant, Term
from eduplatform.errors import Misconfigured
from eduplatform.security.passwords import hash_password
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from eduplatform.security.rich_text import plain_text, render_markdown
from eduplatform.security.tokens import new_join_code

PASSWORD = "learn-by-doing-1"  # noqa: S105 - published on purpose; refused in production
OPERATOR = "operator@eduplatform.test"
ROLES = {"admin": Role.ADMIN, "teacher": Role.TEACHER, "student": Role.STUDENT, "guardian": Role.GUARDIAN}
COMPLETE = "demonstration_complete"
WAITING_FOR_A_DAY = ("physics-10", "python-basics")
"""Courses whose last module opens in week 9."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Moments of the term in the tenant's time zone."""

    first_day: date
    zone: ZoneInfo

    def moment(self, week: int, weekday: int = 0, at: time = time(8)) -> datetime:
        """A wall-clock moment of a week (from 1), as UTC."""
        day = self.first_day + timedelta(weeks=week - 1, days=weekday)
        return datetime.combine(day, at, self.zone).astimezone(UTC)


@dataclass
class SeededCourse:
    """A course in the database, with what the history needs to know of it."""

    content: CourseContent
    course: Course
    sections: list[Section]
    teachers: list[User]
    students: list[User] = field(default_factory=list)
    section_of: dict[UUID, UUID] = field(default_factory=dict)
    lessons: list[Lesson] = field(default_factory=list)
    closed: set[UUID] = field(default_factory=set)
    assessments: list[tuple[Mapping[str, Any], Assessment]] = field(default_factory=list)
    items: dict[UUID, list[tuple[AssessmentItem, QuestionVersion, str]]] = field(default_factory=dict)
    levels: dict[UUID, list[tuple[RubricCriterion, list[RubricLevel]]]] = field(default_factory=dict)


def ensure_demo() -> None:
    """Add the demonstration data unless it is there; for the start of a server."""

    async def task() -> bool:
        try:
            return await seed()
        finally:
            await engine.dispose()

    if asyncio.run(task()):
        migrate.analyze()


async def seed() -> bool:
    """Add the demonstration data.

    Returns:
        Whether something was missing.

    Raises:
        Misconfigured: This is a production installation.
    """
    if get_settings().production:
        raise Misconfigured("Demonstration data and accounts are refused in production")
    contents = read_tenants()
    async with identity_work() as work:
        known = [await tenants.find_tenant(work=work, slug=one.tenant["slug"]) for one in contents]
        if all(one is not None and one.settings.get(COMPLETE) for one in known):
            return False
    hashed = await hash_password(PASSWORD)
    async with identity_work() as work:
        await accounts.ensure_identity(work=work, email=OPERATOR, password_hash=hashed, operator=True)
    for content in contents:
        tenant, people = await _people(content, hashed)
        if not tenant.settings.get(COMPLETE):
            await _teaching(content, tenant, people)
    return True


async def _people(content: TenantContent, hashed: str) -> tuple[Tenant, dict[str, User]]:
    facts = content.tenant
    async with identity_work() as work:
        tenant = await tenants.find_tenant(work=work, slug=facts["slug"])
        if tenant is None:
            tenant = await tenants.create_tenant(
                work=work,
                slug=facts["slug"],
                name=facts["name"],
                kind=facts["kind"],
                locale=facts["locale"],
                timezone=facts["timezone"],
                accent=facts["accent"],
                motto=facts["motto"],
            )
            for role, persons in content.people.items():
                for number, person in enumerate(persons):
                    identity = await accounts.ensure_identity(
                        work=work,
                        email=_address(role if number == 0 else "", person, facts["slug"]),
                        password_hash=hashed,
                    )
                    user = await accounts.create_user(
                        work=work,
                        tenant_id=tenant.id,
                        identity=identity,
                        given_name=person["given"],
                        family_name=person["family"],
                        roles=[ROLES[role]],
                    )
                    user.last_seen_at = utc_now() - timedelta(hours=3 + number * 5)
    addresses = {
        _address(role if number == 0 else "", person, facts["slug"]): person["key"]
        for role, persons in content.people.items()
        for number, person in enumerate(persons)
    }
    async with unit_of_work(PlatformActor(tenant.id)) as work:
        users = await UserRepository(work).find()
    return tenant, {addresses[user.email]: user for user in users if user.email in addresses}


def _address(role: str, person: Mapping[str, Any], slug: str) -> str:
    """The first of each role is ``role@…``; the others are their names in plain letters."""
    if role:
        return f"{role}@{slug}.test"
    plain = unicodedata.normalize("NFKD", f"{person['given']}.{person['family']}").encode("ascii", "ignore")
    letters = "".join(one for one in plain.decode().casefold() if one.isalnum() or one in ".-")
    return f"{letters}.{person['key']}@{slug}.test"


async def _teaching(content: TenantContent, tenant: Tenant, people: Mapping[str, User]) -> None:
    from eduplatform.demo.assessment import add_exceptions
    from eduplatform.demo.assignments import hand_out
    from eduplatform.demo.bank import furnish_banks
    from eduplatform.demo.gradebook import grade_by_rules
    from eduplatform.demo.grading import grade_some
    from eduplatform.demo.history import live_through
    from eduplatform.demo.messaging import communicate
    from eduplatform.demo.roster import invite_newcomers
    from eduplatform.demo.tutoring import talk_with_the_tutor

    now = utc_now()
    zone = ZoneInfo(tenant.timezone)
    today = now.astimezone(zone).date()
    weeks, current = content.tenant["term"]["weeks"], content.tenant["term"]["current_week"]
    first_day = today - timedelta(days=today.weekday(), weeks=current - 1)
    calendar = Calendar(first_day, zone)
    async with unit_of_work(PlatformActor(tenant.id)) as work:
        term = await work.add(
            Term(
                name=content.tenant["term"]["name"],
                starts_on=first_day,
                ends_on=first_day + timedelta(weeks=weeks, days=-1),
            )
        )
        seeded = [await _course(work, one, content, people, term, calendar) for one in content.courses]
        work.session.add_all(
            GuardianLink(
                guardian_id=people[guardian["key"]].id, student_id=people[child].id, relation="parent"
            )
            for guardian in content.people["guardian"]
            for child in guardian["children"]
        )
        for course in seeded:
            await live_through(work=work, course=course, calendar=calendar, current_week=current, now=now)
            await hand_out(work=work, course=course, calendar=calendar, week=current, now=now)
            await grade_by_rules(work=work, course=course, term=term, now=now)
        await furnish_banks(work=work, slug=tenant.slug, courses=seeded, people=people, calendar=calendar)
        await grade_some(work=work, courses=seeded, now=now)
        await communicate(
            work=work, content=content, people=people, courses=seeded, calendar=calendar, now=now
        )
        await invite_newcomers(work=work, slug=tenant.slug, courses=seeded, now=now)
        await talk_with_the_tutor(work=work, courses=seeded, now=now)
        await work.audit("demonstration.added", courses=len(seeded), people=len(people))
    await add_exceptions(tenant=tenant, courses=seeded)
    async with identity_work() as work:
        row = await tenants.find_tenant(work=work, slug=tenant.slug)
        if row is not None:
            row.settings = {**row.settings, COMPLETE: True}


async def _course(
    work: Work,
    content: CourseContent,
    tenant: TenantContent,
    people: Mapping[str, User],
    term: Term,
    calendar: Calendar,
) -> SeededCourse:
    facts = content.course
    teachers = [
        people[one["key"]] for one in tenant.people["teacher"] if content.key in one.get("teaches", ())
    ]
    # The demonstration teacher sees every course of the organisation, so that all of it can be tried.
    first = people[tenant.people["teacher"][0]["key"]]
    if first not in teachers:
        teachers.append(first)
    course = await work.add(
        Course(
            code=facts["code"],
            title=facts["title"],
            subject=facts["subject"],
            level=facts["level"],
            language=facts["language"],
            summary=facts["summary"].strip(),
            summary_html=render_markdown(facts["summary"].strip()),
            status=PublicationStatus.PUBLISHED,
            owner_id=teachers[0].id,
            created_at=calendar.moment(-2),
        )
    )
    sections = [
        Section(course_id=course.id, term_id=term.id, name=one["name"], join_code=new_join_code())
        for one in facts["section"]
    ]
    work.session.add_all(sections)
    await work.flush()
    seeded = SeededCourse(content, course, sections, teachers)
    _enrol(work, seeded, [people[one["key"]] for one in tenant.people["student"]], calendar)
    modules = await _outline(work, seeded, calendar)
    await _assessments(work, seeded, modules, calendar)
    await _publish(work, seeded, list(modules.values()), calendar)
    return seeded


async def _publish(work: Work, seeded: SeededCourse, modules: list[Module], calendar: Calendar) -> None:
    """Publish the lessons; the last module waits for the one before, in the first course of a tenant also for a day."""
    content = seeded.content
    keys = [key for one in content.course["module"] for key in one["lessons"]]
    await publish_lessons(
        work=work,
        folder=content.folder,
        lessons={
            key: (lesson, content.lessons[key].body) for key, lesson in zip(keys, seeded.lessons, strict=True)
        },
        quizzes={facts["key"]: one.id for facts, one in seeded.assessments},
        author_id=seeded.teachers[0].id,
        published_at=calendar.moment(0),
    )
    dated = content.key in WAITING_FOR_A_DAY
    await lock_last_module(work=work, modules=modules, opens_at=calendar.moment(9) if dated else None)
    if dated:
        seeded.closed = {one.id for one in seeded.lessons if one.module_id == modules[-1].id}


def _enrol(work: Work, seeded: SeededCourse, students: list[User], calendar: Calendar) -> None:
    joined = calendar.moment(1)
    for section in seeded.sections:
        work.session.add_all(
            Enrollment(section_id=section.id, user_id=one.id, role=EnrollmentRole.TEACHER, created_at=joined)
            for one in seeded.teachers
        )
    for number, student in enumerate(students):
        section = seeded.sections[number % len(seeded.sections)]
        work.session.add(
            Enrollment(
                section_id=section.id, user_id=student.id, role=EnrollmentRole.STUDENT, created_at=joined
            )
        )
        seeded.students.append(student)
        seeded.section_of[student.id] = section.id


async def _outline(work: Work, seeded: SeededCourse, calendar: Calendar) -> dict[str, Module]:
    modules: dict[str, Module] = {}
    for position, facts in enumerate(seeded.content.course["module"], start=1):
        module = await work.add(
            Module(
                course_id=seeded.course.id,
                position=position,
                title=facts["title"],
                summary=facts["summary"],
                created_at=calendar.moment(0),
            )
        )
        modules[facts["key"]] = module
        for place, key in enumerate(facts["lessons"], start=1):
            text = seeded.content.lessons[key]
            seeded.lessons.append(
                Lesson(
                    course_id=seeded.course.id,
                    module_id=module.id,
                    position=place,
                    title=text.title,
                    minutes=text.minutes,
                    objectives=list(text.objectives),
                    draft_title=text.title,
                    draft_minutes=text.minutes,
                    draft_objectives=list(text.objectives),
                    status=PublicationStatus.PUBLISHED,
                    published_number=1,
                    created_at=calendar.moment(0),
                )
            )
    work.session.add_all(seeded.lessons)
    await work.flush()
    return modules


async def _assessments(
    work: Work, seeded: SeededCourse, modules: Mapping[str, Module], calendar: Calendar
) -> None:
    rubrics = await _rubrics(work, seeded)
    versions = await _questions(work, seeded)
    questions = {one["key"]: one for one in seeded.content.questions}
    for facts in seeded.content.assessments:
        chosen = [versions[key] for key in facts["questions"]]
        opens = calendar.moment(facts["opens_week"])
        assessment = await work.add(
            Assessment(
                course_id=seeded.course.id,
                module_id=modules[questions[facts["questions"][0]]["module"]].id,
                kind=facts["kind"],
                title=facts["title"],
                instructions=facts["instructions"].strip(),
                instructions_html=render_markdown(facts["instructions"].strip()),
                status=PublicationStatus.PUBLISHED,
                time_limit_minutes=facts["time_limit_minutes"],
                attempts_allowed=facts["attempts_allowed"],
                scoring=facts["scoring"],
                opens_at=opens,
                due_at=calendar.moment(facts["due_week"], weekday=4, at=time(23, 59)),
                late_percent_per_day=facts["late_percent_per_day"],
                points=sum((one.points for one in chosen), Decimal(0)),
                published_at=opens - timedelta(days=3),
            )
        )
        rows = [
            AssessmentItem(
                assessment_id=assessment.id,
                question_id=version.question_id,
                question_version_id=version.id,
                rubric_id=rubrics.get(questions[key].get("rubric", "")),
                position=place,
                points=version.points,
            )
            for place, (key, version) in enumerate(zip(facts["questions"], chosen, strict=True), start=1)
        ]
        work.session.add_all(rows)
        await work.flush()
        seeded.assessments.append((facts, assessment))
        seeded.items[assessment.id] = list(zip(rows, chosen, facts["questions"], strict=True))


async def _rubrics(work: Work, seeded: SeededCourse) -> dict[str, UUID]:
    made: dict[str, UUID] = {}
    for facts in seeded.content.rubrics:
        rubric = await work.add(
            Rubric(course_id=seeded.course.id, title=facts["title"], description=facts["description"])
        )
        made[facts["key"]] = rubric.id
        seeded.levels[rubric.id] = []
        for position, one in enumerate(facts["criterion"], start=1):
            criterion = await work.add(
                RubricCriterion(
                    rubric_id=rubric.id, position=position, title=one["title"], description=one["description"]
                )
            )
            levels = [
                RubricLevel(
                    criterion_id=criterion.id,
                    position=place,
                    points=Decimal(level["points"]),
                    title=level["title"],
                    description=level["description"],
                )
                for place, level in enumerate(one["level"], start=1)
            ]
            work.session.add_all(levels)
            seeded.levels[rubric.id].append((criterion, levels))
    work.session.add_all(
        GradingComment(course_id=seeded.course.id, title=one["title"], text=plain_text(one["text"]))
        for one in seeded.content.comments
    )
    await work.flush()
    return made


async def _questions(work: Work, seeded: SeededCourse) -> dict[str, QuestionVersion]:
    bank = await work.add(QuestionBank(course_id=seeded.course.id, name=seeded.course.title))
    versions: dict[str, QuestionVersion] = {}
    for facts in seeded.content.questions:
        kind, wording = check_draft(draft_of(facts))
        question = await work.add(Question(bank_id=bank.id, type=kind.key, words=wording.words))
        versions[facts["key"]] = QuestionVersion(
            question_id=question.id,
            number=1,
            type=kind.key,
            stem=wording.stem,
            stem_html=wording.stem_html,
            body=wording.body,
            answer_key=wording.answer_key,
            feedback=wording.feedback,
            feedback_html=wording.feedback_html,
            points=wording.points,
        )
    work.session.add_all(versions.values())
    await work.flush()
    return versions
