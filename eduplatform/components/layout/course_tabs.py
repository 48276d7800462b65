"""The pages of one course, beside each other: for those who teach it, and for those who take it."""

from __future__ import annotations

import reflex as rx

from eduplatform.components.text import _
from eduplatform.components.ui import link_tabs


def course_tabs(course_id: rx.Var[str], current: str) -> rx.Component:
    """The pages of a course for its teachers.

    Args:
        course_id: The course.
        current: ``outline``, ``people``, ``groups``, ``bank``, ``assessments``, ``live``, ``rubrics``, ``gradebook``,
            ``announcements``, ``discussions`` or ``tutor``.
    """
    base = f"/teach/courses/{course_id}"
    pages = (
        ("outline", _("Outline"), base),
        ("people", _("People"), f"{base}/people"),
        ("groups", _("Groups"), f"{base}/groups"),
        ("bank", _("Question bank"), f"{base}/bank"),
        ("assessments", _("Assessments"), f"{base}/assessments"),
        ("live", _("Live lessons"), f"{base}/live"),
        ("rubrics", _("Rubrics"), f"{base}/rubrics"),
        ("gradebook", _("Gradebook"), f"{base}/gradebook"),
        ("announcements", _("Announcements"), f"/courses/{course_id}/announcements"),
        ("discussions", _("Discussions"), f"/courses/{course_id}/discussions"),
        ("tutor", _("Tutor"), f"{base}/tutor"),
    )
    return _strip(pages, current)


def learn_tabs(course_id: rx.Var[str], current: str) -> rx.Component:
    """The pages of a course for its students.

    Args:
        course_id: The course.
        current: ``lessons``, ``assessments``, ``grades``, ``announcements`` or ``discussions``.
    """
    base = f"/learn/courses/{course_id}"
    pages = (
        ("lessons", _("Lessons"), base),
        ("assessments", _("Assessments"), f"{base}/assessments"),
        ("grades", _("Grades"), "/learn/grades"),
        ("announcements", _("Announcements"), f"/courses/{course_id}/announcements"),
        ("discussions", _("Discussions"), f"/courses/{course_id}/discussions"),
    )
    return _strip(pages, current)


def _strip(pages: tuple[tuple[str, rx.Var[str], str], ...], current: str) -> rx.Component:
    return link_tabs(
        *[(label, href, key == current) for key, label, href in pages],
        label=_("Pages of this course"),
        class_name="print:hidden",
    )


__all__ = ["course_tabs", "learn_tabs"]
