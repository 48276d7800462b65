"""The logs: one line per operation, allow-listed fields, and a canary that must appear nowhere."""

from __future__ import annotations

import json
import logging
import secrets
import sys
from typing import Any
from uuid import uuid4

import pytest
import structlog

from eduplatform.errors import NotFound, Unavailable
from eduplatform.observability import metrics
from eduplatform.observability.logs import (
    Operation,
    configure_logging,
    current_reference,
    log_context,
    log_event,
    log_exception,
)

FOREIGN_LOGGERS = [
    "reflex.app",
    "reflex_base.event.processor.event_processor",
    "_granian",
    "granian.access",
    "uvicorn.error",
    "socketio.server",
    "engineio.server",
    "asyncio",
    "sqlalchemy.engine.Engine",
    "procrastinate.worker",
    "eduplatform.somewhere",
    "anything.else",
]


class Output:
    """What the process wrote to its two streams so far."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self._text = ""

    def getvalue(self) -> str:
        self._text += "".join(self._capture.readouterr())
        return self._text


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Output:
    """Everything that is logged, by whichever handler."""
    return Output(capsys)


def lines(out: Output) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def provoke(logger: logging.Logger, canary: str) -> None:
    """Log the way other packages do, with a secret in every place where it can hide."""
    event = {
        "name": "reflex___state____state.login.submit",
        "payload": {"form": {"password": canary, "note": f"{canary}@example.test"}},
        "router_data": {"headers": {"cookie": f"edu_session={canary}", "authorization": f"Bearer {canary}"}},
    }
    logger.warning(f"Received unknown event: {event}")
    logger.error("Error transforming event argument %s with value %s", "form", canary)
    logger.info("%(path)s", {"path": f"/reset/{canary}"})
    logger.info(canary)
    logger.info(event)
    logger.warning("with extras", extra={"cookie": canary, "event_payload": event, "user": canary})
    logger.warning("with a stack", stack_info=True, extra={"tenant_id": canary})
    try:
        try:
            raise KeyError(canary)
        except KeyError as cause:
            raise ValueError(f"duplicate key (email)=({canary})") from cause
    except ValueError as error:
        logger.exception("failed for %s", canary)
        logger.error(f"Traceback: {error!r}", exc_info=error)


@pytest.mark.parametrize("name", FOREIGN_LOGGERS)
def test_no_secret_of_another_package_reaches_the_log(out: Output, name: str) -> None:
    canary = "CANARY" + secrets.token_hex(12)
    configure_logging("DEBUG", json=True)
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    provoke(logger, canary)
    assert canary not in out.getvalue()
    logged = lines(out)
    assert len(logged) == 9, "every record still leaves a line"
    assert all(line["logger"] == name for line in logged)
    assert all(
        line["at"].startswith("tests/unit/observability/test_logs.py:") or ":" in line["at"]
        for line in logged
    )
    assert {line.get("exception_type") for line in logged} == {None, "ValueError"}


def test_handlers_that_others_attach_later_see_no_secret_either(out: Output) -> None:
    canary = "CANARY" + secrets.token_hex(12)
    configure_logging("DEBUG", json=True)
    logger = logging.getLogger("reflex.state")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s %(args)s %(exc_text)s %(stack_info)s"))
    logger.addHandler(handler)
    try:
        provoke(logger, canary)
    finally:
        logger.removeHandler(handler)
    assert canary not in out.getvalue()


def test_handlers_that_were_there_before_are_silenced(out: Output) -> None:
    logger = logging.getLogger("granian.access")
    logger.addHandler(logging.StreamHandler(sys.stdout))
    logger.propagate = False
    configure_logging("INFO", json=True)
    logger.info("once")
    assert [line["logger"] for line in lines(out)] == ["granian.access"]


def test_our_own_lines_keep_no_secret(out: Output) -> None:
    canary = "CANARY" + secrets.token_hex(12)
    configure_logging("DEBUG", json=True)
    log_event("signed_in", cookie=canary, email=canary, password=canary, outcome="ok", count=2)
    log_event("signed_in", reason=f"bad password {canary}", route=f"{canary}@example.test", status=canary)
    log_event(f"Hello {canary}", event=canary, level=canary)
    log_event("odd", frames=[f"x {canary}"], background=canary, rows={"name": canary}, tenant_id=[canary])
    with log_context(user_name=canary, reference_id="K7Q2-M9XD"):
        try:
            raise Unavailable(canary, fields={"email": canary})
        except Unavailable as error:
            log_exception("unhandled", error)
    with structlog.contextvars.bound_contextvars(cookie=canary):
        log_event("context_of_someone_else")
    with pytest.raises(ValueError, match=canary), Operation("ui_event", handler="Login.submit", body=canary):
        raise ValueError(canary)
    assert canary not in out.getvalue()
    assert metrics.value("log_fields_dropped_total") >= 5
    assert metrics.value("log_fields_withheld_total") >= 5
    first = lines(out)[0]
    assert (first["event"], first["outcome"], first["count"]) == ("signed_in", "ok", 2)


def test_development_shows_messages_but_masks_credentials(out: Output) -> None:
    token, mail = secrets.token_urlsafe(32) + "a1", f"{secrets.token_hex(4)}@school.test"
    configure_logging("INFO", json=False)
    logger = logging.getLogger("reflex.app")
    logger.warning(f"unknown event {{'headers': {{'cookie': 'edu_session=short; other={token}', 'x': 1}}}}")
    logger.warning("Authorization: Bearer abc")
    logger.warning("mail to %s with %s", mail, token)
    logger.warning("wrong %d arguments", "text")
    try:
        raise ValueError(f"cannot mail {mail}")
    except ValueError:
        logger.exception("compile failed on page index")
    text = out.getvalue()
    assert "compile failed on page index" in text
    assert "ValueError" in text
    assert "wrong %d arguments" in text
    for secret in (token, mail, "edu_session=short", "abc"):
        assert secret not in text


def test_literal_messages_of_other_packages_are_kept(out: Output) -> None:
    configure_logging("INFO", json=True)
    logger = logging.getLogger("_granian")
    logger.setLevel(logging.NOTSET)  # other tests run such a server in this process, which sets its own
    logger.propagate, logger.disabled = True, False
    logger.info("Starting %s", "x")
    (line,) = lines(out)
    assert line["message"] == "Starting %s"


def test_an_operation_writes_one_line_in_utc_with_outcome_duration_and_context(out: Output) -> None:
    configure_logging("INFO", json=True)
    tenant = uuid4()
    with log_context(reference_id="K7Q2-M9XD", tenant_id=tenant), Operation("job", job="send_mail") as job:
        assert current_reference() == "K7Q2-M9XD"
        job.note(attempt=2)
    assert current_reference() is None
    (line,) = lines(out)
    assert line["timestamp"].endswith("Z") or line["timestamp"].endswith("+00:00")
    assert line["duration_ms"] >= 0
    assert {name: line[name] for name in ("event", "level", "outcome", "job", "attempt", "reference_id")} == {
        "event": "job",
        "level": "info",
        "outcome": "ok",
        "job": "send_mail",
        "attempt": 2,
        "reference_id": "K7Q2-M9XD",
    }
    assert line["tenant_id"] == str(tenant)
    assert metrics.histogram("job_duration_seconds", job="send_mail", outcome="ok").observations == 1


@pytest.mark.parametrize(
    ("error", "outcome", "level"),
    [
        (NotFound("This lesson does not exist"), "not_found", "info"),
        (Unavailable(), "unavailable", "error"),
        (ZeroDivisionError(), "failed", "error"),
        (KeyboardInterrupt(), "cancelled", "info"),
    ],
)
def test_how_an_operation_ends_is_its_outcome(
    out: Output, error: BaseException, outcome: str, level: str
) -> None:
    configure_logging("INFO", json=True)
    with pytest.raises(type(error)), Operation("ui_event", handler="Course.open"):
        raise error
    (line,) = lines(out)
    assert (line["outcome"], line["level"]) == (outcome, level)
    assert ("frames" in line) == (level == "error")


def test_level_and_repetition(out: Output) -> None:
    configure_logging("warning", json=True)
    configure_logging("warning", json=True)
    log_event("quiet")
    log_event("loud", severity=logging.WARNING)
    logging.getLogger("reflex").info("quiet")
    assert [line["event"] for line in lines(out)] == ["loud"]
    with pytest.raises(ValueError, match="unknown log level"):
        configure_logging("chatty", json=True)
