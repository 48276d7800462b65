"""How much JavaScript and CSS a browser has to fetch for each page, at a first visit with an empty cache.

Method: Chromium opens every registered route of the built application as a person of the role that the page is for, each in a
browser profile of its own, and waits until the network is idle, so that what is preloaded, imported later, and fetched
when the data has come is counted too. Added up are the bodies as they were sent (compressed; headers are not counted)
of every response whose type is JavaScript or CSS. Everything else (document, fonts, pictures, texts) is shown beside it. The
browser is offered gzip only: the limits are meant for gzip.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.async_api import Browser, Request, Response, async_playwright

from benchmarks.served import Platform, platform

FIRST_ROUTE = "/login"
FIRST_LIMIT_KB = 230
PAGE_LIMIT_KB = 350
KB = 1024
_SETTLE_MS = 500
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass
class Weight:
    """Bytes of one page, by what they are."""

    route: str
    role: str
    js: int = 0
    css: int = 0
    other: int = 0
    parts: list[tuple[int, str]] = field(default_factory=list)
    uncompressed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """JavaScript and CSS together."""
        return self.js + self.css

    @property
    def limit_kb(self) -> int:
        """What the page may weigh."""
        return FIRST_LIMIT_KB if self.route == FIRST_ROUTE else PAGE_LIMIT_KB

    async def add(self, request: Request) -> None:
        """Count a finished request."""
        response: Response | None = await request.response()
        if response is None:
            return
        if response.status >= 400:
            self.refused.append(f"{response.status} {request.url}")
            return
        kind = response.headers.get("content-type", "")
        size = (await request.sizes())["responseBodySize"]
        if "javascript" in kind or "css" in kind:
            self.parts.append((size, request.url.rpartition("/")[2]))
            if response.headers.get("content-encoding") != "gzip" and size > KB:
                self.uncompressed.append(request.url)
        if "javascript" in kind:
            self.js += size
        elif "css" in kind:
            self.css += size
        else:
            self.other += size


async def weigh(
    browser: Browser, served: Platform, *, route: str, path: str, role: str, cookie: str
) -> Weight:
    """Open one page with an empty cache and add up what came."""
    weight, requests = Weight(route, role), list[Request]()
    context = await browser.new_context(extra_http_headers={"Accept-Encoding": "gzip"})
    if cookie:
        name, _, value = cookie.partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": served.address}])
    page = await context.new_page()
    page.on("requestfinished", lambda request: requests.append(request))
    await page.goto(served.address + path, wait_until="load")
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(_SETTLE_MS)
    await page.wait_for_load_state("networkidle")
    if route != FIRST_ROUTE and page.url.partition("?")[0] == served.address + FIRST_ROUTE and cookie:
        weight.refused.append("the person was sent to sign in")
    for request in requests:
        await weight.add(request)
    await context.close()
    return weight


async def weigh_all(served: Platform) -> list[Weight]:
    """Every route, as its first role, or as nobody when it is for everybody."""
    # The services read the settings when they are imported: those of this platform are there only now.
    from eduplatform.eduplatform import app
    from eduplatform.pages.registry import PAGES
    from eduplatform.security.permissions import Role
    from tests.factories.demonstration import LARGE, demonstration

    assert app is not None
    school = await demonstration(LARGE)
    cookies: Mapping[Role, str] = {role: await person.sign_in() for role, person in school.people.items()}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=list(_FLAGS)
        )
        found = [
            await weigh(
                browser,
                served,
                route=page.route,
                path=school.address(page.route, page.roles[0] if page.roles else Role.STUDENT),
                role=page.roles[0] if page.roles else "",
                cookie=cookies[page.roles[0]]
                if page.roles
                else _own_cookie(page.route, cookies[Role.STUDENT]),
            )
            for page in sorted(PAGES, key=lambda one: one.route)
            if page.route.startswith("/")
        ]
        await browser.close()
    return found


def _own_cookie(route: str, cookie: str) -> str:
    """Pages without a role: those of the account need somebody, those of sign-in nobody."""
    return cookie if route.startswith("/settings") else ""


def report(found: list[Weight]) -> int:
    """Print the table.

    Returns:
        Exit code: 1 when a page is too heavy or something was sent uncompressed.
    """
    print(f"{'route':48} {'as':9} {'KB JS':>7} {'KB CSS':>7} {'total':>7} {'limit':>6} {'other':>7}")
    failed = False
    for one in found:
        over = one.total > one.limit_kb * KB
        failed = failed or over or bool(one.uncompressed) or bool(one.refused)
        print(
            f"{one.route:48} {one.role or '-':9} {one.js / KB:7.1f} {one.css / KB:7.1f} {one.total / KB:7.1f}"
            f" {one.limit_kb:6} {one.other / KB:7.1f}{'  TOO HEAVY' if over else ''}"
        )
        for address in one.uncompressed:
            print(f"    sent without gzip: {address}")
        for address in one.refused:
            print(f"    refused: {address}")
    heaviest = max(found, key=lambda one: one.total)
    print(f"\nThe parts of the heaviest, {heaviest.route} (KB gzip):")
    for size, name in sorted(heaviest.parts, reverse=True)[:12]:
        print(f"  {size / KB:7.1f}  {name}")
    return int(failed)


def main() -> int:
    """Measure and print; see ``report`` for the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="where to listen; any free port by default")
    options = parser.parse_args()
    with platform(port=options.port) as served:
        found = asyncio.run(weigh_all(served))
    return report(found)


if __name__ == "__main__":
    sys.exit(main())
