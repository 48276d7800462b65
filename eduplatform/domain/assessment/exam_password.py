"""The password of an assessment: asked before an attempt begins, throttled, and quick when a whole class types it at once."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections import OrderedDict

from eduplatform.domain.assessment.models import Assessment
from eduplatform.errors import Invalid
from eduplatform.i18n import N_
from eduplatform.security import rate_limits
from eduplatform.security.passwords import verify_password
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate

PASSWORD_RATE = Rate(per_second=1 / 20, burst=6)
"""Passwords that one student may try for one assessment: six at once, then one every 20 seconds."""

REMEMBERED = 500

_secret = os.urandom(32)
_right: OrderedDict[str, bytes] = OrderedDict()
"""A keyed digest of the right password of each stored hash: the slow hash is worked out once, not once per student."""


async def check(*, me: Principal, assessment: Assessment, password: str) -> None:
    """Let through who knows the password, or everybody when there is none.

    Raises:
        Invalid: It is missing or not right; ``fields["password"]``.
        RateLimited: The student has tried too many.
    """
    stored = assessment.password_hash
    if not stored:
        return
    if not password:
        raise Invalid(fields={"password": N_("Please enter the password.")})
    await rate_limits.require(f"exam:{assessment.id}:{me.user}", PASSWORD_RATE)
    digest = hmac.new(_secret, password.encode(), hashlib.sha256).digest()
    known = _right.get(stored)
    if known is not None and hmac.compare_digest(known, digest):
        return
    if not await verify_password(stored, password):
        raise Invalid(fields={"password": N_("This is not the password.")})
    _right[stored] = digest
    while len(_right) > REMEMBERED:
        _right.popitem(last=False)
