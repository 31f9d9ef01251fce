"""Whose request it is: the client's network, behind the proxies whose word is taken."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from digest.errors import ConfigError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_MOST_HOPS = 20
# Loopback, RFC 1918 and RFC 4193. Python's `is_private` also holds networks for documentation and tests.
_NEAR: tuple[Network, ...] = tuple(
    ip_network(name) for name in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7")
)


class Proxies:
    """The proxies in front of this site. Nobody else's X-Forwarded-For is believed."""

    def __init__(self, named: Iterable[str]) -> None:
        """`named` are addresses or networks of `[serve] proxies`.

        Raises:
            ConfigError: one is neither.
        """
        try:
            self._trusted: tuple[Network, ...] = tuple(ip_network(name, strict=False) for name in named)
        except ValueError as problem:
            raise ConfigError(str(problem), where="[serve] proxies", hint='for example "127.0.0.1"') from None

    def client(self, peer: str, forwarded: str) -> Address | None:
        """The address a request came from: the peer, or, behind trusted proxies, the last address of
        X-Forwarded-For that is not one of them. None when the peer has no IP address (a Unix socket)."""
        address = parsed(peer)
        hops = [hop.strip() for hop in forwarded[-1000:].split(",")][-_MOST_HOPS:] if forwarded else []
        while hops and self._trusts(address):
            before = parsed(hops.pop())
            if before is None:
                break
            address = before
        return address

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def parsed(text: str) -> Address | None:
    """The IP address that `text` is, without a port; IPv4 written as IPv6 is IPv4."""
    try:
        found = ip_address(text.strip("[] "))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def network_of(address: Address | None) -> str:
    """The network that shares a limit: /24 of IPv4, /56 of IPv6, which is what one customer gets (RFC 6177)."""
    if address is None:
        return "local"
    return str(ip_network((address, 24 if address.version == 4 else 56), strict=False))


def near(address: Address | None) -> bool:
    """Whether a client is on this machine or in a private network."""
    return address is None or any(address in network for network in _NEAR)
