"""What happens in a tenant, in numbers that an administrator can act on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.operations import repository
from eduplatform.domain.operations.repository import CourseCounts, PeopleCounts
from eduplatform.i18n.formatting import time_zone
from eduplatform.security.principal import Principal

ACTIVE_DAYS = 7
MOST_WEEKS = 30
WEEKS_WITHOUT_TERM = 12


@dataclass(frozen=True, slots=True)
class Week:
    """How many attempts were handed in during the seven days from ``monday``."""

    monday: date
    submissions: int


@dataclass(frozen=True, slots=True)
class Usage:
    """The numbers of the overview; ``term`` is empty when no term has begun yet."""

    people: PeopleCounts
    courses: CourseCounts
    term: str
    weeks: list[Week]


async def read_usage(*, work: Work, me: Principal, now: datetime | None = None) -> Usage:
    """Count people, courses and submissions; four statements.

    Args:
        now: The moment to count for; the present one by default.
    """
    now = now or utc_now()
    zone = time_zone(me.timezone)
    today = now.astimezone(zone).date()
    term = await repository.term_around(work, today)
    if term is None:
        first, last = today - timedelta(weeks=WEEKS_WITHOUT_TERM - 1), today
    else:
        first, last = term.starts_on, min(term.ends_on, today)
    mondays = _mondays(first, last)
    counted = await repository.submissions_by_week(
        work,
        since=datetime.combine(max(first, mondays[0]), time.min, zone).astimezone(UTC),
        until=datetime.combine(last + timedelta(days=1), time.min, zone).astimezone(UTC),
        zone=zone.key,
    )
    return Usage(
        people=await repository.count_people(work, since=now - timedelta(days=ACTIVE_DAYS)),
        courses=await repository.count_courses(work, now=now),
        term=term.name if term else "",
        weeks=[Week(monday, counted.get(monday, 0)) for monday in mondays],
    )


def _mondays(first: date, last: date) -> list[date]:
    """The Mondays of all weeks from one day to another, the newest 30 at most."""
    monday = first - timedelta(days=first.weekday())
    count = (last - monday).days // 7 + 1
    return [monday + timedelta(weeks=number) for number in range(max(count - MOST_WEEKS, 0), count)]
