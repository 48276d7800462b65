"""Jobs of messaging and the calendar."""

from __future__ import annotations

from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.calendar import reminders
from eduplatform.domain.messaging import announcements, delivery
from eduplatform.jobs.registry import job


@job("messaging.mail", every="*/5 * * * *")
async def mail(work: Work) -> None:
    """Mail what people want at once; regularly too, for what waited for the end of quiet hours."""
    await delivery.mail_now(work=work)


@job("messaging.digests", every="*/15 * * * *")
async def digests(work: Work) -> None:
    """The daily mail of everybody whose hour has come."""
    await delivery.mail_digests(work=work)


@job("messaging.clean", every="20 3 * * *")
async def clean(work: Work) -> None:
    """Remove old notifications."""
    await delivery.remove_old(work=work)


@job("messaging.announce")
async def announce(work: Work, announcement_id: str) -> None:
    """Tell people of an announcement at its time."""
    await announcements.tell(work=work, announcement_id=UUID(announcement_id))


@job("calendar.remind", every="10 * * * *")
async def remind(work: Work) -> None:
    """Remind students of work that is due within a day."""
    await reminders.remind(work=work)
