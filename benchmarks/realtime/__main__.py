"""``make bench-realtime``: all measurements, or those named on the command line."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from benchmarks.realtime import sockets

MEASURES: Mapping[str, Callable[[], Coroutine[Any, Any, bool]]] = {
    "fan-out": sockets.fan_out,
    "memory": sockets.memory,
    "restart": sockets.restart,
    "killed-process": sockets.killed_process,
}


def main() -> int:
    """Measure.

    Returns:
        0 when every target was met.
    """
    load = os.getloadavg()[0]
    print(f"load of the machine before: {load:.1f} on {os.cpu_count()} processors", flush=True)
    met = [asyncio.run(MEASURES[name]()) for name in (sys.argv[1:] or MEASURES)]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
