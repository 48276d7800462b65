"""Which news reaches a person which way, and when mail must wait: pure rules over stored choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from eduplatform.i18n import N_
from eduplatform.i18n.formatting import time_zone
from eduplatform.security.permissions import Role

DAY_MINUTES = 24 * 60
DIGEST_AT = 7 * 60
"""When the daily mail comes unless somebody chooses otherwise: minutes after midnight."""


class Way(StrEnum):
    """How a kind of news reaches a person; every way but ``off`` also shows it in the platform."""

    APP = "app"
    MAIL = "mail"
    DIGEST = "digest"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of news: its name for the person, how it comes unless they choose otherwise, and who gets it at all."""

    name: str
    default: Way
    roles: frozenset[Role]


_LEARNING = frozenset({Role.STUDENT, Role.GUARDIAN})
_TEACHING = frozenset({Role.TEACHER})

KINDS: dict[str, Kind] = {
    "announcement": Kind(N_("Announcements"), Way.DIGEST, _LEARNING),
    "message": Kind(N_("Direct messages"), Way.DIGEST, _LEARNING | _TEACHING),
    "reply": Kind(N_("Answers in discussions"), Way.APP, frozenset({Role.STUDENT, Role.TEACHER})),
    "grade.released": Kind(N_("Released grades"), Way.DIGEST, _LEARNING),
    "grade.changed": Kind(N_("Changed grades"), Way.DIGEST, _LEARNING),
    "due.soon": Kind(N_("Work that is due soon"), Way.DIGEST, frozenset({Role.STUDENT})),
    "submission": Kind(N_("Work that was handed in"), Way.APP, _TEACHING),
    "report": Kind(N_("Reported contributions"), Way.DIGEST, _TEACHING | {Role.ADMIN}),
    "tutor.question": Kind(N_("Questions handed over by the tutor"), Way.APP, _TEACHING),
    "tutor.answer": Kind(N_("Answers of teachers"), Way.APP, frozenset({Role.STUDENT})),
    "safeguarding": Kind(N_("Students who may need an adult"), Way.MAIL, _TEACHING | {Role.ADMIN}),
    "roster": Kind(N_("Changes in classes"), Way.APP, _LEARNING | _TEACHING | {Role.ADMIN}),
}
"""Every kind that `notifications.send` accepts, in the order of the settings page."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours without mail, in minutes after midnight of the person's clock; equal ends mean none."""

    zone: ZoneInfo
    start: int = 0
    end: int = 0

    def hold(self, moment: datetime) -> datetime | None:
        """When mail of this moment may leave: None at once, else the end of the quiet hours (UTC).

        The clock on the wall decides, so a night in which the clocks change is an hour longer or shorter.
        """
        if self.start == self.end:
            return None
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        inside = (
            self.start <= minute < self.end
            if self.start < self.end
            else minute >= self.start or minute < self.end
        )
        if not inside:
            return None
        day = local.date() + timedelta(days=1 if self.start > self.end and minute >= self.start else 0)
        # In the hour that the clocks show twice, the first end may already lie behind us.
        ends = (wall_moment(day, self.end, self.zone, fold=fold) for fold in (0, 1))
        return next((one for one in ends if one > moment), None)


def wall_moment(day: date, minute: int, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    """The moment (UTC) at which a clock in this zone shows this minute of this day.

    A minute that the clocks skip in spring is moved by the skipped hour.
    """
    clock = time(minute // 60, minute % 60, fold=fold)
    return datetime.combine(day, clock, zone).astimezone(UTC)


def way_of(ways: Mapping[str, Any], kind: str) -> Way:
    """The way that a person chose for a kind, or its default."""
    chosen = ways.get(kind)
    return Way(chosen) if chosen in set(Way) else KINDS[kind].default


def quiet_hours(timezone: str, start: int, end: int) -> QuietHours:
    """Quiet hours as they are stored."""
    return QuietHours(time_zone(timezone), start % DAY_MINUTES, end % DAY_MINUTES)


def digest_day(now: datetime, zone: ZoneInfo, minute: int) -> date | None:
    """The day (of the person's calendar) whose digest may be written now: today once its minute has come."""
    today = now.astimezone(zone).date()
    return today if wall_moment(today, minute % DAY_MINUTES, zone) <= now else None


def kinds_for(roles: frozenset[Role]) -> dict[str, Kind]:
    """The kinds of news that somebody with these roles can get."""
    return {name: kind for name, kind in KINDS.items() if kind.roles & roles}
