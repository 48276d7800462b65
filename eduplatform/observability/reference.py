"""Reference ids: what a person reads out to support, and what finds the log line."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that nothing is confused when read aloud or copied by hand."""

_GROUP = 4
_SHAPE = re.compile(rf"[{_ALPHABET}]{{{_GROUP}}}-[{_ALPHABET}]{{{_GROUP}}}")
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1"})
_PSEUDONYM_BYTES = 8
_SHORTEST_KEY = 16


def new_reference() -> str:
    """Return a fresh id such as ``K7Q2-M9XD``: 40 random bits, unique enough to find one line in days of logs.

    It names an occurrence and opens nothing; never use it as a credential.
    """
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(2 * _GROUP))
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"


def read_reference(text: str) -> str | None:
    """Return the id that a person typed or dictated, in its proper form, or ``None`` when it cannot be one."""
    letters = re.sub(r"[\s-]", "", text.upper()).translate(_CONFUSED)
    proper = f"{letters[:_GROUP]}-{letters[_GROUP:]}"
    return proper if _SHAPE.fullmatch(proper) else None


def pseudonym(identifier: object, *, key: bytes) -> str:
    """Return a stable stand-in for a person or session in the logs.

    Args:
        identifier: The id; its ``str`` is used.
        key: Secret of the installation, at least 16 bytes. Without it nobody can tell who is meant, and changing
            it cuts the logs off from the people for good.

    Raises:
        ValueError: If the key is too short to protect anything.
    """
    if len(key) < _SHORTEST_KEY:
        raise ValueError("the key of the pseudonyms needs at least 16 bytes")
    return hmac.new(key, str(identifier).encode(), hashlib.sha256).digest()[:_PSEUDONYM_BYTES].hex()
