"""Where connections really go: names that change their mind, redirections into the network."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from uuid import uuid4

import httpx2
import pytest

from eduplatform.errors import Invalid, Unavailable
from eduplatform.integrations.llm.addresses import AddressRules, pinned_transport
from eduplatform.security.sealing import seal, unseal

pytestmark = pytest.mark.anyio


@pytest.fixture
def inside() -> Iterator[tuple[int, list[str]]]:
    """A server on this machine that must not be reached, and what reached it."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(302 if self.path == "/go" else 200)
            self.send_header("Location", f"http://localhost:{server.server_port}/secret")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server.server_port, seen
    server.shutdown()
    server.server_close()


async def test_a_name_of_this_machine_is_not_connected_to(inside: tuple[int, list[str]]) -> None:
    port, seen = inside
    async with httpx2.AsyncClient(transport=pinned_transport(httpx2, AddressRules())) as client:
        with pytest.raises(Invalid):
            await client.get(f"http://localhost:{port}/secret")
    assert seen == []


async def test_a_redirection_into_the_network_is_not_followed(inside: tuple[int, list[str]]) -> None:
    port, seen = inside
    rules = AddressRules(frozenset({"127.0.0.1"}))
    async with httpx2.AsyncClient(transport=pinned_transport(httpx2, rules), follow_redirects=True) as client:
        with pytest.raises(Invalid):
            await client.get(f"http://127.0.0.1:{port}/go")
    assert seen == ["/go"]


def test_a_sealed_key_opens_only_where_it_was_sealed() -> None:
    ours, theirs = uuid4(), uuid4()
    sealed = seal("sk-secret", tenant_id=ours, column="ai_provider.key_sealed")
    assert b"sk-secret" not in sealed
    assert unseal(sealed, tenant_id=ours, column="ai_provider.key_sealed") == "sk-secret"
    assert seal("sk-secret", tenant_id=ours, column="ai_provider.key_sealed") != sealed
    for wrong in ((sealed, theirs, "ai_provider.key_sealed"), (sealed, ours, "other.column")):
        with pytest.raises(Unavailable):
            unseal(wrong[0], tenant_id=wrong[1], column=wrong[2])
    for place in (0, 5, 30, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Unavailable):
            unseal(bytes(changed), tenant_id=ours, column="ai_provider.key_sealed")
    with pytest.raises(Unavailable):
        unseal(b"", tenant_id=ours, column="ai_provider.key_sealed")
