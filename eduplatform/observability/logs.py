"""Structured logs: one line per request, event and job; nothing in them that belongs to a person.

Our own lines are made by `log_event` and `Operation` and pass the allow-list of `fields`. Everything that other
packages log is rewritten when the record is made, before any handler can see it: Reflex, for example, logs whole
events with the Cookie header, and exceptions carry what somebody typed. What stays of such a record is its logger,
its place in code, the type of its exception, and its message only when that stands literally in the code.

On a developer's terminal (``json=False``) the messages of other packages are shown, with cookies, credentials,
tokens and addresses masked.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from time import perf_counter
from types import TracebackType
from typing import Any, Self

import structlog

from eduplatform.errors import EduError
from eduplatform.observability import metrics
from eduplatform.observability.fields import (
    RESERVED,
    allowed,
    code_place,
    describe_exception,
    literal_in_code,
)

_EVENT_LOGGER = "eduplatform.events"
_FACTS = "edu_facts"
_SERVER_ERROR = 500
_EVENT_NAME = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_LABELS = ("handler", "route", "job")

_SECRETS = re.compile(
    r"""(?ix)
      (?P<header>(?:set-)?cookie|authorization|x-api-key|password|passwd|secret|token|ticket) ["']? \s* [:=] \s*
        (?: "[^"]*" | '[^']*' | [^\n]* )
    | bearer \s+ \S+
    | [\w.+-]+ @ [\w-]+ (?:\.[\w-]+)+
    | \b (?=[\w-]*\d) (?=[\w-]*[a-z]) [\w-]{20,} \b
    """
)

Event = MutableMapping[str, Any]


def mask(text: str) -> str:
    """Return a text without cookies, credentials, long tokens and mail addresses; for a developer's terminal."""
    return _SECRETS.sub(lambda found: f"{found['header']}=***" if found["header"] else "***", text)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # the arguments do not fit the template: that package's bug
        return str(record.msg)


class _SafeRecords:
    """Makes the log records of all packages, and takes out of them what must not be logged."""

    def __init__(self, *, show_messages: bool) -> None:
        self.show_messages = show_messages

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = logging.LogRecord(*args, **kwargs)
        if record.name == _EVENT_LOGGER:
            return record
        facts: dict[str, object] = {"logger": record.name, "at": code_place(record.pathname, record.lineno)}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            facts |= describe_exception(error)
        shown = ""
        if self.show_messages:
            shown = mask(_message(record))
            if error is not None:
                shown += "\n" + mask(
                    logging.Formatter().formatException((type(error), error, error.__traceback__))
                )
        elif isinstance(record.msg, str) and literal_in_code(record.msg):
            shown = record.msg
        record.msg = shown or " ".join(str(facts[name]) for name in ("at", "exception_type") if name in facts)
        record.args = ()
        record.exc_info = record.exc_text = record.stack_info = None
        setattr(record, _FACTS, facts | ({"message": shown} if shown else {}))
        return record


class _StandardOutput(logging.Handler):
    """Writes to what is standard output at that moment, also after it was redirected."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; what cannot be written is lost, since the log must not stop the work."""
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except (OSError, ValueError):
            metrics.count("log_lines_lost_total")


def _allow_list(_logger: object, _method: str, event: Event) -> Event:
    """Last gate of our own lines, after the context was merged in."""
    return allowed(event)


def _foreign(_logger: object, _method: str, event: Event) -> Event:
    """Turn a record of another package into a line; extras of the record are left behind."""
    facts = dict(getattr(event["_record"], _FACTS, {}))
    message = facts.pop("message", None)
    line = allowed(
        {**structlog.contextvars.get_contextvars(), **facts, "event": "log", "level": event["level"]}
    )
    if message:
        line["message"] = message
    return {**line, "_record": event["_record"], "_from_structlog": False}


def _in_order(_logger: object, _method: str, event: Event) -> Event:
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return {**first, **dict(event)}


def configure_logging(settings_level: str, json: bool) -> None:
    """Send all logs of this process to standard output in one format; may be called again.

    Args:
        settings_level: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``, in any case.
        json: One JSON object a line (production); otherwise coloured lines for a developer.

    Raises:
        ValueError: If the level is not known.
    """
    level = logging.getLevelNamesMapping().get(settings_level.upper())
    if level is None:
        raise ValueError("unknown log level")
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp")
    renderer = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    handler = _StandardOutput()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, _foreign, stamp],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _in_order, renderer],
        )
    )
    logging.setLogRecordFactory(_SafeRecords(show_messages=not json))
    logging.getLogger("alembic").setLevel(max(level, logging.WARNING))  # it tells of every plug-in it has
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    if json:
        for other in list(root.manager.loggerDict.values()):
            if isinstance(
                other, logging.Logger
            ):  # servers bring handlers of their own; there shall be one format
                other.handlers.clear()
                other.propagate = True
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            _allow_list,
            stamp,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def log_event(name: str, /, *, severity: int = logging.INFO, **fields: object) -> None:
    """Write one line.

    Args:
        name: What happened, a literal such as ``signed_in``: small letters, digits, ``_`` and ``.``.
        severity: A level of the logging module.
        fields: Only names of `fields.ALLOWED` reach the log; others are dropped and counted.
    """
    event = name if _EVENT_NAME.fullmatch(name) else "unnamed"
    own = {name: given for name, given in fields.items() if name not in RESERVED}
    structlog.get_logger(_EVENT_LOGGER).log(severity, event, **allowed(own))


def log_exception(name: str, error: BaseException, /, **fields: object) -> None:
    """Write one line of level error with the type and the places in code of an exception, not its text."""
    log_event(name, severity=logging.ERROR, **{**fields, **describe_exception(error)})


def log_context(**fields: object) -> AbstractContextManager[None]:
    """Add fields (reference_id, tenant_id, user_ref, handler, route) to all lines of a block and the tasks it starts."""
    return structlog.contextvars.bound_contextvars(**allowed(fields))


def current_reference() -> str | None:
    """Return the reference id of the request, event or job that is running."""
    return structlog.contextvars.get_contextvars().get("reference_id")


class Operation:
    """One request, event or job: writes exactly one line when it ends, with outcome and duration.

    Use as ``with Operation("ui_event", handler=...) as operation``. An `EduError` ends it with its code as outcome, any
    other exception with ``failed``; both go on to the caller. ``operation.note(status=200)`` adds fields,
    ``operation.outcome = "denied"`` sets the outcome of one that did not raise.
    """

    def __init__(self, name: str, /, *, level: int = logging.INFO, **fields: object) -> None:
        self.name = name
        self.level = level
        self.outcome = "ok"
        self._fields = fields
        self._started = 0.0

    def note(self, **fields: object) -> None:
        """Add fields to the line."""
        self._fields.update(fields)

    def __enter__(self) -> Self:
        self._started = perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        seconds = perf_counter() - self._started
        if isinstance(error, EduError):
            self.outcome = error.code
            if error.status >= _SERVER_ERROR:
                self.level = logging.ERROR
                self._fields.update(describe_exception(error))
        elif isinstance(error, Exception):
            self.outcome, self.level = "failed", logging.ERROR
            self._fields.update(describe_exception(error))
        elif error is not None:  # cancellation and the end of the process are not failures
            self.outcome = "cancelled"
        elif self.outcome != "ok":  # what is done too often to be told of is told of when it was refused
            self.level = max(self.level, logging.INFO)
        labels = {name: self._fields[name] for name in _LABELS if name in self._fields}
        metrics.observe_seconds(f"{self.name}_duration_seconds", seconds, outcome=self.outcome, **labels)
        line = {**self._fields, "outcome": self.outcome, "duration_ms": round(seconds * 1000, 1)}
        log_event(self.name, severity=self.level, **line)
