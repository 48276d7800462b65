"""Makes the built pages independent of host and port: everything is on the origin that the reader's browser shows.

Reflex writes the server's address into the bundle. One build must serve any port, any host name and every tenant's
subdomain, and a strict Content-Security-Policy wants one origin; in development the page server passes the server's paths on.
"""

from __future__ import annotations

import json
from typing import Any

import reflex as rx
from reflex_base.config import get_config
from reflex_base.environment import environment

SERVER_PATHS = (
    "_event",
    "_upload",
    "_health",
    "_all_routes",
    "ping",
    "api",
    "auth",
    "realtime",
    "files",
    "metrics",
)
"""First segments of paths that Python answers; all others are pages and their assets."""

_SOCKET_MODULE = "utils/state.js"
_SOCKET_REPLACEMENTS = (
    (
        "    endpoint.hostname = frontend_hostname;\n",
        "    endpoint.hostname = frontend_hostname;\n    endpoint.port = window.location.port;\n",
    ),
    ('      endpoint.port = ""; // Assume websocket is on https port via load balancer.\n', ""),
)
_DEVELOPMENT_SERVER = "  server: {\n"


def one_origin(module: str) -> str:
    """Reflex's socket module, with the server's port taken from the page's own address.

    Raises:
        ValueError: The module is not the one this was written for: Reflex changed.
    """
    for old, new in _SOCKET_REPLACEMENTS:
        if new and new in module:
            continue
        if old in module:
            module = module.replace(old, new, 1)
        elif new:
            raise ValueError(f"{_SOCKET_MODULE} of this Reflex version has no place for the page's port")
    return module


def with_proxy(vite_config: str, backend_port: int) -> str:
    """The development server's configuration, with the server's paths passed on to Python.

    Raises:
        ValueError: The configuration is not the one this was written for: Reflex changed.
    """
    if _DEVELOPMENT_SERVER not in vite_config:
        raise ValueError("vite.config.js of this Reflex version has no server section")
    pattern = f"^/({'|'.join(SERVER_PATHS)})(/|\\?|$)"
    proxy = {pattern: {"target": f"http://127.0.0.1:{backend_port}", "ws": True}}
    return vite_config.replace(
        _DEVELOPMENT_SERVER, f"{_DEVELOPMENT_SERVER}    proxy: {json.dumps(proxy)},\n", 1
    )


class OneOrigin(rx.plugins.Plugin):
    """Reflex plugin of both replacements."""

    def pre_compile(self, **context: Any) -> None:
        """Register the changes of generated files."""
        context["add_modify_task"](_SOCKET_MODULE, one_origin)
        if environment.REFLEX_ENV_MODE.get() == rx.constants.Env.DEV:
            port = get_config().backend_port or 8000
            context["add_modify_task"]("vite.config.js", lambda text: with_proxy(text, port))
