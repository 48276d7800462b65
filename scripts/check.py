"""Static checks: style, types, and who may import whom. Runs all of them and names those that failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = Path(sys.executable).absolute().parent
CHECKS: dict[str, list[str]] = {
    "style": ["ruff", "check", "--quiet"],
    "format": ["ruff", "format", "--check", "--quiet"],
    "imports": ["lint-imports", "--no-logo"],
    "types": ["pyright"],
}


def failed_checks() -> list[str]:
    """Run the checks beside each other; print the findings of those that fail.

    Returns:
        Names of the failed checks.
    """
    # The Python packages bring their own Node, which pyright finds by PATH.
    environment = {**os.environ, "PATH": f"{COMMANDS}{os.pathsep}{os.environ.get('PATH', '')}"}
    environment["PYTHONPATH"] = str(ROOT)

    def check(command: list[str]) -> tuple[int, str, float]:
        program, *arguments = command
        begin = time.monotonic()
        result = subprocess.run(
            [str(COMMANDS / program), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        return result.returncode, result.stdout + result.stderr, time.monotonic() - begin

    failed: list[str] = []
    with ThreadPoolExecutor() as pool:
        for name, (code, findings, seconds) in zip(CHECKS, pool.map(check, CHECKS.values()), strict=True):
            print(f"check {name}: {'ok' if code == 0 else 'FAILED'} ({seconds:.1f} s)", flush=True)
            if code != 0:
                failed.append(name)
                print(findings, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(1 if failed_checks() else 0)
