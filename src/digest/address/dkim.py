"""DKIM signatures (RFC 6376) with rsa-sha256 or ed25519-sha256 (RFC 8463), relaxed in header and body.

A message is canonicalised from the chunks it is made of: those that all readers share are done once. Needs the
extra `digest[dkim]`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from digest.errors import ConfigError, CredentialsError
from digest.models.mail import Message

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SHORTEST_KEY = 1024
_WHERE = "[delivery.dkim] key"
# RFC 6376, section 5.4.1, and what one-click unsubscription (RFC 8058, section 3.1) wants covered.
SIGNED = (
    b"from sender reply-to to cc subject date message-id mime-version content-type content-transfer-encoding "
    b"list-id list-unsubscribe list-unsubscribe-post list-help list-owner list-post list-archive feedback-id "
    b"x-digest-delivery x-digest-edition"
).split()
_LONG = 200
_REMEMBERED = 20_000
_SPACES = re.compile(rb"[ \t]+")
_SPACES_AT_END = re.compile(rb"[ \t]+\r\n")
_WHITE = b" \t\r\n"
_DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?").fullmatch


class Signer:
    """Signs for one domain with one key. `now` is the clock, zone-aware: its time stands in the signature."""

    def __init__(self, domain: str, selector: str, pem: str, *, now: Callable[[], datetime]) -> None:
        """Raises:
        ConfigError: the domain or the selector cannot stand in a signature, or `cryptography` is not installed.
        CredentialsError: it is no private key, or one that no receiver believes.
        """
        for what, word in (("domain", domain), ("selector", selector)):
            if not _DOMAIN(word):
                raise ConfigError(f'"{word}" is no {what}', where=f"[delivery.dkim] {what}")
        self.pem = pem
        self._key = load_key(pem)
        self._now = now
        self._algorithm = "rsa-sha256" if is_rsa(self._key) else "ed25519-sha256"
        self._names = (f"d={domain}; s={selector}", f"a={self._algorithm}")
        self._body = RelaxedBody()

    @property
    def slow(self) -> bool:
        """Whether a signature costs more than all the rest of a message, so that more processes help."""
        return self._algorithm == "rsa-sha256"

    def sign(self, message: Message) -> Message:
        """The message with a signature before its other header fields."""
        unsigned, data = self.prepare(message)
        return finish(message, unsigned, signature(self._key, data))

    def prepare(self, message: Message) -> tuple[bytes, bytes]:
        """The signature field as far as `b=`, and the octets that the signature is of."""
        head, body = self._body.split(message.chunks)
        fields = _relaxed_fields(head)
        names: list[bytes] = []
        data: list[bytes] = []
        for name in SIGNED:
            for field in reversed(fields.get(name, ())):
                names.append(name)
                data.append(field)
        # Named once more than it stands there, so that no second From can be added.
        names.append(b"from")
        digest = base64.b64encode(hashlib.sha256(self._body.relaxed(body)).digest()).decode()
        who, how = self._names
        covered = ":\r\n ".join(":".join(part) for part in _rows([name.decode() for name in names]))
        field = (
            f"DKIM-Signature: v=1; {how}; c=relaxed/relaxed;\r\n {who};\r\n"
            f" t={int(self._now().timestamp())}; bh={digest};\r\n h={covered};\r\n b="
        ).encode()
        return field, b"\r\n".join([*data, _relaxed_field(field)[1]])


def finish(message: Message, unsigned: bytes, octets: bytes) -> Message:
    """The message with its signature in place."""
    text = base64.b64encode(octets)
    rows = b"\r\n ".join(text[at : at + 72] for at in range(0, len(text), 72))
    # Two chunks, so that what differs between readers keeps to the odd places.
    return replace(message, chunks=(b"", unsigned + rows + b"\r\n", *message.chunks))


def load_key(pem: str) -> RSAPrivateKey | Ed25519PrivateKey:
    """The private key in `pem`.

    Raises:
        ConfigError: `cryptography` is not installed.
        CredentialsError: it is no key, or one that no receiver believes (RFC 8301: RSA below 1024 bits).
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as problem:
        hint = 'install it with: pip install "digest[dkim]"'
        raise ConfigError("signing needs the package cryptography", where=_WHERE, hint=hint) from problem
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        hint = "it must be a private key in PEM without a passphrase"
        raise CredentialsError("the signing key cannot be read", where=_WHERE, hint=hint) from problem
    if isinstance(key, RSAPrivateKey):
        if key.key_size < SHORTEST_KEY:
            hint = "make one of 2048 bits"
            raise CredentialsError(f"an RSA key of {key.key_size} bits is not believed", where=_WHERE, hint=hint)
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise CredentialsError("DKIM knows RSA and Ed25519 keys only", where=_WHERE)


def is_rsa(key: RSAPrivateKey | Ed25519PrivateKey) -> bool:
    """Whether it is an RSA key."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    return isinstance(key, RSAPrivateKey)


def signature(key: RSAPrivateKey | Ed25519PrivateKey, data: bytes) -> bytes:
    """The signature of `data` (RFC 6376, section 3.3.1; RFC 8463, section 3: Ed25519 signs the hash)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if isinstance(key, RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(hashlib.sha256(data).digest())


class RelaxedBody:
    """Canonicalises bodies made of chunks (RFC 6376, section 3.4.4), each long chunk once.

    White space at a chunk's edges may go on in the next, so only what lies between its first and last other octet is
    remembered; the seams are done for each message.
    """

    def __init__(self) -> None:
        self._cores: dict[int, tuple[bytes, bytes, bytes, bytes]] = {}
        self._heads: dict[int, tuple[bytes, bytes, bytes]] = {}

    def split(self, chunks: tuple[bytes, ...]) -> tuple[bytes, list[bytes]]:
        """The header and the chunks of the body."""
        for index, chunk in enumerate(chunks):
            known = self._heads.get(id(chunk))
            if known is None or known[0] is not chunk:
                found = chunk.find(b"\r\n\r\n")
                if found < 0:
                    continue
                if len(self._heads) > _REMEMBERED:
                    self._heads.clear()
                known = self._heads[id(chunk)] = (chunk, chunk[: found + 2], chunk[found + 4 :])
            head = b"".join(chunks[:index]) + known[1]
            if b"\r\n\r\n" in head:
                break
            return head, [known[2], *chunks[index + 1 :]]
        head, _, body = b"".join(chunks).partition(b"\r\n\r\n")
        return head + b"\r\n", [body]

    def relaxed(self, chunks: list[bytes]) -> bytes:
        """The body as it is hashed."""
        out: list[bytes] = []
        seam: list[bytes] = []
        for chunk in chunks:
            if len(chunk) < _LONG:
                seam.append(chunk)
                continue
            known = self._cores.get(id(chunk))
            if known is None or known[0] is not chunk:
                known = self._remember(chunk)
            seam.append(known[1])
            if known[2]:
                out += (_relaxed(b"".join(seam)), known[2])
                seam = [known[3]]
        out.append(_relaxed(b"".join(seam)).rstrip(_WHITE))
        body = b"".join(out).rstrip(_WHITE)
        return body + b"\r\n" if body else b""

    def _remember(self, chunk: bytes) -> tuple[bytes, bytes, bytes, bytes]:
        if len(self._cores) > _REMEMBERED:
            self._cores.clear()
        core = chunk.strip(_WHITE)
        before = chunk[: len(chunk) - len(chunk.lstrip(_WHITE))]
        after = chunk[len(before) + len(core) :]
        known = self._cores[id(chunk)] = (chunk, before, _relaxed(core), after)
        return known


def _relaxed(octets: bytes) -> bytes:
    if b" \r\n" in octets or b"\t" in octets:
        octets = _SPACES_AT_END.sub(b"\r\n", octets)
    return _SPACES.sub(b" ", octets) if b"  " in octets or b"\t" in octets else octets


def _relaxed_fields(head: bytes) -> dict[bytes, list[bytes]]:
    fields: dict[bytes, list[bytes]] = {}
    for line in re.split(rb"\r\n(?![ \t])", head):
        if line:
            name, field = _relaxed_field(line)
            fields.setdefault(name, []).append(field)
    return fields


def _relaxed_field(line: bytes) -> tuple[bytes, bytes]:
    """Name and whole field by RFC 6376, section 3.4.2, without a line end."""
    name, _, value = line.replace(b"\r\n", b"").partition(b":")
    name = name.rstrip(b" \t").lower()
    return name, name + b":" + _SPACES.sub(b" ", value).strip(b" ")


def _rows(names: list[str]) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    for name in names:
        if sum(map(len, rows[-1])) + len(rows[-1]) + len(name) > 70:
            rows.append([])
        rows[-1].append(name)
    return rows
