"""Dates, numbers and sizes the way the reader writes them.

Every function takes a locale (a key of `LOCALES`; any other means English) and, where a clock matters, the reader's
time zone. Moments must carry a time zone: a naive `datetime` is a bug of the caller and raises `ValueError`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, dates, numbers
from babel.units import format_unit

from eduplatform.i18n.catalogue import translate, translate_plural
from eduplatform.i18n.languages import DEFAULT_LOCALE, LOCALES

Width = Literal["short", "medium", "long", "full"]
Number = int | float | Decimal

_KILO = 1000
_SIZE_UNITS = ("digital-kilobyte", "digital-megabyte", "digital-gigabyte", "digital-terabyte")
_DURATION_UNITS = (
    ("duration-day", 86_400),
    ("duration-hour", 3_600),
    ("duration-minute", 60),
    ("duration-second", 1),
)
_JUST_NOW = timedelta(seconds=10)
_DATE_SKELETON = "yMMMd"
_TIME_SKELETON = {True: "Hm", False: "hm"}


def _locale(code: str) -> Locale:
    return Locale.parse(code if code in LOCALES else DEFAULT_LOCALE)


def _local(moment: datetime, tz: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(time_zone(tz))


def time_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, UTC when there is none of that name (profiles are older than zone data)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def format_date(moment: datetime | date, locale: str, tz: str = "UTC", width: Width = "medium") -> str:
    """Format a day; of a `datetime`, the day that it is in the reader's zone."""
    day = _local(moment, tz).date() if isinstance(moment, datetime) else moment
    return dates.format_date(day, width, locale=_locale(locale))


def format_time(moment: datetime, locale: str, tz: str) -> str:
    """Format the time of day in the reader's zone, without seconds."""
    return dates.format_time(_local(moment, tz), "short", locale=_locale(locale))


def format_datetime(moment: datetime, locale: str, tz: str, width: Width = "medium") -> str:
    """Format day and time in the reader's zone, without seconds."""
    language = _locale(locale)
    local = _local(moment, tz)
    day = dates.format_date(local.date(), width, locale=language)
    clock = dates.format_time(local, "short", locale=language)
    pattern = dates.get_datetime_format(width, locale=language)
    return str(pattern).replace("{1}", day).replace("{0}", clock)


def format_weekday(moment: datetime | date, locale: str, tz: str = "UTC") -> str:
    """Return the full name of the day of the week in the reader's zone."""
    day = _local(moment, tz).date() if isinstance(moment, datetime) else moment
    return dates.format_date(day, "EEEE", locale=_locale(locale))


def format_date_range(start: datetime | date, end: datetime | date, locale: str, tz: str = "UTC") -> str:
    """Format the days from ``start`` to ``end``, both included, without repeating what they share."""
    first = _local(start, tz).date() if isinstance(start, datetime) else start
    last = _local(end, tz).date() if isinstance(end, datetime) else end
    # Babel compares the parts of the two as moments, so give it the same hour on both.
    return dates.format_interval(
        datetime(first.year, first.month, first.day, 12, tzinfo=UTC),
        datetime(last.year, last.month, last.day, 12, tzinfo=UTC),
        _DATE_SKELETON,
        tzinfo=UTC,
        locale=_locale(locale),
    )


def format_datetime_range(start: datetime, end: datetime, locale: str, tz: str) -> str:
    """Format a period with times, naming the day once when it is the same in the reader's zone."""
    language = _locale(locale)
    first, last = _local(start, tz), _local(end, tz)
    if first.date() != last.date():
        return f"{format_datetime(start, locale, tz)} – {format_datetime(end, locale, tz)}"
    clock_is_24h = "H" in str(dates.get_time_format("short", locale=language))
    skeleton = _TIME_SKELETON[clock_is_24h]
    hours = dates.format_interval(first, last, skeleton, tzinfo=time_zone(tz), locale=language)
    pattern = dates.get_datetime_format("medium", locale=language)
    return str(pattern).replace("{1}", format_date(start, locale, tz)).replace("{0}", hours)


def format_relative(moment: datetime, now: datetime, locale: str) -> str:
    """Say how far a moment is from ``now``: ``3 hours ago``, ``in 2 days``, ``just now``."""
    if moment.tzinfo is None or now.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    distance = moment - now
    if abs(distance) < _JUST_NOW:
        return translate("just now", locale)
    return dates.format_timedelta(distance, add_direction=True, locale=_locale(locale))


def format_duration(length: timedelta, locale: str) -> str:
    """Say how long something takes, in its two largest units down to seconds: ``1 hour 5 minutes``."""
    seconds = max(0, round(length.total_seconds()))
    parts: list[str] = []
    for unit, size in _DURATION_UNITS:
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(format_unit(amount, unit, "long", locale=_locale(locale)))
    return " ".join(parts[:2]) or format_unit(0, "duration-second", "long", locale=_locale(locale))


def format_number(value: Number, locale: str, decimals: int = 2) -> str:
    """Format a number with at most ``decimals`` places and no superfluous zeros."""
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    return numbers.format_decimal(value, pattern, locale=_locale(locale))


def format_percent(ratio: Number, locale: str, decimals: int = 0) -> str:
    """Format a ratio (``0.5``) as a percentage (``50%``) with exactly ``decimals`` places."""
    language = _locale(locale)
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    pattern = str(language.percent_formats[None].pattern).replace("#,##0", digits)
    return numbers.format_percent(ratio, pattern, locale=language)


def format_dollars(micros: int, locale: str) -> str:
    """Format millionths of a US dollar; amounts below a cent keep four decimals, so that small costs are not nothing."""
    amount = Decimal(micros) / 1_000_000
    pattern = "¤#,##0.0000" if 0 < abs(amount) < Decimal("0.01") else None
    return numbers.format_currency(
        amount, "USD", pattern, locale=_locale(locale), currency_digits=pattern is None
    )


def format_points(points: Number, locale: str, possible: Number | None = None) -> str:
    """Format a score: ``7.5 points``, or ``7.5 / 10`` when the possible points are given."""
    number = format_number(points, locale)
    if possible is not None:
        return f"{number} / {format_number(possible, locale)}"
    return translate_plural(
        "{points} point", "{points} points", 1 if points == 1 else 2, locale, points=number
    )


def format_file_size(size: int, locale: str) -> str:
    """Format a number of bytes in decimal units (1 MB is 1,000,000 bytes) with at most one place: ``1.5 MB``."""
    language = _locale(locale)
    if size < _KILO:
        return format_unit(max(0, size), "digital-byte", "long", locale=language)
    amount = Decimal(size)
    names = iter(_SIZE_UNITS)
    unit = ""
    # The comparison is with what will be shown, so that 999,960 bytes are 1 MB and not 1,000 kB.
    while round(amount, 1) >= _KILO and (larger := next(names, "")):
        amount, unit = amount / _KILO, larger
    return format_unit(amount, unit, "short", format="#,##0.#", locale=language)
