"""Quiet hours hold by the clock on the person's wall, also in the nights in which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.messaging.preferences import QuietHours

NEW_YORK = ZoneInfo("America/New_York")
MOMENTS = st.integers(1_704_067_200, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))
ZONES = (
    "America/New_York",
    "Europe/Madrid",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "UTC",
    "America/Sao_Paulo",
)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        # An ordinary night from 22:00 to 07:00.
        ("2026-01-10T03:30+00:00", "2026-01-10T12:00+00:00"),
        # The night of 8 March 2026 is an hour shorter, the one of 1 November an hour longer.
        ("2026-03-08T03:30+00:00", "2026-03-08T11:00+00:00"),
        ("2026-11-01T02:30+00:00", "2026-11-01T12:00+00:00"),
        # Daytime, and the first minute after the end.
        ("2026-01-10T15:00+00:00", None),
        ("2026-01-10T12:00+00:00", None),
    ],
)
def test_nights_in_new_york(moment: str, until: str | None) -> None:
    held = QuietHours(NEW_YORK, 22 * 60, 7 * 60).hold(datetime.fromisoformat(moment))
    assert held == (datetime.fromisoformat(until) if until else None)


def test_an_end_in_the_hour_that_comes_twice() -> None:
    # 1 November 2026: 01:30 comes twice. At the second 01:10, the first 01:30 is over, the second is not.
    second = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    assert QuietHours(NEW_YORK, 22 * 60, 90).hold(second) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


@given(
    zone=st.sampled_from(ZONES),
    start=st.integers(0, 1439),
    end=st.integers(0, 1439),
    moment=MOMENTS,
)
def test_what_is_held_leaves_soon_and_outside_the_quiet_hours(
    zone: str, start: int, end: int, moment: datetime
) -> None:
    quiet = QuietHours(ZoneInfo(zone), start, end)
    held = quiet.hold(moment)
    if held is None:
        return
    assert moment < held <= moment + timedelta(hours=25)
    shown = held.astimezone(quiet.zone)
    skipped = datetime(shown.year, shown.month, shown.day, end // 60, end % 60, tzinfo=quiet.zone)
    exists = skipped.astimezone(UTC).astimezone(quiet.zone).replace(tzinfo=None) == skipped.replace(
        tzinfo=None
    )
    assert shown.hour * 60 + shown.minute == end or not exists


@given(moment=MOMENTS)
def test_equal_ends_hold_nothing(moment: datetime) -> None:
    assert QuietHours(NEW_YORK, 600, 600).hold(moment) is None
