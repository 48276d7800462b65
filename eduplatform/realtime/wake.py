"""Tells the relay of this process that a transaction with events has committed."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def committed() -> None:
    """Wake who waits for events in this process; nobody does in a process that does not serve."""
    for listener in list(_listeners):
        listener()


def listen(listener: Callable[[], None]) -> Callable[[], None]:
    """Be called after each commit that has published; the result ends that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)
