"""From where the preview may be reached: this machine by default; another host only with a password."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import threading
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from digest.errors import ConfigError

LOOPBACK: Final = "127.0.0.1"
SHORTEST_PASSWORD: Final = 12
# Guessing a password of twelve characters at this pace takes longer than any edition matters.
TRIES_A_MINUTE: Final = 10


@dataclass(frozen=True, slots=True)
class Access:
    """`host` is what is listened on, `names` are further host names that browsers may ask for (behind a proxy, for
    example), `person` signs what is done here until somebody says their name."""

    port: int
    host: str = LOOPBACK
    password: str | None = None
    names: tuple[str, ...] = ()
    person: str = "the editor"

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)

    @property
    def address(self) -> str:
        """The address that is printed, with its slash."""
        host = self.host if self.local or not _is_wildcard(self.host) else socket.gethostname()
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def answers_to(self, host: str) -> bool:
        """Whether a Host header names this preview.

        A page elsewhere can make a name of its own point at this machine (DNS rebinding), but its browser still
        sends that name. An address in digits is no name, so where others may come in, any is accepted.
        """
        try:
            parts = urlsplit(f"//{host.lower()}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if parts.netloc != host.lower() or "@" in host:
            return False
        if name in {known.lower() for known in self.names}:
            return True
        if port != self.port:
            return False
        if name in (LOOPBACK, "localhost", "::1"):
            return True
        own = {self.host.lower(), socket.gethostname().lower(), socket.getfqdn().lower()}
        return not self.local and (name in own or _is_address(name))

    def opens(self, password: str) -> bool:
        """Whether this is the password, compared in constant time; never where there is none."""
        right = self.password or ""
        return secrets.compare_digest(password.encode("utf-8", "replace"), right.encode()) and bool(right)


class Tries:
    """How often a wrong password was given lately."""

    def __init__(self) -> None:
        self._at: list[float] = []
        self._lock = threading.Lock()

    def too_many(self, now: float) -> bool:
        """Whether nobody is let in for now."""
        with self._lock:
            self._at = [at for at in self._at if 0 <= now - at < 60]
            return len(self._at) >= TRIES_A_MINUTE

    def failed(self, now: float) -> None:
        """One more wrong password."""
        with self._lock:
            self._at.append(now)


def demand_password(host: str, password: str | None) -> None:
    """That nobody listens to other machines without a password worth the name.

    Raises:
        ConfigError: `host` is another than this machine's own, and there is none, or a short one.
    """
    if is_loopback(host):
        return
    if not password:
        raise ConfigError(
            f"the preview is shown to other machines ({host}) only with a password",
            where="--password-env",
            hint="put one into an environment variable and name that: --password-env DIGEST_PREVIEW_PASSWORD",
        )
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError(f"the password is shorter than {SHORTEST_PASSWORD} characters", where="--password-env")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_wildcard(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
