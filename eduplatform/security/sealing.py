"""Secrets in the database: sealed with a key of their own, which is sealed with the tenant's key (envelope encryption).

A sealed value opens only in the tenant and the column for which it was sealed (AES-256-GCM with both as associated data), so a row
that somebody copied elsewhere is worthless there.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from eduplatform.config import get_settings
from eduplatform.errors import Unavailable

_FORMAT = b"\x01"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_WRAPPED_BYTES = _NONCE_BYTES + _KEY_BYTES + _TAG_BYTES


def seal(value: str, *, tenant_id: UUID, column: str) -> bytes:
    """Encrypt a value for one column of one tenant; never the same bytes twice."""
    key = secrets.token_bytes(_KEY_BYTES)
    bound = _bound(tenant_id, column)
    return _FORMAT + _encrypt(_tenant_key(tenant_id), key, bound) + _encrypt(key, value.encode(), bound)


def unseal(sealed: bytes, *, tenant_id: UUID, column: str) -> str:
    """Decrypt a sealed value.

    Raises:
        Unavailable: It was sealed for another tenant or column, changed, or sealed with another secret key.
    """
    bound = _bound(tenant_id, column)
    wrapped, body = sealed[1 : 1 + _WRAPPED_BYTES], sealed[1 + _WRAPPED_BYTES :]
    try:
        if sealed[:1] != _FORMAT:
            raise Unavailable
        return _decrypt(_decrypt(_tenant_key(tenant_id), wrapped, bound), body, bound).decode()
    except (InvalidTag, ValueError):
        raise Unavailable from None


def _bound(tenant_id: UUID, column: str) -> bytes:
    return f"{tenant_id}|{column}".encode()


def _tenant_key(tenant_id: UUID) -> bytes:
    root = get_settings().secret_key.get_secret_value().encode()
    return HKDF(hashes.SHA256(), _KEY_BYTES, None, f"sealing|{tenant_id}".encode()).derive(root)


def _encrypt(key: bytes, value: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
