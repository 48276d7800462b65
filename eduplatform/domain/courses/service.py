"""Courses and their sections, as their teachers run them.

Modules and lessons are in ``outline``, people in ``enrolment``, what students read in ``learning``, the two start
pages in ``overview``.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses import policy
from eduplatform.domain.courses.models import (
    Course,
    Enrollment,
    EnrollmentRole,
    PublicationStatus,
    Section,
)
from eduplatform.domain.courses.repository import (
    CourseRepository,
    EnrollmentRepository,
    SectionRepository,
    SectionRow,
    TaughtCourse,
)
from eduplatform.domain.courses.texts import paragraphs, single_line
from eduplatform.domain.tenants.models import Term
from eduplatform.errors import Conflict, Invalid
from eduplatform.i18n import N_
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rich_text import render_markdown
from eduplatform.security.tokens import new_join_code

PAGE_SIZE = 20

FILL_IN = N_("Please fill this in.")
CHANGED_ELSEWHERE = N_(
    "Somebody else changed this in the meantime. Reload the page to see it, then make your change again."
)


async def create_course(
    *,
    work: Work,
    me: Principal,
    code: str,
    title: str,
    subject: str = "",
    summary: str = "",
    level: str = "",
    language: str = "en",
) -> Course:
    """Make a draft course of one's own.

    Args:
        work: The open unit of work.
        me: Its owner.
        code: Short name, unique in the tenant, for example ``BIO-9``.
        title: Its name.
        subject: Field of study, in words.
        summary: What it is about, markdown.
        level: For whom, in words ("Year 9").
        language: Language it is taught in.

    Raises:
        Invalid: A field is empty, or the code is taken.
        Forbidden: The person may not make courses.
    """
    me.require(Permission.COURSE_EDIT)
    code, title = single_line(code), single_line(title)
    await _check_names(work, code, title, None)
    text = paragraphs(summary)
    course = await work.add(
        Course(
            code=code,
            title=title,
            subject=single_line(subject),
            summary=text,
            summary_html=render_markdown(text),
            level=single_line(level),
            language=language,
            owner_id=me.user,
        )
    )
    await work.audit("course.created", course_id=course.id)
    return course


async def update_course(
    *,
    work: Work,
    me: Principal,
    course_id: UUID,
    version: int,
    code: str,
    title: str,
    subject: str = "",
    summary: str = "",
    level: str = "",
) -> Course:
    """Change what a course is called and says of itself.

    Args:
        work: The open unit of work.
        me: A teacher of it.
        course_id: The course.
        version: The version that the change is based on.
        code: As of `create_course`.
        title: Its name.
        subject: Field of study.
        summary: Markdown.
        level: For whom.

    Raises:
        NotFound: The person does not teach it.
        Conflict: It changed since that version.
        Invalid: A field is empty, or the code is taken.
    """
    course = await policy.require_teacher(work=work, me=me, course_id=course_id, lock=True)
    if course.version != version:
        raise Conflict(CHANGED_ELSEWHERE)
    code, title = single_line(code), single_line(title)
    await _check_names(work, code, title, course_id)
    course.code, course.title = code, title
    course.subject, course.level = single_line(subject), single_line(level)
    course.summary = paragraphs(summary)
    course.summary_html = render_markdown(course.summary)
    course.version += 1
    await work.flush()
    return course


async def _check_names(work: Work, code: str, title: str, course_id: UUID | None) -> None:
    fields = {name: FILL_IN for name, text in (("code", code), ("title", title)) if not text}
    if fields:
        raise Invalid(fields=fields)
    other = await CourseRepository(work).first(col(Course.code) == code, col(Course.id) != course_id)
    if other is not None:
        raise Invalid(fields={"code": N_("Another course has this code.")})


async def set_published(*, work: Work, me: Principal, course_id: UUID, published: bool) -> Course:
    """Show a course to its students, or take it back into draft. Says nothing when it is so already.

    Raises:
        NotFound: The person does not teach it.
    """
    course = await policy.require_teacher(work=work, me=me, course_id=course_id, lock=True)
    status = PublicationStatus.PUBLISHED if published else PublicationStatus.DRAFT
    if course.status != status:
        course.status = status
        course.version += 1
        await work.flush()
        await work.audit("course.published" if published else "course.unpublished", course_id=course.id)
    return course


async def set_classmate_messages(*, work: Work, me: Principal, course_id: UUID, allowed: bool) -> Course:
    """Let the students of a course write direct messages to each other, where the organisation leaves it to teachers.

    Raises:
        NotFound: The person does not teach the course.
    """
    course = await policy.require_teacher(work=work, me=me, course_id=course_id, lock=True)
    course.classmate_messages = allowed
    await work.flush()
    await work.audit("course.classmate_messages", course_id=course_id, allowed=allowed)
    return course


async def list_taught(
    *, work: Work, me: Principal, search: str = "", page: int = 1, size: int = PAGE_SIZE
) -> tuple[list[TaughtCourse], int]:
    """A page of the courses that the person teaches, newest first, and how many match."""
    me.require(Permission.COURSE_EDIT)
    return await CourseRepository(work).taught(
        user_id=me.user, search=single_line(search)[:100], number=page, size=size
    )


async def teachers_of(*, work: Work, course: Course) -> set[UUID]:
    """Everybody who teaches the course: its owner and the teachers of its sections. For callers that checked access."""
    ids = await CourseRepository(work).teacher_ids(course.id)
    return ids | ({course.owner_id} if course.owner_id is not None else set())


async def list_sections(*, work: Work, course_id: UUID) -> list[SectionRow]:
    """The sections of a course with their codes. For callers that checked that the person teaches it."""
    return await SectionRepository(work).of_courses([course_id])


async def list_terms(*, work: Work) -> list[Term]:
    """The tenant's terms, newest first."""
    rows = await work.session.exec(
        select(Term)
        .where(col(Term.tenant_id) == work.tenant_id)
        .order_by(col(Term.starts_on).desc())
        .limit(50)
    )
    return list(rows.all())


async def create_section(
    *, work: Work, me: Principal, course_id: UUID, name: str, term_id: UUID | None = None
) -> Section:
    """Make a section of a course; the person becomes its teacher, and students join it with its code.

    Raises:
        NotFound: The person does not teach the course.
        Invalid: The name is empty or taken.
        Conflict: There is no such term.
    """
    await policy.require_teacher(work=work, me=me, course_id=course_id, lock=True)
    name = await _free_section_name(work, course_id, name, None)
    section = await work.add(
        Section(course_id=course_id, name=name, term_id=term_id, join_code=new_join_code())
    )
    await EnrollmentRepository(work).add(
        Enrollment(section_id=section.id, user_id=me.user, role=EnrollmentRole.TEACHER)
    )
    await work.audit("section.created", section_id=section.id, course_id=course_id)
    return section


async def update_section(
    *, work: Work, me: Principal, section_id: UUID, name: str, term_id: UUID | None = None
) -> Section:
    """Rename a section or move it to another term.

    Raises:
        NotFound: The person does not teach the course.
        Invalid: The name is empty or taken.
        Conflict: There is no such term.
    """
    section = await section_for_teacher(work=work, me=me, section_id=section_id)
    section.name = await _free_section_name(work, section.course_id, name, section_id)
    section.term_id = term_id
    await work.flush()
    return section


async def renew_join_code(*, work: Work, me: Principal, section_id: UUID) -> Section:
    """Give a section a new code; the old one opens nothing any more.

    Raises:
        NotFound: The person does not teach the course.
    """
    section = await section_for_teacher(work=work, me=me, section_id=section_id)
    section.join_code = new_join_code()
    await work.flush()
    await work.audit("section.code_renewed", section_id=section.id)
    return section


async def set_joining(*, work: Work, me: Principal, section_id: UUID, joining: bool) -> Section:
    """Let students join a section with its code, or no longer.

    Raises:
        NotFound: The person does not teach the course.
    """
    section = await section_for_teacher(work=work, me=me, section_id=section_id)
    section.join_open = joining
    await work.flush()
    return section


async def section_for_teacher(*, work: Work, me: Principal, section_id: UUID) -> Section:
    """A section of a course that the person teaches.

    Raises:
        NotFound: It does not exist, or the person does not teach the course.
    """
    section = await SectionRepository(work).get(section_id, lock=True)
    await policy.require_teacher(work=work, me=me, course_id=section.course_id)
    return section


async def _free_section_name(work: Work, course_id: UUID, name: str, section_id: UUID | None) -> str:
    name = single_line(name)
    if not name:
        raise Invalid(fields={"name": FILL_IN})
    taken = await SectionRepository(work).first(
        col(Section.course_id) == course_id, col(Section.name) == name, col(Section.id) != section_id
    )
    if taken is not None:
        raise Invalid(fields={"name": N_("Another section of this course has this name.")})
    return name
