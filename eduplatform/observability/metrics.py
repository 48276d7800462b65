"""Counters and histograms of this process, with a bound on how many series they can grow to.

Names and labels follow Prometheus (base units, ``_total``, ``_seconds``). Labels must come from small closed sets:
never a person, a tenant's name or a raw path. A bug that breaks this rule costs one ``other`` series, not the memory.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from dataclasses import dataclass, field

MAX_SERIES_PER_METRIC = 100
"""Label sets of one metric; later ones are counted as ``other``."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds; one more bucket takes what is longer."""

_LONGEST_VALUE = 64

Labels = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Histogram:
    """How often a duration fell into each bucket.

    Attributes:
        counts: One number per bound of `BUCKETS`, and a last one for all above.
        total: Sum of the durations in seconds.
    """

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    @property
    def observations(self) -> int:
        """How many durations were recorded."""
        return sum(self.counts)


_lock = threading.Lock()
_counters: dict[str, dict[Labels, float]] = {}
_histograms: dict[str, dict[Labels, Histogram]] = {}


def _labels(known: dict[Labels, float] | dict[Labels, Histogram], labels: dict[str, object]) -> Labels:
    wanted = tuple(sorted((name, str(value)[:_LONGEST_VALUE]) for name, value in labels.items()))
    if wanted in known or len(known) < MAX_SERIES_PER_METRIC:
        return wanted
    return tuple((name, "other") for name, _value in wanted)


def count(name: str, amount: float = 1, /, **labels: object) -> None:
    """Add to a counter, for example ``count("auth_attempts_total", method="password", result="refused")``."""
    with _lock:
        series = _counters.setdefault(name, {})
        key = _labels(series, labels)
        series[key] = series.get(key, 0) + amount


def observe_seconds(name: str, seconds: float, /, **labels: object) -> None:
    """Record a duration, for example ``observe_seconds("ws_event_duration_seconds", 0.02, handler="...")``."""
    with _lock:
        series = _histograms.setdefault(name, {})
        histogram = series.setdefault(_labels(series, labels), Histogram())
        histogram.counts[bisect_left(BUCKETS, seconds)] += 1
        histogram.total += seconds


def value(name: str, /, **labels: object) -> float:
    """Return a counter, summed over all series that carry these labels."""
    wanted = {(label, str(text)) for label, text in labels.items()}
    with _lock:
        return sum(amount for key, amount in _counters.get(name, {}).items() if wanted <= set(key))


def histogram(name: str, /, **labels: object) -> Histogram:
    """Return a copy of one histogram; an empty one when nothing was recorded."""
    key = tuple(sorted((label, str(text)) for label, text in labels.items()))
    with _lock:
        found = _histograms.get(name, {}).get(key, Histogram())
        return Histogram(list(found.counts), found.total)


def series_count() -> int:
    """Return how many series there are in this process."""
    with _lock:
        return sum(map(len, _counters.values())) + sum(map(len, _histograms.values()))


def reset() -> None:
    """Forget everything; for tests."""
    with _lock:
        _counters.clear()
        _histograms.clear()
