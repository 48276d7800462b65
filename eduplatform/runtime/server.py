"""The process that answers requests: ``python -m eduplatform.runtime.server``, started and ended by ``serve``.

Serves the pages as built and compiles nothing. Container images and service managers may start it directly, after
``migrate`` and the build.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from eduplatform.config import get_settings
from eduplatform.runtime import toolchain

APPLICATION = "eduplatform.eduplatform:app"
PARENT_VARIABLE = "EDU_SUPERVISOR_PID"
"""Set by ``serve`` to its own process id: the server then ends with it, even if it is killed."""

_PR_SET_PDEATHSIG = 1
_WORKER_STOP_TIMEOUT_S = 10


def _end_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)


def main() -> None:
    """Serve until told to stop by SIGTERM or SIGINT."""
    if parent := os.environ.pop(PARENT_VARIABLE, ""):
        _end_with_parent(int(parent))
    settings = get_settings()
    toolchain.prepare(os.environ)
    os.environ |= {
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    }
    Server(
        APPLICATION,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=_WORKER_STOP_TIMEOUT_S,
        # The address of a socket holds the token of a tab: requests are logged by the application, which leaves it out.
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
