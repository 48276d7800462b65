"""Composition root: the application, its wrappers, its life and its pages. Wiring only."""

from __future__ import annotations

import asyncio
import gc
import importlib
import pkgutil
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager, nullcontext
from pathlib import Path

import reflex as rx
from fastapi import FastAPI
from starlette.types import ASGIApp

from eduplatform import pages
from eduplatform.api import (
    attempts,
    auth,
    calendar,
    files,
    gradebook,
    grading,
    lessons,
    problems,
    realtime,
    submissions,
)
from eduplatform.api.page_addresses import PageAddresses
from eduplatform.api.push_endpoint import PushEndpoint
from eduplatform.components.layout.error_boundary import APP_WRAPS, frontend_failed
from eduplatform.components.layout.head import document_head
from eduplatform.components.ui import STYLESHEETS, theme_head
from eduplatform.config import get_settings
from eduplatform.db import engine
from eduplatform.domain.assessment import pulse
from eduplatform.domain.classroom import channels as classroom
from eduplatform.domain.live import relations
from eduplatform.domain.live.relay import Relay
from eduplatform.integrations.push import push_service
from eduplatform.integrations.push.own import OwnPush
from eduplatform.jobs.worker import in_process
from eduplatform.observability.logs import configure_logging, log_exception
from eduplatform.observability.requests import RequestLog
from eduplatform.pages.registry import PAGES
from eduplatform.runtime import serve
from eduplatform.runtime.server import GOODBYE
from eduplatform.security.gate import EventGate, remove_setters
from eduplatform.security.headers import SecurityHeaders
from eduplatform.state.base import BindingState

BUILD = Path(__file__).resolve().parents[1] / ".web" / "build" / "client"


def _api() -> FastAPI:
    settings = get_settings()
    api = FastAPI(
        title="EduPlatform",
        docs_url=None,
        redoc_url=None,
        openapi_url=None if settings.production else "/api/openapi.json",
    )
    problems.install(api)
    api.include_router(auth.router)
    api.include_router(attempts.router)
    api.include_router(lessons.router)
    api.include_router(files.router)
    api.include_router(calendar.router)
    api.include_router(grading.router)
    api.include_router(submissions.router)
    api.include_router(gradebook.router)
    api.include_router(realtime.router)
    problems.install_not_found(api, "/api", "/auth")
    return api


def _wrap(inner: ASGIApp) -> ASGIApp:
    pages_and_api = SecurityHeaders(PageAddresses(inner, build=BUILD), build=BUILD)
    return RequestLog(PushEndpoint(pages_and_api, push_service()))


def _backend_failed(exception: Exception) -> None:
    """What escaped even the handlers' own error handler: a failure of the framework."""
    log_exception("framework_failed", exception)


def _settle_memory() -> None:
    """Keep what was imported out of garbage collection: walking it over and over held up everybody for a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


@asynccontextmanager
async def _life() -> AsyncGenerator[None]:
    """What each serving process needs: its share of the embedded database, and data that fits the code.

    ``make run`` has prepared all of it before; plain ``reflex run`` has not.
    """
    settings = get_settings()
    configure_logging(settings.log_level, json=settings.production)
    with ExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, serve.database(settings))
        await asyncio.to_thread(serve.prepare_data, settings)
        async with in_process() if settings.jobs_in_process else nullcontext(), _live():
            _settle_memory()
            yield
        await engine.dispose()


@asynccontextmanager
async def _live() -> AsyncGenerator[None]:
    """Bring events to browsers."""
    push = push_service()
    await push.start()
    if isinstance(push, OwnPush):
        # Before its processes end, the server asks them to take leave of the browsers.
        push.server.say_goodbye_at(GOODBYE)
    try:
        async with Relay(push).running(), pulse.running():
            yield
    finally:
        await push.stop()


def _load_pages() -> None:
    for module in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}."):
        importlib.import_module(module.name)


def _create() -> rx.App:
    settings = get_settings()
    relations.register()
    classroom.register()
    _load_pages()
    application = rx.App(
        stylesheets=list(STYLESHEETS),
        head_components=[*theme_head(), *document_head()],
        app_wraps=dict(APP_WRAPS),
        api_transformer=[_api(), _wrap],
        backend_exception_handler=_backend_failed,
        frontend_exception_handler=frontend_failed,
        toaster=None,
        reset_style=False,
        html_lang="en",
    )
    for one in PAGES:
        if one.development and settings.production:
            continue
        application.add_page(
            one.component, route=one.route, title=one.document_title, on_load=list(one.on_load)
        )
    remove_setters()
    application.add_middleware(EventGate(BindingState), index=0)
    application.register_lifespan_task(_life)
    return application


app = _create()
