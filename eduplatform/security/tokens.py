"""Random secrets and how they are kept: the holder has the value, the database its SHA-256."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from eduplatform.config import get_settings

TOKEN_BYTES = 32
JOIN_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def new_token() -> str:
    """256 random bits, safe in a URL and in a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is stored and looked up; the token is random, so no salt or stretching is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def pseudonym(purpose: str, value: str) -> str:
    """A keyed digest (32 hexadecimal digits) that lets equal values be recognised and never read."""
    key = get_settings().secret_key.get_secret_value().encode()
    return hmac.new(key, f"{purpose}:{value}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
        :32
    ]


def new_join_code() -> str:
    """Eight letters and digits that cannot be confused when read aloud: about 39 bits."""
    return "".join(secrets.choice(JOIN_ALPHABET) for _ in range(8))
