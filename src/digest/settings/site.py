"""The settings of the readers' side: pages, sign-up, tracking, mailboxes that are read, and outgoing hooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from digest.settings.values import Secret


@dataclass(frozen=True, slots=True)
class Tracking:
    """`[tracking]`: what is counted about readers. Nothing, unless switched on."""

    clicks: bool = False
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Serve:
    """`[serve]`: where `digest serve` listens, and which proxies' word on the client's address it takes."""

    host: str = "127.0.0.1"
    port: int = 8080
    proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignUp:
    """`[signup]`: what people agree to. `wording` None means the built-in words of their language; `version` names
    the wording that a consent rests on."""

    open: bool = True
    wording: str | None = None
    version: str = "1"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One `[[mailboxes]]`: where bounces (DSN), complaints (ARF) or unsubscribe mails arrive."""

    reads: Literal["bounces", "complaints", "unsubscribes"]
    kind: Literal["imap", "maildir"] = "imap"
    host: str = "localhost"
    port: int = 993
    security: Literal["tls", "none"] = "tls"
    username: str | None = None
    password: Secret | None = None
    folder: str = "INBOX"
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Hook:
    """One `[[hooks]]`: an address of the newsroom's that is told of events, signed with `secret` (HMAC-SHA256).
    `private` allows an address on the newsroom's own network, and one without TLS."""

    url: str
    secret: Secret
    events: tuple[str, ...] = ()
    private: bool = False
