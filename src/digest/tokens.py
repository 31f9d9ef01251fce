"""Signed tokens in readers' links: purpose-scoped, short, never guessable, checked in constant time.

A token is `purpose.subscriber.digest.key.signature` in URL-safe characters. The signature is HMAC-SHA256 cut to
128 bits (RFC 2104, section 5). A token for one purpose is worth nothing for another, and `dead` tokens, which
previews and tests carry, verify for none. A token that ends at some time says so in the place of the digest
(`what~seconds since 1970`), so that nobody can move its end.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime

DEAD = "preview"
_UNTIL = "~"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token that ends says: for whom, about what, and whether its time is over."""

    subscriber: int
    about: str
    over: bool


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and verifies for one publication. `keys` maps key ids to secrets; the last one signs."""

    publication: str
    keys: tuple[tuple[str, bytes], ...]

    def sign(self, purpose: str, subscriber: int, digest: str) -> str:
        """A token that lets its holder do `purpose` for this subscriber and digest."""
        key_id, secret = self.keys[-1]
        body = f"{purpose}.{subscriber}.{digest}.{key_id}"
        return f"{body}.{self._signature(secret, body)}"

    def verify(self, purpose: str, token: str) -> tuple[int, str] | None:
        """(subscriber, digest) when the token is ours and for this purpose, else None."""
        parts = token.split(".")
        if len(parts) != 5 or len(token) > 300:
            return None
        secret = dict(self.keys).get(parts[3], b"")
        expected = self._signature(secret or b"none", ".".join(parts[:4]))
        if not hmac.compare_digest(expected.encode(), parts[4].encode("utf-8", "replace")) or not secret:
            return None
        if parts[0] != purpose or not parts[1].isdecimal():
            return None
        return int(parts[1]), parts[2]

    def sign_until(self, purpose: str, subscriber: int, about: str, until: datetime) -> str:
        """A token that is worth something until then; `about` is a word, for example the id of a letter."""
        return self.sign(purpose, subscriber, f"{about}{_UNTIL}{int(until.timestamp())}")

    def verify_until(self, purpose: str, token: str, now: datetime) -> Claim | None:
        """What a token that ends says, None when it is not ours; one that is over is still ours."""
        found = self.verify(purpose, token)
        if found is None:
            return None
        about, mark, end = found[1].rpartition(_UNTIL)
        if not mark or not end.isdecimal():
            return None
        return Claim(found[0], about, now.timestamp() >= int(end))

    def knows(self, token: str) -> bool:
        """Whether the key that a token names is one of ours; says nothing about the token itself."""
        parts = token.split(".")
        return len(parts) == 5 and any(parts[3] == name for name, _ in self.keys)

    def _signature(self, secret: bytes, body: str) -> str:
        # In one call, since every message has several of these.
        digest = hmac.digest(secret, f"{self.publication}\n{body}".encode("utf-8", "replace"), "sha256")
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def address_hash(suppression_key: bytes, email: str) -> str:
    """What is kept of an address that must stay suppressed after its person was forgotten: a keyed hash."""
    return hmac.digest(suppression_key, email.encode(), "sha256").hex()
