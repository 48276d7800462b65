"""Static checks: style, types, and who may import whom. Runs all of them and names those that failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
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
    """Run the checks; print the findings of those that fail.

    Returns:
        Names of the failed checks.
    """
    failed: list[str] = []
    # The Python packages bring their own Node, which pyright finds by PATH.
    environment = {**os.environ, "PATH": f"{COMMANDS}{os.pathsep}{os.environ.get('PATH', '')}"}
    environment["PYTHONPATH"] = str(ROOT)
    for name, (program, *arguments) in CHECKS.items():
        begin = time.monotonic()
        result = subprocess.run(
            [str(COMMANDS / program), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        verdict = "ok" if result.returncode == 0 else "FAILED"
        print(f"check {name}: {verdict} ({time.monotonic() - begin:.1f} s)", flush=True)
        if result.returncode != 0:
            failed.append(name)
            print(result.stdout + result.stderr, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(1 if failed_checks() else 0)
