"""Signed tokens in readers' links: purpose-scoped, short, never guessable, checked in constant time.

A token is `purpose.subscriber.digest.key.signature` in URL-safe characters. The signature is HMAC-SHA256 cut to
128 bits (RFC 2104, section 5). A token for one purpose is worth nothing for another, and `dead` tokens, which
previews and tests carry, verify for none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

DEAD = "preview"


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

    def _signature(self, secret: bytes, body: str) -> str:
        digest = hmac.new(secret, f"{self.publication}\n{body}".encode("utf-8", "replace"), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def address_hash(suppression_key: bytes, email: str) -> str:
    """What is kept of an address that must stay suppressed after its person was forgotten: a keyed hash."""
    return hmac.new(suppression_key, email.encode(), hashlib.sha256).hexdigest()
