"""A relay: where mail is given to, how, and how much of it at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

from digest.send.base import Setup
from digest.settings.delivery import Smtp

FINAL_TIMEOUT = 600.0


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is given to, and how. `security` is `starttls`, `tls` or `none`; times are in seconds.

    `final_timeout` is how long the answer to a whole message is waited for (RFC 5321, section 4.5.3.2.6: ten
    minutes): giving up earlier makes a doubt out of a slow yes. Up to `connections` are open at once, each for
    `per_connection` messages; `weight` is the share beside other relays; `backoff` is the pause after a connection
    that could not be opened, doubled each time.
    """

    host: str
    port: int = 587
    security: str = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    final_timeout: float = FINAL_TIMEOUT
    connections: int = 10
    per_connection: int = 500
    weight: float = 1.0
    backoff: float = 1.0

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"


def relays(setup: Setup) -> tuple[Relay, ...]:
    """The relay of `[delivery.smtp]` and those of `[[delivery.relays]]`.

    Raises:
        CredentialsError: a password is missing.
    """
    return tuple(_relay(setup, smtp) for smtp in (setup.delivery.smtp, *setup.delivery.relays))


def _relay(setup: Setup, smtp: Smtp) -> Relay:
    timeout = float(smtp.timeout.seconds)
    return Relay(
        smtp.host,
        smtp.port,
        smtp.security,
        smtp.username,
        smtp.password.reveal(setup.environ, setup.root) if smtp.password else None,
        timeout,
        max(FINAL_TIMEOUT, timeout),
        smtp.connections,
        smtp.per_connection,
        smtp.weight,
    )
