"""Is the way out open, and do receivers find what they ask for? The settings read for `mail_records` and `probe`."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator, Sequence
from typing import Any

from digest.address.mailbox import parse_mailbox
from digest.errors import ConfigError, DigestError, UsageError
from digest.pipeline.dns import DnsResolver, NoAnswer, Resolver
from digest.pipeline.examined import Examined
from digest.pipeline.mail_names import Address, Named
from digest.pipeline.mail_records import dkim_record, examine_records
from digest.pipeline.probe import probe_folder, probe_relay, probe_sendgrid
from digest.pipeline.project import Project
from digest.send.base import Setup
from digest.send.smtp_relay import relays


def examine_mail(
    project: Project,
    *,
    offline: bool = False,
    resolver: Resolver | None = None,
    addresses: tuple[Address, ...] = (),
) -> Iterator[Examined]:
    """The way out, and the records of the domains that mail comes from; never raises for what it finds."""
    transport = project.settings.delivery.transport
    if transport == "folder":
        yield from probe_folder(project.root / project.settings.delivery.outbox)
    if transport not in ("smtp", "sendgrid"):
        yield Examined("skipped", "DNS was not looked at: mail stays on this machine")
        return
    if offline:
        yield Examined("skipped", "The transport and DNS were not looked at (--offline)")
        return
    try:
        yield from _probe(project, transport)
        named = named_in(project, addresses)
    except DigestError as problem:
        yield Examined("problem", problem.what, problem.hint or "")
        return
    try:
        asked = resolver or DnsResolver()
    except NoAnswer as problem:
        yield Examined("skipped", f"DNS was not looked at: {problem}")
        return
    yield from examine_records(named, asked)


def named_in(project: Project, addresses: tuple[Address, ...] = ()) -> Named:
    """What the settings say about mail that leaves.

    Raises:
        ConfigError, CredentialsError: an address or the signing key cannot be read.
    """
    delivery = project.settings.delivery
    sender = _domain(project.settings.publication.from_)
    bounces = _domain(delivery.bounce_address) if delivery.bounce_address else sender
    dkim = None
    if delivery.dkim is not None:
        pem = delivery.dkim.key.reveal(project.environ, project.root)
        dkim = (delivery.dkim.domain.lower(), delivery.dkim.selector, dkim_record(pem))
    hosts = tuple(dict.fromkeys(smtp.host for smtp in (delivery.smtp, *delivery.relays)))
    by_sendgrid = delivery.transport == "sendgrid"
    return Named(sender, bounces, () if by_sendgrid else hosts, addresses, dkim, by_sendgrid)


def read_addresses(texts: Sequence[str]) -> tuple[Address, ...]:
    """IP addresses as they are written on the command line.

    Raises:
        UsageError: one is none.
    """
    try:
        return tuple(ipaddress.ip_address(text) for text in texts)
    except ValueError as problem:
        raise UsageError(str(problem), where="--from-address") from problem


def _probe(project: Project, transport: str) -> Iterator[Examined]:
    setup = Setup(project.settings.delivery, project.root, project.environ, project.clock)
    if transport == "smtp":
        for relay in relays(setup):
            yield probe_relay(relay)
        return
    from digest.send.sendgrid import open as open_sendgrid

    with open_sendgrid(setup) as sender:
        opened: Any = sender
        yield probe_sendgrid(opened.client, project.clock, time.sleep)


def _domain(mailbox: str) -> str:
    try:
        return parse_mailbox(mailbox).domain.lower()
    except ValueError as problem:
        raise ConfigError(f'"{mailbox}" is no address to send from: {problem}') from problem
