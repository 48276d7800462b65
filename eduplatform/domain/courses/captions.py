"""Captions of a video (WebVTT; SubRip is understood too), and the transcript that is in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from eduplatform.errors import Invalid
from eduplatform.i18n import N_

_TIMING = re.compile(
    r"^(?P<from>(?:\d{1,3}:)?[0-5]?\d:[0-5]\d[.,]\d{1,3})\s+-->\s+(?P<to>(?:\d{1,3}:)?[0-5]?\d:[0-5]\d[.,]\d{1,3})(?:\s+[^\n]*)?$"
)
_TAG = re.compile(r"<[^<>\n]*>")
_NO_CUES = ("WEBVTT", "NOTE", "STYLE", "REGION")

NOT_CAPTIONS = N_(
    "Line {line} is not understood. Captions are WebVTT: a line such as 00:01.000 --> 00:04.000, then what is said."
)
BACKWARDS = N_("Line {line}: this caption ends before it begins.")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said between two moments, in seconds from the start."""

    start: float
    end: float
    text: str


def parse_captions(source: str) -> list[Cue]:
    """The cues of a WebVTT or SubRip text in its own order; an empty text has none.

    Raises:
        Invalid: A part of it is neither a cue nor a note; ``params["line"]`` is where.
    """
    cues: list[Cue] = []
    rows = source.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at = 0
    while at < len(rows):
        if not rows[at].strip():
            at += 1
            continue
        end = next((place for place in range(at, len(rows)) if not rows[place].strip()), len(rows))
        if not rows[at].startswith(_NO_CUES):
            cues.append(_cue(rows[at:end], at + 1))
        at = end
    return cues


def _cue(rows: list[str], line: int) -> Cue:
    timing = next((place for place, row in enumerate(rows[:2]) if "-->" in row), None)
    found = _TIMING.match(rows[timing].strip()) if timing is not None else None
    if timing is None or found is None:
        raise Invalid(NOT_CAPTIONS, params={"line": line})
    start, end = _seconds(found["from"]), _seconds(found["to"])
    if end <= start:
        raise Invalid(BACKWARDS, params={"line": line + timing})
    text = "\n".join(_TAG.sub("", row).strip() for row in rows[timing + 1 :]).strip()
    return Cue(start, end, text)


def _seconds(text: str) -> float:
    parts = [float(one) for one in text.replace(",", ".").split(":")]
    return sum(part * 60**power for power, part in enumerate(reversed(parts)))


def _moment(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def as_webvtt(cues: list[Cue]) -> str:
    """The cues as a WebVTT file, without markup of its own."""
    safe = [(one, one.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")) for one in cues]
    return "WEBVTT\n\n" + "".join(
        f"{_moment(one.start)} --> {_moment(one.end)}\n{text}\n\n" for one, text in safe
    )


def transcript_of(cues: list[Cue]) -> str:
    """What is said, as paragraphs: a pause of two seconds and more begins a new one."""
    if not cues:
        return ""
    parts = [cues[0].text.replace("\n", " ")]
    for before, cue in pairwise(cues):
        parts.append(("\n\n" if cue.start - before.end >= 2 else " ") + cue.text.replace("\n", " "))
    return "".join(parts).strip()
