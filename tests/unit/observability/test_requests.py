"""Each request leaves one line and takes its reference id along, and the path never gets into the log."""

from __future__ import annotations

import json
import secrets

import pytest
from fastapi import FastAPI, WebSocket
from starlette.testclient import TestClient

from eduplatform.observability.logs import configure_logging, current_reference
from eduplatform.observability.reference import read_reference
from eduplatform.observability.requests import RequestLog


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/api/reset/{token}")
    async def reset(token: str) -> dict[str, str | None]:
        return {"reference": current_reference()}

    @app.get("/api/broken")
    async def broken() -> None:
        raise RuntimeError("broken with a secret")

    @app.websocket("/socket")
    async def socket(connection: WebSocket) -> None:
        await connection.accept()
        await connection.send_text(current_reference() or "")
        await connection.close()

    configure_logging("INFO", json=True)
    return TestClient(RequestLog(app), raise_server_exceptions=False)


def lines(capsys: pytest.CaptureFixture[str], event: str) -> list[dict[str, object]]:
    logged = map(json.loads, capsys.readouterr().out.splitlines())
    return [line for line in logged if line["event"] == event]


def test_a_request_leaves_one_line_with_the_pattern_of_its_route(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    token = secrets.token_hex(12)
    answer = client.get(f"/api/reset/{token}?next={token}", headers={"cookie": f"s={token}"})
    reference = answer.headers["x-reference"]
    assert read_reference(reference) == reference
    assert answer.json() == {"reference": reference}
    (line,) = lines(capsys, "http_request")
    assert token not in json.dumps(line)
    assert line["reference_id"] == reference
    assert (line["route"], line["method"], line["status"], line["outcome"]) == (
        "/api/reset/{token}",
        "GET",
        200,
        "ok",
    )


def test_unknown_paths_and_methods_are_not_repeated(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.request("BREW", "/secret-name-of-a-person")
    (line,) = lines(capsys, "http_request")
    assert (line["route"], line["method"], line["outcome"]) == ("page", "other", "refused")


def test_a_failure_is_logged_with_its_place_and_without_its_text(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.get("/api/broken").status_code == 500
    out = capsys.readouterr().out
    assert "with a secret" not in out
    (line,) = [line for line in map(json.loads, out.splitlines()) if line["event"] == "http_request"]
    assert (line["outcome"], line["level"], line["exception_type"]) == ("failed", "error", "RuntimeError")
    assert any("test_requests.py:" in frame for frame in line["frames"])


def test_a_socket_leaves_one_line_when_it_ends(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with client.websocket_connect("/socket") as socket:
        reference = socket.receive_text()
    (line,) = lines(capsys, "socket")
    assert line["reference_id"] == reference


def test_a_mount_without_a_pattern_is_a_page(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.app.app.mount("/", FastAPI())  # type: ignore[attr-defined]
    client.get("/somewhere")
    (line,) = lines(capsys, "http_request")
    assert line["route"] == "page"
