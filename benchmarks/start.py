"""How long a newcomer waits: seconds from ``make run`` to an answer, in a fresh clone and at the second start.

The clone holds the tracked files of this working tree as they are now, with an environment, a build and data of its own, in
a temporary folder. What package managers keep outside of it (the caches of pip and bun) is used if it is there: the first
start on a machine that never saw these packages takes as much longer as their download takes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COLD_LIMIT_S = 180
WARM_LIMIT_S = 8
_TIMEOUT_S = 900
_POLL_S = 0.05
_INHERITED_SETTINGS = ("DATABASE_URL", "REDIS_URL", "PORT", "VIRTUAL_ENV", "MAKEFLAGS", "MFLAGS", "MAKELEVEL")


def copy_tracked(target: Path) -> None:
    """Copy the files that git knows, or would add, to an empty folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    """Whether a page is served at the address."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def seconds_to_start(folder: Path, log: Path) -> float:
    """Run ``make run`` until its front page answers, then stop it.

    Returns:
        Seconds from the command until ``/ping`` and ``/`` both answered.

    Raises:
        SystemExit: It did not start, or still answers after Ctrl-C.
    """
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in _INHERITED_SETTINGS and not name.startswith("EDU_")
    }
    begin = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while not (answers(f"http://127.0.0.1:{port}/ping") and answers(f"http://127.0.0.1:{port}/")):
                if process.poll() is not None or time.monotonic() - begin > _TIMEOUT_S:
                    sys.exit(f"It did not start:\n{log.read_text()}")
                time.sleep(_POLL_S)
            taken = time.monotonic() - begin
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                process.wait(120)
    if answers(f"http://127.0.0.1:{port}/ping"):
        sys.exit("It did not stop.")
    return taken


def main() -> int:
    """Measure and print.

    Returns:
        Exit code: 1 when a limit is missed.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", action="store_true", help="leave the temporary folder for a look")
    parser.add_argument("--warm-starts", type=int, default=3, help="number of starts after the first")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="edu-start-"))
    try:
        clone = folder / "clone"
        clone.mkdir()
        copy_tracked(clone)
        cold = seconds_to_start(clone, folder / "cold.log")
        print(
            f"cold start (package caches of this machine allowed): {cold:.1f} s, limit {COLD_LIMIT_S} s",
            flush=True,
        )
        warm = sorted(seconds_to_start(clone, folder / "warm.log") for _ in range(options.warm_starts))
        middle = warm[len(warm) // 2]
        values = ", ".join(f"{value:.1f}" for value in warm)
        print(f"warm start: median {middle:.1f} s of {values}; limit {WARM_LIMIT_S} s", flush=True)
    finally:
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder)
    return 1 if cold > COLD_LIMIT_S or middle > WARM_LIMIT_S else 0


if __name__ == "__main__":
    sys.exit(main())
