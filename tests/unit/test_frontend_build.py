"""The changes to Reflex's generated files fit the installed Reflex, and say so when they do not."""

from __future__ import annotations

from pathlib import Path

import pytest
import reflex_base
from reflex_base.compiler.templates import vite_config_template

from eduplatform.runtime.frontend import one_origin, with_proxy
from eduplatform.runtime.toolchain import prepare

SOCKET_MODULE = Path(reflex_base.__file__).parent / ".templates" / "web" / "utils" / "state.js"


def test_pages_look_for_the_server_on_their_own_port() -> None:
    module = one_origin(SOCKET_MODULE.read_text())
    assert "endpoint.port = window.location.port;" in module
    assert 'endpoint.port = ""' not in module
    assert one_origin(module) == module


def test_another_reflex_is_noticed() -> None:
    with pytest.raises(ValueError, match="Reflex"):
        one_origin("export const getBackendURL = () => null;")
    with pytest.raises(ValueError, match="Reflex"):
        with_proxy("export default {}", "127.0.0.1", 8001)


def test_hot_reload_listens_where_it_is_told_and_passes_sockets_on() -> None:
    config = vite_config_template("/", True, False, False, False)
    changed = with_proxy(config, "127.0.0.1", 8042)
    assert '"host": "127.0.0.1"' in changed
    assert '"target": "http://127.0.0.1:8042", "ws": true' in changed


def test_the_tools_of_the_environment_come_first_and_only_once() -> None:
    environment = {"PATH": "/usr/bin:/bin", "REFLEX_USE_SYSTEM_BUN": "false"}
    prepare(environment)
    first = dict(environment)
    prepare(environment)
    assert environment == first
    assert environment["PATH"].endswith(":/usr/bin:/bin")
    assert environment["REFLEX_USE_SYSTEM_BUN"] == "false"
    assert environment["REFLEX_TELEMETRY_ENABLED"] == "false"
