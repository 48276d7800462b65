"""One address per page, without a trailing slash."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.staticfiles import StaticFiles

from eduplatform.api.page_addresses import PageAddresses

pytestmark = pytest.mark.anyio


@pytest.fixture
def browser(tmp_path: Path) -> httpx.AsyncClient:
    for folder in ("", "login", "teach/grading"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "index.html").write_text(f"page {folder}", encoding="utf-8")
    app = PageAddresses(StaticFiles(directory=tmp_path, html=True), build=tmp_path)  # pyright: ignore[reportArgumentType]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://school.test")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("path", ["/login", "/teach/grading", "/"])
async def test_a_page_answers_at_once(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.text) == (200, f"page {path.strip('/')}")
    assert (await browser.head(path)).status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [("/login/", "/login"), ("/login//", "/login"), ("/teach/grading/?tab=2", "/teach/grading?tab=2")],
)
async def test_the_slash_leads_to_the_page_on_the_same_site(
    browser: httpx.AsyncClient, path: str, location: str
) -> None:
    answer = await browser.get(path, headers={"host": "evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (308, location)


@pytest.mark.parametrize("path", ["/nothing", "/nothing/"])
async def test_what_is_no_page_is_left_to_the_file_server(browser: httpx.AsyncClient, path: str) -> None:
    with pytest.raises(Exception, match="404"):
        await browser.get(path)


async def test_other_methods_are_not_redirected(browser: httpx.AsyncClient) -> None:
    with pytest.raises(Exception, match="405"):
        await browser.post("/login/")
