"""The platform as its users run it: one running installation with demonstration data for all tests that need one."""

from __future__ import annotations

import json
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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "learn-by-doing-1"
START_TIMEOUT_S = 240
STOP_TIMEOUT_S = 40

_LIMITS = {
    # Every test comes from the same address and signs in as the same few people.
    "EDU_RATE_SIGN_IN_PER_ADDRESS": "5000",
    "EDU_RATE_SIGN_IN_PER_ACCOUNT": "500",
    "EDU_RATE_EVENTS_BURST": "1000",
}


@dataclass(frozen=True)
class Served:
    """A running installation.

    Attributes:
        url: Its address, as a person types it.
        output: What it has printed: logs of the server and of everything that ``run`` starts.
        process: The ``run`` command.
    """

    url: str
    output: Path
    process: subprocess.Popen[bytes]

    def log(self, since: int = 0) -> str:
        """What was printed after a position given by ``mark``."""
        with self.output.open("rb") as stream:
            stream.seek(since)
            return stream.read().decode(errors="replace")

    def mark(self) -> int:
        """The present end of the output."""
        return self.output.stat().st_size


def unavailable(name: str) -> str:
    """Why something that tests need is not on this machine, or an empty string."""
    return str(json.loads(os.environ.get("EDU_TEST_UNAVAILABLE", "{}")).get(name, ""))


def chromium() -> str:
    """Path of the browser; skips the test that asks when there is none."""
    if reason := unavailable("browser"):
        pytest.skip(f"browser: {reason}")
    commands = (os.environ.get("EDU_TEST_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    path = next((found for command in commands if command and (found := shutil.which(command))), None)
    if path is None:
        pytest.skip("browser: no Chromium found; name it in EDU_TEST_CHROMIUM")
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def start(data_dir: Path, **variables: str) -> Served:
    """Start ``python -m eduplatform run`` and wait until it answers.

    Args:
        data_dir: Where it keeps everything.
        variables: Settings beside or instead of those of the tests.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("EDU_", "REFLEX_")) and name not in ("DATABASE_URL", "REDIS_URL", "PORT")
    }
    port = _free_port()
    environment = {**inherited, **_LIMITS, "EDU_DATA_DIR": str(data_dir), "PORT": str(port), **variables}
    data_dir.mkdir(parents=True, exist_ok=True)
    output = data_dir / "output.log"
    with output.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "eduplatform", "run"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    served = Served(f"http://localhost:{port}", output, process)
    deadline = time.monotonic() + START_TIMEOUT_S
    while not (" is ready: " in served.log() and _answers(f"{served.url}/ping")):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(served.log().splitlines()[-30:])
            stop(served)
            raise AssertionError(f"the platform did not start:\n{tail}")
        time.sleep(0.2)  # between two looks at another process
    return served


def stop(served: Served) -> int:
    """Press Ctrl-C and return the exit code; what does not end in time is killed."""
    if served.process.poll() is None:
        served.process.send_signal(signal.SIGINT)
    try:
        return served.process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        os.killpg(served.process.pid, signal.SIGKILL)
        return served.process.wait()


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """The running platform with demonstration data; at the end Ctrl-C must stop it in order."""
    if reason := unavailable("pages"):
        pytest.skip(f"pages: {reason}")
    data_dir = Path(tempfile.mkdtemp(prefix="edu-served-"))
    running = start(data_dir, EDU_DEMO="true")
    yield running
    code = stop(running)
    assert code == 0, f"run ended with {code}:\n" + "\n".join(running.log().splitlines()[-20:])
    assert not _answers(f"{running.url}/ping")
    shutil.rmtree(data_dir)
