"""``run`` as the person at the terminal meets it when it cannot start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_platform(data_dir: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from eduplatform.runtime.serve import run; raise SystemExit(run(dev=False))",
    ]
    environment = {**os.environ, "EDU_DATA_DIR": str(data_dir), **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=50)


def test_a_taken_port_is_said_plainly_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = run_platform(tmp_path, PORT=port)
    assert result.returncode == 1
    assert f"port {port}" in result.stdout
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "postgres").exists()


def test_wrong_settings_are_listed_without_a_traceback(tmp_path: Path) -> None:
    result = run_platform(tmp_path, EDU_ENVIRONMENT="production", EDU_DEMO="true")
    assert result.returncode == 1
    assert "EDU_SECRET_KEY" in result.stdout
    assert "EDU_DEMO" in result.stdout
    assert "Traceback" not in result.stderr
