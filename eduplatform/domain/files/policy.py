"""What may be uploaded for which purpose, by whom, and who may read it afterwards.

The area that owns a purpose registers who reads its files: ``register_reader("lesson", check)``. Until it has, and as long
as nothing uses the file, only its owner may read it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.errors import Forbidden, NotFound
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal

MEGABYTE = 1_000_000

IMAGE, MEDIA, DOCUMENT, TEXT, ARCHIVE = "image", "media", "document", "text", "archive"
EVERYTHING = frozenset({IMAGE, MEDIA, DOCUMENT, TEXT, ARCHIVE})


@dataclass(frozen=True, slots=True)
class Purpose:
    """The rules of one purpose.

    Attributes:
        permissions: One of them is needed to upload.
        max_bytes: Largest file.
        kinds: Kinds of content that are accepted.
    """

    permissions: frozenset[Permission]
    max_bytes: int
    kinds: frozenset[str]


PURPOSES: Mapping[str, Purpose] = {
    "lesson": Purpose(frozenset({Permission.COURSE_EDIT}), 500 * MEGABYTE, EVERYTHING),
    "question": Purpose(frozenset({Permission.ASSESSMENT_EDIT}), 25 * MEGABYTE, frozenset({IMAGE, MEDIA})),
    "answer": Purpose(frozenset({Permission.ATTEMPT_TAKE}), 50 * MEGABYTE, EVERYTHING),
    "submission": Purpose(frozenset({Permission.ATTEMPT_TAKE}), 100 * MEGABYTE, EVERYTHING),
    "announcement": Purpose(frozenset({Permission.COURSE_EDIT}), 25 * MEGABYTE, EVERYTHING),
    "message": Purpose(frozenset({Permission.ACCOUNT}), 10 * MEGABYTE, EVERYTHING),
    "post": Purpose(frozenset({Permission.DISCUSSION}), 10 * MEGABYTE, EVERYTHING),
    "import": Purpose(
        frozenset({Permission.COURSE_EDIT, Permission.PEOPLE_EDIT}),
        20 * MEGABYTE,
        frozenset({TEXT, DOCUMENT, ARCHIVE}),
    ),
}

LARGEST_FILE = max(one.max_bytes for one in PURPOSES.values())


@dataclass(frozen=True, slots=True)
class UsedFile:
    """A file at one of its places, as the check of a purpose sees it."""

    id: UUID
    owner_id: UUID
    purpose: str
    object_id: UUID
    course_id: UUID | None


Reader = Callable[[Work, Principal, UsedFile], Awaitable[bool]]

_readers: dict[str, Reader] = {}


def register_reader(purpose: str, check: Reader) -> None:
    """Let ``check`` decide who may download files used for this purpose.

    It is asked once per object that uses the file, and one yes is enough. A ``NotFound`` or ``Forbidden`` that it raises is
    a no. Call it when the area's module is imported; the last registration counts.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"unknown purpose {purpose}")
    _readers[purpose] = check


async def may_read(*, work: Work, me: Principal, owner_id: UUID, uses: list[UsedFile]) -> bool:
    """Whether a person may download a file that has these uses."""
    if owner_id == me.user:
        return True
    for use in uses:
        check = _readers.get(use.purpose)
        try:
            if check is not None and await check(work, me, use):
                return True
        except (NotFound, Forbidden):
            continue
    return False


def purpose_rules(me: Principal, purpose: str) -> Purpose:
    """The rules of a purpose, for a person who may upload for it.

    Raises:
        NotFound: There is no such purpose.
        Forbidden: It is not this person's.
    """
    rules = PURPOSES.get(purpose)
    if rules is None:
        raise NotFound
    if not any(me.may(one) for one in rules.permissions):
        raise Forbidden
    return rules
