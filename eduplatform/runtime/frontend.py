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
_VITE_PLUGINS = "plugins: ["


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


def with_proxy(vite_config: str, host: str, backend_port: int) -> str:
    """The development server's configuration: listens where the platform does, and passes our paths on to Python.

    A plugin's word is the last one, also over the command line, with which Reflex makes the server listen everywhere.

    Raises:
        ValueError: The configuration is not the one this was written for: Reflex changed.
    """
    if _VITE_PLUGINS not in vite_config:
        raise ValueError("vite.config.js of this Reflex version has no list of plugins")
    pattern = f"^/({'|'.join(SERVER_PATHS)})(/|\\?|$)"
    target = {"target": f"http://127.0.0.1:{backend_port}", "ws": True}
    server = json.dumps({"server": {"host": host, "proxy": {pattern: target}}})
    plugin = f'{{ name: "one-origin", config: () => ({server}) }},'
    return vite_config.replace(_VITE_PLUGINS, f"{_VITE_PLUGINS} {plugin}", 1)


class OneOrigin(rx.plugins.Plugin):
    """Reflex plugin of both replacements."""

    def pre_compile(self, **context: Any) -> None:
        """Register the changes of generated files."""
        context["add_modify_task"](_SOCKET_MODULE, one_origin)
        if environment.REFLEX_ENV_MODE.get() == rx.constants.Env.DEV:
            config = get_config()
            host, port = config.backend_host, config.backend_port or rx.constants.DefaultPorts.BACKEND_PORT
            context["add_modify_task"]("vite.config.js", lambda text: with_proxy(text, host, port))
