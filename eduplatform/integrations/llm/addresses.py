"""Which addresses a model may be called at: those of the internet, and what the operator has named.

An organisation's administrator may give the address of a model. Without a check that would be a way into the internal
network (server-side request forgery), so names are resolved here, each address is looked at, and the connection goes to
exactly the address that was looked at: a name that changes its mind in between (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from eduplatform.config import get_settings
from eduplatform.errors import Invalid
from eduplatform.i18n import N_

Address = IPv4Address | IPv6Address

NOT_AN_ADDRESS = N_("Give an address that begins with https://.")
NOT_PUBLIC = N_("This address is not on the internet. Ask your operator to allow it.")
_TRANSLATED = IPv6Address("64:ff9b::")
_TRANSLATED_BITS = 96


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Where calls may go.

    Attributes:
        hosts: Names and addresses that are allowed wherever they lie.
        loopback: This machine itself may be called (development and tests).
        plain: ``http://`` may be used.
    """

    hosts: frozenset[str] = frozenset()
    loopback: bool = False
    plain: bool = False

    def allows(self, host: str, address: Address) -> bool:
        """Whether a host may be called at an address that its name stands for."""
        if host.casefold().rstrip(".") in self.hosts:
            return True
        inner = embedded(address)
        if inner.is_loopback:
            return self.loopback
        return inner.is_global and not inner.is_multicast and not inner.is_reserved

    async def resolve(self, host: str, port: int) -> str:
        """The address to connect to.

        Raises:
            Invalid: The name has none, or one of its addresses may not be called.
        """
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Invalid(fields={"base_url": N_("There is no such host.")}) from None
        addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if not addresses or not all(self.allows(host, one) for one in addresses):
            raise Invalid(fields={"base_url": NOT_PUBLIC})
        return str(addresses[0])


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address wraps (mapped, 6to4, Teredo, NAT64), or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if int(address) >> (128 - _TRANSLATED_BITS) == int(_TRANSLATED) >> (128 - _TRANSLATED_BITS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def rules(*, trusted: bool = False) -> AddressRules:
    """The rules of this installation.

    Args:
        trusted: For an address that the operator gave in the settings, which is allowed as it is.
    """
    settings = get_settings()
    hosts = {one.casefold() for one in settings.ai_allowed_hosts}
    if trusted:
        hosts.add((urlsplit(settings.ai_base_url).hostname or "").casefold())
    return AddressRules(
        frozenset(hosts), loopback=not settings.production, plain=trusted or not settings.production
    )


async def check(url: str, *, given: AddressRules | None = None) -> None:
    """Stop unless a model may be called at this address.

    Raises:
        Invalid: It is none, carries a password or a query, or leads where calls may not go.
    """
    limits = given or rules()
    parts = urlsplit(url)
    schemes = ("https", "http") if limits.plain else ("https",)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Invalid(fields={"base_url": NOT_AN_ADDRESS}) from None
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise Invalid(fields={"base_url": NOT_AN_ADDRESS})
    await limits.resolve(parts.hostname, port)


def pinned_transport(library: Any, limits: AddressRules) -> Any:
    """A transport of ``httpx`` or ``httpx2`` that connects to checked addresses only, redirections included.

    Args:
        library: The module, because the providers' packages use one or the other.
        limits: Where it may go.
    """

    class Pinned(library.AsyncBaseTransport):
        def __init__(self) -> None:
            self._inner = library.AsyncHTTPTransport(
                trust_env=False, limits=library.Limits(max_connections=256, max_keepalive_connections=32)
            )

        async def handle_async_request(self, request: Any) -> Any:
            host = request.url.host
            port = request.url.port or (443 if request.url.scheme == "https" else 80)
            address = await limits.resolve(host, port)
            # The certificate is still checked against the name.
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=address)
            return await self._inner.handle_async_request(request)

        async def aclose(self) -> None:
            await self._inner.aclose()

    return Pinned()
