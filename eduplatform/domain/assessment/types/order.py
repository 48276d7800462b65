"""Ids of the movable parts of a question, and their order in an attempt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from typing import Annotated, Protocol, TypeVar

from pydantic import Field

_ID = re.compile(r"[a-z0-9]{1,12}")

OptionId = Annotated[str, Field(pattern=r"^[a-z0-9]{1,12}$")]


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Identified)


def is_id(value: object) -> bool:
    """Whether an id that came with a form can be kept."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def new_id(text: str, taken: Collection[object]) -> str:
    """An id made from the text, so that the same option has the same id in every copy and version of a question."""
    attempt = 0
    while (candidate := hashlib.sha256(f"{attempt}:{text}".encode()).hexdigest()[:8]) in taken:
        attempt += 1
    return candidate


def shuffled(parts: Sequence[T], seed: int) -> list[T]:
    """The order that an attempt's seed gives, whatever the order in which the parts are stored."""
    # Sorting by a hash gives the same order on every machine and Python version, unlike a random generator.
    return sorted(parts, key=lambda one: hashlib.sha256(f"{seed}:{one.id}".encode()).digest())
