"""Domain errors as ``application/problem+json`` (RFC 9457), and the outermost error handler of HTTP."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from eduplatform.errors import EduError, Invalid, NotFound, RateLimited
from eduplatform.i18n import translate
from eduplatform.i18n.languages import negotiate
from eduplatform.observability.logs import current_reference, log_exception


def problem(request: Request, error: EduError) -> JSONResponse:
    """The answer for a domain error, in the reader's language."""
    locale = negotiate(request.headers.get("accept-language"))
    body: dict[str, object] = {
        "code": error.code,
        "title": translate(error.title, locale),
        "detail": translate(error.detail, locale, **error.params),
        "status": error.status,
        "reference": current_reference(),
    }
    if error.fields:
        body["fields"] = {
            name: translate(text, locale) if isinstance(text, str) else translate(text[0], locale, **text[1])
            for name, text in error.fields.items()
        }
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, RateLimited) else None
    return JSONResponse(body, error.status, headers=headers, media_type="application/problem+json")


def install(api: FastAPI) -> None:
    """Give an application these answers for every kind of failure."""

    @api.exception_handler(EduError)
    async def domain(request: Request, error: EduError) -> JSONResponse:
        return problem(request, error)

    @api.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        names = {str(detail["loc"][-1]): "Please check this." for detail in error.errors() if detail["loc"]}
        return problem(request, Invalid(fields=names))

    @api.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == NotFound.status:
            return problem(request, NotFound())
        failure = EduError(str(error.detail))
        failure.status = error.status_code
        return problem(request, failure)

    @api.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log_exception("request_failed", error)
        return problem(request, EduError())


def install_not_found(api: FastAPI, *prefixes: str) -> None:
    """Answer every other address below these prefixes with a problem, not with the page for lost readers."""

    async def nothing() -> None:
        raise NotFound

    for prefix in prefixes:
        for path in (prefix, f"{prefix}/{{rest:path}}"):
            api.add_api_route(path, nothing, methods=["GET", "POST"], include_in_schema=False)
