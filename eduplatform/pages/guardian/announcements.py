"""All announcements that concern a guardian's children."""

from __future__ import annotations

from typing import Any

import reflex as rx

from eduplatform.components.layout.page_body import page_body
from eduplatform.components.text import _
from eduplatform.components.ui import empty_state, page_header, pager, skeleton_card
from eduplatform.pages.registry import page
from eduplatform.pages.shared.announcement_parts import announcement_article
from eduplatform.security.permissions import Role
from eduplatform.state.announcements import FamilyAnnouncementState

_S: Any = FamilyAnnouncementState


@page("/family/announcements", title="Announcements", roles=[Role.GUARDIAN], on_load=_S.load)
def family_announcements() -> rx.Component:
    """Pinned ones first, then the newest."""
    return rx.el.div(
        page_body(
            _S,
            rx.cond(
                _S.rows.length() > 0,
                rx.el.ol(
                    rx.foreach(
                        _S.rows, lambda row: rx.el.li(announcement_article(row, course=True), key=row["id"])
                    ),
                    class_name="flex flex-col gap-4",
                ),
                empty_state(
                    _("No announcements yet"),
                    description=_(
                        "When a teacher announces something to a class of your child, it appears here."
                    ),
                    icon="bell",
                ),
            ),
            rx.cond(
                _S.pages > 1,
                pager(
                    page_text=_("Page {page} of {pages}", page=_S.page, pages=_S.pages),
                    has_previous=_S.page > 1,
                    has_next=_S.page < _S.pages,
                    on_previous=_S.turn(_S.page - 1),
                    on_next=_S.turn(_S.page + 1),
                    class_name="mt-5",
                ),
                rx.fragment(),
            ),
            skeleton=rx.el.div(skeleton_card(), skeleton_card(), class_name="flex flex-col gap-4"),
            header=page_header(
                _("Announcements"), description=_("What the teachers of your children want you to know.")
            ),
        ),
        class_name="flex max-w-3xl flex-col gap-6",
    )
