"""The process that answers requests: ``python -m eduplatform.runtime.server``, started and ended by ``serve``.

Serves the pages as built and compiles nothing. Container images and service managers may start it directly, after
``migrate`` and the build.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from eduplatform.config import get_settings
from eduplatform.runtime import toolchain

APPLICATION = "eduplatform.eduplatform:app"
PARENT_VARIABLE = "EDU_SUPERVISOR_PID"
"""Set by ``serve`` to its own process id: the server then ends with it, even if it is killed."""

_PR_SET_PDEATHSIG = 1
_WORKER_STOP_TIMEOUT_S = 10
GOODBYE = signal.SIGUSR1
"""Tells a process that answers requests to send its sockets away: they get a reason, and their clients return at once."""
_GOODBYE_S = 0.5


class FarewellServer(MPServer):
    """A server that says goodbye before it stops; by itself it drops sockets without a word, which browsers take for a broken network."""

    def serve(self, *arguments: Any, **named: Any) -> None:
        """Serve until told to stop."""
        # Processes that have not begun to listen for it inherit this, instead of being ended by it.
        signal.signal(GOODBYE, signal.SIG_IGN)
        super().serve(*arguments, **named)

    def signal_handler_interrupt(self, *arguments: Any, **named: Any) -> None:
        """Stop: first the sockets, then the processes."""
        for child in multiprocessing.active_children():
            if child.pid is not None:
                os.kill(child.pid, GOODBYE)
        time.sleep(_GOODBYE_S)
        super().signal_handler_interrupt(*arguments, **named)


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
    FarewellServer(
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
