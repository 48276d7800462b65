"""Tests of the logs change the logging of the process; it is put back after each."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from eduplatform.observability import metrics


@pytest.fixture(autouse=True)
def logging_put_back() -> Iterator[None]:
    root = logging.getLogger()
    named = [other for other in root.manager.loggerDict.values() if isinstance(other, logging.Logger)]
    before = [(one, list(one.handlers), one.propagate, one.level) for one in (root, *named)]
    factory, settings = logging.getLogRecordFactory(), structlog.get_config()
    metrics.reset()
    yield
    for one, handlers, propagate, level in before:
        one.handlers[:] = handlers
        one.propagate = propagate
        one.setLevel(level)
    logging.setLogRecordFactory(factory)
    structlog.configure(**settings)
    structlog.contextvars.clear_contextvars()
    metrics.reset()
