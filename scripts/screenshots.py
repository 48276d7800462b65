"""Writes pictures of every page, as each demonstration account sees it: light, dark, and on a phone.

``python scripts/screenshots.py FOLDER [--url http://localhost:8000] [--only TEXT]``. Without an address it starts the
platform for the purpose, with a data directory of its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import served
from tests.browser import PHONE, WIDE, Visitors, chromium_browser, go
from tests.tour import Stop, find_stops, unreached

LOOKS = (("light", WIDE, "light"), ("dark", WIDE, "dark"), ("phone", PHONE, "light"))
MAX_HEIGHT = 12_000


@contextmanager
def _platform(url: str) -> Iterator[str]:
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="edu-screenshots-") as folder:
        running = served.start(Path(folder), EDU_DEMO="true")
        try:
            yield running.url
        finally:
            served.stop(running)


def _take(visitors: Visitors, stops: list[Stop], folder: Path) -> int:
    failed = 0
    for look, size, theme in LOOKS:
        (folder / look).mkdir(parents=True, exist_ok=True)
        for who in sorted({stop.who for stop in stops}):
            page = visitors.visit(who, size=size, theme=theme, touch=look == "phone")
            for stop in (one for one in stops if one.who == who):
                try:
                    _whole(page, stop, folder / look, size)
                except (Error, AssertionError) as error:
                    failed += 1
                    print(f"{look} {stop.name} ({stop.path}): {str(error).splitlines()[0]}", flush=True)
            page.context.close()
        print(f"{look}: {len(stops)} pages", flush=True)
    for complaint in sorted(set(visitors.serious())):
        print(f"complaint: {complaint}")
    return failed


def _whole(page: Page, stop: Stop, folder: Path, size: tuple[int, int]) -> None:
    """One picture of a page from top to bottom, in a window as high as the page: bars stay where they belong."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    go(page, stop.path)
    height = min(page.evaluate("document.documentElement.scrollHeight"), MAX_HEIGHT)
    page.set_viewport_size({"width": size[0], "height": max(height, size[1])})
    page.screenshot(path=folder / f"{stop.name}.png")


def main() -> int:
    """Returns the number of pictures that could not be taken, at most 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default="", help="a running platform with demonstration data")
    parser.add_argument("--only", default="", help="only pages whose name or address contains this")
    given = parser.parse_args()
    with (
        _platform(given.url) as url,
        sync_playwright() as playwright,
        chromium_browser(playwright, served.chromium()) as browser,
    ):
        visitors = Visitors(browser, url)
        stops = find_stops(visitors)
        if missing := unreached(stops):
            print(f"nobody finds a way to: {', '.join(missing)}")
        wanted = [stop for stop in stops if given.only in f"{stop.name} {stop.path}"]
        failed = _take(visitors, wanted, given.folder)
        visitors.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
