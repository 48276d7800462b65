"""One compilation of the pages, and the bundler's run if its input changed: ``python -m eduplatform.runtime.compile``.

Run by ``build`` in a process of its own, since Reflex keeps what it compiled in module state. Does what ``reflex export
--frontend-only --no-zip`` does, with a look between its two halves: most changes of Python code leave the pages as they were.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from eduplatform.runtime import toolchain
from eduplatform.runtime.build import COMPILED, OUTPUT, UNCHANGED, WEB, digest_files
from eduplatform.runtime.toolchain import ROOT

_NOT_BUNDLED = frozenset({"node_modules", "build", "backend", ".react-router", "reflex.json", COMPILED.name})


PACKAGES = ROOT / "reflex.lock" / "package.json"


def bundle_inputs(web: Path) -> list[Path]:
    """Files that the bundler reads, of our making: what the packages are is said by the lock file among them."""
    return [
        path
        for path in sorted(web.rglob("*"))
        if path.is_file()
        and not _NOT_BUNDLED.intersection(path.relative_to(web).parts)
        and not path.name.startswith(("reflex.install", ".eduplatform", "nocompile"))
    ]


def main() -> int:
    """Compile, and bundle unless the result is the one bundled before.

    Returns:
        Exit code: 0 when bundled, ``UNCHANGED`` when there was no need to.
    """
    toolchain.prepare(os.environ)
    declared = PACKAGES.read_text() if PACKAGES.exists() else ""
    try:
        return _compile_and_bundle()
    finally:
        _keep_readable(declared)


def _keep_readable(declared: str) -> None:
    """Reflex writes its list of packages on one line: keep the committed text, or lay out what is new."""
    if not PACKAGES.exists():
        return
    packages = json.loads(PACKAGES.read_text())
    same = bool(declared) and json.loads(declared) == packages
    PACKAGES.write_text(declared if same else json.dumps(packages, indent=2) + "\n")


def _compile_and_bundle() -> int:
    from reflex import constants
    from reflex.reflex import _init
    from reflex.utils import build, path_ops, prerequisites
    from reflex_base.environment import environment

    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_COMPILE_CONTEXT.set(constants.CompileContext.EXPORT)
    prerequisites.assert_in_reflex_dir()
    if prerequisites.needs_reinit():
        _init(name="eduplatform", agents=False)
    with path_ops.file_lock(prerequisites.get_web_dir()):
        prerequisites.get_compiled_app(prerender_routes=True, trigger="export")
        build.setup_frontend(Path.cwd())
        digest = digest_files(bundle_inputs(WEB), hashlib.sha256()).hexdigest()
        if (OUTPUT / "index.html").exists() and COMPILED.exists() and COMPILED.read_text() == digest:
            return UNCHANGED
        COMPILED.unlink(missing_ok=True)
        build.build()
        COMPILED.write_text(digest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
