"""What the pages of one course share: its heading with tabs, and two helpers of its editor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from eduplatform.components.layout.course_tabs import course_tabs
from eduplatform.components.text import _
from eduplatform.components.ui import badge, breadcrumb, page_header, skeleton, skeleton_table

_SCRIPT = rx.asset("course_tools.js", shared=True).importable_path


class _CopyButton(rx.Component):
    """A button that copies a text and says so."""

    library = _SCRIPT
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]
    copied_label: rx.Var[str]


class _KeepFocus(rx.Component):
    """Gives the focus back to what was moved."""

    library = _SCRIPT
    tag = "KeepFocus"

    target: rx.Var[str]
    moment: rx.Var[int]


def copy_button(text: rx.Var[str], *, class_name: str = "") -> rx.Component:
    """Copy a text; the button says that it did."""
    return _CopyButton.create(text=text, label=_("Copy"), copied_label=_("Copied"), class_name=class_name)


def keep_focus(target: rx.Var[str], moment: rx.Var[int]) -> rx.Component:
    """Focus the element with the id ``target`` each time ``moment`` changes."""
    return _KeepFocus.create(target=target, moment=moment)


def publication_badge(published: Any) -> rx.Component:
    """Draft or published."""
    return rx.cond(published, badge(_("Published"), tone="success", dot=True), badge(_("Draft"), dot=True))


def course_header(course: Any, current: str, *, actions: Sequence[rx.Component] = ()) -> rx.Component:
    """The heading of a page of one course, with the tabs to the others."""
    return rx.el.div(
        page_header(
            course["title"],
            description=course["code"],
            meta=[publication_badge(course["published"])],
            actions=actions,
            breadcrumb=breadcrumb((_("Courses"), "/teach/courses"), current=course["title"]),
        ),
        course_tabs(course["id"], current),
        class_name="mb-8 flex flex-col gap-5",
    )


def course_skeleton() -> rx.Component:
    """A page of one course that is loading."""
    return rx.el.div(
        skeleton(class_name="h-4 w-40"),
        skeleton(class_name="mt-4 h-8 w-72 max-w-full"),
        skeleton(class_name="mt-6 h-10 w-full"),
        skeleton_table(rows=6, class_name="mt-8"),
    )
