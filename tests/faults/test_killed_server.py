"""The server dies while people write: what it acknowledged is stored, once."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_acknowledged_answers_survive_kills_and_are_stored_once() -> None:
    """A short run of ``make bench-faults``: the platform is started, killed and looked into by a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.faults", "--cycles", "4", "--clients", "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=220,
    )
    found = re.search(
        r"cycles 4, clients 5, acknowledged (\d+)\nlost (\d+), stored twice (\d+), refused (\d+)",
        result.stdout,
    )
    assert found, result.stdout + result.stderr
    assert int(found[1]) > 20
    assert found.groups()[1:] == ("0", "0", "0")
    assert result.returncode == 0
