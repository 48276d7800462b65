"""Everything that ``make test`` does after the requirements are installed; arguments go to pytest.

The pages are built while the static checks run. A failed check or build does not hide the tests' result, but fails the whole.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from check import failed_checks
from provision import provision

ROOT = Path(__file__).resolve().parents[1]
_SETTINGS = ("DATABASE_URL", "REDIS_URL", "PORT")
_NO_TESTS = 5


def main() -> int:
    """Set up, check, build, test.

    Returns:
        Exit code: pytest's own, or 1 when the tests passed and a check or the build did not.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    environment["PYTHONPATH"] = str(ROOT)
    builder = subprocess.Popen([sys.executable, "-m", "eduplatform.runtime.build"], cwd=ROOT, env=environment)
    try:
        programs, missing = provision()
        failed = failed_checks()
    finally:
        built = builder.wait() == 0
    if not built:
        missing["pages"] = "the build of the pages failed"
        failed.append("build")
    environment |= programs
    environment["EDU_TEST_UNAVAILABLE"] = json.dumps(missing)
    for name, reason in missing.items():
        print(f"not available, so that tests which need it are not run: {name} ({reason})", flush=True)
    if failed:
        print(f"FAILED before the tests: {', '.join(failed)}", flush=True)
    arguments = [sys.executable, "-m", "pytest", "-rs", *sys.argv[1:]]
    code = subprocess.run(arguments, cwd=ROOT, env=environment).returncode
    return 1 if code in (0, _NO_TESTS) and (failed or code) else code


if __name__ == "__main__":
    sys.exit(main())
