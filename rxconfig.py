"""Reflex's configuration; every decision is in ``eduplatform.config``."""

import os

import reflex as rx

from eduplatform.components.design_tokens import TAILWIND_CONFIG
from eduplatform.config import get_settings
from eduplatform.runtime import toolchain
from eduplatform.runtime.frontend import OneOrigin

toolchain.prepare(os.environ)
settings = get_settings()
redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None

config = rx.Config(
    app_name="eduplatform",
    backend_host=settings.host,
    cors_allowed_origins=settings.allowed_origins,
    trusted_proxy_hops=settings.trusted_proxy_hops,
    redis_url=redis_url,
    state_manager_mode=rx.constants.StateManagerMode.REDIS
    if redis_url
    else rx.constants.StateManagerMode.MEMORY,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    default_color_mode="system",
    plugins=[rx.plugins.TailwindV4Plugin(config=TAILWIND_CONFIG), OneOrigin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
