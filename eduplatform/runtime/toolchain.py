"""The environment in which Reflex's tools work: the JavaScript toolchain of the Python packages, no calls home.

Bun and Node come as wheels whose commands lie beside the interpreter. They are found also when the virtual environment is
not activated, and go before whatever versions the machine has of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: Reflex's commands work only from here."""

_DEFAULTS: Mapping[str, str] = {
    "REFLEX_USE_SYSTEM_BUN": "true",
    "REFLEX_USE_GRANIAN": "true",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
}


def prepare(environment: MutableMapping[str, str]) -> None:
    """Complete an environment in place; what is set already stays, and a second call changes nothing."""
    for name, value in _DEFAULTS.items():
        environment.setdefault(name, value)
    # Not resolved: the interpreter of a virtual environment is a link to the real one.
    commands = str(Path(sys.executable).absolute().parent)
    path = environment.get("PATH", os.defpath).split(os.pathsep)
    if path[0] != commands:
        environment["PATH"] = os.pathsep.join([commands, *(entry for entry in path if entry != commands)])
