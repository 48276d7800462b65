"""A circuit breaker per target: after several failures in a row a model is left alone for a while.

Each process counts for itself: what a model does to one of them, the others learn as fast.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FAILURES = 5
REST_SECONDS = 30.0
_MOST = 1024


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    open_until: float = 0.0


class Breaker:
    """Counts failures. ``clock`` gives seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._circuits: OrderedDict[str, _Circuit] = OrderedDict()

    def closed(self, name: str) -> bool:
        """Whether the target may be called. After the rest one call is let through: its outcome decides."""
        circuit = self._circuits.get(name)
        if circuit is None or circuit.failures < FAILURES:
            return True
        if self._clock() < circuit.open_until:
            return False
        circuit.open_until = self._clock() + REST_SECONDS
        return True

    def succeeded(self, name: str) -> None:
        """Forget the failures."""
        self._circuits.pop(name, None)

    def failed(self, name: str) -> None:
        """Count a failure; the circuit opens with the last that is tolerated."""
        circuit = self._circuits.setdefault(name, _Circuit())
        self._circuits.move_to_end(name)
        circuit.failures += 1
        if circuit.failures >= FAILURES:
            circuit.open_until = self._clock() + REST_SECONDS
        while len(self._circuits) > _MOST:
            self._circuits.popitem(last=False)
