"""What browsers report of their failures: a name and a reference reach the log, nothing else does."""

from __future__ import annotations

import pytest
from reflex.state import FrontendEventExceptionState
from structlog.testing import capture_logs

from eduplatform.components.layout.error_boundary import frontend_failed
from tests.harness import Tab

CANARY = "canary-4711@private.test"


def _logged(report: str) -> dict[str, object]:
    with capture_logs() as lines:
        frontend_failed(Exception(report))
    assert len(lines) == 1
    return dict(lines[0])


def test_the_reference_on_the_screen_is_the_one_in_the_log() -> None:
    line = _logged("K7Q2-M9XD TypeError")
    assert (line["event"], line["reference_id"], line["exception_type"]) == (
        "frontend.failed",
        "K7Q2-M9XD",
        "TypeError",
    )


@pytest.mark.parametrize(
    "report",
    [
        f"TypeError: {CANARY} is not a function\n at {CANARY}",
        f"{CANARY} TypeError",
        f"Error\n{CANARY}",
        CANARY * 1000,
        "\x1b[31m\nforged line",
        "",
    ],
)
def test_the_text_of_a_report_never_reaches_the_log(report: str) -> None:
    line = str(_logged(report))
    assert CANARY not in line
    assert "canary" not in line
    assert "forged" not in line


@pytest.mark.anyio
async def test_no_report_is_answered_with_a_script(database: None) -> None:
    async with Tab(path="/login") as tab:
        name = f"{FrontendEventExceptionState.get_full_name()}.handle_frontend_exception"
        await tab.send(name, {"info": "TypeError: Cannot read properties of null", "component_stack": ""})
        assert not [one.name for one in tab.events if "script" in one.name]
