"""Dates move by whole days on the wall clock of the tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.courses.dates import local_day, shifted

ZONES = st.sampled_from(
    ["UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone
DAYS = st.integers(-800, 800)


@given(MOMENTS, DAYS, ZONES)
def test_the_clock_shows_the_same_unless_it_leaves_that_time_out(
    moment: datetime, days: int, zone: ZoneInfo
) -> None:
    wall, after = moment.astimezone(zone), shifted(moment, days, zone).astimezone(zone)
    wanted = wall.replace(tzinfo=None) + timedelta(days=days)
    assert abs(after.replace(tzinfo=None) - wanted) <= timedelta(hours=1)
    exists = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wanted
    if exists:
        assert after.replace(tzinfo=None) == wanted
        assert local_day(shifted(moment, days, zone), zone) == wanted.date()


@given(MOMENTS, DAYS, ZONES)
def test_order_stays_up_to_a_change_of_the_clock(moment: datetime, days: int, zone: ZoneInfo) -> None:
    later = moment + timedelta(hours=3)
    assert shifted(moment, days, zone) < shifted(later, days, zone)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # Due at 23:59 before and after the clocks change in Madrid (29 March 2026).
        ("2026-03-20T22:59:00+00:00", 21, "2026-04-10T21:59:00+00:00"),
        ("2026-10-20T21:59:00+00:00", 21, "2026-11-10T22:59:00+00:00"),
        # 2:30 does not exist on 29 March: the same distance after the change.
        ("2026-03-28T01:30:00+00:00", 1, "2026-03-29T01:30:00+00:00"),
    ],
)
def test_known_moments(start: str, days: int, end: str) -> None:
    found = shifted(datetime.fromisoformat(start), days, ZoneInfo("Europe/Madrid"))
    assert found == datetime.fromisoformat(end)
