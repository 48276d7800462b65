"""Password hashing with argon2id, off the event loop and bounded, so that a login storm cannot starve the server."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from eduplatform.config import get_settings
from eduplatform.errors import Invalid
from eduplatform.i18n import N_

MIN_LENGTH = 12
MAX_LENGTH = 128


def _step_back() -> None:
    """Let hashing wait for whoever serves pages; on Linux a thread has a priority of its own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


@lru_cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(
        max_workers=os.cpu_count() or 1, thread_name_prefix="argon2", initializer=_step_back
    )


@lru_cache
def _hasher() -> PasswordHasher:
    settings = get_settings()
    return PasswordHasher(
        time_cost=settings.argon2_time_cost,
        memory_cost=settings.argon2_memory_kib,
        parallelism=settings.argon2_parallelism,
        type=Type.ID,
    )


@lru_cache
def _nobody() -> str:
    """A hash of nothing anyone knows: unknown users cost as much time as known ones."""
    return _hasher().hash(os.urandom(32))


def _normalised(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _verify(stored: str, password: str) -> bool:
    try:
        matches = _hasher().verify(stored or _nobody(), _normalised(password))
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(stored)


async def hash_password(password: str) -> str:
    """The argon2id hash in its standard text form."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool(), _hasher().hash, _normalised(password))


async def verify_password(stored: str, password: str) -> bool:
    """Whether the password is the one that was hashed; takes the same time for an empty ``stored``."""
    return await asyncio.get_running_loop().run_in_executor(_pool(), _verify, stored, password)


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher().check_needs_rehash(stored)


def check_new_password(password: str, *, context: tuple[str, ...] = ()) -> None:
    """Refuse what is easily guessed: length and the person's own words; no composition rules.

    Args:
        password: As typed.
        context: Words of the account: e-mail, names, the organisation.

    Raises:
        Invalid: With a message for the field ``password``.
    """
    if len(password) < MIN_LENGTH:
        raise Invalid(fields={"password": N_("Use at least 12 characters.")})
    if len(password) > MAX_LENGTH:
        raise Invalid(fields={"password": N_("Use at most 128 characters.")})
    folded = password.casefold()
    if len(set(folded)) < 5:
        raise Invalid(fields={"password": N_("Use more different characters.")})
    for word in context:
        for part in word.casefold().replace("@", " ").split():
            if len(part) >= 4 and folded.replace(part, "").strip("0123456789!.-_ ") == "":
                raise Invalid(fields={"password": N_("Do not build it from your name or e-mail address.")})
