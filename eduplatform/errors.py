"""The one hierarchy of errors that a person, an API client or the log may see.

A domain error carries a stable machine code, an HTTP status and a title. The detail is an English sentence that is also
a message key: pages and the API translate it, the log stores the code only.
"""

from __future__ import annotations

from collections.abc import Mapping

FieldText = str | tuple[str, Mapping[str, str | int]]
"""A message key, or one with the values of its placeholders."""


class EduError(Exception):
    """Base of every expected failure.

    Attributes:
        code: Stable identifier, for example ``not_found``; part of the API contract.
        status: HTTP status of the same failure.
        title: Short English title, a message key.
        detail: English sentence for the person who met it, a message key; may hold ``{name}`` placeholders.
        params: Values for the placeholders of ``detail``.
        fields: Message key per input field, for failures that belong next to a field.
    """

    code = "error"
    status = 500
    title = "Something went wrong"

    def __init__(
        self,
        detail: str = "",
        *,
        params: Mapping[str, str | int] | None = None,
        fields: Mapping[str, FieldText] | None = None,
    ) -> None:
        self.detail = detail or self.title
        self.params = dict(params or {})
        self.fields = dict(fields or {})
        super().__init__(f"{self.code}: {self.detail}")


class NotSignedIn(EduError):
    """No valid session: it is missing, expired or revoked."""

    code, status, title = "not_signed_in", 401, "Please sign in"


class Forbidden(EduError):
    """The person is known, and the action is not theirs; never used to tell of another tenant's objects."""

    code, status, title = "forbidden", 403, "You cannot do this"


class NotFound(EduError):
    """The object does not exist for this person; also the answer for objects of other tenants."""

    code, status, title = "not_found", 404, "We could not find that"


class Conflict(EduError):
    """The object changed since it was read, or the action does not fit its present state."""

    code, status, title = "conflict", 409, "This changed in the meantime"


class Invalid(EduError):
    """The input was refused; ``fields`` says where."""

    code, status, title = "invalid", 422, "Please check what you entered"


class TooLarge(EduError):
    """The request is larger than the limit of its route."""

    code, status, title = "too_large", 413, "That is too large"


class RateLimited(EduError):
    """Too many requests; ``retry_after`` seconds until the next one is heard."""

    code, status, title = "rate_limited", 429, "Too many attempts"

    def __init__(self, detail: str = "", *, retry_after: int) -> None:
        super().__init__(detail, params={"seconds": retry_after})
        self.retry_after = retry_after


class QuotaExceeded(EduError):
    """The tenant's limit is used up."""

    code, status, title = "quota_exceeded", 402, "The limit of your plan is reached"


class ProviderFailed(EduError):
    """An outside service did not answer or answered nonsense."""

    code, status, title = "provider_failed", 502, "A service we rely on did not answer"


class Unavailable(EduError):
    """The platform cannot serve this right now (database down, starting, stopping)."""

    code, status, title = "unavailable", 503, "We cannot do this right now"


class TenantScopeViolation(EduError):
    """A statement or object tried to leave its tenant: a bug or an attack, never a user's mistake."""

    code, status, title = "tenant_scope_violation", 500, "Something went wrong"


class Misconfigured(EduError):
    """A setting is missing, weak or contradicts another; raised at start, never while serving."""

    code, status, title = "misconfigured", 500, "The installation is not configured correctly"
