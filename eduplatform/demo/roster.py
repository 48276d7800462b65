"""Pupils and colleagues who were invited to a class of the demonstration and have not joined yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from eduplatform.db.unit_of_work import Work
from eduplatform.demo.seed import SeededCourse
from eduplatform.domain.accounts.models import Invitation
from eduplatform.domain.accounts.service import INVITATION_DAYS
from eduplatform.domain.courses.models import WaitingEnrollment
from eduplatform.security.permissions import Role
from eduplatform.security.tokens import new_token, token_hash

NEWCOMERS: dict[str, Sequence[tuple[str, str]]] = {
    "biology-9": (("Ines", "Valverde"), ("Oskar", "Nyberg"), ("Thandi", "Mokoena")),
    "history-8": (("Callum", "Reid"),),
    "python-basics": (("Beatriz", "Sampaio"), ("Ravi", "Menon")),
}
"""Given and family name by the key of the course: they moved to the town, or joined the company, this week."""


async def invite_newcomers(*, work: Work, slug: str, courses: Sequence[SeededCourse], now: datetime) -> None:
    """Invite them to the first class of their course; the links of these invitations were never mailed."""
    for course in courses:
        for days, (given, family) in enumerate(NEWCOMERS.get(course.content.key, ()), start=1):
            sent = now - timedelta(days=days)
            email = f"{given}.{family}@{slug}.test".casefold()
            work.session.add(
                Invitation(
                    email=email,
                    given_name=given,
                    family_name=family,
                    roles=[Role.STUDENT.value],
                    token_hash=token_hash(new_token()),
                    created_at=sent,
                    expires_at=sent + timedelta(days=INVITATION_DAYS),
                )
            )
            work.session.add(
                WaitingEnrollment(
                    section_id=course.sections[0].id,
                    email=email,
                    given_name=given,
                    family_name=family,
                    created_at=sent,
                )
            )
