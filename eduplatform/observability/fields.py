"""What may stand in a log line: an allow-list of field names, and a shape for each value.

A deny-list forgets the field that somebody adds tomorrow. So a name that is not here is dropped and counted, and a
value that does not look like an identifier, a number or a flag is replaced; neither ever raises, because a log line
must not break what it reports on.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from uuid import UUID

from eduplatform.observability import metrics

RESERVED = frozenset({"event", "level", "timestamp"})
"""Names that every line has; they are not a caller's to set."""

IDENTIFIERS = frozenset(
    {
        "reference_id", "tenant_id", "user_ref", "session_ref", "handler", "route", "method", "outcome", "reason",
        "code", "job", "queue", "exception_type", "cause_type", "provider", "kind", "operation", "permission", "role",
        "table", "locale", "version", "logger", "at", "object_id", "setting", "stage", *RESERVED,
    }
)  # fmt: skip
"""Names whose values are codes, ids and paths of code: letters, digits and a few signs, no spaces."""

NUMBERS = frozenset(
    {
        "duration_ms", "status", "attempt", "count", "size_bytes", "statements", "retry_after_s", "port", "pid",
        "lag_ms", "rows", "dropped", "limit", "waited_ms",
    }
)  # fmt: skip
FLAGS = frozenset({"background", "retry", "first_run"})
LISTS = frozenset({"frames"})
"""Names whose values are short lists of identifiers."""

ALLOWED = IDENTIFIERS | NUMBERS | FLAGS | LISTS

REPLACED = "[withheld]"
"""Stands for a value that does not have the shape of its field."""

_SHAPE = re.compile(r"[A-Za-z0-9_.:/\[\]{}<>*+=-]{1,160}")
_MOST_FRAMES = 12
_PACKAGE_ROOT = Path(__file__).resolve().parent.parent.parent


def _value(name: str, given: object) -> object:
    if given is None or isinstance(given, bool):
        return given
    if name in NUMBERS:
        if isinstance(given, int) or (isinstance(given, float) and math.isfinite(given)):
            return given
        return REPLACED
    if name in LISTS:
        items = given if isinstance(given, list | tuple) else ()
        return [str(item) if _SHAPE.fullmatch(str(item)) else REPLACED for item in items[:_MOST_FRAMES]]
    if name in FLAGS:
        return REPLACED
    if isinstance(given, str | UUID | int):
        text = str(given)
        return text if _SHAPE.fullmatch(text) else REPLACED
    return REPLACED


def allowed(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields that may be logged; what was dropped or withheld is counted in the process's metrics."""
    kept = {name: _value(name, given) for name, given in fields.items() if name in ALLOWED}
    if dropped := len(fields) - len(kept):
        metrics.count("log_fields_dropped_total", dropped)
    if withheld := sum(kept[name] == REPLACED != fields[name] for name in kept):
        metrics.count("log_fields_withheld_total", withheld)
    return kept


@lru_cache(maxsize=2048)
def code_place(filename: str, line: int) -> str:
    """Return a place in code as ``package/module.py:12``, without the folders of this machine."""
    path = Path(filename)
    parts = path.parts
    if "site-packages" in parts:
        below = parts[parts.index("site-packages") + 1 :]
    elif path.is_relative_to(_PACKAGE_ROOT):
        below = path.relative_to(_PACKAGE_ROOT).parts
    else:
        below = parts[-2:]
    return f"{'/'.join(below)}:{line}"


def _frames(traceback: TracebackType | None) -> list[str]:
    places: list[str] = []
    while traceback is not None:
        places.append(code_place(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
        traceback = traceback.tb_next
    return places[-_MOST_FRAMES:]


def describe_exception(error: BaseException) -> dict[str, object]:
    """Return what a log may say of an exception: its type, that of its cause, and the places in code; never its text.

    The text of an exception holds what somebody typed (validation), a row (unique constraints) or an address.
    """
    facts: dict[str, object] = {
        "exception_type": type(error).__qualname__,
        "frames": _frames(error.__traceback__),
    }
    cause = error.__cause__ or error.__context__
    if cause is not None:
        facts["cause_type"] = type(cause).__qualname__
    return facts


def literal_in_code(text: object) -> bool:
    """Return whether a text stands literally in the code that is running, hence cannot hold anybody's data.

    Looks at the constants of the functions on the stack above the logging module.
    """
    frame = sys._getframe(1)
    steps = 0
    while frame is not None and steps < _MOST_FRAMES:
        if any(constant is text or constant == text for constant in frame.f_code.co_consts):
            return True
        frame = frame.f_back
        steps += 1
    return False
