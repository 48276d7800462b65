"""``make conformance``: the tests that ship inside ``pusher-js``, and the vendor's server library, against our server.

The packages come from the npm registry that the machine is configured for, at the versions of ``package-lock.json``, into
``.conformance``. Everything runs twice: with two processes, one of them with TLS, and Redis between; and with one process alone.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from conformance.server import APPS
from conformance.tls import write_certificate

ROOT = Path(__file__).resolve().parents[1]
OURS = ROOT / "conformance"
WORK = ROOT / ".conformance"
SUITE = WORK / "suite"
COMMANDS = Path(sys.executable).absolute().parent

SPECS = 84
_READY_S = 60.0
_SPECS_TIMEOUT_S = 600.0
_POLL_S = 0.1


def main() -> int:
    """Run everything.

    Returns:
        0 when every test passed in both arrangements.
    """
    _install()
    passed = True
    for name, redis in (("two processes, TLS, Redis", True), ("one process", False)):
        if redis and shutil.which(_redis_program()) is None:
            print(f"FAILED {name}: there is no {_redis_program()} on this machine", flush=True)
            passed = False
            continue
        with ExitStack() as running:
            environment = _start(running, redis=redis)
            # First: webhooks of the specs, which nobody hears, would make later ones wait for up to a minute.
            passed &= _library(name, environment)
            passed &= _specs(name, environment)
    return 0 if passed else 1


def _install() -> None:
    """Fetch the packages and build the tests, unless that was done."""
    sources = [OURS / "package-lock.json", *sorted((OURS / "suite").glob("*.js"))]
    state = hashlib.sha256(b"".join(one.read_bytes() for one in sources)).hexdigest()
    marker = WORK / "installed"
    if marker.is_file() and marker.read_text() == state:
        return
    WORK.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(OURS / name, WORK / name)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=WORK)
    shutil.rmtree(SUITE, ignore_errors=True)
    shutil.copytree(WORK / "node_modules" / "pusher-js", SUITE)
    # The only part that wants a package of its own, and no part of what is tested.
    shutil.rmtree(SUITE / "src" / "runtimes" / "react-native")
    shutil.copytree(OURS / "suite", SUITE / "ours")
    webpack = str(WORK / "node_modules" / "webpack" / "bin" / "webpack.js")
    _run("node", webpack, "--config", "ours/webpack.config.js", cwd=SUITE)
    marker.write_text(state)


def _run(program: str, *arguments: str, cwd: Path) -> None:
    print(f"{program} {' '.join(arguments[:2])} …", flush=True)
    subprocess.run(
        [_command(program), *arguments], cwd=cwd, env=_environment(), check=True, stdout=subprocess.DEVNULL
    )


def _command(program: str) -> str:
    return str(COMMANDS / program)


def _environment(**more: str) -> dict[str, str]:
    path = f"{COMMANDS}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **more}


def _redis_program() -> str:
    return os.environ.get("EDU_TEST_REDIS", "redis-server")


def _start(running: ExitStack, *, redis: bool) -> Mapping[str, str]:
    """Start our server and what the tests need around it; returns what they have to know."""
    directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="edu-conformance-")))
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    write_certificate(certificate, key)
    plain, tls, auth, auth_eu, redis_port, webhooks = (str(_free_port()) for _ in range(6))
    environment = _environment(
        PLAIN_PORT=plain,
        TLS_PORT=tls,
        AUTH_PORT=auth,
        AUTH_EU_PORT=auth_eu,
        WEBHOOK_PORT=webhooks,
        WEBHOOK_URL=f"http://127.0.0.1:{webhooks}/",
        NODE_EXTRA_CA_CERTS=str(certificate),
        REDIS_URL="",
    )
    for name, (key_of_app, (app_id, secret)) in zip(("MT1", "EU"), APPS.items(), strict=True):
        environment[f"INTEGRATION_TESTS_APP_{name}_APP_ID"] = app_id
        environment[f"INTEGRATION_TESTS_APP_{name}_KEY"] = key_of_app
        environment[f"INTEGRATION_TESTS_APP_{name}_SECRET"] = secret
    python = sys.executable
    if redis:
        environment["REDIS_URL"] = f"redis://127.0.0.1:{redis_port}/0"
        options = ("--port", redis_port, "--bind", "127.0.0.1", "--save", "", "--dir", str(directory))
        running.enter_context(_process(environment, _redis_program(), *options))
        _wait_for(redis_port)
        running.enter_context(
            _process(environment, python, "-m", "conformance.server", tls, str(certificate), str(key))
        )
    else:
        running.enter_context(
            _process(environment, python, "-m", "conformance.tls", tls, plain, str(certificate), str(key))
        )
    running.enter_context(_process(environment, python, "-m", "conformance.server", plain))
    running.enter_context(_process(environment, _command("node"), "ours/auth_server.js", cwd=SUITE))
    for port in (plain, tls, auth, auth_eu):
        _wait_for(port)
    _wait_for_answer(f"http://127.0.0.1:{plain}/apps/1/channels")
    return environment


@contextmanager
def _process(environment: Mapping[str, str], *command: str, cwd: Path = ROOT) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        # The commands of the Python package are only wrappers, which do not hand a signal on.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: str) -> None:
    deadline = time.monotonic() + _READY_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_S)
        else:
            return


def _wait_for_answer(address: str) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:  # it refuses us, so it is there
            return
        except OSError:
            time.sleep(_POLL_S)


def _specs(name: str, environment: Mapping[str, str]) -> bool:
    """The tests of ``pusher-js``; set-up steps are tests, so that all of them run or none."""
    jasmine = str(WORK / "node_modules" / "jasmine" / "bin" / "jasmine.js")
    result = subprocess.run(
        [_command("node"), jasmine, "--config=spec/config/jasmine/integration.json"],
        cwd=SUITE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SPECS_TIMEOUT_S,
    )
    summary = re.search(r"Executed (\d+) of (\d+) specs", result.stdout)
    good = bool(summary and result.returncode == 0 and summary[1] == summary[2] == str(SPECS))
    print(f"{'ok' if good else 'FAILED'} {name}: {summary[0] if summary else 'no summary'}", flush=True)
    if not good:
        print(result.stdout[-8000:] + result.stderr[-4000:], flush=True)
    return good


def _library(name: str, environment: Mapping[str, str]) -> bool:
    """The vendor's server library and client in Node, every call."""
    result = subprocess.run(
        [_command("node"), "ours/library.js"],
        cwd=SUITE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    last = result.stdout.strip().splitlines()[-1:] or [""]
    print(f"{'ok' if result.returncode == 0 else 'FAILED'} {name}: {last[0]}", flush=True)
    if result.returncode != 0:
        print(result.stdout[-8000:] + result.stderr[-4000:], flush=True)
    return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
