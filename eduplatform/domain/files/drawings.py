"""SVG drawings: accepted when they only draw. Scripts, links out, embedded pages and entities are refused."""

from __future__ import annotations

import re
from xml.parsers import expat

from eduplatform.domain.files.names import FileRefused
from eduplatform.i18n import N_

MAX_BYTES = 5_000_000

_ACTIVE = frozenset(
    {"script", "foreignobject", "iframe", "embed", "object", "handler", "listener", "audio", "video", "a"}
)
_ANIMATIONS = frozenset({"set", "animate", "animatemotion", "animatetransform"})
_INNER_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_OUTSIDE = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import|javascript:|expression\(", re.IGNORECASE)
_REFUSAL = N_("This drawing holds scripts or links to other places. Save it as plain SVG or PNG.")
_SVG = "http://www.w3.org/2000/svg"


def check_drawing(content: bytes) -> None:
    """Read a drawing completely.

    Raises:
        FileRefused: It does more than draw, or is not well formed.
    """
    if len(content) > MAX_BYTES:
        raise FileRefused(N_("This drawing is too large. Save it as PNG."))
    parser = expat.ParserCreate(namespace_separator=" ")
    inside_style: list[str] = []
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        space, _, tag = name.rpartition(" ")
        tag = tag.casefold()
        if (depth == 0 and (space, tag) != (_SVG, "svg")) or tag in _ACTIVE:
            raise FileRefused(_REFUSAL)
        depth += 1
        if tag == "style":
            inside_style.append("")
        for key, value in attributes.items():
            _check_attribute(tag, key.rpartition(" ")[2].casefold(), value)

    def text(value: str) -> None:
        if inside_style:
            inside_style[-1] += value

    def refuse(*_: object) -> None:
        raise FileRefused(_REFUSAL)

    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise FileRefused(N_("This file is damaged or not what it says it is.")) from error
    if any(_OUTSIDE.search(one) for one in inside_style):
        raise FileRefused(_REFUSAL)


def _check_attribute(tag: str, key: str, value: str) -> None:
    compact = "".join(value.split())
    animates_link = tag in _ANIMATIONS and key == "attributename" and compact.casefold().endswith("href")
    leads_out = key in ("href", "src") and not (compact.startswith("#") or _INNER_PICTURE.fullmatch(compact))
    if key.startswith("on") or animates_link or leads_out or _OUTSIDE.search(value):
        raise FileRefused(_REFUSAL)
