"""Brings up a whole installation, says where it is, and takes it down again in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import NoReturn

import psycopg

from eduplatform.config import Settings, get_settings
from eduplatform.db.embedded import EmbeddedPostgres
from eduplatform.errors import EduError, Unavailable
from eduplatform.runtime import build, toolchain
from eduplatform.runtime.server import PARENT_VARIABLE
from eduplatform.runtime.toolchain import ROOT

DATABASE_TIMEOUT_S = 60
SERVER_TIMEOUT_S = 120
_STOP_TIMEOUT_S = 20
_STEADY_S = 30
"""A server that fails after this long had started well, and is worth starting again."""
_POLL_S = 0.1

DEMO_PASSWORD = "learn-by-doing-1"  # noqa: S105 - published on purpose, refused in production
DEMO_ACCOUNTS = (
    ("The platform", ("operator@eduplatform.test",)),
    (
        "Riverside, a school",
        tuple(f"{role}@riverside.test" for role in ("admin", "teacher", "student", "guardian")),
    ),
    (
        "Northwind, a company",
        tuple(f"{role}@northwind.test" for role in ("admin", "teacher", "student", "guardian")),
    ),
)


def run(*, dev: bool) -> int:
    """Start the database, bring data and pages up to date, and serve until stopped.

    Args:
        dev: Serve with hot reload instead of the built pages.

    Returns:
        Exit code: 0 after Ctrl-C or SIGTERM, 1 when something did not start; the reason was printed.
    """
    for number in (signal.SIGINT, signal.SIGTERM):  # a parent may have set SIGINT to be ignored
        signal.signal(number, _interrupt)
    started = ExitStack()
    try:
        _start(get_settings(), dev, started)
    except KeyboardInterrupt:
        _say("\nStopping …")
        return 0
    except EduError as error:
        _say(explain(error))
        return 1
    finally:
        # What is stopping must not be interrupted half-way; every step of it has a time limit.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        started.close()


def explain(error: EduError) -> str:
    """The error's sentence, with its values filled in."""
    return error.detail.format_map(error.params) if error.params else error.detail


@contextmanager
def database(settings: Settings) -> Generator[None]:
    """A running database, for as long as the context lasts.

    Raises:
        Unavailable: It does not start, or the one of ``DATABASE_URL`` does not answer.
    """
    if settings.embedded_database:
        embedded = EmbeddedPostgres(settings.data_dir)
        embedded.attach_or_start()
        try:
            yield
        finally:
            embedded.stop()
    else:
        _wait_for_database(settings)
        yield


def prepare_data(settings: Settings) -> None:
    """Bring the schema up to date and, where wanted, add the demonstration data once."""
    from eduplatform.db import migrate

    migrate.upgrade()
    if settings.demo:
        from eduplatform.demo.seed import ensure_demo

        ensure_demo()


def _start(settings: Settings, dev: bool, started: ExitStack) -> NoReturn:
    _require_free_port(settings)
    builder = None if dev or build.is_current(settings) else _start_build(started)
    started.enter_context(database(settings))
    prepare_data(settings)
    if builder is not None and builder.wait() != 0:
        raise Unavailable("EduPlatform was not started, because its pages could not be built.")
    server = _start_development(settings, started) if dev else _start_server(settings, started)
    _wait_until_ready(settings, server)
    _announce(settings)
    _keep_serving(settings, server, started, restart=not dev)


def _keep_serving(
    settings: Settings, server: subprocess.Popen[bytes], started: ExitStack, *, restart: bool
) -> NoReturn:
    """Wait for ever; start the server again when it was killed, or failed after it had worked for a while.

    Raises:
        Unavailable: It ended by itself soon after it had started.
    """
    while True:
        began = time.monotonic()
        code = server.wait()
        if not restart or (code >= 0 and time.monotonic() - began < _STEADY_S):
            raise Unavailable("The server ended by itself (exit code {code}).", params={"code": code})
        _say(f"The server ended unexpectedly (exit code {code}) and is started again.")
        _kill_group(server)
        server = _start_server(settings, started)


def _start_build(started: ExitStack) -> subprocess.Popen[bytes]:
    """The bundler is the slowest step of a first start: it works while the database is filled."""
    return _start_process(started, "-m", "eduplatform.runtime.build")


def _start_server(settings: Settings, started: ExitStack) -> subprocess.Popen[bytes]:
    _say("Starting the server …")
    variables = {PARENT_VARIABLE: str(os.getpid())}
    # It has to take leave of the browsers before its workers end.
    return _start_process(
        started, "-m", "eduplatform.runtime.server", variables=variables, stops_its_own=True
    )


def _start_development(settings: Settings, started: ExitStack) -> subprocess.Popen[bytes]:
    from eduplatform.i18n.compile import compile_catalogues

    compile_catalogues(ROOT / "assets" / "i18n")
    _say("Starting with hot reload …")
    backend_port = _free_port_after(settings)
    return _start_process(
        started,
        *("-m", "reflex", "run", "--env", "dev", "--backend-host", settings.host),
        *("--frontend-port", str(settings.port), "--backend-port", str(backend_port)),
        stop_signal=signal.SIGINT,  # Reflex's reloader ignores SIGTERM
    )


def _start_process(
    started: ExitStack,
    *arguments: str,
    variables: Mapping[str, str] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    stops_its_own: bool = False,
) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **(variables or {})}
    toolchain.prepare(environment)
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C at the terminal reaches us alone, and we stop things in order
    )
    started.callback(_stop_process, process, stop_signal, stops_its_own)
    return process


def _stop_process(process: subprocess.Popen[bytes], stop_signal: signal.Signals, stops_its_own: bool) -> None:
    """End a process that we started, and with it whatever is left of what that one started."""
    if process.poll() is None:
        (os.kill if stops_its_own else os.killpg)(process.pid, stop_signal)
        try:
            process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            _say(f"Process {process.pid} did not end in {_STOP_TIMEOUT_S} s and is killed.")
    _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of a process that we started, and of what that one started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # nothing left; macOS refuses where only the dead remain
        return
    process.wait()


def _wait_for_database(settings: Settings) -> None:
    address = settings.owner_url.replace("postgresql+psycopg://", "postgresql://", 1)
    deadline = time.monotonic() + DATABASE_TIMEOUT_S
    told = False
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            if time.monotonic() > deadline:
                raise Unavailable(
                    "The database of DATABASE_URL does not answer: {reason}", params={"reason": reason}
                ) from error
            if not told:
                _say(f"Waiting for the database ({reason}) …")
                told = True
            time.sleep(1)
        else:
            return


def _can_listen(host: str, port: int) -> bool:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError:
        return False
    return True


def _require_free_port(settings: Settings) -> None:
    if _can_listen(settings.host, settings.port):
        return
    who = "An EduPlatform server" if _answers(_local_address(settings) + "/ping") else "Another program"
    raise Unavailable(
        "{who} already listens on {host}, port {port}. Stop it, or choose another port: PORT=8001 make run",
        params={"who": who, "host": settings.host, "port": settings.port},
    )


def _free_port_after(settings: Settings) -> int:
    candidates = range(settings.port + 1, min(settings.port + 100, 65536))
    port = next((port for port in candidates if _can_listen(settings.host, port)), None)
    if port is None:
        raise Unavailable("No free port was found for the server behind the pages.")
    return port


def _local_address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{host}:{settings.port}"


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own address
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _wait_until_ready(settings: Settings, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SERVER_TIMEOUT_S
    while not _answers(_local_address(settings) + "/ping"):
        if server.poll() is not None:
            raise Unavailable(
                "The server did not start (exit code {code}); the reason is above.",
                params={"code": server.returncode},
            )
        if time.monotonic() > deadline:
            raise Unavailable(
                "The server did not answer within {seconds} s.", params={"seconds": SERVER_TIMEOUT_S}
            )
        time.sleep(_POLL_S)


def _announce(settings: Settings) -> None:
    lines = ["", f"EduPlatform is ready: {settings.public_url}"]
    if settings.demo:
        lines += ["", f"Demonstration accounts, all with the password {DEMO_PASSWORD}"]
        lines += [f"  {name + ':':22}{', '.join(accounts)}" for name, accounts in DEMO_ACCOUNTS]
    _say("\n".join([*lines, "", "Ctrl-C stops it; nothing is lost.", ""]))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is what the person at the terminal waits for
