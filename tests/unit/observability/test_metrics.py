"""Counters stay bounded whatever labels they are given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from eduplatform.observability import metrics


def test_counters_add_up_by_label_and_over_all() -> None:
    metrics.count("auth_attempts_total", method="password", result="ok")
    metrics.count("auth_attempts_total", result="ok", method="password")
    metrics.count("auth_attempts_total", 3, method="password", result="refused")
    assert metrics.value("auth_attempts_total", result="ok") == 2
    assert metrics.value("auth_attempts_total", method="password") == 5
    assert metrics.value("auth_attempts_total", method="link") == 0
    assert metrics.value("unknown") == 0


def test_a_flood_of_labels_ends_in_one_series_and_loses_no_count() -> None:
    for number in range(1000):
        metrics.count("ws_events_denied_total", reason=f"made up {number}" + "x" * 500)
        metrics.observe_seconds("ui_event_duration_seconds", 0.01, handler=number)
    assert metrics.series_count() <= 2 * (metrics.MAX_SERIES_PER_METRIC + 1)
    assert metrics.value("ws_events_denied_total") == 1000
    assert metrics.value("ws_events_denied_total", reason="other") == 900


def test_durations_fall_into_the_bucket_that_holds_them() -> None:
    for seconds in (0.005, 0.0051, 9.9, 10, 60):
        metrics.observe_seconds("d_seconds", seconds)
    found = metrics.histogram("d_seconds")
    assert found.counts[0] == 1
    assert found.counts[1] == 1
    assert found.counts[-2:] == [2, 1]
    assert found.observations == 5
    assert found.total == pytest.approx(79.9101)


def test_threads_lose_no_count() -> None:
    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(lambda: [metrics.count("n_total") for _ in range(5000)])
    assert metrics.value("n_total") == 20_000
