"""Every failure of the API is a problem document (RFC 9457) that tells the reader what to do and nothing else."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI, HTTPException

from eduplatform.api import problems
from eduplatform.errors import Invalid, RateLimited

pytestmark = pytest.mark.anyio


@pytest.fixture
def browser() -> httpx.AsyncClient:
    api = FastAPI()
    problems.install(api)

    @api.get("/number/{number}")
    async def number(number: int) -> int:
        return number

    @api.get("/wait")
    async def wait() -> None:
        raise RateLimited(retry_after=7)

    @api.get("/fields")
    async def fields() -> None:
        raise Invalid(fields={"a": "Please fill this in.", "b": ("At most {limit}.", {"limit": "3"})})

    @api.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "Only tea")

    @api.get("/broken")
    async def broken() -> None:
        raise RuntimeError("password is hunter2")

    problems.install_not_found(api, "/api")
    transport = httpx.ASGITransport(app=api, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://school.test")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nowhere", 404, "not_found"),
        ("/api", 404, "not_found"),
        ("/api/deep/er", 404, "not_found"),
        ("/number/x", 422, "invalid"),
        ("/wait", 429, "rate_limited"),
        ("/fields", 422, "invalid"),
        ("/teapot", 418, "error"),
        ("/broken", 500, "error"),
    ],
)
async def test_failures_have_one_shape(browser: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await browser.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["title"]
    assert body["detail"]
    assert "hunter2" not in answer.text
    assert answer.headers.get("retry-after") == ("7" if status == 429 else None)


async def test_fields_have_their_messages(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/fields")).json()["fields"] == {"a": "Please fill this in.", "b": "At most 3."}
    assert set((await browser.get("/number/x")).json()["fields"]) == {"number"}
    assert "fields" not in (await browser.get("/nowhere")).json()
