"""What a file may be called. A name is shown and offered for saving; it never becomes a path of ours."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from eduplatform.errors import Invalid
from eduplatform.i18n import N_

LONGEST = 200

_RUNNABLE = frozenset({
    "app", "apk", "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "jar", "lnk", "msi", "msp", "pif",
    "ps1", "psm1", "reg", "scr", "sct", "url", "vb", "vbe", "vbs", "ws", "wsf", "wsh",
})  # fmt: skip
"""Endings that systems run on a double click."""

_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{one}{n}" for one in ("com", "lpt") for n in range(1, 10))}
)
"""Names of devices on Windows: such a file could not be saved there."""

# Control, surrogate, private and unassigned characters, and the invisible ones that reverse what a name seems to end in.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
_REVERSING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class FileRefused(Invalid):
    """An upload that is dangerous, damaged, or not what this place takes; the detail says which."""

    code, title = "file_refused", "This file cannot be accepted"


def checked_name(given: str) -> str:
    """The name in composed letters with single spaces.

    Raises:
        FileRefused: It leads elsewhere, hides something, runs on a double click, or is no name.
    """
    if "/" in given or "\\" in given or given.startswith(".."):
        raise FileRefused(N_("This name leads to another folder. Rename the file and try again."))
    if any(unicodedata.category(one) in _REFUSED_CATEGORIES or one in _REVERSING for one in given):
        raise FileRefused(N_("This name holds invisible characters. Rename the file and try again."))
    name = " ".join(unicodedata.normalize("NFC", given).split())
    if not name.strip(". "):
        raise FileRefused(N_("This file has no name."))
    if len(name) > LONGEST:
        raise FileRefused(N_("This name is too long: at most {limit} characters."), params={"limit": LONGEST})
    name = name.rstrip(". ")
    if ending_of(name) in _RUNNABLE:
        raise FileRefused(N_("Programs are not accepted."))
    if any(one in '<>:"|?*' for one in name) or name.split(".")[0].strip().casefold() in _RESERVED:
        name = "".join("_" if one in '<>:"|?*' else one for one in name)
        name = f"_{name}" if name.split(".")[0].strip().casefold() in _RESERVED else name
    return name


def is_runnable(name: str) -> bool:
    """Whether systems would run a file of this name on a double click."""
    return ending_of(name) in _RUNNABLE


def ending_of(name: str) -> str:
    """What follows the last dot, in small letters; empty when there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.strip().casefold() if dot and stem else ""


def fitting_name(name: str, endings: Sequence[str], known: frozenset[str]) -> str:
    """The name with an ending that fits the content.

    Args:
        name: A checked name.
        endings: Those of the content's type, the usual one first; none: the name stays.
        known: Endings of all types: one that belongs to another type is replaced, any other is kept and added to.
    """
    ending = ending_of(name)
    if not endings or ending in endings:
        return name
    stem = name[: -len(ending) - 1] if ending in known else name
    return f"{stem[: LONGEST - 8]}.{endings[0]}"
