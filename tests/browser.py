"""A browser as the tests and the screenshots use it: who is signed in where, and what went wrong inside a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, StorageState, expect

from tests.served import PASSWORD

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDE, PHONE, NARROW = (1280, 900), (375, 812), (320, 720)
TIMEOUT_MS = 20_000
ACCOUNTS = {
    "student": "student@riverside.test",
    "teacher": "teacher@riverside.test",
    "guardian": "guardian@riverside.test",
    "admin": "admin@riverside.test",
    "operator": "operator@eduplatform.test",
}
_OFFLINE = re.compile(
    r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_CONNECTION|ERR_FAILED|WebSocket|Failed to fetch"
)
_ENDED = re.compile(r"status of 401 .*/api/realtime/auth$")
"""A tab whose session ends asks once more to be let into its channels before it leaves for the sign-in page."""


@contextmanager
def chromium_browser(playwright: Playwright, path: str) -> Iterator[Browser]:
    """The machine's own Chromium."""
    browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class Visitors:
    """Opens pages as somebody, in windows of their own.

    Attributes:
        url: Address of the platform.
        complaints: What browsers wrote into their consoles as errors, and exceptions of pages.
    """

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    _states: dict[str, StorageState] = field(default_factory=dict)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def visit(
        self,
        who: str = "",
        path: str = "",
        *,
        size: tuple[int, int] = WIDE,
        theme: str = "light",
        locale: str = "en-GB",
        touch: bool = False,
    ) -> Page:
        """A new window.

        Args:
            who: A role of `ACCOUNTS`, an e-mail address, or empty for nobody.
            path: What to open at once.
            size: Width and height of the window in CSS pixels.
            theme: What the system prefers, ``light`` or ``dark``.
            locale: The browser's language.
            touch: Whether it is a phone.
        """
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            locale=locale,
            timezone_id="Europe/London",
            has_touch=touch,
            reduced_motion="reduce",
            storage_state=self._state(who) if who else None,
        )
        self._contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = self.watch(context.new_page())
        if path:
            go(page, path)
        return page

    def watch(self, page: Page) -> Page:
        """Hear what the page complains about."""

        def say(text: str) -> None:
            self.complaints.append(f"{page.url}: {text}")

        page.on(
            "console",
            lambda message: (
                say(f"{message.text} {message.location['url']}") if message.type == "error" else None
            ),
        )
        page.on("pageerror", lambda error: say(f"exception: {error}"))
        return page

    def serious(self) -> list[str]:
        """Complaints that are not about the missing network or the end of a session."""
        return [one for one in self.complaints if not (_OFFLINE.search(one) or _ENDED.search(one))]

    def forget_person(self, who: str) -> None:
        """Sign in anew the next time: a test has ended the session."""
        self._states.pop(who, None)

    def close(self) -> None:
        """Close the windows, and begin a new list of complaints."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()
        self.complaints.clear()

    def _state(self, who: str) -> StorageState:
        if who not in self._states:
            with self._own_context() as context:
                page = context.new_page()
                sign_in(page, ACCOUNTS.get(who, who))
                self._states[who] = context.storage_state()
        return self._states[who]

    @contextmanager
    def _own_context(self) -> Iterator[BrowserContext]:
        context = self.browser.new_context(base_url=self.url)
        context.set_default_timeout(TIMEOUT_MS)
        try:
            yield context
        finally:
            context.close()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Sign in on the sign-in page and wait until it has been left."""
    if "/login" not in page.url:
        go(page, "/login")
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/login"), timeout=TIMEOUT_MS)
    ready(page)


def go(page: Page, path: str) -> None:
    """Open an address and wait until the page is filled."""
    page.goto(path, wait_until="load")
    ready(page)


def ready(page: Page) -> None:
    """Wait until the page shows its data: a heading, and nothing that is still loading."""
    expect(page.locator("h1:visible").first).to_be_visible(timeout=TIMEOUT_MS)
    if "/styleguide" in page.url:  # shows what loading looks like
        return
    expect(page.locator("[aria-busy=true]:visible")).to_have_count(0, timeout=TIMEOUT_MS)


def labelled(where: Page | Locator, label: str) -> Locator:
    """The control with a label, which may be followed by a mark such as "required"."""
    return where.get_by_label(re.compile(rf"^{re.escape(label)}(?!\w)"))


def notice(page: Page, text: str | re.Pattern[str]) -> Locator:
    """A message about what was just done."""
    return page.get_by_role("status").or_(page.get_by_role("alert")).filter(has_text=text).first
