"""Signed tokens in readers' links: purpose-scoped, short, never guessable, checked in constant time.

A token is `purpose.subscriber.digest.key.signature` in URL-safe characters. The signature is HMAC-SHA256 cut to
128 bits (RFC 2104, section 5). A token for one purpose is worth nothing for another, and `dead` tokens, which
previews and tests carry, verify for none. A token that ends at some time says so in the place of the digest
(`what~seconds since 1970`), so that nobody can move its end.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

DEAD = "preview"
_UNTIL = "~"
# RFC 4648, section 5; the padding says nothing that the length does not say.
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


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
        return self.sign_each((purpose,), subscriber, digest)[purpose]

    def sign_each(self, purposes: Iterable[str], subscriber: int, digest: str) -> dict[str, str]:
        """A token for each purpose: every message has several."""
        key_id, secret = self.keys[-1]
        rest, mac = f".{subscriber}.{digest}.{key_id}", _mac(secret, self.publication)
        bodies = {purpose: purpose + rest for purpose in purposes}
        return {purpose: f"{body}.{_signature(mac, body)}" for purpose, body in bodies.items()}

    def verify(self, purpose: str, token: str) -> tuple[int, str] | None:
        """(subscriber, digest) when the token is ours and for this purpose, else None."""
        parts = token.split(".")
        if len(parts) != 5 or len(token) > 300:
            return None
        secret = dict(self.keys).get(parts[3], b"")
        expected = _signature(_mac(secret or b"none", self.publication), ".".join(parts[:4]))
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


def address_hash(suppression_key: bytes, email: str) -> str:
    """What is kept of an address that must stay suppressed after its person was forgotten: a keyed hash."""
    return _digest(_keyed(suppression_key), email.encode()).hex()


_Mac = tuple["hashlib._Hash", "hashlib._Hash"]


def _signature(mac: _Mac, body: str) -> str:
    octets = binascii.b2a_base64(_digest(mac, body.encode("utf-8", "replace"))[:16])
    return octets.translate(_URL_SAFE, b"=\n").decode("ascii")


def _digest(mac: _Mac, octets: bytes) -> bytes:
    inner, outer = mac[0].copy(), mac[1].copy()
    inner.update(octets)
    outer.update(inner.digest())
    return outer.digest()


@lru_cache(maxsize=32)
def _mac(secret: bytes, publication: str) -> _Mac:
    inner, outer = _keyed(secret)
    inner = inner.copy()
    inner.update(f"{publication}\n".encode("utf-8", "replace"))
    return inner, outer


@lru_cache(maxsize=32)
def _keyed(secret: bytes) -> _Mac:
    """HMAC-SHA256 with its key taken in: what RFC 2104, section 4, keeps of a key that signs many messages. The
    standard library sets up each signature anew, which costs three times the signature itself."""
    block = (hashlib.sha256(secret).digest() if len(secret) > 64 else secret).ljust(64, b"\0")
    return hashlib.sha256(bytes(octet ^ 0x36 for octet in block)), hashlib.sha256(
        bytes(octet ^ 0x5C for octet in block)
    )
