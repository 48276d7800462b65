"""Moving the dates of a course by whole days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day on which a moment falls for people in a time zone."""
    return moment.astimezone(zone).date()


def shifted(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The moment so many days later at the same time of the clock.

    What is due at 23:59 stays due at 23:59, also across a change to or from daylight saving time. A time that the clock
    leaves out on the new day becomes the same distance after the change; one that comes twice keeps its first.

    Args:
        moment: Aware.
        days: How many, also negative.
        zone: Whose clock.

    Returns:
        The moment in UTC.
    """
    wall = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
