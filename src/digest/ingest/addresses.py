"""Which machines a fetch may talk to: none on this machine or its private networks, whatever a name resolves to.

The name is resolved here, every answer is checked, and the connection goes to a checked address, so a name that
changes its answer between check and use (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from digest.errors import SourceError

if TYPE_CHECKING:
    import httpx

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, in the system's order.

    Raises:
        OSError: the name is unknown or the resolver does not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet (IANA special-purpose registries, RFC 6890), also when it
    is an IPv4 address inside an IPv6 one (mapped, 6to4, NAT64, Teredo)."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b:1::/48") or ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def checked(host: str, port: int, look_up: Resolve) -> str:
    """A public address of `host` to connect to.

    Raises:
        SourceError: the host has no address, or any address that is not public.
    """
    try:
        found = look_up(host, port)
    except (OSError, UnicodeError) as problem:
        raise SourceError("the name of this host is not known", hint="check the address") from problem
    if not found:
        raise SourceError("the name of this host is not known", hint="check the address")
    for address in found:
        if not is_public(address):
            raise SourceError(
                f"{host} is on a private network ({address}), which is not fetched from",
                hint="set fetch.private_addresses = true if this is your own server",
            )
    return found[0]


def guarded_transport(look_up: Resolve = resolve) -> httpx.BaseTransport:
    """An httpx transport that connects only to checked addresses. TLS still verifies the host's name; connections
    are not reused, because the pool below knows them by address alone."""
    import httpx

    class Guarded(httpx.BaseTransport):
        def __init__(self) -> None:
            self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0), trust_env=False)

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            host = request.url.raw_host.decode("ascii").strip("[]")
            port = request.url.port or (443 if request.url.scheme == "https" else 80)
            address = checked(host, port, look_up)
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=address)
            return self._inner.handle_request(request)

        def close(self) -> None:
            self._inner.close()

    return Guarded()
