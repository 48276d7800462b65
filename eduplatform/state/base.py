"""How every handler works: principal, permission, arguments, service, rows; and what becomes of an error.

``@handler(permission)`` turns ``async def save(self, me, form: CourseForm)`` into an event handler. ``me`` is the signed-in
person, read from the session on each call. The other parameters are parsed by a strict model made from their
annotations; a parameter whose type is a ``Form`` takes a submitted form, and its messages appear next to the fields.
"""

from __future__ import annotations

import functools
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints
from urllib.parse import quote
from uuid import UUID, uuid4

import reflex as rx
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import ErrorDetails

from eduplatform.domain.accounts import sessions
from eduplatform.errors import EduError, FieldText, Forbidden, Invalid, NotFound, NotSignedIn
from eduplatform.i18n import LOCALE_COOKIE, N_, translate
from eduplatform.i18n.languages import negotiate
from eduplatform.observability.logs import Operation, log_context, log_exception
from eduplatform.observability.reference import new_reference
from eduplatform.security.cookies import SESSION_HEADER
from eduplatform.security.gate import POLICY_ATTRIBUTE, HandlerPolicy
from eduplatform.security.permissions import Permission, Public
from eduplatform.security.principal import Principal
from eduplatform.state.rows import Notice

PUBLIC = Public.PUBLIC
SEARCH_LENGTH = 200

SearchText = Annotated[str, AfterValidator(lambda text: text[:SEARCH_LENGTH])]
"""What is typed into a search field: nobody searches for more, so the rest is left out without a complaint."""

MAX_NOTICES = 4
SUSPENDED = "tenant_suspended"
"""Why a session ended, when its organisation was closed by the operator."""


class Form(BaseModel):
    """A submitted form: strings are trimmed and converted, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PageMixin(rx.State, mixin=True):
    """What the state of every page has.

    Attributes:
        loaded: Whether the page's data is there; a skeleton shows until then.
        failure: ``not_found``, ``forbidden``, ``error`` or empty.
        reference: Reference id of an unexpected failure, for the person to quote.
        errors: Message per form field, already in the reader's language; ``form`` holds the one of the whole form.
    """

    loaded: bool = False
    failure: str = ""
    reference: str = ""
    errors: dict[str, str] = {}


class NoticeState(rx.State):
    """The notices on the screen of this tab."""

    notices: list[Notice] = []


class BindingState(rx.State):
    """Whose tab this is; written and checked by the event gate."""

    _bound: str = ""


async def notify(state: rx.State, kind: str, text: str, *, reference: str = "") -> None:
    """Show a notice, already in the reader's language."""
    notices = await state.get_state(NoticeState)
    entry = Notice(id=uuid4().hex, kind=kind, text=text, reference=reference)
    notices.notices = [*notices.notices, entry][-MAX_NOTICES:]


def reader_locale(state: rx.State, me: Principal | None) -> str:
    """The language for texts made on the server."""
    if me is not None:
        return me.locale
    headers = state.router.headers.raw_headers
    chosen = headers.get("cookie", "").partition(f"{LOCALE_COOKIE}=")[2].partition(";")[0]
    return negotiate(headers.get("accept-language"), chosen or None)


def client_address(state: rx.State) -> str:
    """The client's address as the server saw it."""
    return state.router.session.client_ip


def route_argument(state: rx.State, name: str) -> str:
    """A dynamic part of the address. Advisory: the browser chooses it, the service checks it."""
    pattern = state.router.route_id.strip("/").split("/")
    path = state.router.url.path.strip("/").split("/")
    return dict(zip(pattern, path, strict=False)).get(f"[{name}]", "")


def parse_id(text: str) -> UUID:
    """An id from an address.

    Raises:
        NotFound: It is not an id, so nothing has it.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


async def principal_of(state: rx.State) -> Principal | None:
    """The signed-in person of this event, or None.

    The digest is that of the handshake's cookie; the session behind it is looked up anew.
    """
    digest = state.router.headers.raw_headers.get(SESSION_HEADER, "")
    if not digest:
        return None
    try:
        return await sessions.resolve_digest(bytes.fromhex(digest))
    except NotSignedIn:
        return None


def handler(
    permission: Permission | Public, *, loads: bool = False, quiet: bool = False
) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """Make a method an event handler with a policy.

    Args:
        permission: What the person needs, or ``PUBLIC``; then ``me`` may be None.
        loads: The handler fills the page: its errors take the page's place, and its success shows it.
        quiet: The handler runs every few seconds by itself: its line in the log is for debugging only.
    """

    # Reflex turns the method into an event handler when the class is made; its type is known at run time only.
    def decorate(fn: Callable[..., Awaitable[Any]]) -> Any:
        arguments = _arguments(fn)

        @functools.wraps(fn)
        async def wrapper(self: rx.State, /, *args: Any, **kwargs: Any) -> Any:
            return await _run(self, fn, arguments, permission, _Manner(loads, quiet), args, kwargs)

        parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)]
        parameters += [
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                annotation=_wire_type(arguments.hints[name]),
                default=arguments.defaults.get(name, inspect.Parameter.empty),
            )
            for name in arguments.names
        ]
        wrapper.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportAttributeAccessIssue]
        wrapper.__annotations__ = {one.name: one.annotation for one in parameters[1:]}
        del wrapper.__wrapped__  # pyright: ignore[reportAttributeAccessIssue]
        setattr(wrapper, POLICY_ATTRIBUTE, HandlerPolicy(permission, arguments.names))
        return wrapper

    return decorate


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a handler's end is shown and logged; see `handler`."""

    loads: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class _Arguments:
    """A handler's arguments in order: submitted forms, and the rest, which one strict model parses."""

    names: tuple[str, ...]
    forms: Mapping[str, type[Form]]
    rest: type[BaseModel]
    hints: Mapping[str, Any]
    defaults: Mapping[str, Any]


def _arguments(fn: Callable[..., Awaitable[Any]]) -> _Arguments:
    hints = get_type_hints(fn, include_extras=True)
    parameters = list(inspect.signature(fn).parameters.values())[2:]
    defaults = {one.name: one.default for one in parameters if one.default is not inspect.Parameter.empty}
    forms = {one.name: hints[one.name] for one in parameters if _is_form(hints[one.name])}
    fields: dict[str, Any] = {
        one.name: (hints[one.name], defaults.get(one.name, ...))
        for one in parameters
        if one.name not in forms
    }
    rest = create_model(f"{fn.__qualname__}.Arguments", __config__=ConfigDict(extra="forbid"), **fields)
    return _Arguments(tuple(one.name for one in parameters), forms, rest, hints, defaults)


def _is_form(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Form)


def _wire_type(annotation: Any) -> Any:
    """What Reflex should know of a parameter: the JSON type that arrives."""
    if _is_form(annotation):
        return dict[str, Any]
    if annotation in (int, float, bool):
        return annotation
    origin = getattr(annotation, "__origin__", None)
    if origin is list:
        return list[str]
    if origin is dict or annotation is dict:
        return dict[str, Any]
    return str


def _parse(arguments: _Arguments, given: Mapping[str, Any]) -> dict[str, Any]:
    """Parse what arrived: strictly, but for forms, whose values are always strings.

    Raises:
        Invalid: With a message per field when a form was wrong, without fields when the call was malformed.
    """
    parsed: dict[str, Any] = {}
    for name, form in arguments.forms.items():
        try:
            parsed[name] = form.model_validate(given.get(name))
        except ValidationError as error:
            raise Invalid(fields=_field_messages(error)) from error
    rest = {name: value for name, value in given.items() if name not in arguments.forms}
    try:
        # JSON mode: ids and dates arrive as text, yet a number is never taken for a text or the reverse.
        values = arguments.rest.model_validate_json(json.dumps(rest), strict=True)
    except (ValidationError, TypeError, ValueError) as error:
        raise Invalid from error
    return {**{name: getattr(values, name) for name in arguments.rest.model_fields}, **parsed}


_MESSAGES: dict[str, str] = {
    "missing": N_("Please fill this in."),
    "string_too_short": N_("Please fill this in."),
    "string_too_long": N_("This is too long: at most {limit} characters."),
    "int_parsing": N_("Please enter a whole number."),
    "decimal_parsing": N_("Please enter a number."),
    "greater_than_equal": N_("Please enter at least {limit}."),
    "less_than_equal": N_("Please enter at most {limit}."),
    "datetime_from_date_parsing": N_("Please enter a date and a time."),
    "extra_forbidden": N_("This field is not known."),
    "value_error": N_("Please check this."),
}


def _field_messages(error: ValidationError) -> dict[str, FieldText]:
    messages: dict[str, FieldText] = {}
    for detail in error.errors():
        name = str(detail["loc"][0]) if detail["loc"] else "form"
        messages.setdefault(name, _message(detail))
    return messages


def _message(detail: ErrorDetails) -> FieldText:
    context = detail.get("ctx") or {}
    limits = [context[name] for name in ("max_length", "ge", "le") if name in context]
    message = _MESSAGES.get(detail["type"], _MESSAGES["value_error"])
    return (message, {"limit": str(limits[0])}) if limits else message


async def _run(
    self: rx.State,
    fn: Callable[..., Awaitable[Any]],
    arguments: _Arguments,
    permission: Permission | Public,
    manner: _Manner,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """One event: everything that is the same for all handlers, and the outermost error handler of events."""
    name = f"{type(self).__name__}.{fn.__name__}"
    reference = new_reference()
    me = await principal_of(self)
    level = logging.DEBUG if manner.quiet else logging.INFO
    tenant = str(me.tenant_id) if me is not None and me.tenant_id else None
    with (
        log_context(reference_id=reference, tenant_id=tenant),
        Operation("ui_event", level=level, handler=name) as operation,
    ):
        try:
            if permission is not PUBLIC:
                if me is None:
                    operation.outcome = NotSignedIn.code
                    return await leave(self)
                me.require(Permission(permission))
            parsed = _parse(arguments, dict(zip(arguments.names, args, strict=False)) | kwargs)
            if getattr(self, "errors", None):
                self.errors = {}  # pyright: ignore[reportAttributeAccessIssue]
            result = await fn(self, me, **parsed)
            if manner.loads:
                self.failure, self.loaded = "", True  # pyright: ignore[reportAttributeAccessIssue]
            return result
        except EduError as error:
            operation.outcome = error.code
            await _show(self, me, error, manner.loads)
            return None
        except Exception as error:  # noqa: BLE001 - the outermost handler of events
            operation.outcome = "failed"
            log_exception("event_failed", error, handler=name)
            await _show_unexpected(self, me, reference, manner.loads)
            return None


def to_sign_in(self: rx.State) -> Any:
    """Send the person to the sign-in page, and back to this page afterwards."""
    path = self.router.url.path
    return rx.redirect(f"/login?next={quote(path, safe='/')}" if path not in ("/", "/login") else "/login")


async def leave(self: rx.State) -> Any:
    """Send somebody whose session is over away: to the sign-in page, or to the page that says why signing in is of no use."""
    digest = self.router.headers.raw_headers.get(SESSION_HEADER, "")
    if digest and await sessions.ended_because(bytes.fromhex(digest)) == SUSPENDED:
        return rx.redirect("/suspended")
    return to_sign_in(self)


async def _show(self: rx.State, me: Principal | None, error: EduError, loads: bool) -> None:
    """Put a domain error where it happened: in place of the page, next to the fields, or into the notices."""
    locale = reader_locale(self, me)
    if loads:
        known = {NotFound.code, Forbidden.code}
        self.failure = error.code if error.code in known else "error"  # pyright: ignore[reportAttributeAccessIssue]
        return
    fields = field_texts(error, locale)
    malformed = type(error) is Invalid and not fields and error.detail == Invalid.title
    if isinstance(error, Invalid | NotSignedIn) and hasattr(self, "errors") and not malformed:
        self.errors = fields or {"form": translate(error.detail, locale, **error.params)}  # pyright: ignore[reportAttributeAccessIssue]
        return
    await notify(self, "error", translate(error.detail, locale, **error.params))


def field_texts(error: EduError, locale: str) -> dict[str, str]:
    """The messages of an error's fields in the reader's language."""
    texts: dict[str, str] = {}
    for name, text in error.fields.items():
        message, params = (text, {}) if isinstance(text, str) else text
        texts[name] = translate(message, locale, **{**error.params, **params})
    return texts


async def _show_unexpected(self: rx.State, me: Principal | None, reference: str, loads: bool) -> None:
    if loads:
        self.failure, self.reference = "error", reference  # pyright: ignore[reportAttributeAccessIssue]
        return
    text = translate(N_("Something went wrong. Nothing was lost; please try again."), reader_locale(self, me))
    await notify(self, "error", text, reference=reference)
