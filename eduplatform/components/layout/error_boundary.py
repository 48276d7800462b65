"""The outermost net of the browser: what is seen and logged when a page cannot be drawn."""

from __future__ import annotations

import re
from collections.abc import Callable

import reflex as rx
from reflex.state import FrontendEventExceptionState

from eduplatform.components.text import _
from eduplatform.observability.logs import log_event
from eduplatform.observability.reference import new_reference, read_reference

_SCRIPT = rx.asset("error_boundary.js", shared=True).importable_path
_REPORT = re.compile(r"(?:(?P<reference>[0-9A-Z]{4}-[0-9A-Z]{4}) )?(?P<name>[A-Z][A-Za-z]{2,39})\b")

_CLASSES = {
    "page": "mx-auto flex min-h-dvh max-w-lg flex-col items-start justify-center gap-3 bg-canvas px-6 py-16 text-ink",
    "title": "text-2xl font-semibold tracking-tight",
    "text": "text-ink-muted",
    "actions": "mt-3 flex flex-wrap gap-3",
    "primary": "h-10 rounded-lg bg-accent px-4 text-sm font-medium text-on-accent hover:bg-accent-strong",
    "secondary": (
        "inline-flex h-10 items-center rounded-lg border border-line bg-raised px-4 text-sm font-medium text-ink "
        "no-underline hover:border-line-strong"
    ),
    "reference": "mt-4 text-xs text-ink-muted",
    "code": "rounded bg-ink/7 px-1.5 py-0.5 font-mono text-ink select-all",
}


def _report(text: rx.Var[str], stack: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (text, stack)


class _PageErrorBoundary(rx.Component):
    """Catches what the components inside throw while they are drawn."""

    library = _SCRIPT
    tag = "PageErrorBoundary"

    texts: rx.Var[dict[str, str]]
    classes: rx.Var[dict[str, str]]
    on_error: rx.EventHandler[_report]


def error_boundary(stateful: bool = True) -> rx.Component:
    """Make the net; whether there is a state to report to is Reflex's to say."""
    events = {"on_error": FrontendEventExceptionState.handle_frontend_exception} if stateful else {}
    return _PageErrorBoundary.create(
        texts={
            "title": _("This page stopped working"),
            "text": _("Nothing that you saved is lost. Please load the page again."),
            "reload": _("Load the page again"),
            "home": _("Go to your start page"),
            "reference": _("Reference"),
        },
        classes=_CLASSES,
        **events,
    )


APP_WRAPS: dict[tuple[int, str], Callable[[bool], rx.Component | None]] = {
    (55, "ErrorBoundary"): error_boundary
}
"""What Reflex puts around all pages: our net, and none of its own connection messages, which would need eval."""


def frontend_failed(exception: Exception) -> None:
    """Log what a browser reports: the kind of failure and the reference that the person sees, never the text.

    The report comes from an untrusted place; what does not look like a name or a reference is left out.
    """
    found = _REPORT.match(str(exception))
    reference = read_reference((found and found["reference"]) or "") or new_reference()
    log_event("frontend.failed", reference_id=reference, exception_type=found["name"] if found else None)


# Reflex would answer some reports with a script to evaluate, which our policy for scripts forbids.
FrontendEventExceptionState.auto_reload_on_errors.clear()
