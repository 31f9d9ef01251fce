"""Addresses and the names beside them: what may stand in a header or an envelope, and what is cleaned away."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_NAME = 128

_ATOM = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = re.compile(rf'{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~]|\\[ -~])*"').fullmatch
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*").fullmatch
_COMMON = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)").fullmatch
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


class AddressError(ValueError):
    """An address that no mail can be written to; the text says why, in words for the newsroom."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address as it goes over the wire (ASCII; its domain in IDNA form)."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def wire_address(address: str) -> str:
    """The address in ASCII: its domain as IDNA (RFC 5891), its local part as it is.

    Raises:
        AddressError: not an address, over the lengths of RFC 5321 (64 and 254), or its part before the @ is not
            ASCII, which only a receiver with SMTPUTF8 (RFC 6531) could take.
    """
    if len(address) > 254:
        raise AddressError("the address is longer than 254 characters")
    common = _COMMON(address)
    if common and common.end(1) <= 64 and len(common[2]) <= 253:
        return address
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise AddressError("the address has no @ with a name before and a domain after it")
    if not local.isascii():
        raise AddressError("the part before the @ is not ASCII, and mail to such addresses (SMTPUTF8) is not sent")
    if len(local) > 64:
        raise AddressError("the part before the @ is longer than 64 characters")
    if not _LOCAL(local):
        raise AddressError("the part before the @ has characters that no address may have")
    written = f"{local}@{wire_domain(domain)}"
    if len(written) > 254:
        raise AddressError("the address is longer than 254 characters")
    return written


def wire_domain(domain: str) -> str:
    """A host name in ASCII.

    Raises:
        AddressError: not a host name, or one that IDNA does not know.
    """
    if not domain.isascii():
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as problem:
            raise AddressError("the part after the @ is no domain name") from problem
    if not _DOMAIN(domain) or len(domain) > 253:
        raise AddressError("the part after the @ is no domain name")
    return domain


def clean_line(text: str, limit: int = 2000) -> str:
    """One line of text out of anything: control characters, lone surrogates and marks that turn the direction of
    writing are removed, white space is folded, the rest is cut at `limit` characters."""
    text = text[: limit * 4]
    if text.isprintable() and "  " not in text and len(text) <= limit:
        return text.strip()
    if not text.isprintable():
        text = "".join(_kept(character) for character in text)
    return " ".join(text.split())[:limit].rstrip()


def parse_mailbox(text: str) -> Mailbox:
    """`Name <user@host>` or a bare address, as settings write it.

    Raises:
        AddressError: the address cannot be used.
    """
    text = text.strip()
    if text.endswith(">") and "<" in text:
        name, _, address = text[:-1].rpartition("<")
        name = name.strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        return Mailbox(clean_line(name, MAX_NAME), wire_address(address.strip()))
    return Mailbox("", wire_address(text))


def _kept(character: str) -> str:
    if character in _BIDI or unicodedata.category(character) == "Cs":
        return ""
    return " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
