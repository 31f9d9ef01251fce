"""Questions to the domain name system, through something that can be put in its place: the machine's own resolver by
`dnspython` (the extra `digest[dns]`), or records that are given."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal["TXT", "MX", "A", "AAAA", "PTR", "CNAME"]


class NoAnswer(Exception):
    """The question could not be asked or was not answered; nothing is known about the name. Says why in words."""


class Resolver(Protocol):
    """Whatever answers questions about names."""

    def ask(self, name: str, kind: Kind) -> tuple[str, ...]:
        """The records of a name, in order, without quotes and without the dot at their end; none when there are none.
        A TXT record is its parts joined, an MX record `PREFERENCE HOST`.

        Raises:
            NoAnswer: nobody answered.
        """
        ...


@dataclass(frozen=True, slots=True)
class CannedResolver:
    """Answers from the given records, by (name, kind); about the names in `silent` it does not answer. Of a name that
    is not given there are none."""

    records: Mapping[tuple[str, Kind], tuple[str, ...]] = field(default_factory=dict)
    silent: Collection[str] = ()

    def ask(self, name: str, kind: Kind) -> tuple[str, ...]:
        """As `Resolver.ask`."""
        if name in self.silent:
            raise NoAnswer(f"no server answers for {name}")
        return self.records.get((name.lower(), kind), ())


class DnsResolver:
    """The resolver of this machine."""

    def __init__(self, seconds: float = 5.0, *, servers: Sequence[str] = (), port: int = 53) -> None:
        """`seconds` is how long one question may take; `servers` are asked instead of those that the machine names.

        Raises:
            NoAnswer: `dnspython` is not installed, or the machine names no server to ask.
        """
        try:
            import dns.exception
            import dns.resolver
        except ImportError as problem:
            raise NoAnswer('dnspython is not installed: pip install "digest[dns]"') from problem
        try:
            self._resolver = dns.resolver.Resolver(configure=not servers)
        except (dns.exception.DNSException, OSError) as problem:
            raise NoAnswer("this machine names no server to ask") from problem
        self._resolver.lifetime = seconds
        if servers:
            self._resolver.nameservers = list(servers)
            self._resolver.port = port

    def ask(self, name: str, kind: Kind) -> tuple[str, ...]:
        """As `Resolver.ask`."""
        import dns.exception
        import dns.resolver

        try:
            found = self._resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, ValueError) as problem:
            raise NoAnswer(f"no server answers for {name}") from problem
        if kind == "TXT":
            return tuple(sorted(b"".join(record.strings).decode("utf-8", "replace") for record in found))
        return tuple(sorted(record.to_text().rstrip(".") for record in found))
