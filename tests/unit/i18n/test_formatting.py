"""Dates, numbers and sizes as readers of each language write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.i18n import formatting

LATE = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)


def plain(text: str) -> str:
    """The text with ordinary spaces, as a reader sees it."""
    return " ".join(text.split())


def test_a_moment_is_shown_on_the_day_of_the_reader() -> None:
    assert plain(formatting.format_datetime(LATE, "en", "America/New_York")) == "May 1, 2026, 6:30 PM"
    assert plain(formatting.format_datetime(LATE, "en", "Europe/Madrid")) == "May 2, 2026, 12:30 AM"
    assert plain(formatting.format_datetime(LATE, "es", "Europe/Madrid")) == "2 may 2026, 0:30"
    assert formatting.format_date(LATE, "es", "Europe/Madrid", "long") == "2 de mayo de 2026"
    assert formatting.format_date(date(2026, 5, 1), "en", "Pacific/Kiritimati") == "May 1, 2026"
    assert plain(formatting.format_time(LATE, "en", "UTC")) == "10:30 PM"
    assert formatting.format_weekday(LATE, "es", "Europe/Madrid") == "sábado"


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 5, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        formatting.format_datetime(naive, "en", "UTC")
    with pytest.raises(ValueError, match="time zone"):
        formatting.format_relative(naive, LATE, "en")


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "Europe", "a\x00b"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert formatting.time_zone(name).key == "UTC"


def test_ranges_do_not_repeat_what_they_share() -> None:
    end = LATE + timedelta(days=2)
    assert plain(formatting.format_date_range(LATE, end, "en")) == "May 1 – 3, 2026"
    assert plain(formatting.format_date_range(LATE, end, "es")) == "1–3 may 2026"
    assert formatting.format_date_range(LATE, LATE, "en") == "May 1, 2026"
    two_hours = LATE + timedelta(hours=2)
    assert (
        plain(formatting.format_datetime_range(LATE, two_hours, "en", "Europe/Berlin"))
        == "May 2, 2026, 12:30 – 2:30 AM"
    )
    assert (
        plain(formatting.format_datetime_range(LATE, two_hours, "es", "UTC"))
        == "1 may 2026, 22:30 – 2 may 2026, 0:30"
    )


def test_distances_in_time() -> None:
    assert formatting.format_relative(LATE - timedelta(hours=3), LATE, "en") == "3 hours ago"
    assert formatting.format_relative(LATE + timedelta(days=2), LATE, "es") == "dentro de 2 días"
    assert formatting.format_relative(LATE, LATE, "es") == "ahora mismo"


def test_durations() -> None:
    assert formatting.format_duration(timedelta(hours=1, minutes=5, seconds=5), "en") == "1 hour 5 minutes"
    assert formatting.format_duration(timedelta(minutes=90), "es") == "1 hora 30 minutos"
    assert formatting.format_duration(timedelta(seconds=-5), "en") == "0 seconds"


def test_numbers() -> None:
    assert formatting.format_number(1234567.891, "en") == "1,234,567.89"
    assert formatting.format_number(1234567.891, "es") == "1.234.567,89"
    assert formatting.format_number(Decimal("2.50"), "en") == "2.5"
    assert formatting.format_number(2.5, "en", 0) == "2"
    assert formatting.format_percent(0.756, "en", 1) == "75.6%"
    assert plain(formatting.format_percent(0.756, "es")) == "76 %"


def test_points() -> None:
    assert formatting.format_points(1, "en") == "1 point"
    assert formatting.format_points(Decimal("7.5"), "es") == "7,5 puntos"
    assert formatting.format_points(7.5, "es", 10) == "7,5 / 10"


@pytest.mark.parametrize(
    ("size", "english", "spanish"),
    [
        (0, "0 bytes", "0 bytes"),
        (1, "1 byte", "1 byte"),
        (999, "999 bytes", "999 bytes"),
        (1_000, "1 kB", "1 kB"),
        (999_960, "1 MB", "1 MB"),
        (1_550_000, "1.6 MB", "1,6 MB"),
        (25_000_000_000, "25 GB", "25 GB"),
    ],
)
def test_file_sizes(size: int, english: str, spanish: str) -> None:
    assert plain(formatting.format_file_size(size, "en")) == english
    assert plain(formatting.format_file_size(size, "es")) == spanish


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["en", "es", "xx"]),
)
def test_every_moment_has_a_form(first: datetime, second: datetime, locale: str) -> None:
    if 1 < first.year < 9999 and 1 < second.year < 9999:
        assert formatting.format_datetime_range(first, second, locale, "America/New_York")
        assert formatting.format_date_range(first, second, locale, "Asia/Tokyo")
        assert formatting.format_relative(first, second, locale)


@given(st.integers(min_value=0, max_value=10**15))
def test_no_size_is_shown_as_a_thousand_of_a_smaller_unit(size: int) -> None:
    shown = formatting.format_file_size(size, "en")
    assert not shown.startswith("1,000") or shown.endswith("TB")
