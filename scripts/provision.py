"""What the tests need and Python packages cannot bring: a browser, and a Redis server.

Each is taken from the machine, else installed in the ways that this machine offers. What cannot be had is not an error: it
is handed on by name with its reason, and the tests that need it are reported as not run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

INSTALL_TIMEOUT_S = 600
APT_ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive"}


@dataclass(frozen=True)
class Need:
    """A program that some tests drive.

    Attributes:
        name: What reports call it.
        variable: Tells the tests where it is.
        commands: Names under which machines have it.
        package: Its name for apt-get.
    """

    name: str
    variable: str
    commands: tuple[str, ...]
    package: str


BROWSER = Need(
    "browser",
    "EDU_TEST_CHROMIUM",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "chromium",
)
REDIS = Need("redis", "EDU_TEST_REDIS", ("redis-server", "valkey-server"), "redis-server")


class NotAvailableError(Exception):
    """One way of getting a program did not work; the text says why."""


def provision() -> tuple[dict[str, str], dict[str, str]]:
    """Find or install everything.

    Returns:
        Variables for the tests, and the reason by name for what is missing.
    """
    found: dict[str, str] = {}
    missing: dict[str, str] = {}
    for need, ways in ((BROWSER, (_from_playwright, _from_apt)), (REDIS, (_from_apt,))):
        path, reasons = _get(need, ways)
        if path:
            found[need.variable] = path
        else:
            missing[need.name] = "; ".join(reasons)
    return found, missing


def _get(need: Need, ways: Sequence[Callable[[Need], str]]) -> tuple[str | None, list[str]]:
    given = os.environ.get(need.variable)
    if given:
        return (given, []) if shutil.which(given) else (None, [f"{need.variable}={given} cannot be run"])
    if path := _on_path(need):
        return path, []
    reasons = ["not installed"]
    for way in ways:
        try:
            return way(need), []
        except NotAvailableError as error:
            reasons.append(str(error))
    return None, reasons


def _on_path(need: Need) -> str | None:
    return next((path for command in need.commands if (path := shutil.which(command))), None)


def _from_playwright(_need: Need) -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        _run("Playwright's download", [sys.executable, "-m", "playwright", "install", "chromium"])
    if not Path(path).exists():
        raise NotAvailableError("Playwright's download brought no browser")
    return path


def _from_apt(need: Need) -> str:
    if shutil.which("apt-get") is None:
        raise NotAvailableError("no apt-get here")
    if os.geteuid() != 0:
        raise NotAvailableError("apt-get would need root")
    _run("apt-get update", ["apt-get", "update", "-qq"])
    _run(
        f"apt-get install {need.package}",
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", need.package],
    )
    if path := _on_path(need):
        return path
    raise NotAvailableError(f"the package {need.package} brought no program of that name")


def _run(what: str, command: list[str]) -> None:
    print(f"{what} …", flush=True)
    try:
        result = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env={**os.environ, **APT_ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            timeout=INSTALL_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        raise NotAvailableError(f"{what} took longer than {INSTALL_TIMEOUT_S} s") from None
    if result.returncode != 0:
        last = (result.stderr or result.stdout).strip().splitlines()[-1:] or ["no message"]
        raise NotAvailableError(f"{what} failed: {last[0]}")


if __name__ == "__main__":
    programs, unavailable = provision()
    for line in (
        *(f"{name}={path}" for name, path in programs.items()),
        *map(": ".join, unavailable.items()),
    ):
        print(line)
