"""The comment bank of a course: remarks that its teachers write often."""

from __future__ import annotations

import re
from uuid import UUID

from sqlmodel import col

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.assessment.types.text import clean_line, clean_text, is_invisible
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.grading import policy
from eduplatform.domain.grading.models import GradingComment
from eduplatform.domain.grading.repository import CommentRepository
from eduplatform.errors import FieldText, Invalid
from eduplatform.i18n import N_
from eduplatform.security.principal import Principal

MAX_TITLE = 80
MAX_TEXT = 2000
CODE = re.compile(r"[^\W_][\w-]{0,19}")
"""What is typed after a slash to get the remark."""


async def add_comment(
    *, work: Work, me: Principal, course_id: UUID, title: str, text: str, code: str = ""
) -> GradingComment:
    """Put a remark into the comment bank of a course.

    Raises:
        NotFound: The person does not teach the course.
        Invalid: It is empty or too long, or another remark has the code; ``fields`` are ``title``, ``text``, ``code``.
    """
    await require_teacher(work=work, me=me, course_id=course_id)
    return await insert_comment(work=work, course_id=course_id, title=title, text=text, code=code)


async def insert_comment(
    *, work: Work, course_id: UUID, title: str, text: str, code: str = ""
) -> GradingComment:
    """`add_comment` for callers that checked access."""
    clean_title, clean_body = " ".join(clean_line(title).split()), clean_text(text).strip()
    problems: dict[str, FieldText] = {}
    for name, value, limit in (
        ("title", clean_title, MAX_TITLE),
        ("text", clean_body, MAX_TEXT),
    ):
        if is_invisible(value):
            problems[name] = N_("Please fill this in.")
        elif len(value) > limit:
            problems[name] = (N_("Use at most {limit} characters."), {"limit": limit})
    short = code.strip().removeprefix("/").casefold()
    if short and not CODE.fullmatch(short):
        problems["code"] = N_("Use up to 20 letters and digits, without spaces.")
    elif short and await CommentRepository(work).first(
        col(GradingComment.course_id) == course_id, col(GradingComment.code) == short
    ):
        problems["code"] = N_("Another remark of this course has this code.")
    if problems:
        raise Invalid(fields=problems)
    return await CommentRepository(work).add(
        GradingComment(course_id=course_id, title=clean_title, text=clean_body, code=short)
    )


async def delete_comment(*, work: Work, me: Principal, comment_id: UUID) -> None:
    """Take a remark out of the comment bank; what students were told stays.

    Raises:
        NotFound: It does not exist, or the person does not teach its course.
    """
    comment = await policy.require_comment_author(work=work, me=me, comment_id=comment_id)
    await CommentRepository(work).delete(comment)
