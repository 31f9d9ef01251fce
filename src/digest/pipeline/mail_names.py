"""The names under which receivers look up the newsroom's mail, and records as they are read and written."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Named:
    """What the settings say about mail that leaves. `hosts` are the relays; `addresses` those that mail leaves from,
    where they are known. `dkim` is (domain, selector, the record that belongs there), None when somebody else signs;
    `sendgrid` whether SendGrid sends."""

    sender: str
    bounces: str
    hosts: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    dkim: tuple[str, str, str] | None = None
    sendgrid: bool = False


def tags(record: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record; of one that stands twice the first counts."""
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, mark, value = part.partition("=")
        if mark:
            found.setdefault(name.strip().lower(), "".join(value.split()))
    return found


def add(name: str, kind: str, value: str) -> str:
    """A record to add, in words."""
    return f'add: {name}. {kind} "{value}"' if kind == "TXT" else f"add: {name}. {kind} {value}"


def change(name: str, value: str) -> str:
    """What a TXT record is to be changed to, in words."""
    return f'change to: {name}. TXT "{value}"'
