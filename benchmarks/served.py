"""A platform of the measurement's own: demonstration data in a temporary folder, the built pages, one server process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.start import answers, free_port

ROOT = Path(__file__).resolve().parents[1]
_READY_S = 600
_POLL_S = 0.1
_NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "PORT")


@dataclass(frozen=True, slots=True)
class Usage:
    """What processes have used so far: CPU in seconds, and their memory now, in bytes."""

    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Platform:
    """A running platform.

    Attributes:
        port: Where it listens, on the loopback address.
        data: Its data directory.
        process: The process that supervises it.
    """

    port: int
    data: Path
    process: psutil.Process

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    def server_usage(self) -> Usage:
        """Of the processes that answer requests."""
        return _usage([one for child in self.process.children() for one in (child, *child.children(True))])

    def worker(self) -> psutil.Process:
        """The one process that answers."""
        return max(self.process.children(recursive=True), key=lambda one: one.memory_info().rss)

    def database_usage(self) -> Usage:
        """Of the embedded database with all of its connections."""
        number = int((self.data / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
        postmaster = psutil.Process(number)
        return _usage([postmaster, *postmaster.children()])


def _usage(processes: Sequence[psutil.Process]) -> Usage:
    cpu, memory = 0.0, 0
    for one in processes:
        try:
            times = one.cpu_times()
            cpu += times.user + times.system
            memory += one.memory_info().rss
        except psutil.NoSuchProcess:  # a connection that was closed meanwhile
            continue
    return Usage(cpu, memory)


@contextmanager
def platform(*, port: int = 0, settings: Mapping[str, str] | None = None) -> Iterator[Platform]:
    """Run the platform with fresh demonstration data, as ``make run`` does, for as long as the block lasts.

    This process gets the same settings, so that it can use the services on the same data.

    Args:
        port: Where to listen; 0 for any free port.
        settings: Further variables of the environment.

    Raises:
        SystemExit: It did not start; its log was printed.
    """
    port = port or free_port()
    data = Path(tempfile.mkdtemp(prefix="edu-bench-"))
    for name in [name for name in os.environ if name in _NOT_INHERITED or name.startswith("EDU_")]:
        os.environ.pop(name)
    os.environ.update({"EDU_DATA_DIR": str(data), "PORT": str(port), "EDU_DEMO": "true", **(settings or {})})
    log = data / "platform.log"
    with log.open("w") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", "eduplatform", "run"],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        found = Platform(port, data, psutil.Process(started.pid))
        _wait(started, found.address, log)
        yield found
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGINT)
            started.wait(120)
        shutil.rmtree(data)


def _wait(started: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_S
    while not answers(f"{address}/ping"):
        if started.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"The platform did not start:\n{log.read_text()}")
        time.sleep(_POLL_S)
