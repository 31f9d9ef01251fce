"""The settings of `[delivery]`: how mail leaves, through what, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from digest.settings.values import Rate, Secret, Span


@dataclass(frozen=True, slots=True)
class Smtp:
    """`[delivery.smtp]` and each `[[delivery.relays]]`: a relay. Of several, each takes its share by `weight`.

    `connections` are held open at once, each for at most `per_connection` messages.
    """

    host: str = "localhost"
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: Secret | None = None
    timeout: Span = field(default_factory=lambda: Span.parse("60s"))
    connections: int = 10
    per_connection: int = 500
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SendGrid:
    """`[delivery.sendgrid]`: the account. `connections` requests are under way at once; `webhook_key` is the public
    key that its events are signed with."""

    api_key: Secret = field(default_factory=lambda: Secret(env="SENDGRID_API_KEY"))
    host: str = "https://api.sendgrid.com"
    asm_group: int | None = None
    ip_pool: str | None = None
    categories: tuple[str, ...] = ()
    sandbox: bool = False
    timeout: Span = field(default_factory=lambda: Span.parse("30s"))
    connections: int = 4
    webhook_key: str | None = None


@dataclass(frozen=True, slots=True)
class Dkim:
    """`[delivery.dkim]`: signs what SMTP sends (RFC 6376). `key` is a private key in PEM, RSA or Ed25519."""

    domain: str
    selector: str
    key: Secret


@dataclass(frozen=True, slots=True)
class Pacing:
    """`[delivery.pacing]`: limits beside `rate`, shared by all processes through the store.

    `domains` are rates by recipients' domain; `daily` the most in one day; `warm_up` the most on each of the first
    days of a new address, after which `daily` holds; `quiet` hours (`22:00-06:00`) in which nothing leaves.
    """

    domains: Mapping[str, Rate] = field(default_factory=dict)
    daily: int | None = None
    warm_up: tuple[int, ...] = ()
    quiet: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """`[delivery]`: how mail leaves. `ledger` is the id of the one store that may send.

    `outbox` and `format` are the folder transport's. After the first `canary` messages a send in which more than
    5 % were rejected pauses; 0 switches that off. `verp` gives every message a return address of its own.
    """

    transport: str = "folder"
    rate: Rate = field(default_factory=lambda: Rate.parse("50/s"))
    outbox: str = "var/outbox"
    format: Literal["eml", "maildir"] = "eml"
    ledger: str | None = None
    bounce_address: str | None = None
    verp: bool = True
    unsubscribe_mailto: str | None = None
    canary: int = 200
    undo: Span | None = None
    smtp: Smtp = field(default_factory=Smtp)
    relays: tuple[Smtp, ...] = ()
    sendgrid: SendGrid = field(default_factory=SendGrid)
    dkim: Dkim | None = None
    pacing: Pacing = field(default_factory=Pacing)
