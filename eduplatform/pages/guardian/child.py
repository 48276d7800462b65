"""One child, for the guardian: all released grades, all due work, the reading."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.live.beacon import beacon
from eduplatform.components.live.channel import channel, channel_name
from eduplatform.components.text import _
from eduplatform.components.ui import breadcrumb, card, empty_state, page_header, pager, skeleton_card
from eduplatform.pages.guardian.home import due_row, grade_row, part, reading_row
from eduplatform.pages.registry import page
from eduplatform.pages.shared.course_totals import course_totals
from eduplatform.realtime.events import GradeReleased
from eduplatform.security.permissions import Role
from eduplatform.state.course_totals import ChildTotalsState
from eduplatform.state.family import ChildState

# The state's attributes are Vars here, which its annotations do not tell.
_S: Any = ChildState
_T: Any = ChildTotalsState


@page("/family/[student_id]", title="Family", roles=[Role.GUARDIAN], on_load=[_S.load, _T.load])
def child() -> rx.Component:
    """Everything that a guardian may know of a child's learning."""
    name = rx.cond(_S.loaded, _S.child["name"], "…")
    return rx.el.div(
        page_body(
            _S,
            course_totals(_T.courses),
            rx.el.div(
                card(
                    rx.cond(
                        _S.child["grades"].length() > 0,
                        rx.el.ul(rx.foreach(_S.child["grades"], grade_row)),
                        empty_state(
                            _("No grades yet"),
                            description=_("No grades have been released yet."),
                            icon="award",
                        ),
                    ),
                    rx.cond(
                        (_S.page > 1) | _S.has_next,
                        pager(
                            page_text=_("Page {page}", page=_S.page),
                            has_previous=_S.page > 1,
                            has_next=_S.has_next,
                            on_previous=_S.turn(_S.page - 1),
                            on_next=_S.turn(_S.page + 1),
                            class_name="mt-5",
                        ),
                    ),
                    title=_("Grades"),
                ),
                rx.el.div(
                    card(
                        part(
                            _("Due next"),
                            _S.child["due"],
                            due_row,
                            _("Nothing is due at the moment."),
                        )
                    ),
                    card(part(_("Reading"), _S.child["reading"], reading_row, _("No lessons yet."))),
                    class_name="flex min-w-0 flex-col gap-6",
                ),
                class_name="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]",
            ),
            skeleton=rx.el.div(skeleton_card(), skeleton_card(), class_name="grid gap-6 lg:grid-cols-2"),
            header=page_header(
                name,
                breadcrumb=breadcrumb((_("Family"), "/family"), current=name),
                description=_("Grades appear here once a teacher has released them."),
            ),
        ),
        beacon([_S.refresh, _T.load], every=20, while_live=60),
        channel(
            channel_name("learner", _S.child["id"]), on_change=[_S.refresh, _T.load], events=[GradeReleased]
        ),
        class_name="flex flex-col gap-6",
    )
